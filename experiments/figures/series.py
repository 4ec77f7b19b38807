"""What is drawn of a scenario: its runs, its estimates and how it looks throughout a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.figures import text
from experiments.figures.page import COLOURS, LABEL, LINES, SHAPES
from experiments.runner import Runs
from experiments.statistics import Estimate
from sim.clock import DAYS_PER_YEAR

Vector = npt.NDArray[np.float64]

NO_FORECAST = "The model explores and explains; it does not predict."
NOT_ASSUMPTIONS = "they do not cover the uncertainty of the model's assumptions"
NAME_INCHES = 2.3
"""Room for the name of a scenario in legends and beside rows."""

LABELS = {
    "true_incidents": "All incidents",
    "recorded_incidents": "Recorded incidents",
    "true_assaults": "Assaults",
    "self_harm": "Self-harm",
    "coercive_responses": "Coercive responses",
    "recorded_share": "Recorded share",
    "tension": "Tension",
    "wellbeing": "Wellbeing",
    "autonomy": "Residents' autonomy",
    "competence": "Residents' competence",
    "relatedness": "Residents' relatedness",
    "familiarity_on_duty": "Officer met knows resident",
    "restrictiveness": "Restrictiveness",
    "staff_exhaustion": "Staff exhaustion",
    "staff_vigilance": "Staff vigilance",
    "hours_out_of_cell": "Hours out of cell",
    "climate_support": "Felt support",
    "felt_fairness": "Felt fairness",
    "repairs": "Repairs",
    "staff_hours": "Unit staff hours",
}
"""Names for people; other indicators are called by their own name."""


@dataclass(frozen=True, slots=True)
class Series:
    """A scenario with its colour, shape and line style."""

    key: str
    name: str
    runs: Runs
    estimates: dict[str, Estimate]
    colour: str
    shape: str
    line: Any

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return len(self.runs.observations)

    @property
    def resident_years(self) -> float:
        """Recorded resident-years over all replicates."""
        return self.runs.resident_days / DAYS_PER_YEAR

    def value(self, indicator: str) -> float | None:
        """Return the pooled value of an indicator, ``None`` where there is none."""
        found = self.estimates.get(indicator)
        return None if found is None or found.value is None or not np.isfinite(found.value) else found.value

    def interval(self, indicator: str) -> tuple[float, float] | None:
        """Return the interval of an indicator, ``None`` where there is none."""
        found = self.estimates.get(indicator)
        if found is None or found.low is None or found.high is None:
            return None
        return (found.low, found.high) if np.isfinite([found.low, found.high]).all() else None

    def per_replicate(self, indicator: str) -> Vector:
        """Return the values of an indicator in every replicate that has one."""
        top, bottom = self.runs.vectors(indicator)
        there = bottom > 0
        return np.asarray(top[there] / bottom[there], dtype=np.float64)


def series_of(runs: dict[str, Runs], estimates: dict[str, dict[str, Estimate]]) -> list[Series]:
    """Return the scenarios with names that fit and looks that differ."""
    names = text.different(list(runs), NAME_INCHES, LABEL)
    return [
        Series(
            key,
            name,
            runs[key],
            estimates[key],
            COLOURS[k % len(COLOURS)],
            SHAPES[k % len(SHAPES)],
            LINES[k % len(LINES)],
        )
        for k, (key, name) in enumerate(zip(runs, names, strict=True))
    ]


def label(indicator: str) -> str:
    """Return the name of an indicator as people say it."""
    return LABELS.get(indicator, indicator.replace("_", " ").capitalize())


def title_of(one: Series) -> str:
    """Return the scenario's own title, or its name."""
    return text.fit(one.runs.specification.title or one.name, 11.9, 12.5) or one.name


def exposure(several: list[Series]) -> str:
    """Return how much was run, in words."""
    runs = sorted({one.replicates for one in several})
    years = sorted(_years(one.resident_years) for one in several)
    fewest, most = text.number(years[0]), text.number(years[-1])
    number = text.count(runs[0], "run") if len(runs) == 1 else f"{runs[0]} to {runs[-1]} runs"
    if len(several) == 1:
        return f"{number}, {most} resident-years in all."
    copies = [one for one in several if one.runs.copies > 1]
    words = f"{number} per scenario with the same random numbers; "
    words += f"{most if fewest == most else f'{fewest} to {most}'} resident-years each"
    if copies:
        words += " (small facilities repeated with other people: "
        words += text.listed([f"{one.name} \N{MULTIPLICATION SIGN}{one.runs.copies}" for one in copies]) + ")"
    return words + "."


def _years(years: float) -> float:
    return round(years) if years >= 10 else years


def span(several: list[Series], indicator: str) -> str | None:
    """Return "from LOWEST (scenario) to HIGHEST (scenario)", ``None`` where nothing can be compared."""
    known = [(value, one.name) for one in several if (value := one.value(indicator)) is not None]
    if len(known) < 2:
        return None
    (low, first), (high, last) = min(known), max(known)
    if text.number(low) == text.number(high):
        return f"{text.number(low)} in {'both' if len(known) == 2 else f'all {len(known)}'} scenarios"
    return f"from {text.number(low)} ({first}) to {text.number(high)} ({last})"


def intervals(several: list[Series], what: str = "Intervals") -> str:
    """Return what the intervals are, in words."""
    if max(one.replicates for one in several) < 2:
        return "One run only, so there are no intervals."
    return (
        f"{what} are 95 % run-to-run intervals (hidden where narrower than the mark): they shrink with more "
        f"runs, and {NOT_ASSUMPTIONS}."
    )
