"""Readable summaries of a run and of a comparison, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from experiments.tables import table

if TYPE_CHECKING:
    from experiments.assumptions import Assumed
    from experiments.comparing import Comparison, Contrast
    from experiments.decomposing import Decomposition, Interval
    from experiments.runner import Runs
    from experiments.statistics import Estimate
    from sim.specification import Specification

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
    "procedural_justice",
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

OF_PROMOTION = (
    "plus_share",
    "promotions_per_review",
    "demotions_per_review",
    "plus_share_gap_lvb",
    "complaints",
    "activity_hours_per_week",
)
"""Shown as well where a scenario has a policy of promotion that does something."""

NO_PREDICTION = "The model explores and explains; it does not predict."
CAUTION = (
    "Intervals are run-to-run (95 %): they shrink with replicates and leave out the uncertainty of the\n"
    f"model's assumptions. {NO_PREDICTION}"
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


def headlines(specifications: Iterable[Specification]) -> tuple[str, ...]:
    """Return the indicators to show for some scenarios."""
    judged = any(specification.policy.acts for specification in specifications)
    return (*HEADLINES, *OF_PROMOTION) if judged else HEADLINES


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
        for name, e in ((name, estimates[name]) for name in headlines([specification]))
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
        for name in headlines(runs.specification for runs in comparison.runs.values())
    ]
    parts = ["\n".join(lines), table(("indicator", *names, "unit"), values)]
    parts += [_contrast_table(comparison, a, b) for a, b in _pairs(comparison)]
    return "\n\n".join((*parts, _intervals(comparison)))


def _intervals(comparison: Comparison) -> str:
    """Return what the intervals of a comparison are."""
    worlds = comparison.worlds
    if not worlds.entries:
        why = f"\nNo assumption intervals: {worlds.note}." if worlds.note else ""
        return CAUTION + why
    return (
        "Run-to-run intervals (95 %) shrink with replicates. Assumption intervals hold the middle 95 % of\n"
        f"{len(worlds)} plausible worlds (calibrated vectors, structural choices that nobody has settled),\n"
        'run-to-run noise taken out: more replicates do not shrink them. "Same sign" is the share of\n'
        f"these worlds in which the difference has the sign shown. {NO_PREDICTION}"
    )


def _copies(runs: Runs) -> str:
    return f"{runs.copies} x " if runs.copies > 1 else ""


def _unit(comparison: Comparison, name: str) -> str:
    return next(iter(comparison.indicators.values()))[name].unit


def _pairs(comparison: Comparison) -> list[tuple[str, str]]:
    return list(dict.fromkeys((c.a, c.b) for c in comparison.contrasts))


def _contrast_table(comparison: Comparison, a: str, b: str) -> str:
    chosen = {c.indicator: c for c in comparison.contrasts if (c.a, c.b) == (a, b)}
    pair = (comparison.runs[name].specification for name in (a, b))
    shown = [chosen[name] for name in headlines(pair) if name in chosen]
    if not comparison.worlds.entries:
        headings: tuple[str, ...] = ("indicator", "difference", "interval", "ratio", "verdict")
        rows = [_contrast_row(contrast) for contrast in shown]
    else:
        headings = ("indicator", "difference", "run-to-run", "assumptions", "ratio", "same sign", "verdict")
        rows = [_row_with_worlds(contrast) for contrast in shown]
    return f"Differences, {a} minus {b} (same random numbers)\n" + table(headings, rows)


def _contrast_row(contrast: Contrast) -> tuple[str, ...]:
    d = contrast.difference
    between = "-" if d.low is None else f"[{number(d.low)}, {number(d.high)}]"
    verdict = "clear" if d.clear else "not clear"
    return contrast.indicator.replace("_", " "), number(d.value), between, number(d.ratio), verdict


def _row_with_worlds(contrast: Contrast) -> tuple[str, ...]:
    """Return the row of a contrast that was run in plausible worlds."""
    name, value, between, ratio, verdict = _contrast_row(contrast)
    said = contrast.assumed
    same = "-" if said.same_sign is None else f"{said.same_sign:.0%}"
    if said.depends_on is not None:
        verdict += f"; depends on assumptions ({said.decides})"
    return name, value, between, _assumption(said), ratio, same, verdict


def _assumption(said: Assumed) -> str:
    if said.low is None or said.high is None:
        return "-"
    return f"[{number(said.low)}, {number(said.high)}]"


def decomposition_summary(made_of: Decomposition) -> str:
    """Return what each contrast is made of, one table per indicator."""
    head = (
        f"What the difference {made_of.a} minus {made_of.b} is made of: each difference equalised in turn\n"
        "(the second scenario takes the first one's), every structural choice in its neutral form in both."
    )
    if made_of.worlds.entries:
        head += f"\nAssumption intervals are over {len(made_of.worlds)} plausible worlds."
    return "\n\n".join([head, *(_made_of(made_of, name) for name in made_of.total)])


def _made_of(made_of: Decomposition, name: str) -> str:
    worlds = bool(made_of.worlds.entries)

    def cells(entry: Interval) -> tuple[str, ...]:
        shown = (number(entry.value), _between(entry))
        return (*shown, _assumption(entry.assumed)) if worlds else shown

    intervals = ("run-to-run", "assumptions") if worlds else ("interval",)
    nothing = ("",) * (1 + len(intervals))
    rows = [("as they are", "", *cells(made_of.total[name]), *nothing)]
    rows += [
        (part.factor, part.kind, *cells(part.contrast), *cells(part.contribution))
        for part in made_of.parts[name]
    ]
    rows.append(("all of these: remainder", "", *cells(made_of.remainder[name]), *nothing))
    headings = ("equalised", "kind", "difference", *intervals, "went with it", *intervals)
    return name.replace("_", " ") + "\n" + table(headings, rows)


def _between(interval_: Interval) -> str:
    if interval_.low is None:
        return "-"
    return f"[{number(interval_.low)}, {number(interval_.high)}]"
