"""From runs to estimates: every indicator with its run-to-run interval."""

from __future__ import annotations

from experiments.runner import Runs
from experiments.statistics import Estimate, estimate_ratio, estimate_top_share
from sim.indicators import INDICATORS, Indicator


def estimate(runs: Runs, indicator: Indicator) -> Estimate:
    """Return one indicator of the runs of a scenario."""
    if indicator.form == "share_of_persons":
        return estimate_top_share(
            [observation.counts.astype(float) for observation in runs.observations],
            [observation.exposure.astype(float) for observation in runs.observations],
            by_chance=indicator.name.endswith("poisson"),
            unit=indicator.unit,
        )
    numerators, denominators = runs.vectors(indicator.name)
    return estimate_ratio(
        numerators.tolist(),
        denominators.tolist(),
        events=runs.cases(indicator.name),
        unit=indicator.unit,
        form=indicator.form,
    )


def estimate_all(runs: Runs) -> dict[str, Estimate]:
    """Return every indicator of the runs of a scenario."""
    return {indicator.name: estimate(runs, indicator) for indicator in INDICATORS}
