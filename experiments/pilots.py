"""Pilots for planning: from a scenario that is run now, a result folder, or the folder of a sweep."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments.needed import Pilot, pilot_of, pilot_of_pair, pilot_of_sums
from experiments.results import ANSWER_FILE
from experiments.runner import Runs
from experiments.sensitivity.analysis import HEADLINES, choose_indicators
from experiments.sensitivity.noise import mean_over, two_way_residuals
from experiments.sensitivity.reading import refuse
from experiments.sensitivity.table import RunTable
from experiments.statistics import Difference, Estimate, Vector
from sim.indicators import BY_NAME

LINE = "command line"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing to plan for: an indicator of a scenario, or its difference between two sides.

    ``places`` has a pilot for every point of a sweep, by the number of the point; ``pilot`` is the typical
    one, with the spread pooled over them.
    """

    of: str
    indicator: str
    pilot: Pilot
    places: tuple[tuple[int, Pilot], ...] = ()

    @property
    def unit(self) -> str:
        """The unit of the indicator."""
        return BY_NAME[self.indicator].unit


# --- sweeps --------------------------------------------------------------------------------------------


def from_sweep(table: RunTable, indicators: Sequence[str], contrasts: Sequence[str]) -> list[Quantity]:
    """Return the quantities that the runs of a sweep are a pilot for.

    ``contrasts`` are written ``A,B``; a side is a scenario, the number of a point, or SCENARIO:POINT.
    """
    names = choose_indicators(table, indicators)
    sides = [_sides(text, lambda side: _place(table, side)) for text in contrasts]
    if sides:
        return [
            _pair(table, text, a, b, name)
            for text, (a, b) in zip(contrasts, sides, strict=True)
            for name in names
        ]
    return [_over_points(table, scenario, name) for scenario in table.scenarios for name in names]


def _over_points(table: RunTable, scenario: str, indicator: str) -> Quantity:
    tops, bottoms = table.sums(scenario, indicator)
    known = np.isfinite(tops)
    points = [point for point in range(len(tops)) if known[point].any()]
    groups = [(tops[point][known[point]], bottoms[point][known[point]]) for point in points]
    pilots = [_pilot([a], [b], indicator) for a, b in groups]
    typical = _pilot([a for a, _ in groups], [b for _, b in groups], indicator)
    if typical.degrees > 0:
        typical = replace(typical, degrees=effective_degrees(_ratios(tops, bottoms), typical.degrees))
    places = tuple(zip(points, pilots, strict=True)) if len(points) > 1 else ()
    return Quantity(scenario, indicator, typical, places)


def _ratios(tops: Vector, bottoms: Vector) -> Vector:
    found: Vector = np.divide(tops, bottoms, out=np.full(tops.shape, np.nan), where=bottoms > 0.0)
    return found


def effective_degrees(values: Vector, degrees: int) -> int:
    """Return with how many degrees of freedom points x replicates know their pooled spread.

    Points share the random numbers of a replicate: as far as they move together (correlation r), they
    tell of the same noise.  ``degrees`` of separate points become degrees / (1 + (points - 1) r^2).
    """
    known = np.isfinite(values)
    points = int(known.any(axis=1).sum())
    replicates = int(known.any(axis=0).sum())
    left = degrees - (replicates - 1)
    within = float(np.nansum((values - mean_over(values, axis=1)[:, None]) ** 2)) / degrees
    if points < 2 or left < 1 or within <= 0.0:
        return degrees
    own = float(np.nansum(two_way_residuals(values) ** 2)) / left
    together = min(1.0, max(0.0, 1.0 - own / within))
    return max(1, round(degrees / (1.0 + (points - 1) * together**2)))


def _pilot(tops: list[Vector], bottoms: list[Vector], indicator: str) -> Pilot:
    form = BY_NAME[indicator].form
    # The numerators of a rate are its events.
    events = round(float(sum(top.sum() for top in tops))) if form == "rate" else None
    return pilot_of_sums(tops, bottoms, form=form, events=events)


Place = tuple[str, int]


def _place(table: RunTable, side: str) -> Place:
    """Return the scenario and the point that one side of a contrast names."""
    scenarios, count = table.scenarios, len(table.design)
    if side in scenarios and count == 1:
        return side, 0
    scenario, _, number = side.rpartition(":")
    if not scenario and len(scenarios) == 1:
        scenario = scenarios[0]
    if scenario in scenarios and number.isascii() and number.isdigit() and int(number) < count:
        return scenario, int(number)
    if count == 1:
        allowed, known = f"a scenario of {table.label}", list(scenarios)
    else:
        before = "" if len(scenarios) == 1 else "SCENARIO:"
        allowed, known = f"{before}POINT with a point from 0 to {count - 1} of {table.label}", []
    refuse(LINE, "--contrast", side or "nothing", allowed, side, known)
    raise AssertionError


def _pair(table: RunTable, text: str, a: Place, b: Place, indicator: str) -> Quantity:
    columns = [
        part for scenario, point in (a, b) for part in (s[point] for s in table.sums(scenario, indicator))
    ]
    both = np.isfinite(columns).all(axis=0)
    top_a, bottom_a, top_b, bottom_b = (column[both] for column in columns)
    return Quantity(_minus(text), indicator, pilot_of_pair((top_a, bottom_a), (top_b, bottom_b)))


def _minus(text: str) -> str:
    a, _, b = text.partition(",")
    return f"{a.strip()} minus {b.strip()}"


def _sides(text: str, read: Callable[[str], Any]) -> tuple[Any, Any]:
    a, comma, b = text.partition(",")
    if not comma or "," in b:
        refuse(LINE, "--contrast", text or "nothing", "two sides with a comma between them: A,B")
    return read(a.strip()), read(b.strip())


# --- runs ----------------------------------------------------------------------------------------------


def from_runs(runs: dict[str, Runs], indicators: Sequence[str], others: Sequence[str]) -> list[Quantity]:
    """Return the quantities of scenarios just run: of the first one, or its difference to ``others``."""
    from experiments.estimates import estimate

    names = known_indicators(indicators)
    first = next(iter(runs))
    if others:
        # A share of persons is no ratio of sums: it has no paired difference.
        sums = [name for name in names if BY_NAME[name].form != "share_of_persons"]
        return [
            Quantity(
                f"{first} minus {other}",
                name,
                pilot_of_pair(runs[first].vectors(name), runs[other].vectors(name)),
            )
            for other in others
            for name in sums
        ]
    found = []
    for name in names:
        if BY_NAME[name].form == "share_of_persons":
            pilot = pilot_of(estimate(runs[first], BY_NAME[name]))
        else:
            top, bottom = runs[first].vectors(name)
            pilot = _pilot([top], [bottom], name)
        found.append(Quantity(first, name, pilot))
    return found


def known_indicators(indicators: Iterable[str]) -> list[str]:
    """Return the indicators asked for, or the main ones; refuse unknown ones with the nearest name."""
    from experiments.usage import refusal

    for name in indicators:
        if name not in BY_NAME:
            raise refusal("--indicator", name, list(BY_NAME), wanted="a name shown by 'detention indicators'")
    return list(dict.fromkeys(indicators)) or list(HEADLINES)


# --- result folders ------------------------------------------------------------------------------------


def from_results(folder: Path, indicators: Sequence[str], contrasts: Sequence[str]) -> list[Quantity]:
    """Return the quantities in the folder of a run or a comparison; contrasts are those of a comparison."""
    names = known_indicators(indicators)
    path = folder / ANSWER_FILE
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
        command = answer["command"]
        if command == "compare":
            values = answer["indicators"]
        elif command == "run":
            values = {answer["scenario"]: answer["indicators"]}
        else:
            refuse(str(path), "command", command, "run, compare")
        if contrasts:
            sides = [_sides(text, lambda side: _scenario(values, side)) for text in contrasts]
            return [_contrast(answer, values, a, b, name) for a, b in sides for name in names]
        return [
            Quantity(scenario, name, pilot_of(_estimate(found[name]), rate=BY_NAME[name].form == "rate"))
            for scenario, found in values.items()
            for name in names
        ]
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        refuse(str(path), "answer", f"{type(error).__name__}: {error}", "the answer of 'run' or 'compare'")
        raise AssertionError from error


def _scenario(values: dict[str, Any], side: str) -> str:
    if side not in values:
        refuse(LINE, "--contrast", side or "nothing", "a scenario of the comparison", side, list(values))
    return side


def _estimate(entry: dict[str, Any]) -> Estimate:
    return Estimate(*(entry[key] for key in ("value", "low", "high", "n", "events", "unit", "note")))


def _contrast(answer: dict[str, Any], values: dict[str, Any], a: str, b: str, name: str) -> Quantity:
    of = f"{a} minus {b}"
    for entry in answer["contrasts"]:
        if entry["indicator"] == name and {entry["a"], entry["b"]} == {a, b}:
            d = entry["difference"]
            value, low, high = d["value"], d["low"], d["high"]
            if entry["a"] != a and value is not None:
                value = -value
                low, high = (None, None) if low is None else (-high, -low)
            found = Difference(value, low, high, d["n"], None, None, None, None)
            scale = values[b][name]["value"]
            return Quantity(of, name, pilot_of(found, scale=scale or 0.0))
    return Quantity(of, name, Pilot(None, None, 0, None, 0, note="no such contrast"))
