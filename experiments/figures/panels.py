"""Courses along factors: a panel per factor, all on one scale, with interval bands."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.figures import series, text
from experiments.figures.page import (
    BLUE,
    INK,
    LABEL,
    MARGIN,
    SMALL,
    SOFT,
    WIDTH,
    Page,
    heading,
    legend_height,
)
from experiments.sensitivity.analysis import Analysis, Sensitivity
from experiments.sensitivity.courses import CourseRow, Courses
from sim.indicators import BY_NAME

COLUMNS = 3
MOST_PANELS = 18
"""Factors drawn; the tables have them all."""
HEIGHT = 1.75
BAND = "#cfe2f0"


def courses(result: Sensitivity, analysis: Analysis) -> Page:
    """Draw the course of an indicator along every factor, the widest first."""
    found = analysis.found
    assert isinstance(found, Courses)
    shown = found.rows[:MOST_PANELS]
    columns = min(COLUMNS, len(shown))
    handles, labels = _legend(result, found)
    pitch = HEIGHT + 1.15
    page = Page(
        pitch * -(-len(shown) // columns) + 0.1,
        _title(analysis, found),
        subtitle=f"{text.fit(analysis.scenario, 8.0, LABEL)} \N{MIDDLE DOT} {_what(result)}",
        caption=_caption(result, analysis, found, len(found.rows) - len(shown)),
        legend=legend_height(labels),
    )
    low, high = _limits(found, analysis.indicator)
    across = (WIDTH - 2 * MARGIN) / columns
    for k, row in enumerate(shown):
        line, column = divmod(k, columns)
        axes = page.panel(MARGIN + 0.75 + across * column, 0.42 + pitch * line, across - 1.05, HEIGHT)
        axes.set_ylim(low, high)
        _panel(axes, row, across - 1.05)
        if column == 0:
            axes.set_ylabel(text.plain(series.label(analysis.indicator)))
    page.legend(handles, labels)
    return page


def _panel(axes: Axes, row: CourseRow, room: float) -> None:
    places = _places(row)
    values = [point.value.value or 0.0 for point in row.points]
    reference = next((k for k, point in enumerate(row.points) if point.reference), None)
    bands = [
        (place, point.value.low, point.value.high)
        for place, point in zip(places, row.points, strict=True)
        if point.value.low is not None and point.value.high is not None
    ]
    named = any(isinstance(point.level, (str, bool)) for point in row.points)
    own = [k for k, point in enumerate(row.points) if point.level is not None]
    if len(bands) == len(places) and not named:
        across, lower, upper = ([bands[k][part] for k in own] for part in range(3))
        axes.fill_between(across, lower, upper, color=BAND, linewidth=0, zorder=1)
    if named:
        for place, low, high in bands:
            axes.plot([place, place], [low, high], color=BAND, linewidth=9.0, solid_capstyle="butt", zorder=1)
    for place, point in zip(places, row.points, strict=True):
        gap = point.difference
        if gap.value is not None and gap.low is not None and gap.high is not None:
            # The interval of the difference, drawn at the level: it is clear where it misses the dashed line.
            at = (point.value.value or 0.0) - gap.value
            ends = [at + gap.low, at + gap.high]
            axes.plot([place, place], ends, color=BLUE, linewidth=2.0, solid_capstyle="butt", zorder=2)
    # A point whose level is unknown lies aside: no line leads to it.
    axes.plot(
        [places[k] for k in own], [values[k] for k in own], color=BLUE, marker="o", markersize=6.0,
        markeredgecolor="white", markeredgewidth=0.7, linestyle="none" if named else "-",
        linewidth=1.6, zorder=3, clip_on=False,
    )  # fmt: skip
    if reference is not None:
        axes.axhline(values[reference] or 0.0, color=SOFT, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
        axes.plot(
            [places[reference]], [values[reference]], marker="D", markersize=7.5, color=INK,
            markeredgecolor="white", linestyle="none", zorder=4, clip_on=False,
        )  # fmt: skip
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    if float(np.ptp(axes.get_ylim())) > 5.0:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    if named:
        axes.set_xticks(places)
        width = room / max(1, len(places)) - 0.05
        axes.set_xticklabels(
            [text.plain(text.fit(_level(point.level), width, SMALL)) for point in row.points]
        )
        axes.set_xlim(-0.5, len(places) - 0.5)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axes.margins(x=0.06)
    mark = {True: "clear", False: "not told from noise", None: ""}[row.clear]
    heading(axes, text.fit(row.factor, room + 0.15, LABEL, "bold"), mark, size=LABEL)


def _places(row: CourseRow) -> list[float]:
    """Return where the levels lie: at their value, or side by side where they are names."""
    levels = [point.level for point in row.points]
    if any(isinstance(level, (str, bool)) for level in levels):
        return [float(k) for k in range(len(levels))]
    known = [float(level) for level in levels if level is not None]
    # An unknown own value stands left of the others.
    before = min(known) - 0.2 * ((max(known) - min(known)) or 1.0)
    return [before if level is None else float(level) for level in levels]


def _level(level: object) -> str:
    if isinstance(level, bool):
        return "on" if level else "off"
    return "own value" if level is None else str(level)


def _limits(found: Courses, indicator: str) -> tuple[float, float]:
    """Return the ends of the common scale; where nothing can be negative, bands are cut at 0."""
    ends = [
        end
        for row in found.rows
        for point in row.points
        for end in (point.value.value, point.value.low, point.value.high)
        if end is not None
    ]
    low, high = min(ends), max(ends)
    room = 0.08 * (high - low) or 0.05 * abs(high) or 0.05
    positive = BY_NAME[indicator].form in ("rate", "share") or BY_NAME[indicator].unit == "0-1"
    return max(0.0, low - room) if positive else low - room, high + room


def _what(result: Sensitivity) -> str:
    if result.table.design.kind == "grid" and len(result.table.design.factors) > 1:
        return "mean over all settings of the other factors"
    return "one factor at a time, the others as the scenario has them"


def _legend(result: Sensitivity, found: Courses) -> tuple[list[Line2D], list[str]]:
    base = "the scenario as it is" if result.table.design.kind == "one-at-a-time" else "reference level"
    handles = [
        Line2D([], [], color=BLUE, marker="o", markersize=6.0, markeredgecolor="white"),
        Line2D([], [], color=INK, marker="D", markersize=7.5, markeredgecolor="white", linestyle="none"),
    ]
    labels = ["mean over runs", base]
    if any(point.value.low is not None for row in found.rows for point in row.points):
        handles.append(Line2D([], [], color=BAND, linewidth=9.0, solid_capstyle="butt"))
        labels.append("95 % interval")
        handles.append(Line2D([], [], color=BLUE, linewidth=2.0, marker="|", markersize=11, linestyle="none"))
        labels.append("that of the difference to the diamond")
    return handles, labels


def _title(analysis: Analysis, found: Courses) -> str:
    name = series.label(analysis.indicator)
    told = [row for row in found.rows if row.clear is not False]
    if not told:
        return f"{name}: no factor is told from noise"
    values = sorted(point.value.value for point in told[0].points if point.value.value is not None)
    first, last = text.number(values[0]), text.number(values[-1])
    span = f"from {first} to {last}" if first != last else f"by {text.number(told[0].range)} in all"
    return f"{name}: moved most by {text.fit(told[0].factor, 5.5, LABEL)}, {span}"


def _caption(result: Sensitivity, analysis: Analysis, found: Courses, hidden: int) -> str:
    noise = analysis.noise
    runs = f"{noise.replicates:.3g} runs per point with the same random numbers"
    words = f"{series.label(analysis.indicator)}: {BY_NAME[analysis.indicator].unit}"
    words += ", on the same scale in all panels. " if len(found.rows) > 1 else ". "
    if noise.replicates > 1:
        words += (
            f"Intervals are 95 % t intervals over replicates ({runs}): they shrink with more runs, and "
            f"{series.NOT_ASSUMPTIONS}. Differences between the same random numbers are known better than "
            "values. Clear: some level differs from the diamond, at 5 % for all levels of a factor together. "
        )
    else:
        words += "One run per point, so there are no intervals. "
    if found.dropped:
        words += f"{text.count(found.dropped, 'level')} without a finished run left out. "
    if hidden:
        words += f"{text.count(hidden, 'factor')} of smaller range not drawn. "
    if result.table.design.kind == "one-at-a-time":
        words += "What factors do together is not seen one at a time. "
    return words + series.NO_FORECAST
