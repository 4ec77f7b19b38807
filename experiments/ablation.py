"""Mechanisms off in turn: what each does to every indicator, with the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from experiments.estimates import estimate
from experiments.knobs import MEASURED
from experiments.runner import Runs, Tell, run_replicates, work_of
from experiments.statistics import Difference, half_width, paired_difference
from sim.indicators import INDICATORS, Indicator
from sim.mechanisms import all_mechanisms
from sim.specification import Specification


@dataclass(frozen=True, slots=True)
class Change:
    """What switching a mechanism off does to one indicator: off - on."""

    indicator: str
    value_on: float | None
    value_off: float | None
    difference: Difference

    @property
    def clearness(self) -> float:
        """Difference over its half-width, 0 where the interval includes 0 or there is none."""
        half = half_width(self.difference)
        if not self.difference.clear or half is None or self.difference.value is None:
            return 0.0
        return abs(self.difference.value) / max(half, 1e-12)

    def row(self) -> dict[str, Any]:
        """Return the entry as shown by ``detention ablate --json``."""
        d = self.difference
        return {
            "indicator": self.indicator,
            "on": self.value_on,
            "off": self.value_off,
            "difference": {"value": d.value, "low": d.low, "high": d.high, "n": d.n},
            "ratio": d.ratio,
            "clear": d.clear,
        }


@dataclass(frozen=True, slots=True)
class Ablation:
    """What switching one mechanism off does to every indicator."""

    mechanism: str
    neutral: str
    already_off: bool
    changes: list[Change]

    def clearest(self, number: int) -> list[Change]:
        """Return the changes that stand out most."""
        clear = [change for change in self.changes if change.clearness > 0.0]
        return sorted(clear, key=lambda change: -change.clearness)[:number]

    def row(self) -> dict[str, Any]:
        """Return the entry as shown by ``detention ablate --json``."""
        return {
            "mechanism": self.mechanism,
            "neutral": self.neutral,
            "already_off": self.already_off,
            "changes": [change.row() for change in self.changes],
        }


def ablation_work(specification: Specification, replicates: int) -> int:
    """Return the place-days that an ablation takes."""
    on = sum(specification.mechanisms.values())
    return work_of(specification, 1, replicates) * (1 + on)


def ablate_all(
    specification: Specification,
    *,
    replicates: int = 10,
    seed: int = 1,
    workers: int | None = None,
    tell: Tell = lambda _done: None,
) -> list[Ablation]:
    """Switch every mechanism off in turn, with the same random numbers, in schedule order."""

    def runs(described: Specification) -> Runs:
        return run_replicates(described, seed=seed, replicates=replicates, workers=workers, tell=tell)

    base = runs(specification)
    found = []
    for mechanism in all_mechanisms():
        if not specification.mechanisms[mechanism.name]:
            found.append(Ablation(mechanism.name, mechanism.neutral, already_off=True, changes=[]))
            continue
        off = runs(specification.with_mechanisms(**{mechanism.name: False}))
        changes = [_change(base, off, indicator) for indicator in INDICATORS if indicator.name in MEASURED]
        found.append(Ablation(mechanism.name, mechanism.neutral, already_off=False, changes=changes))
    return found


def _change(on: Runs, off: Runs, indicator: Indicator) -> Change:
    difference = paired_difference(
        off.vectors(indicator.name), on.vectors(indicator.name), form=indicator.form, unit=indicator.unit
    )
    return Change(indicator.name, estimate(on, indicator).value, estimate(off, indicator).value, difference)
