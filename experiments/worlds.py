"""Plausible worlds: vectors that the facts do not rule out, joined with structural choices nobody settled.

World ``k`` takes one vector of the calibrated set (drawn without replacement, in an order that is fixed)
and a point of a scrambled Sobol sequence over the plausible ranges of the unidentified structural
choices: couplings per head or by count, company in small groups, witnesses, hearsay, what coercion leaves
behind (grievance or deterrence, which decides its sign), and the rule for nobody on duty.  World ``k`` is
the same in every comparison and whatever the seed; fewer worlds are the first of more.

Both scenarios of a comparison live in the same world.  What makes them what they are is left alone: an
assumption in which they differ, that one of them sets to something else than the registry, or that
somebody set for this comparison, is *held*.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.batches import run_jobs
from experiments.factors import UNSTAFFED
from experiments.runner import Tell, load_kernels, pooled, run_copy, work_of
from sim.indicators import Sums
from sim.inputs import CHOICES
from sim.parameters import registry
from sim.specification import Specification

if TYPE_CHECKING:
    from experiments.calibration.plausible import Plausible

DEFAULT_WORLDS = 40
"""The fewest of which the middle 95 % leaves one out at each end."""
REPLICATES = 2
"""Runs of a scenario in each world: the fewest that tell noise from differences between worlds."""
FIRST_REPLICATE = 1_000_000
"""Worlds have luck of their own: shared luck would look like agreement between them."""

UNIDENTIFIED = "structural choice, unidentified"
"""What the registry gives as the source of a number of form that nobody has settled."""
AFTERMATH = ("coercion.grievance_impulse", "coercion.deterrence_impulse")
"""What coercion leaves behind, wholly unfair or wholly fair: their balance gives its aftermath a sign."""
ORDER_SEED = 20260301


@dataclass(frozen=True, slots=True)
class World:
    """One set of assumptions: numbers by path and the rule for unstaffed hours (``None`` where held)."""

    number: int
    values: Mapping[str, float]
    unstaffed: str | None

    def apply(self, specification: Specification) -> Specification:
        """Return a scenario in this world."""
        changed = specification.with_numbers(self.values)
        if self.unstaffed is None:
            return changed
        return replace(changed, choices={**changed.choices, UNSTAFFED: self.unstaffed})


@dataclass(frozen=True, slots=True)
class Worlds:
    """The worlds of a comparison; ``note`` says why there are none."""

    entries: tuple[World, ...] = ()
    held: tuple[str, ...] = ()
    note: str = ""
    about: Mapping[str, Any] | None = None

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def columns(self) -> dict[str, list[float | str]]:
        """The assumptions that vary, one value per world."""
        if not self.entries:
            return {}
        found: dict[str, list[float | str]] = {
            path: [world.values[path] for world in self.entries] for path in self.entries[0].values
        }
        rules = [world.unstaffed for world in self.entries if world.unstaffed is not None]
        return {**found, UNSTAFFED: list(rules)} if rules else found

    def first(self, number: int) -> Worlds:
        """Return the first worlds only."""
        return replace(self, entries=self.entries[:number])

    def row(self) -> dict[str, Any]:
        """Return the description for JSON."""
        return {
            "n": len(self.entries),
            "replicates": REPLICATES if self.entries else 0,
            "varied": sorted(self.columns),
            "held": list(self.held),
            "set": dict(self.about) if self.about else None,
            "note": self.note,
        }


def structural() -> list[str]:
    """Return the numbers that are unidentified structural choices, in the order of the registry."""
    return [path for path, p in registry().items() if p.source == UNIDENTIFIED or path in AFTERMATH]


def plausible_worlds(
    number: int, plausible: Plausible, specifications: Iterable[Specification], set_here: Iterable[str] = ()
) -> Worlds:
    """Return ``number`` worlds for scenarios that are compared; ``set_here`` are paths to be held."""
    scenarios = list(specifications)
    paths = [*plausible.medoid, *(path for path in structural() if path not in plausible.medoid)]
    held = {path for path in paths if _is_held(path, scenarios)} | (set(set_here) & {*paths, UNSTAFFED})
    rules = {scenario.choices[UNSTAFFED] for scenario in scenarios}
    if rules != {CHOICES[UNSTAFFED][0]}:
        held.add(UNSTAFFED)
    order = np.random.default_rng(ORDER_SEED).permutation(len(plausible.vectors))
    choices = _structural_points(number)
    entries = []
    for k in range(number):
        numbers, rule = choices[k]
        values = {**numbers, **plausible.vectors[order[k % len(order)]]}
        kept = {path: value for path, value in values.items() if path not in held}
        entries.append(World(k, kept, None if UNSTAFFED in held else rule))
    known = ("version", "commit", "quick", "fingerprint")
    about = {key: plausible.about[key] for key in known if key in plausible.about}
    return Worlds(tuple(entries), tuple(sorted(held)), about={"vectors": len(plausible.vectors), **about})


def _is_held(path: str, scenarios: Sequence[Specification]) -> bool:
    default = registry()[path].default
    return any(scenario.values[path] != default for scenario in scenarios)


def _structural_points(number: int) -> list[tuple[dict[str, float], str]]:
    """Return the structural choices of worlds 0 to ``number`` - 1."""
    from scipy.stats import qmc

    parameters = [registry()[path] for path in structural()]
    rules = CHOICES[UNSTAFFED]
    # Powers of two keep the sequence balanced; the first points do not depend on how many are drawn.
    doublings = max(1, (number - 1).bit_length())
    table = qmc.Sobol(len(parameters) + 1, scramble=True, rng=ORDER_SEED).random_base2(doublings)
    return [
        (
            {
                p.path: float(f"{p.plausible_low + (p.plausible_high - p.plausible_low) * float(u):.4g}")
                for p, u in zip(parameters, line[:-1], strict=True)
            },
            rules[min(int(line[-1] * len(rules)), len(rules) - 1)],
        )
        for line in table[:number]
    ]


# --- running them --------------------------------------------------------------------------------------

Place = tuple[Specification, int]
"""A scenario and how often it is repeated with other people."""


def key_of(place: Place) -> str:
    """Return what tells one scenario with its copies from another."""
    return json.dumps([place[0].canonical(), place[1]], sort_keys=True)


def work_in_worlds(places: Iterable[Place], replicates: int = REPLICATES) -> int:
    """Return the place-days that :func:`run_places` takes."""
    return sum(work_of(scenario, copies, replicates) for scenario, copies in places)


def run_places(
    places: Mapping[str, tuple[World, Place]],
    *,
    seed: int,
    replicates: int = REPLICATES,
    workers: int | None = None,
    tell: Tell = lambda _done: None,
) -> dict[str, list[dict[str, Sums]]]:
    """Run every scenario ``replicates`` times and return the sums of its indicators, replicate by replicate.

    Replicates are those of the world that a scenario is in: scenarios of one world share their luck,
    worlds do not.  The result does not depend on ``workers``.
    """
    load_kernels()
    jobs = [
        partial(_run, place, seed, FIRST_REPLICATE + world.number * replicates + r, tell)
        for world, place in places.values()
        for r in range(replicates)
    ]
    found = iter(run_jobs(jobs, workers=workers))
    return {key: [next(found) for _ in range(replicates)] for key in places}


def _run(place: Place, seed: int, replicate: int, tell: Tell, stop: threading.Event) -> dict[str, Sums]:
    scenario, copies = place
    parts = [run_copy(scenario, seed, replicate, copy, tell, stop)[0] for copy in range(copies)]
    return pooled(parts).sums
