"""Climate as a survey would show it: scales from 1 to 5, noise-free functions of the state.

The scales follow the Prison Group Climate Instrument (van der Helm et al. 2011): support, growth,
repression, atmosphere.  The weights are definitions of read-outs (assumed, grade D); they act on nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim import streams

ANSWER_SD = 0.55
"""Spread (scale points) of what one person answers around the state: answer noise of a 1-5 scale.

Person SDs of published climate scales are about .6-.8 (recalled, grade C); the model's own differences
between persons make up the rest.  Used only where facts measured by surveys are compared (:func:`answers`).
"""

with np.errstate(over="ignore"):
    _SURVEY = streams.stream(np.uint64(0), streams.SURVEY, 0)

Sums = npt.NDArray[np.float64]


def _scale(share: Any, residents: Any) -> Sums:
    """Return sums on the 1-5 scale from sums of a quantity in [0, 1] over ``residents``."""
    return np.asarray(residents + 4.0 * share, dtype=np.float64)


def support(day: Any) -> Sums:
    """Return summed support scores: fair treatment, and being known by somebody."""
    return _scale(0.6 * day.felt_fairness + 0.4 * day.best_familiarity, day.residents)


def growth(day: Any) -> Sums:
    """Return summed growth scores: competence, and room to decide."""
    return _scale(0.6 * day.competence + 0.4 * day.autonomy, day.residents)


def repression(day: Any) -> Sums:
    """Return summed repression scores: restrictive practice, and lack of autonomy."""
    strict = 0.5 * day.restrictiveness * day.residents
    return _scale(strict + 0.5 * (day.residents - day.autonomy), day.residents)


def atmosphere(day: Any) -> Sums:
    """Return summed atmosphere scores: safety, company, calm (tension counts up to 1)."""
    calm = np.maximum(0.0, day.residents - day.tension)
    return _scale(0.4 * (day.residents - day.fear) + 0.3 * day.relatedness + 0.3 * calm, day.residents)


def answers(scores: Any, keys: Any, scale: int) -> Sums:
    """Return what people would answer: their state on a scale plus keyed answer noise, within 1-5.

    ``scores`` and ``keys`` are arrays over persons (scale points and person keys); ``scale`` numbers
    the scale, so that the noise of one scale is not that of another.
    """
    with np.errstate(over="ignore"):
        noise = np.array(
            [
                streams.normal(
                    streams.with_counterpart(streams.of_person(_SURVEY, key), streams.NOBODY, scale)
                )
                for key in keys
            ],
            dtype=np.float64,
        )
    return np.asarray(np.clip(np.asarray(scores) + ANSWER_SD * noise, 1.0, 5.0), dtype=np.float64)
