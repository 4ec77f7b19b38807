"""Readable summaries of a run and of a comparison, for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.tables import table

if TYPE_CHECKING:
    from experiments.comparing import Comparison, Contrast
    from experiments.decomposing import Decomposition, Interval
    from experiments.runner import Runs
    from experiments.statistics import Estimate

HEADLINES = (
    "true_incidents",
    "recorded_assaults_on_residents",
    "recorded_assaults_on_staff",
    "recorded_share",
    "formal_response_share",
    "sanctioned_share_staff",
    "coercive_responses",
    "self_harm",
    "autonomy",
    "competence",
    "relatedness",
    "tension",
    "fear",
    "wellbeing",
    "familiarity_on_duty",
    "staff_contact_minutes",
    "hours_out_of_cell",
    "staff_exhaustion",
    "staff_absence_rate",
    "staff_turnover",
    "restrictiveness",
    "unstaffed_share",
    "occupancy",
)
"""Indicators shown in summaries; ``--json`` and the folder have them all."""

CAUTION = (
    "Intervals are run-to-run (95 %): they shrink with replicates and leave out the uncertainty of the\n"
    "model's assumptions. The model explores and explains; it does not predict."
)


def number(value: float | None) -> str:
    """Return a number with three significant digits, or a dash."""
    if value is None:
        return "-"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def interval(estimate: Estimate) -> str:
    """Return an interval in brackets, or the note that says why there is none."""
    if estimate.low is None or estimate.high is None:
        return estimate.note
    return f"[{number(estimate.low)}, {number(estimate.high)}]"


def run_summary(runs: Runs, estimates: dict[str, Estimate]) -> str:
    """Return the summary of one scenario."""
    specification = runs.specification
    days = int(specification.values["run.days"])
    burn_in = int(specification.values["run.burn_in_days"])
    head = (
        f"{specification.title}\n"
        f"{len(runs.observations)} replicates of {days} days after {burn_in} days of burn-in, "
        f"seed {runs.seed}, {runs.resident_days:,} resident-days"
    )
    rows = [
        (name.replace("_", " "), number(e.value), interval(e), e.unit)
        for name, e in ((name, estimates[name]) for name in HEADLINES)
    ]
    return "\n\n".join((head, table(("indicator", "value", "interval", "unit"), rows), CAUTION))


def comparison_summary(comparison: Comparison) -> str:
    """Return the summary of a comparison: every scenario's value, then the paired differences."""
    names = list(comparison.runs)
    lines = [
        f"{name}: {runs.specification.title} "
        f"({_copies(runs)}{runs.specification.places} places, {runs.resident_days:,} resident-days)"
        for name, runs in comparison.runs.items()
    ]
    values = [
        (
            name.replace("_", " "),
            *(number(comparison.indicators[s][name].value) for s in names),
            _unit(comparison, name),
        )
        for name in HEADLINES
    ]
    parts = ["\n".join(lines), table(("indicator", *names, "unit"), values)]
    parts += [_contrast_table(comparison, a, b) for a, b in _pairs(comparison)]
    return "\n\n".join((*parts, CAUTION))


def _copies(runs: Runs) -> str:
    return f"{runs.copies} x " if runs.copies > 1 else ""


def _unit(comparison: Comparison, name: str) -> str:
    return next(iter(comparison.indicators.values()))[name].unit


def _pairs(comparison: Comparison) -> list[tuple[str, str]]:
    return list(dict.fromkeys((c.a, c.b) for c in comparison.contrasts))


def _contrast_table(comparison: Comparison, a: str, b: str) -> str:
    chosen = {c.indicator: c for c in comparison.contrasts if (c.a, c.b) == (a, b)}
    rows = [_contrast_row(chosen[name]) for name in HEADLINES if name in chosen]
    headings = ("indicator", "difference", "interval", "ratio", "verdict")
    return f"Differences, {a} minus {b} (same random numbers)\n" + table(headings, rows)


def _contrast_row(contrast: Contrast) -> tuple[str, ...]:
    d = contrast.difference
    between = "-" if d.low is None else f"[{number(d.low)}, {number(d.high)}]"
    verdict = "clear" if d.clear else "not clear"
    return contrast.indicator.replace("_", " "), number(d.value), between, number(d.ratio), verdict


def decomposition_summary(made_of: Decomposition) -> str:
    """Return what each contrast is made of, one table per indicator."""
    head = (
        f"What the difference {made_of.a} minus {made_of.b} is made of: each difference equalised in turn\n"
        "(the second scenario takes the first one's), every structural choice in its neutral form in both."
    )
    return "\n\n".join([head, *(_made_of(made_of, name) for name in made_of.total)])


def _made_of(made_of: Decomposition, name: str) -> str:
    rows = [("as they are", "", number(made_of.total[name].value), _between(made_of.total[name]), "", "")]
    rows += [
        (
            part.factor,
            part.kind,
            number(part.contrast.value),
            _between(part.contrast),
            number(part.contribution.value),
            _between(part.contribution),
        )
        for part in made_of.parts[name]
    ]
    left = made_of.remainder[name]
    rows.append(("all of these: remainder", "", number(left.value), _between(left), "", ""))
    headings = ("equalised", "kind", "difference", "interval", "went with it", "interval")
    return name.replace("_", " ") + "\n" + table(headings, rows)


def _between(interval_: Interval) -> str:
    if interval_.low is None:
        return "-"
    return f"[{number(interval_.low)}, {number(interval_.high)}]"
