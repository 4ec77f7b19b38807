"""Climate as a survey would show it: scales from 1 to 5, noise-free functions of the state.

The scales follow the Prison Group Climate Instrument (van der Helm et al. 2011): support, growth,
repression, atmosphere.  The weights are definitions of read-outs (assumed, grade D); they act on nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim import streams

STYLE_SD = 0.45
ANSWER_SD = 0.35
"""Spreads (scale points) of what people answer around their state: a lasting personal style, shared by all
scales, and noise of each answer.

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
    """Return summed repression scores: restrictive practice, and rules felt as unjust."""
    strict = 0.6 * day.restrictiveness * day.residents
    return _scale(strict + 0.4 * (day.residents - day.justice), day.residents)


def atmosphere(day: Any) -> Sums:
    """Return summed atmosphere scores: safety, company, calm (tension counts up to 1)."""
    calm = np.maximum(0.0, day.residents - day.tension)
    return _scale(0.4 * (day.residents - day.fear) + 0.3 * day.relatedness + 0.3 * calm, day.residents)


def procedural_justice(day: Any) -> Sums:
    """Return summed scores of procedural justice (Prison Climate Questionnaire, Bosma et al. 2020)."""
    return _scale(day.justice, day.residents)


def answers(scores: Any, keys: Any, day: int, scale: int, *, reverse: bool = False) -> Sums:
    """Return what people would answer: state plus style plus keyed noise, within 1-5.

    ``scores`` and ``keys`` are arrays over persons (scale points and person keys), ``scale`` numbers
    the scale and ``day`` the occasion: each answer has noise of its own.  With ``reverse`` a
    favourable style lowers the score (repression).
    """
    keys = np.asarray(keys, dtype=np.uint64)
    style = STYLE_SD * _normal(keys, 0)
    noise = ANSWER_SD * _normal(keys, 1 + scale + 8 * (day + 40_000))
    shifted = np.asarray(scores) + (-style if reverse else style) + noise
    return np.asarray(np.clip(shifted, 1.0, 5.0), dtype=np.float64)


def _normal(keys: Any, k: int) -> Sums:
    """Return one standard normal number per key (Box and Muller 1958), from a stream of the survey's own."""
    with np.errstate(over="ignore"):
        key = streams.mix(streams.mix(_SURVEY ^ keys) + np.uint64(k))
        first, second = (streams.mix(key ^ np.uint64(half)) for half in (1, 2))
    u = 1.0 - (first >> np.uint64(11)) * 2.0**-53
    v = (second >> np.uint64(11)) * 2.0**-53
    return np.asarray(np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v), dtype=np.float64)
