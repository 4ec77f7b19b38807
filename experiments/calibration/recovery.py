"""Does history matching find the truth: synthetic facts are made from vectors whose outputs are known.

Each truth is a vector that was run but kept from the emulators.  Its synthetic facts are its outputs plus
an error as large as the facts' own.  The *region at level* ``level`` holds the vectors whose worst
implausibility is at most c, with

    P(max |Z_j| <= c) = level  for independent standard normal Z_j, one per output

so that c = Phi^-1((1 + level^(1/J)) / 2).  With emulators that know their own doubt it holds the truth in
about that share of cases (a frequentist check of calibration, as in Craig et al. 1997).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.calibration.emulator import Emulator
from experiments.calibration.matching import Target

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recovery:
    """How often the region held the truth, and how much of the space it was on average."""

    held: int
    truths: int
    share_of_space: float


def cut_at(level: float, outputs: int) -> float:
    """Return the cut at which the worst of so many outputs stays within in a share ``level`` of cases.

    >>> round(cut_at(0.9, 1), 3), round(cut_at(0.9, 10), 3)
    (1.645, 2.56)
    """
    from scipy.special import ndtri

    return float(ndtri((1.0 + level ** (1.0 / outputs)) / 2.0))


def recover(
    emulators: Sequence[Emulator],
    targets: Sequence[Target],
    truths: Matrix,
    outputs: Matrix,
    noise: Sequence[float],
    *,
    seed: int = 1,
    level: float = 0.9,
    space: int = 2000,
) -> Recovery:
    """Return how often the region at ``level`` holds the truth.

    ``truths`` are points of the unit cube, ``outputs`` what running the model there gave, ``noise`` the
    variances of its replicate noise.  Targets give the size of the facts' errors; their middles are not
    used, and the model is taken to be right (no discrepancy).
    """
    random = np.random.default_rng([seed, 17])
    errors = np.array([target.variance or target.discrepancy for target in targets])
    doubt = errors + np.asarray(noise)
    cut = cut_at(level, len(targets))
    facts = outputs + random.standard_normal(outputs.shape) * np.sqrt(errors)
    cloud = random.random((space, truths.shape[1]))
    at_truth = [emulator.predict(truths) for emulator in emulators]
    in_cloud = [emulator.predict(cloud) for emulator in emulators]
    inside = _worst(facts, at_truth, doubt) <= cut
    shares = [
        float((_worst(np.broadcast_to(fact, (space, len(fact))), in_cloud, doubt) <= cut).mean())
        for fact in facts
    ]
    return Recovery(int(inside.sum()), len(truths), float(np.mean(shares)))


def _worst(facts: Matrix, predicted: Sequence[tuple[Vector, Vector]], doubt: Vector) -> Vector:
    columns = [
        np.abs(facts[:, j] - mean) / np.sqrt(variance + doubt[j])
        for j, (mean, variance) in enumerate(predicted)
    ]
    return np.asarray(np.max(columns, axis=0))
