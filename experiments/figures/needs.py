"""Needs: how far autonomy, competence and relatedness are satisfied, in residents and staff."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from experiments.figures import series, text
from experiments.figures.dots import aside, beside, dot, swatch
from experiments.figures.page import (
    BLUE,
    FAINT,
    INK,
    MARGIN,
    SMALL,
    SOFT,
    VERMILLION,
    WIDTH,
    Page,
    bare,
    heading,
    legend_height,
)
from experiments.figures.series import Series

NEEDS = (("autonomy", "Autonomy"), ("competence", "Competence"), ("relatedness", "Relatedness"))
MEANING = {"autonomy": "own choices, say", "competence": "being able to", "relatedness": "belonging"}
GROUPS = (("", "Residents", BLUE, "o"), ("staff_", "Staff", VERMILLION, "D"))


def needs_of_one(one: Series) -> Page:
    """Draw residents and staff of one scenario on common rows."""
    page = Page(
        3.75,
        _title_of_one(one),
        subtitle=series.title_of(one),
        caption=f"Mean satisfaction over resident-days and staff-days, 0 to 1. Small marks are single runs. "
        f"{series.intervals([one], 'Bars')} {series.exposure([one])} {series.NO_FORECAST}",
        legend=legend_height([words for _, words, _, _ in GROUPS]),
    )
    axes = page.panel(MARGIN + 2.1, 0.05, WIDTH - 2 * MARGIN - 2.4, 3.0)
    for row, (need, words) in enumerate(NEEDS):
        axes.axhspan(row - 0.44, row + 0.44, color="#f4f4f4", linewidth=0, zorder=0)
        aside(axes, row - 0.12, words, 0, -14, weight="bold")
        aside(axes, row + 0.17, MEANING[need], 0, -14, size=SMALL, color=SOFT)
        for (prefix, _, colour, shape), y in zip(GROUPS, (row - 0.19, row + 0.19), strict=True):
            _need(axes, one, prefix + need, y, colour, shape)
    _scale(axes, len(NEEDS))
    handles = [swatch(colour, shape) for _, _, colour, shape in GROUPS]
    page.legend(handles, [words for _, words, _, _ in GROUPS])
    return page


def needs_of_several(several: list[Series]) -> Page:
    """Draw residents and staff in panels side by side, one row per scenario under each need."""
    step = 0.25
    height = 3 * (step * len(several) + 0.3) + 0.1
    labels = [one.name for one in several]
    page = Page(
        height + 1.15,
        _title_of_several(several),
        caption="Mean satisfaction over resident-days and staff-days, 0 to 1. "
        f"{series.intervals(several, 'Bars')} {series.exposure(several)} {series.NO_FORECAST}",
        legend=legend_height(labels),
    )
    unit = step * len(several) + 0.3
    for column, (prefix, words, _, _) in enumerate(GROUPS):
        axes = page.panel(MARGIN + 1.3 + 5.45 * column, 0.42, 5.0, height)
        for row, (need, called) in enumerate(NEEDS):
            axes.axhspan(row - 0.46, row + 0.46, color="#f4f4f4", linewidth=0, zorder=0)
            if column == 0:
                aside(axes, row, called, 0, -10, weight="bold")
            for k, one in enumerate(several):
                y = row + (k - (len(several) - 1) / 2) * step / unit
                _need(axes, one, prefix + need, y, one.colour, one.shape)
        _scale(axes, len(NEEDS))
        heading(axes, words)
    page.legend([swatch(one.colour, one.shape) for one in several], labels)
    return page


def _need(axes: Axes, one: Series, indicator: str, y: float, colour: str, shape: str) -> None:
    value = one.value(indicator)
    if value is None:
        axes.annotate("no value", (0.01, y), va="center", size=SMALL, color=SOFT)
        return
    single = one.per_replicate(indicator)
    if len(single) > 1:
        axes.scatter(single, np.full(len(single), y), s=14, color=colour, alpha=0.3, linewidths=0, zorder=2)
    interval = one.interval(indicator)
    dot(axes, value, y, interval, colour=colour, shape=shape)
    right = max([value, *single.tolist(), *(interval or ())])
    beside(axes, min(right, 1.0), y, text.number(value), colour=INK, gap=10)


def _scale(axes: Axes, rows: int) -> None:
    axes.set_xlim(0, 1)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks(np.arange(0, 1.01, 0.2))
    axes.xaxis.grid(visible=True, color=FAINT)
    axes.set_xlabel("0  not at all satisfied  \N{EN DASH}  fully satisfied  1")
    bare(axes, "bottom")


def _title_of_one(one: Series) -> str:
    least = []
    for prefix, words, _, _ in GROUPS:
        values = [(one.value(prefix + need), need) for need, _ in NEEDS]
        known = [(value, need) for value, need in values if value is not None]
        if known:
            value, need = min(known)
            least.append((need, words.lower(), text.number(value)))
    if len(least) == len(GROUPS) and len({need for need, _, _ in least}) == 1:
        whom = text.listed([f"{words} ({value})" for _, words, value in least])
        return f"{least[0][0].capitalize()} is satisfied least, in {whom}"
    if not least:
        return "Needs of residents and staff"
    return f"Least satisfied: {text.listed([f'{need} of {words} ({value})' for need, words, value in least])}"


def _title_of_several(several: list[Series]) -> str:
    widest, words = 0.0, "Needs of residents and staff"
    for prefix, group, _, _ in GROUPS:
        for need, _ in NEEDS:
            known = [value for one in several if (value := one.value(prefix + need)) is not None]
            if len(known) > 1 and max(known) - min(known) > widest:
                widest = max(known) - min(known)
                values = series.span(several, prefix + need)
                words = f"Needs differ most in the {need} of {group.lower()}: {values}"
    return words
