"""What a run or a comparison leaves in its folder: answer, tables, networks, figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.answers import as_json
from experiments.results import ANSWER_FILE, write_csv, write_json
from sim.frames import CODES

if TYPE_CHECKING:
    from experiments.comparing import Comparison, Contrast
    from experiments.decomposing import Decomposition, Interval
    from experiments.runner import Runs
    from experiments.statistics import Estimate


def save_run(folder: Path, answer: dict[str, Any], runs: Runs, estimates: dict[str, Estimate]) -> None:
    """Write the folder of one scenario."""
    from experiments.figures import draw_run
    from experiments.networks_export import export_networks

    described = {**answer, "specification": runs.specification.canonical()}
    write_json(folder / ANSWER_FILE, as_json(described))
    _write_indicators(folder / "indicators.csv", {answer["scenario"]: estimates})
    _write_daily(folder / "daily.csv", {answer["scenario"]: runs})
    if runs.events is not None:
        write_csv(folder / "ledger-replicate-0.csv", runs.events.dtype.names, _ledger_rows(runs.events))
    if runs.people is not None and runs.people.size:
        _write_people(folder / "people-replicate-0.csv", runs.people)
    if runs.moment is not None:
        networks = folder / "networks"
        networks.mkdir()
        export_networks(runs.moment, runs.specification, networks)
    figures = folder / "figures"
    figures.mkdir()
    draw_run(runs, estimates, figures)


def save_comparison(
    folder: Path, answer: dict[str, Any], comparison: Comparison, made_of: Decomposition | None = None
) -> None:
    """Write the folder of a comparison, with a table of what its differences are made of if that is known."""
    from experiments.figures import draw_comparison

    specifications = {name: runs.specification.canonical() for name, runs in comparison.runs.items()}
    write_json(folder / ANSWER_FILE, as_json({**answer, "specifications": specifications}))
    _write_indicators(folder / "indicators.csv", comparison.indicators)
    _write_contrasts(folder / "contrasts.csv", comparison)
    if made_of is not None:
        write_csv(folder / "decomposition.csv", DECOMPOSITION, _decomposition_rows(made_of))
    _write_daily(folder / "daily.csv", comparison.runs)
    figures = folder / "figures"
    figures.mkdir()
    draw_comparison(comparison, figures)


def _write_indicators(path: Path, estimates: dict[str, dict[str, Estimate]]) -> None:
    headings = ("scenario", "indicator", "value", "low", "high", "replicates", "events", "unit", "note")
    rows = (
        (scenario, name, e.value, e.low, e.high, e.n, e.events, e.unit, e.note)
        for scenario, entries in estimates.items()
        for name, e in entries.items()
    )
    write_csv(path, headings, rows)


CONTRASTS = (
    "indicator",
    "a",
    "b",
    "difference",
    "low",
    "high",
    "replicates",
    "ratio",
    "share_a_lower",
    "clear",
    "assumption_low",
    "assumption_high",
    "assumption_ratio_low",
    "assumption_ratio_high",
    "worlds",
    "share_worlds_same_sign",
    "depends_on",
)


def _write_contrasts(path: Path, comparison: Comparison) -> None:
    write_csv(path, CONTRASTS, map(_contrast_row, comparison.contrasts))


def _contrast_row(contrast: Contrast) -> tuple[Any, ...]:
    d, said = contrast.difference, contrast.assumed
    names = (contrast.indicator, contrast.a, contrast.b)
    runs = (d.value, d.low, d.high, d.n, d.ratio, d.share_a_lower, d.clear)
    low, high = said.ratio or (None, None)
    return (*names, *runs, said.low, said.high, low, high, said.worlds, said.same_sign, said.decides)


DECOMPOSITION = (
    "indicator",
    "a",
    "b",
    "equalised",
    "kind",
    "measure",
    "value",
    "low",
    "high",
    "replicates",
    "assumption_low",
    "assumption_high",
    "worlds",
    "share_worlds_same_sign",
)


def _decomposition_rows(made_of: Decomposition) -> Iterator[tuple[Any, ...]]:
    """Yield one row per indicator, thing equalised and measure: the difference left, what went with it."""
    for indicator in made_of.total:
        names = (indicator, made_of.a, made_of.b)
        yield (*names, "nothing", "", "difference", *_interval(made_of.total[indicator]))
        for part in made_of.parts[indicator]:
            yield (*names, part.factor, part.kind, "difference", *_interval(part.contrast))
            yield (*names, part.factor, part.kind, "went with it", *_interval(part.contribution))
        yield (*names, "everything", "", "difference", *_interval(made_of.remainder[indicator]))


def _interval(found: Interval) -> tuple[Any, ...]:
    said = found.assumed
    return found.value, found.low, found.high, found.n, said.low, said.high, said.worlds, said.same_sign


def _write_daily(path: Path, runs: dict[str, Runs]) -> None:
    first = next(iter(runs.values())).observations[0]
    sums = [name for name in first.courses if name not in ("residents", "staff")]
    headings = ("scenario", "replicate", "day", "residents", "staff", "incidents", *sums)
    write_csv(path, headings, _daily_rows(runs, sums))


def _daily_rows(runs: dict[str, Runs], sums: list[str]) -> Iterator[tuple[Any, ...]]:
    """Yield one row per scenario, replicate and day; states are means over the people present."""
    for scenario, result in runs.items():
        for replicate, observation in enumerate(result.observations):
            courses = observation.courses
            for day in range(len(courses["residents"])):
                residents, staff = courses["residents"][day], courses["staff"][day]
                means = (
                    _mean(courses[name][day], staff if name.startswith("staff_") else residents)
                    for name in sums
                )
                events = int(observation.incidents_per_day[day])
                yield (scenario, replicate, day, int(residents), int(staff), events, *means)


def _mean(total: float, people: float) -> float | None:
    return round(float(total / people), 6) if people > 0 else None


def _write_people(path: Path, people: Any) -> None:
    """Write the days of sampled places; a vacant place has no resident and no state."""
    states = [name for name in people.dtype.names if name != "resident"]
    rows = (
        (day, place, int(entry["resident"]), *(round(float(entry[name]), 6) for name in states))
        for day, places in enumerate(people)
        for place, entry in enumerate(places)
        if entry["resident"] >= 0
    )
    write_csv(path, ("day", "place", "resident", *states), rows)


def _ledger_rows(events: Any) -> Iterator[list[Any]]:
    names = events.dtype.names
    for event in events:
        yield [
            CODES[name].get(int(event[name]), int(event[name])) if name in CODES else event[name].item()
            for name in names
        ]
