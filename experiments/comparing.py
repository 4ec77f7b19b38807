"""Comparing scenarios: equal exposure, the same random numbers, paired differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from experiments.assumptions import NOTHING, Assumed, assumed, log_ratio, ratio_range, signed_sum
from experiments.estimates import estimate_all
from experiments.runner import Runs, Tell, run_replicates
from experiments.statistics import Difference, Estimate, paired_difference
from experiments.worlds import REPLICATES, Place, World, Worlds, run_places
from sim.indicators import INDICATORS
from sim.specification import Specification

TOLERANCE = 0.05
"""Largest relative difference in expected resident-days between compared scenarios."""
MOST_COPIES = 400


@dataclass(frozen=True, slots=True)
class Contrast:
    """The difference of one indicator between two scenarios, a - b."""

    indicator: str
    a: str
    b: str
    difference: Difference
    assumed: Assumed = NOTHING

    def row(self) -> dict[str, Any]:
        """Return the entry as INTERFACE ``COMPARE`` has it; only worlds give assumption intervals."""
        d = self.difference
        return {
            "indicator": self.indicator,
            "a": self.a,
            "b": self.b,
            "difference": {"value": d.value, "low": d.low, "high": d.high, "n": d.n},
            "ratio": d.ratio,
            **self.assumed.row(),
            "share_a_lower": d.share_a_lower,
            "share_tied": d.share_tied,
            "variance_cut": d.variance_cut,
            "clear": d.clear,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scenarios side by side: their runs, indicators and pairwise contrasts."""

    runs: dict[str, Runs]
    indicators: dict[str, dict[str, Estimate]]
    contrasts: list[Contrast]
    worlds: Worlds = field(default_factory=Worlds)

    @property
    def exposure(self) -> dict[str, dict[str, float]]:
        """Return copies, places and recorded resident-days of every scenario."""
        return {
            name: {
                "copies": runs.copies,
                "places": runs.specification.places,
                "resident_days": runs.resident_days,
            }
            for name, runs in self.runs.items()
        }


def expected_residents(specification: Specification) -> float:
    """Return the residents to be expected on an average day."""
    return specification.places * specification.values["residents.occupancy"]


def equal_exposure(sizes: Sequence[float]) -> list[int]:
    """Return how often each facility is repeated so that all expose the same resident-days.

    The largest is repeated as few times as brings all others within :data:`TOLERANCE`; where nothing
    does, the best found is used.

    >>> equal_exposure([345, 12])
    [1, 29]
    """
    largest = max(sizes)
    if min(sizes) <= 0:
        return [1 for _ in sizes]
    best: list[int] = []
    best_gap = float("inf")
    for times in range(1, 21):
        target = largest * times
        copies = [max(1, round(target / size)) for size in sizes]
        if max(copies) > MOST_COPIES and best:
            break
        gap = max(abs(size * n / target - 1.0) for size, n in zip(sizes, copies, strict=True))
        if gap < best_gap - 1e-12:
            best, best_gap = copies, gap
        if gap <= TOLERANCE:
            break
    return best


def compare(
    specifications: dict[str, Specification],
    *,
    seed: int = 1,
    replicates: int = 10,
    workers: int | None = None,
    tell: Tell = lambda _done: None,
    copies: Sequence[int] | None = None,
) -> Comparison:
    """Run scenarios with the same seeds on equal exposure and contrast every pair."""
    if copies is None:
        copies = equal_exposure([expected_residents(s) for s in specifications.values()])
    runs = {
        name: run_replicates(
            specification,
            seed=seed,
            replicates=replicates,
            copies=number,
            workers=workers,
            tell=tell,
        )
        for (name, specification), number in zip(specifications.items(), copies, strict=True)
    }
    return Comparison(
        runs=runs,
        indicators={name: estimate_all(result) for name, result in runs.items()},
        contrasts=contrasts_of(runs),
    )


def places_in_worlds(comparison: Comparison, worlds: Worlds) -> dict[str, tuple[World, Place]]:
    """Return every scenario in every world, by name and number of the world."""
    return {
        f"{world.number} {name}": (world, (world.apply(runs.specification), runs.copies))
        for world in worlds.entries
        for name, runs in comparison.runs.items()
    }


def over_worlds(
    comparison: Comparison,
    worlds: Worlds,
    *,
    seed: int = 1,
    replicates: int = REPLICATES,
    workers: int | None = None,
    tell: Tell = lambda _done: None,
) -> Comparison:
    """Return a comparison whose contrasts have assumption intervals: all scenarios run in every world.

    The runs under default assumptions, their estimates and digests stay as they are.
    """
    if not worlds.entries:
        return replace(comparison, worlds=worlds)
    ran = run_places(
        places_in_worlds(comparison, worlds), seed=seed, replicates=replicates, workers=workers, tell=tell
    )
    columns = worlds.columns

    def with_worlds(contrast: Contrast) -> Contrast:
        pairs = [
            tuple(
                [replicate[contrast.indicator] for replicate in ran[f"{world.number} {name}"]]
                for name in (contrast.a, contrast.b)
            )
            for world in worlds.entries
        ]
        found = [signed_sum([(1.0, a), (-1.0, b)]) for a, b in pairs]
        said = assumed(contrast.difference.value, found, columns)
        ratio = ratio_range([log_ratio(a, b) for a, b in pairs])
        return replace(contrast, assumed=replace(said, ratio=ratio))

    contrasts = [with_worlds(contrast) for contrast in comparison.contrasts]
    return replace(comparison, contrasts=contrasts, worlds=worlds)


def contrasts_of(runs: dict[str, Runs]) -> list[Contrast]:
    """Return the paired contrast of every indicator for every pair of scenarios."""
    found = []
    for indicator in INDICATORS:
        if indicator.form == "share_of_persons":
            continue
        for a, b in combinations(runs, 2):
            difference = paired_difference(
                runs[a].vectors(indicator.name),
                runs[b].vectors(indicator.name),
                form=indicator.form,
                unit=indicator.unit,
            )
            found.append(Contrast(indicator.name, a, b, difference))
    return found
