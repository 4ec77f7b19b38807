"""The whole calibration: waves, verification by running the model, the medoid, what facts say nothing of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.calibration.emulator import Emulator, fit_all
from experiments.calibration.matching import (
    CUT,
    Emulated,
    Fight,
    Left,
    fights,
    implausibility,
    latin,
    search,
    worst,
)
from experiments.calibration.settings import Settings
from experiments.calibration.simulating import Outcome, Simulator, pooled_noise, stacked

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
Log = Callable[[str], None]

EARLY_RANK = 2
"""In all waves but the last a vector is judged by its second worst fact."""
MOST_BATCHES = 5
SPARE = 1.15
NARROWED = 0.85
"""A parameter counts as informed if the middle 90 % of what is left is narrower than this share of before."""
MOVED = 0.12
"""... or if its median has moved by this share of the range."""
TIED = 0.35
"""Rank correlation between two parameters from which they are named as a pair."""


class NothingLeft(Exception):  # noqa: N818 - an outcome: the facts leave no vector
    """No vector is left; ``fights`` says which facts exclude each other."""

    def __init__(self, found: Sequence[Fight], wave: int, reached: float) -> None:
        self.fights = tuple(found)
        self.wave = wave
        reasons = "; ".join(str(fight) for fight in found) or (
            f"verification: the best vector is {reached / CUT:.1f} x the cut away"
        )
        super().__init__(f"calibration: no vector survives wave {wave}: {reasons}")


@dataclass(slots=True)
class Wave:
    """One wave: runs made so far, emulators fitted to them, what they leave."""

    number: int
    runs: int
    rank: int
    share_left: float
    checks: dict[str, dict[str, float]]
    noise: dict[str, float]

    def row(self) -> dict[str, Any]:
        """Return the entry of the saved set."""
        return {
            "wave": self.number,
            "vectors_run": self.runs,
            "judged_by": "worst fact" if self.rank == 1 else "second worst fact",
            "share_of_space_left": self.share_left,
            "emulators": self.checks,
            "noise_sd": self.noise,
        }


@dataclass(slots=True)
class Calibration:
    """What a calibration found: the vectors that verification kept, and how they were reached."""

    settings: Settings
    shares: Matrix
    outcomes: Matrix
    implausibility: Vector
    waves: list[Wave]
    tried: int
    medoid: int
    emulators: list[Emulator] = field(default_factory=list)

    @property
    def vectors(self) -> list[dict[str, float]]:
        """The vectors not ruled out."""
        return [self.settings.vector(row) for row in self.shares]


def calibrate(
    settings: Settings,
    simulate: Simulator,
    *,
    workers: int | None = None,
    log: Log = lambda _line: None,
) -> Calibration:
    """Run all waves and return at least ``settings.wanted`` vectors that running the model confirmed.

    Raises :class:`NothingLeft` when no vector survives, with the facts that fight.
    """
    random = np.random.default_rng([settings.seed, 3])
    size = len(settings.factors)
    points = _tidy(settings, latin(settings.points, size, random))
    outcomes: list[Outcome] = []
    emulators: list[Emulator] = []
    waves: list[Wave] = []
    left = Left(points, 1.0, 0.0)
    for number in range(1, settings.waves + 1):
        fresh = points[len(outcomes) :]
        log(f"wave {number} of {settings.waves}: running {len(fresh)} vectors")
        outcomes += simulate([settings.vector(row) for row in fresh], len(outcomes))
        rank = 1 if number == settings.waves else EARLY_RANK
        emulators, wave, left = _narrow(settings, points, outcomes, emulators, number, rank, workers, log)
        waves.append(wave)
        if number < settings.waves:
            chosen = random.permutation(left.points)[: settings.points]
            points = np.vstack([points, _tidy(settings, chosen)])
    kept, values, tried = _verified(settings, simulate, left, len(outcomes), log)
    scores = _simulated(settings, values, pooled_noise(outcomes))
    return Calibration(settings, kept, values, worst(scores), waves, tried, medoid(kept), emulators)


def _tidy(settings: Settings, points: Matrix) -> Matrix:
    """Return the points of vectors with few digits, so that what is run is what is kept."""
    return np.array([np.clip(settings.shares(settings.vector(row)), 0.0, 1.0) for row in points])


def _narrow(
    settings: Settings,
    points: Matrix,
    outcomes: Sequence[Outcome],
    before: Sequence[Emulator],
    number: int,
    rank: int,
    workers: int | None,
    log: Log,
) -> tuple[list[Emulator], Wave, Left]:
    names = [output.measure for output in settings.outputs]
    noise = pooled_noise(outcomes)
    log(f"wave {number}: fitting {len(names)} emulators to {len(points)} vectors")
    emulators = fit_all(points, stacked(outcomes), noise.tolist(), workers=workers, before=before)
    emulated = Emulated(emulators, settings.targets, workers=workers)
    wanted = max(2 * settings.points, 2 * settings.wanted)
    log(f"wave {number}: looking for what is left")
    left = search(emulated.measure(rank=rank), points.shape[1], wanted, settings.seed + number)
    if left.is_empty:
        log("nothing is left: looking for the facts that fight")
        raise NothingLeft(fights(emulated, points.shape[1], settings.seed), number, left.reached)
    wave = Wave(
        number,
        len(points),
        rank,
        left.share,
        {name: emulator.check.row() for name, emulator in zip(names, emulators, strict=True)},
        {name: round(float(np.sqrt(v)), 5) for name, v in zip(names, noise, strict=True)},
    )
    log(f"wave {number}: {left.share:.2g} of the space is left")
    return emulators, wave, left


def _simulated(settings: Settings, values: Matrix, noise: Vector) -> Matrix:
    """Return the implausibility of runs themselves; a value that could not be measured is ruled out."""
    found = implausibility(values, np.broadcast_to(noise, values.shape), settings.targets)
    return np.where(np.isfinite(found), found, np.inf)


def _verified(
    settings: Settings, simulate: Simulator, left: Left, first: int, log: Log
) -> tuple[Matrix, Matrix, int]:
    """Run vectors from what is left and keep those that the facts do not rule out, until enough are kept."""
    candidates = left.points
    kept: list[Vector] = []
    values: list[Vector] = []
    tried, best, rate = 0, np.inf, 0.8
    for _ in range(MOST_BATCHES):
        missing = settings.wanted - len(kept)
        if missing <= 0 or tried >= len(candidates):
            break
        number = min(len(candidates) - tried, int(np.ceil(SPARE * missing / rate)))
        batch = _tidy(settings, candidates[tried : tried + number])
        log(f"verification: running {number} vectors")
        outcomes = simulate([settings.vector(row) for row in batch], first + tried)
        scores = worst(_simulated(settings, stacked(outcomes), pooled_noise(outcomes)))
        inside = scores <= CUT
        kept += list(batch[inside])
        values += [outcome.values for outcome, keep in zip(outcomes, inside, strict=True) if keep]
        tried += number
        best = min(best, float(scores.min()))
        rate = max(0.1, len(kept) / tried)
        log(f"verification: {len(kept)} of {tried} kept")
    if not kept:
        raise NothingLeft((), settings.waves + 1, best)
    return np.array(kept), np.array(values), tried


def medoid(points: Matrix) -> int:
    """Return the row with the least mean distance to all others (Kaufman & Rousseeuw 1987)."""
    squares = (points**2).sum(axis=1)
    distances = np.sqrt(np.maximum(0.0, squares[:, None] + squares - 2.0 * points @ points.T))
    return int(distances.mean(axis=1).argmin())


@dataclass(frozen=True, slots=True)
class Learned:
    """What the vectors that are left say about one parameter, on its own scale."""

    path: str
    low: float
    median: float
    high: float
    width: float
    informed: bool

    def row(self) -> dict[str, Any]:
        """Return the entry of the saved set."""
        return {
            "path": self.path,
            "low": self.low,
            "median": self.median,
            "high": self.high,
            "width_against_before": round(self.width, 4),
            "informed": self.informed,
        }


def learned(settings: Settings, points: Matrix) -> list[Learned]:
    """Return, per parameter, the middle 90 % of what is left, and whether that says anything.

    It does if the range is clearly narrower than before (:data:`NARROWED`) or its median has clearly
    moved (:data:`MOVED`); 200 vectors from an unchanged range pass neither by chance in 99 of 100 cases.
    """
    found = []
    for k, factor in enumerate(settings.factors):
        low, median, high = (float(q) for q in np.quantile(points[:, k], [0.05, 0.5, 0.95]))
        width = (high - low) / 0.9
        informed = width < NARROWED or abs(median - 0.5) > MOVED
        ends = [float(f"{float(factor.at(u)):.4g}") for u in (low, median, high)]
        found.append(Learned(factor.path, ends[0], ends[1], ends[2], width, informed))
    return found


def ties(settings: Settings, points: Matrix) -> list[tuple[str, str, float]]:
    """Return pairs of parameters that the facts tie together, by rank correlation, strongest first."""
    if len(points) < 4:
        return []
    ranks = points.argsort(axis=0).argsort(axis=0).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        table = np.corrcoef(ranks.T)
    paths = settings.paths
    pairs = [
        (paths[a], paths[b], round(float(table[a, b]), 3))
        for a in range(len(paths))
        for b in range(a + 1, len(paths))
        if abs(table[a, b]) >= TIED
    ]
    return sorted(pairs, key=lambda pair: -abs(pair[2]))
