"""What a sensitivity analysis says: as JSON, as rows of a spreadsheet, as text at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from experiments.sensitivity.analysis import Analysis, Sensitivity
from experiments.sensitivity.courses import CourseRow, Courses
from experiments.sensitivity.index import Index, entry
from experiments.sensitivity.morris import MorrisRow
from experiments.sensitivity.pawn import PawnRow
from experiments.sensitivity.sobol import MOST_NOISE, Sobol, SobolRow
from experiments.summaries import number
from experiments.tables import table
from sim.indicators import BY_NAME

AVERAGED = (
    "the value of a point is the mean of its runs' values, every run counting the same; a rate of a run is "
    "its events over its own resident-years"
)
INTERVALS = {
    "morris": "95 % bootstrap intervals over trajectories",
    "sobol": "95 % bootstrap intervals over base rows, those of corrected indices over replicates as well",
    "pawn": "95 % bootstrap intervals over points",
    "one-at-a-time": "95 % t intervals over replicates",
}
MOST_SHOWN = 10
"""Factors per indicator that are shown at a terminal; the files have them all."""


def content(result: Sensitivity) -> dict[str, Any]:
    """Return the JSON answer."""
    return {
        "folder": result.table.label,
        "method": result.method,
        "design": result.table.design.row(),
        "scenarios": list(result.table.scenarios),
        "runs": result.table.tally(),
        "averaged": AVERAGED,
        "intervals": INTERVALS[result.method],
        "resamples": result.resamples,
        "seed": result.seed,
        "digest": result.digest,
        "analyses": [_analysis(analysis) for analysis in result.analyses],
    }


def _analysis(analysis: Analysis) -> dict[str, Any]:
    found = analysis.found
    return {
        "scenario": analysis.scenario,
        "indicator": analysis.indicator,
        "unit": BY_NAME[analysis.indicator].unit,
        "points": analysis.points,
        "points_without_value": analysis.points_without_value,
        **_counts(found),
        "noise": analysis.noise.row(),
        "note": analysis.problem,
        "factors": [] if found is None else [row_of(row) for row in found.rows],
    }


def _counts(found: Any) -> dict[str, int]:
    """Return what a method counts beside its rows: trajectories, effects, base rows, dropped ones."""
    if found is None:
        return {}
    names = (f.name for f in fields(found))
    return {name: getattr(found, name) for name in names if name not in ("rows", "noise", "points")}


def row_of(row: Any) -> dict[str, Any]:
    """Return the entry of one factor for JSON."""
    found: dict[str, Any] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        nested = isinstance(value, tuple)
        found[field.name] = [row_of(item) for item in value] if nested else entry(value)
    if hasattr(row, "clear"):
        found["clear"] = row.clear
    return found


# --- spreadsheets ------------------------------------------------------------------------------------


def flat_rows(result: Sensitivity) -> tuple[list[str], list[list[Any]]]:
    """Return headings and rows of a table with a line per scenario, indicator and factor (or level)."""
    lines = [line for analysis in result.analyses for line in _lines(analysis)]
    headings = list(dict.fromkeys(name for line in lines for name in line))
    return headings, [[line.get(name) for name in headings] for line in lines]


def _lines(analysis: Analysis) -> Iterator[dict[str, Any]]:
    head = {"scenario": analysis.scenario, "indicator": analysis.indicator}
    if analysis.found is None:
        return
    for row in analysis.found.rows:
        flat = _flat(row)
        if isinstance(row, CourseRow):
            for point in row.points:
                yield {**head, "factor": row.factor, **_flat(point), "range": row.range, "clear": row.clear}
        else:
            yield {**head, **flat}


def _flat(row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if isinstance(value, Index):
            names = (field.name, f"{field.name}_low", f"{field.name}_high")
            found.update(zip(names, (value.value, value.low, value.high), strict=True))
        elif not isinstance(value, tuple):
            found[field.name] = value
    if hasattr(row, "clear"):
        found["clear"] = row.clear
    return found


# --- terminal ----------------------------------------------------------------------------------------


def report(result: Sensitivity) -> str:
    """Return the analysis as text: a table per scenario and indicator, the strongest factors first."""
    design = result.table.design
    runs = result.table.tally()
    failed = {name: count for name, count in runs.items() if name not in ("runs", "ok") and count}
    lost = "" if not failed else "; " + ", ".join(f"{count:,} {name}" for name, count in failed.items())
    factors, points = _plural(len(design.factors), "factor"), _plural(len(design), "point")
    head = (
        f"{result.table.label}: {result.method} on a {design.kind} design, {factors}, {points}, "
        f"{runs['ok']:,} of {runs['runs']:,} runs finished{lost}"
    )
    several = len(result.table.scenarios) > 1
    parts = [_section(analysis, several=several) for analysis in result.analyses]
    return "\n\n".join([head, *parts, _legend(result)])


def _plural(number_: int, noun: str) -> str:
    return f"{number_:,} {noun}" if number_ == 1 else f"{number_:,} {noun}s"


def _section(analysis: Analysis, *, several: bool) -> str:
    unit = BY_NAME[analysis.indicator].unit
    title = f"{analysis.indicator.replace('_', ' ')} ({unit})"
    if several:
        title = f"{analysis.scenario}: {title}"
    if analysis.found is None:
        return f"{title}\n  not analysed: {analysis.problem}"
    rows = analysis.found.rows
    headings, cells = _cells(rows[:MOST_SHOWN])
    lines = [title, table(headings, cells)]
    if len(rows) > MOST_SHOWN:
        lines.append(f"  and {len(rows) - MOST_SHOWN} weaker ones (in the files)")
    lines.append("  " + _lost_and_noise(analysis))
    return "\n".join(lines)


def _lost_and_noise(analysis: Analysis) -> str:
    noise = analysis.noise
    if isinstance(analysis.found, Courses):
        words = f"{noise.replicates:.3g} runs per point"
    elif noise.share.value is None:
        words = "one run per point: noise cannot be told from effects"
    else:
        words = (
            f"noise: {percent(noise.share)} of the variance between points ({noise.replicates:.3g} runs "
            f"each), {percent(noise.share_of_run)} of that between single runs"
        )
        if too_noisy(analysis):
            words += ": too much to be taken out, more replicates are needed"
    found = analysis.found
    assert found is not None
    if found.dropped:
        words += f"; dropped for want of runs: {found.dropped:,} {dropped_what(found)}"
    return words


def too_noisy(analysis: Analysis) -> bool:
    """Say whether there is so much noise that Sobol indices cannot be corrected for it."""
    share = analysis.noise.share.value
    return isinstance(analysis.found, Sobol) and share is not None and share > MOST_NOISE


def dropped_what(found: Any) -> str:
    """Return what it is that a method drops when runs are missing."""
    names = {"Morris": "elementary effects", "Sobol": "base rows", "Pawn": "points", "Courses": "levels"}
    return names[type(found).__name__]


def percent(share: Index) -> str:
    """Return a share with its interval in per cent."""
    if share.value is None:
        return "an unknown part"
    words = f"{100 * share.value:.0f} %"
    if share.low is None or share.high is None:
        return words
    return f"{words} [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def _cells(rows: Sequence[Any]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    first = rows[0]
    if isinstance(first, MorrisRow):
        return ("  factor", "mu*", "interval", "mu", "sigma", "noise floor", "verdict"), [
            (
                f"  {r.factor}",
                number(r.mu_star.value),
                _between(r.mu_star),
                number(r.mu.value),
                number(r.sigma.value),
                number(r.noise_floor),
                _verdict(r.clear, "above noise", "not above noise"),
            )
            for r in rows
        ]
    if isinstance(first, SobolRow):
        raw = ("first", "interval", "total", "interval")
        return ("  factor", *raw, "first*", "total*", "interval", "verdict"), [
            (
                f"  {r.factor}",
                number(r.first.value),
                _between(r.first),
                number(r.total.value),
                _between(r.total),
                number(r.first_corrected.value),
                number(r.total_corrected.value),
                _between(r.total_corrected),
                _verdict(r.clear, "above noise", "not above noise"),
            )
            for r in rows
        ]
    if isinstance(first, PawnRow):
        return ("  factor", "maximum", "interval", "dummies", "median", "dummies", "verdict"), [
            (
                f"  {r.factor}",
                number(r.maximum.value),
                _between(r.maximum),
                number(r.threshold_maximum),
                number(r.median.value),
                number(r.threshold_median),
                _verdict(r.clear, "above dummies", "not above dummies"),
            )
            for r in rows
        ]
    return ("  factor", "level", "value", "interval", "difference", "interval", "runs"), [
        (
            f"  {r.factor}" if k == 0 else "",
            "own value" if p.level is None else str(p.level),
            number(p.value.value),
            _between(p.value),
            "reference" if p.reference else number(p.difference.value),
            "" if p.reference else _between(p.difference),
            str(p.replicates),
        )
        for r in rows
        for k, p in enumerate(r.points)
    ]


def _between(index: Index) -> str:
    return "-" if index.low is None else f"[{number(index.low)}, {number(index.high)}]"


def _verdict(clear: bool | None, yes: str, no: str) -> str:  # noqa: FBT001 - the verdict itself
    return "-" if clear is None else yes if clear else no


def _legend(result: Sensitivity) -> str:
    meaning = {
        "morris": "mu*: mean size of the change per full range of the factor; sigma: its spread over the "
        "settings of the others; noise floor: mu* of a factor without effect in one case of twenty",
        "sobol": "shares of variance: first order and total; with *: corrected for noise between runs",
        "pawn": "largest and median distance between the distribution within a slice of the factor and all "
        "points (0-1); dummies: what 95 % of factors without effect stay below",
        "one-at-a-time": "the indicator at every level and its difference to the reference level over the "
        "same random numbers",
    }[result.method]
    return (
        f"{meaning}.\nIntervals: {INTERVALS[result.method]}. What is averaged: {AVERAGED}.\n"
        "They leave out the uncertainty of the model's assumptions. The model explores and explains; it does "
        "not predict."
    )
