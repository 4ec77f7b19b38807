"""Indicators side by side: a panel each, a row per scenario."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.figures import series, text
from experiments.figures.dots import aside, dot, swatch
from experiments.figures.page import (
    FAINT,
    INK,
    MARGIN,
    SMALL,
    SOFT,
    WIDTH,
    Page,
    bare,
    heading,
    legend_height,
)
from experiments.figures.series import Series
from sim.indicators import BY_NAME

HEADLINES = (
    "true_incidents",
    "true_assaults",
    "recorded_incidents",
    "coercive_responses",
    "tension",
    "wellbeing",
    "autonomy",
    "relatedness",
    "restrictiveness",
    "familiarity_on_duty",
    "staff_exhaustion",
    "staff_vigilance",
)
COLUMNS = 4
ROW = 0.24

DIRECTION = {
    "lower": "\N{LEFTWARDS ARROW} lower is better",
    "higher": "higher is better \N{RIGHTWARDS ARROW}",
}
UNITS = {"0-1": "0 to 1", "1-5": "1 to 5"}


def indicators(several: list[Series]) -> Page:
    """Draw a panel per headline indicator with dots and intervals, each on its own scale."""
    labels = [one.name for one in several]
    height = max(0.5, ROW * len(several) + 0.1)
    pitch = height + 1.3
    rows = -(-len(HEADLINES) // COLUMNS)
    page = Page(
        rows * pitch - 0.1,
        _title(several),
        caption=f"{series.intervals(several, 'Bars')} Every panel has its own scale. "
        f"{series.exposure(several)} {series.NO_FORECAST}",
        legend=legend_height(labels),
    )
    across = (WIDTH - 2 * MARGIN + 0.35) / COLUMNS
    for k, name in enumerate(HEADLINES):
        row, column = divmod(k, COLUMNS)
        axes = page.panel(MARGIN + 0.05 + across * column, 0.6 + pitch * row, across - 0.95, height)
        _panel(axes, name, several)
    page.legend([swatch(one.colour, one.shape) for one in several], labels)
    return page


def _panel(axes: Axes, name: str, several: list[Series]) -> None:
    indicator = BY_NAME[name]
    for y, one in enumerate(several):
        axes.axhline(y, color=FAINT, linewidth=0.6, zorder=0)
        value = one.value(name)
        aside(axes, y, text.number(value), 1, 46, color=SOFT if value is None else INK)
        if value is not None:
            dot(axes, value, y, one.interval(name), colour=one.colour, shape=one.shape)
    _scale(axes, name, several)
    axes.set_ylim(len(several) - 0.5, -0.5)
    axes.set_yticks([])
    bare(axes, "bottom")
    heading(axes, series.label(name), UNITS.get(indicator.unit, indicator.unit))
    if indicator.better != "neither":
        right = indicator.better == "higher"
        axes.annotate(
            DIRECTION[indicator.better], (1 if right else 0, 0), (0, -24), xycoords="axes fraction",
            textcoords="offset points", ha="right" if right else "left", va="top", size=SMALL, color=SOFT,
        )  # fmt: skip


def _scale(axes: Axes, name: str, several: list[Series]) -> None:
    values = [value for one in several if (value := one.value(name)) is not None]
    known = values + [end for one in several for end in one.interval(name) or ()]
    rate = BY_NAME[name].form == "rate"
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if rate:
        axes.set_xlim(0, high * 1.05 or 1.0)
    else:
        if BY_NAME[name].unit == "0-1":
            # With few runs an interval may pass the ends of the scale, which no value does.
            low, high = max(low, 0.0), min(high, max([1.0, *values]))
        span = max(0.1, min(1.15 * (high - low), max(1.0, high)))
        low = min(max(0.0, (low + high - span) / 2), max(0.0, 1.0 - span))
        axes.set_xlim(low, low + span)
    axes.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    left, right = axes.get_xlim()
    decimals = 0 if right - left > 5 else 1 if right - left > 0.3 else 2
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.{decimals}f}"))


def _title(several: list[Series]) -> str:
    incidents = series.span(several, "true_incidents")
    if incidents is None:
        return f"{text.count(len(HEADLINES), 'indicator')} of {several[0].name}"
    return f"Incidents per 1,000 resident-years: {incidents}"
