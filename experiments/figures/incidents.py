"""Incidents: by kind, by place and by part of the day, those that happen and those written down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.figures import series, text
from experiments.figures.dots import aside, dot, swatch
from experiments.figures.page import (
    BLUE,
    FAINT,
    INK,
    LABEL,
    MARGIN,
    ORANGE,
    SMALL,
    SOFT,
    WIDTH,
    Page,
    bare,
    heading,
    legend_height,
)
from experiments.figures.series import Series
from experiments.statistics import Estimate, estimate_ratio
from sim.clock import DAYS_PER_YEAR, PART_NAMES
from sim.ledger import KINDS, LAST_INCIDENT, PLACES

Counts = npt.NDArray[np.int64]
Row = tuple[str, Estimate, Estimate]

LABELS = ("happen", "recorded")
COLUMNS = (50, 112)
"""Right edges of the columns of numbers, in points right of the panel."""
LOOKS = ((BLUE, "o", False), (ORANGE, "s", True))
APART = (-0.1, 0.1)
"""Rows by which the two stand above and below the line, so that neither interval hides the other."""
WHERE = {
    "Cell": "in cells",
    "Common room": "in common rooms",
    "Activity": "during activities",
    "Yard": "in the yard",
    "Office": "in offices",
    "Outside": "outside",
}
NUMBERS_WIDTH = 1.65
"""Inches right of a panel for the two columns of numbers."""


def incidents(one: Series) -> Page:
    """Draw rates by kind, place and part of the day, with intervals over replicates."""
    true = np.array([observation.where[: LAST_INCIDENT + 1] for observation in one.runs.observations])
    recorded = np.array([observation.recorded[: LAST_INCIDENT + 1] for observation in one.runs.observations])
    years = np.array([observation.resident_days for observation in one.runs.observations]) / DAYS_PER_YEAR
    happened = [code for code in range(1, LAST_INCIDENT + 1) if true[:, code].sum() > 0]
    order = sorted(happened, key=lambda code: -true[:, code].sum())
    kinds = [_row(_spoken(KINDS[code]), true[:, code], recorded[:, code], years) for code in order]
    places = [
        _row(_spoken(words), true[:, :, code], recorded[:, :, code], years) for code, words in PLACES.items()
    ]
    parts = [
        _row(words.capitalize(), true[:, :, :, code], recorded[:, :, :, code], years)
        for code, words in enumerate(PART_NAMES)
    ]
    labels = ["Incidents that happen", "Incidents that are recorded (written down)"]
    unseen = [_spoken(KINDS[c]).lower() for c in range(1, LAST_INCIDENT + 1) if c not in happened]
    page = Page(
        5.4,
        _title(kinds, places),
        subtitle=series.title_of(one),
        caption=_caption(one, kinds, unseen),
        legend=legend_height(labels),
    )
    left = MARGIN + 1.75
    _panel(page, (left, 0.35, 2.95, 4.35), "By kind", kinds)
    right = left + 2.95 + NUMBERS_WIDTH + 1.75
    room = WIDTH - MARGIN - NUMBERS_WIDTH - right
    _panel(page, (right, 0.35, room, 1.95), "By place", places, axis=False)
    _panel(page, (right, 3.0, room, 1.7), "By part of the day", parts)
    page.legend([swatch(colour, shape, hollow=hollow) for colour, shape, hollow in LOOKS], labels)
    return page


def _row(words: str, true: Counts, recorded: Counts, years: npt.NDArray[np.float64]) -> Row:
    return words, _rate(true, years), _rate(recorded, years)


def _rate(counts: Counts, years: npt.NDArray[np.float64]) -> Estimate:
    """Return the rate per 1,000 resident-years with its interval; ``counts`` has a row per replicate."""
    events = counts.reshape(len(counts), -1).sum(axis=1)
    return estimate_ratio(
        events.astype(float).tolist(), (years / 1000.0).tolist(), events=events.tolist(), form="rate"
    )


def _spoken(code: str) -> str:
    return code.replace("self_harm", "self-harm").replace("_", " ").capitalize()


def _panel(
    page: Page, box: tuple[float, float, float, float], title: str, rows: Sequence[Row], *, axis: bool = True
) -> None:
    axes = page.panel(*box)
    highest = 0.0
    for y, (words, *pair) in enumerate(rows):
        aside(axes, y, words, 0, -10)
        axes.axhline(y, color=FAINT, linewidth=0.6, zorder=0)
        ends = [found.value for found in pair if found.value is not None]
        if ends:
            axes.plot([min(ends), max(ends)], [y, y], color=SOFT, linewidth=0.9, zorder=1)
        for (colour, shape, hollow), found, apart in zip(LOOKS, pair, APART, strict=True):
            if found.value is None:
                continue
            interval = None if found.low is None or found.high is None else (found.low, found.high)
            # The bound of what was never seen can exceed everything else: it is cut at the panel's edge.
            size = 9.0 if hollow else 7.0
            dot(
                axes,
                found.value,
                y + apart,
                interval,
                colour=colour,
                shape=shape,
                hollow=hollow,
                inside="none",
                size=size,
            )
            highest = max(highest, found.value, (interval[1] if interval and found.events else 0.0))
        _numbers(axes, y, pair)
    axes.set_xlim(0, highest * 1.04 or 1.0)
    axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    bare(axes, "bottom")
    if not rows:
        axes.annotate(
            "No incidents", (0.5, 0.5), xycoords="axes fraction", ha="center", size=LABEL + 2, color=SOFT
        )
    if axis:
        axes.set_xlabel("per 1,000 resident-years")
    heading(axes, title)
    _heads(axes)


def _heads(axes: Axes) -> None:
    for words, points, colour in zip(LABELS, COLUMNS, (INK, SOFT), strict=True):
        axes.annotate(
            words, (1, 1), (points, 5), xycoords="axes fraction", textcoords="offset points", ha="right",
            va="bottom", size=SMALL, color=colour,
        )  # fmt: skip


def _numbers(axes: Axes, y: int, pair: Sequence[Estimate]) -> None:
    for found, points, colour in zip(pair, COLUMNS, (INK, SOFT), strict=True):
        aside(axes, y, "none" if found.events == 0 else text.number(found.value), 1, points, color=colour)


def _title(kinds: Sequence[Row], places: Sequence[Row]) -> str:
    total = sum(row[1].events or 0 for row in kinds)
    if not total:
        return "No incidents happened in these runs"
    kind = max(kinds, key=lambda row: row[1].events or 0)
    place = max(places, key=lambda row: row[1].events or 0)
    return (
        f"{kind[0]} is the most frequent incident ({(kind[1].events or 0) / total:.0%}); "
        f"{(place[1].events or 0) / total:.0%} happen {WHERE[place[0]]}"
    ).replace("%", " %")


def _caption(one: Series, kinds: Sequence[Row], unseen: list[str]) -> str:
    written = sum(row[2].events or 0 for row in kinds)
    total = sum(row[1].events or 0 for row in kinds)
    words = f"{total:,} incidents happened, {written:,} were written down. "
    if unseen:
        words += f"Not seen in these runs: {text.listed(unseen)}. "
    return f"{words}{series.intervals([one], 'Bars')} {series.exposure([one])} {series.NO_FORECAST}"
