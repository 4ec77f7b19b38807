"""Implausibility, and the vectors it leaves: sampled evenly, or the facts that leave none.

Implausibility of a vector for a fact (Vernon, Goldstein & Bower 2010):

    I = |target - mean| / sqrt(V_target + V_discrepancy + V_emulator)

A fact is given as the range within which the model is accepted; by the three-sigma rule (Pukelsheim
1994) its half-width counts as three standard deviations, so that with no other doubt I <= 3 means
"inside".  A vector is ruled out when I exceeds the cut for the worst fact, or, in early waves, for the
second worst, so that one bad emulator cannot throw away the truth.

What is left may be a tiny part of a space of many dimensions.  It is reached by lowering the cut step by
step (subset simulation; Au & Beck 2001, for history matching Williamson & Vernon 2013) and sampled
evenly by random walks that never leave it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from experiments.calibration.emulator import Emulator
from experiments.runner import available_cores

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
Measure = Callable[[Matrix, float], Vector]
"""Takes points of the unit cube and a level; returns their implausibility, ``inf`` for any above it."""

CUT = 3.0
HALF_WIDTH_SDS = 3.0
POOL = 4000
WALKERS = 800
STEPS = 24
CHUNK = 400
MOST_LEVELS = 25
KEPT_SHARE = 0.2
STALLED = 0.02
"""A level that lowers the cut by less than this share ends the search."""


@dataclass(frozen=True, slots=True)
class Target:
    """What one output has to be: a middle, and the variances of fact and model discrepancy.

    All on the scale on which the output is emulated.  ``fact`` is the id shown to people.  A fact that
    gives only a direction has a ``side``: +1 everything above the middle is fine, -1 everything below.
    """

    fact: str
    output: str
    middle: float
    variance: float
    discrepancy: float
    side: int = 0

    @property
    def tolerance(self) -> float:
        """The variance that does not come from runs or emulators."""
        return self.variance + self.discrepancy


def target_of(fact: str, output: str, low: float, high: float, discrepancy_sd: float) -> Target:
    """Return the target for an accepted range (on the emulated scale); one end may be infinite."""
    if math.isinf(low) or math.isinf(high):
        side, middle = (1, low) if math.isinf(high) else (-1, high)
        return Target(fact, output, middle, 0.0, discrepancy_sd**2, side)
    spread = (high - low) / 2.0 / HALF_WIDTH_SDS
    return Target(fact, output, (low + high) / 2.0, spread**2, discrepancy_sd**2)


def implausibility(means: Matrix, variances: Matrix, targets: Sequence[Target]) -> Matrix:
    """Return I for every point (row) and target (column)."""
    middles = np.array([target.middle for target in targets])
    tolerances = np.array([target.tolerance for target in targets])
    sides = np.array([target.side for target in targets])
    away = middles - means
    away = np.where(sides == 0, np.abs(away), np.maximum(0.0, sides * away))
    return np.asarray(away / np.sqrt(variances + tolerances))


class Emulated:
    """Implausibility by emulators.

    Points are taken in chunks of a fixed size, so that the bits do not depend on the number of workers.
    """

    def __init__(
        self, emulators: Sequence[Emulator], targets: Sequence[Target], *, workers: int | None = None
    ) -> None:
        self.emulators = list(emulators)
        self.targets = list(targets)
        self.workers = max(1, workers or available_cores())

    def scores(self, points: Matrix) -> Matrix:
        """Return I for every point (row) and target (column)."""
        return np.vstack(self._in_chunks(self._scores, points))

    def measure(self, *, rank: int = 1, only: Sequence[int] | None = None) -> Measure:
        """Return the measure by the worst (or ``rank``-th worst) target, on request among some only."""
        columns = list(range(len(self.targets))) if only is None else list(only)
        place = min(rank, len(columns))

        def measured(points: Matrix, level: float) -> Vector:
            parts = self._in_chunks(lambda part: self._within(part, level, columns, place), points)
            return np.concatenate(parts) if parts else np.zeros(0)

        return measured

    def _in_chunks(self, work: Callable[[Matrix], Matrix], points: Matrix) -> list[Matrix]:
        from threadpoolctl import threadpool_limits

        parts = [points[first : first + CHUNK] for first in range(0, len(points), CHUNK)]
        with threadpool_limits(limits=1), ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(work, parts))

    def _scores(self, points: Matrix) -> Matrix:
        found = [emulator.predict(points) for emulator in self.emulators]
        means = np.column_stack([mean for mean, _ in found])
        return implausibility(means, np.column_stack([variance for _, variance in found]), self.targets)

    def _within(self, points: Matrix, level: float, columns: Sequence[int], rank: int) -> Vector:
        """Look at one target after another and drop points as soon as ``rank`` of them are above."""
        values = np.full(len(points), np.inf)
        alive = np.arange(len(points))
        seen = np.zeros((len(points), 0))
        for column in columns:
            mean, variance = self.emulators[column].predict(points[alive])
            found = implausibility(mean[:, None], variance[:, None], self.targets[column : column + 1])
            seen = np.column_stack([seen, found])
            keep = (seen > level).sum(axis=1) < rank
            alive, seen = alive[keep], seen[keep]
            if not len(alive):
                return values
        values[alive] = worst(seen, rank)
        return values


def worst(scores: Matrix, rank: int = 1) -> Vector:
    """Return the largest implausibility of each point, or with ``rank`` 2 the second largest."""
    columns = scores.shape[1]
    place = max(0, columns - rank)
    return np.asarray(np.partition(scores, place, axis=1)[:, place])


@dataclass(slots=True)
class Left:
    """What a search found: points within the cut, how much of the space they stand for, the best seen.

    ``share`` is the estimated share of the unit cube that is left; ``reached`` the lowest level of
    implausibility that was met.
    """

    points: Matrix
    share: float
    reached: float
    levels: list[float] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        return len(self.points) == 0


def search(measure: Measure, size: int, wanted: int, seed: int, *, cut: float = CUT) -> Left:
    """Return points spread evenly over where ``measure`` is within ``cut``.

    Starts with points everywhere and lowers the level to the ``KEPT_SHARE`` quantile of what is there
    until the cut is reached; at each level random walks spread the survivors.  Ends without points when
    the level no longer falls.
    """
    random = np.random.default_rng([seed, 11])
    points = latin(POOL, size, random)
    values = measure(points, math.inf)
    share = 1.0
    levels: list[float] = []
    for _ in range(MOST_LEVELS):
        level = max(cut, float(np.quantile(values, KEPT_SHARE)))
        inside = values <= level
        share *= float(inside.mean())
        if levels and level > cut and level > levels[-1] * (1.0 - STALLED):
            break
        levels.append(level)
        starts = points[inside]
        if level <= cut:
            return Left(_spread(measure, starts, wanted, cut, random), share, cut, levels)
        points, values = _walk(measure, starts, level, WALKERS, random)
    return Left(np.zeros((0, size)), 0.0, float(values.min()), levels)


def latin(number: int, size: int, random: np.random.Generator) -> Matrix:
    """Return a Latin hypercube."""
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(size, rng=random).random(number))


def _spread(measure: Measure, starts: Matrix, wanted: int, cut: float, random: np.random.Generator) -> Matrix:
    if len(starts) >= wanted:
        return np.asarray(random.permutation(starts)[:wanted])
    points, _ = _walk(measure, starts, cut, wanted, random)
    return points


def _walk(
    measure: Measure, starts: Matrix, level: float, walkers: int, random: np.random.Generator
) -> tuple[Matrix, Vector]:
    """Return walkers after random walks that are even over where ``measure`` is within ``level``.

    A step is a multiple of the difference of two other walkers (ter Braak 2006): it fits the shape of
    the region.  Its length follows the acceptance, between walks only in the first half.
    """
    here = starts[random.integers(0, len(starts), walkers)].copy()
    values = measure(here, math.inf)
    size = here.shape[1]
    reach = 1.0
    for step in range(STEPS):
        pairs = random.integers(0, walkers, (walkers, 2))
        jump = reach * 2.38 / math.sqrt(2.0 * size) * (here[pairs[:, 0]] - here[pairs[:, 1]])
        tried = here + jump + 0.02 * random.standard_normal(here.shape)
        allowed = ((tried >= 0.0) & (tried <= 1.0)).all(axis=1)
        found = np.full(walkers, np.inf)
        if allowed.any():
            found[allowed] = measure(tried[allowed], level)
        taken = found <= level
        here[taken], values[taken] = tried[taken], found[taken]
        if step < STEPS // 2:
            reach *= math.exp(float(taken.mean()) - 0.3)
    return here, values


# --- which facts fight -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fight:
    """Facts that no vector meets together, and how near the best comes (in units of the cut)."""

    facts: tuple[str, ...]
    nearest: float

    def __str__(self) -> str:
        if len(self.facts) == 1:
            return f"{self.facts[0]} is out of reach of every vector (at best {self.nearest:.1f} x the cut)"
        return f"{' and '.join(self.facts)} exclude each other (at best {self.nearest:.1f} x the cut)"


def fights(emulated: Emulated, size: int, seed: int, *, cut: float = CUT) -> list[Fight]:
    """Return the smallest groups of facts that leave no vector: single facts, pairs, else all that matter.

    Facts with several outputs are taken as a whole.
    """
    names = list(dict.fromkeys(target.fact for target in emulated.targets))
    columns = {name: [k for k, t in enumerate(emulated.targets) if t.fact == name] for name in names}

    def nearest(*chosen: str) -> float:
        wanted = [k for name in chosen for k in columns[name]]
        found = search(emulated.measure(only=wanted), size, 1, seed, cut=cut)
        return 0.0 if not found.is_empty else found.reached / cut

    found = [Fight((name,), reach) for name in names if (reach := nearest(name)) > 0.0]
    if found:
        return found
    pairs = [(a, b) for k, a in enumerate(names) for b in names[k + 1 :]]
    found = [Fight(pair, reach) for pair in pairs if (reach := nearest(*pair)) > 0.0]
    if found:
        return found
    together = nearest(*names)
    if together <= 0.0:
        return []
    # No two exclude each other: drop facts one by one as long as nothing survives without them.
    needed = list(names)
    for name in names:
        rest = [other for other in needed if other != name]
        if len(rest) > 1 and nearest(*rest) > 0.0:
            needed = rest
    return [Fight(tuple(needed), nearest(*needed))]
