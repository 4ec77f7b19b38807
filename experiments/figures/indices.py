"""Indices of factors in rows: Morris, Sobol and PAWN, with their intervals and what noise alone gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.figures import series, text
from experiments.figures.dots import dot, swatch
from experiments.figures.page import (
    BLUE,
    FAINT,
    INK,
    LABEL,
    MARGIN,
    SOFT,
    VERMILLION,
    WIDTH,
    Page,
    bare,
    legend_height,
)
from experiments.sensitivity.analysis import Analysis, Sensitivity
from experiments.sensitivity.index import Index
from experiments.sensitivity.morris import Morris
from experiments.sensitivity.pawn import Pawn
from experiments.sensitivity.reporting import INTERVALS, dropped_what, percent, too_noisy
from experiments.sensitivity.sobol import Sobol
from sim.indicators import BY_NAME

MOST_ROWS = 24
"""Factors drawn; the tables have them all."""
ROW = 0.42
NAMES = 3.9
"""Inches for the names of factors."""
APART = 0.17
NOISE_GREY = "#c9c9c9"


@dataclass(frozen=True, slots=True)
class Row:
    """One factor: two indices, whether its effect is clear, and up to where chance alone may come."""

    name: str
    first: Index
    second: Index
    clear: bool | None
    chance: tuple[float | None, float | None] = (None, None)


def indices(result: Sensitivity, analysis: Analysis) -> Page:
    """Draw the factors of one analysis, the strongest first."""
    rows = _rows(analysis.found)
    shown = rows[:MOST_ROWS]
    extra = isinstance(analysis.found, Sobol) and analysis.noise.share.value is not None
    handles, labels = _legend(analysis, rows)
    height = ROW * (len(shown) + extra) + 0.1
    page = Page(
        height + 0.72,
        _title(analysis, rows),
        subtitle=_subtitle(result, analysis),
        caption=_caption(result, analysis, len(rows) - len(shown)),
        legend=legend_height(labels),
    )
    axes = page.panel(MARGIN + NAMES, 0.05, WIDTH - 2 * MARGIN - NAMES - 0.2, height)
    names = text.different([row.name for row in shown], NAMES - 0.2, LABEL)
    for y, (row, name) in enumerate(zip(shown, names, strict=True)):
        _draw(axes, y, row)
        _name(axes, y, name)
    if extra:
        _draw_noise(axes, len(shown), analysis)
    _scale(axes, rows, len(shown) + extra)
    axes.set_xlabel(_axis(analysis))
    page.legend(handles, labels)
    return page


def _rows(found: Any) -> list[Row]:
    if isinstance(found, Morris):
        return [Row(r.factor, r.mu_star, r.sigma, r.clear, (r.noise_floor, None)) for r in found.rows]
    if isinstance(found, Sobol):
        if corrected(found):
            return [Row(r.factor, r.total_corrected, r.first_corrected, r.clear) for r in found.rows]
        return [Row(r.factor, r.total, r.first, None) for r in found.rows]
    assert isinstance(found, Pawn)
    return [
        Row(r.factor, r.maximum, r.median, r.clear, (r.threshold_maximum, r.threshold_median))
        for r in found.rows
    ]


def corrected(found: Sobol) -> bool:
    """Say whether noise could be told from effects and taken out."""
    return found.rows[0].total_corrected.value is not None


def _interval(index: Index) -> tuple[float, float] | None:
    return None if index.low is None or index.high is None else (index.low, index.high)


def _draw(axes: Axes, y: float, row: Row) -> None:
    axes.axhline(y, color=FAINT, linewidth=0.6, zorder=0)
    marks = (
        (row.first, row.chance[0], y - APART, BLUE, "o"),
        (row.second, row.chance[1], y + APART, VERMILLION, "s"),
    )
    for index, chance, at, colour, shape in marks:
        if chance is not None:
            axes.barh(at, chance, height=0.3, color=NOISE_GREY, zorder=1)
        if index.value is not None:
            # Hollow: not told apart from chance.
            hollow = row.clear is False
            dot(axes, index.value, at, _interval(index), colour=colour, shape=shape, hollow=hollow, size=7.5)


def _name(axes: Axes, y: float, name: str, colour: str = INK) -> None:
    axes.annotate(
        text.plain(name), (0, y), (-10, 0), xycoords=("axes fraction", "data"),
        textcoords="offset points", ha="right", va="center", size=LABEL, color=colour,
    )  # fmt: skip


def _draw_noise(axes: Axes, y: float, analysis: Analysis) -> None:
    share = analysis.noise.share
    assert share.value is not None
    axes.axhline(y - 0.5, color=SOFT, linewidth=0.6)
    axes.axhline(y, color=FAINT, linewidth=0.6, zorder=0)
    dot(axes, share.value, y, _interval(share), colour=INK, shape="D", size=7.5)
    _name(axes, y, "noise between runs", SOFT)


def _scale(axes: Axes, rows: Sequence[Row], count: int) -> None:
    ends = [
        value
        for row in rows
        for value in (*row.chance, *(x for index in (row.first, row.second) for x in
                                     (index.value, index.low, index.high)))
        if value is not None
    ]  # fmt: skip
    low, high = min(0.0, *ends), max(*ends, 1e-12)
    axes.set_xlim(low - 0.03 * (high - low) * (low < 0.0), high + 0.04 * (high - low))
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10]))
    if high >= 1000.0:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    if low < 0.0:
        axes.axvline(0.0, color=SOFT, linewidth=0.8, zorder=1)
    bare(axes, "bottom")


def _legend(analysis: Analysis, rows: Sequence[Row]) -> tuple[list[Line2D], list[str]]:
    found = analysis.found
    if isinstance(found, Morris):
        words = ["mu*: mean size of the change", "sigma: how much it depends on the other factors"]
    elif isinstance(found, Sobol):
        words = ["total: with all it does together with others", "first order: by itself"]
    else:
        words = ["largest distance of a slice", "median distance"]
    handles = [swatch(BLUE, "o", size=7.5), swatch(VERMILLION, "s", size=7.5)]
    if isinstance(found, Sobol) and analysis.noise.share.value is not None:
        handles.append(swatch(INK, "D", size=7.5))
        words.append("share of variance that is noise")
    if any(chance is not None for row in rows for chance in row.chance):
        handles.append(Line2D([], [], color=NOISE_GREY, linewidth=8.0, solid_capstyle="butt"))
        words.append("95 % of factors without effect stay in here")
    if any(row.clear is False for row in rows):
        handles.append(swatch(SOFT, "o", hollow=True, size=7.5))
        words.append("hollow: not told from chance")
    return handles, words


def _title(analysis: Analysis, rows: Sequence[Row]) -> str:
    name = series.label(analysis.indicator)
    if too_noisy(analysis):
        return f"{name}: noise between runs hides what moves it"
    told = [row for row in rows if row.clear is not False]
    if not told:
        return f"{name}: no factor is told from chance"
    title = f"{name}: moved most by {text.fit(told[0].name, 6.0, LABEL)}"
    if told[0].clear is None:
        return title
    return (
        f"{title}; {len(told)} of {text.count(len(rows), 'factor')} {'is' if len(told) == 1 else 'are'} clear"
    )


def _subtitle(result: Sensitivity, analysis: Analysis) -> str:
    method = {"morris": "Morris screening", "sobol": "Sobol indices", "pawn": "PAWN indices"}[result.method]
    return f"{text.fit(analysis.scenario, 8.0, LABEL)} \N{MIDDLE DOT} {method}"


def _axis(analysis: Analysis) -> str:
    if isinstance(analysis.found, Morris):
        unit = BY_NAME[analysis.indicator].unit
        scale = {"0-1": "on a scale from 0 to 1", "1-5": "on a scale from 1 to 5"}.get(unit, unit)
        return f"Change over the full range of the factor ({scale})"
    if isinstance(analysis.found, Sobol):
        return "Share of the variance over all factors"
    return "Distance between distributions (0 to 1)"


def _caption(result: Sensitivity, analysis: Analysis, hidden: int) -> str:
    found = analysis.found
    assert found is not None
    noise = analysis.noise
    words = f"Bars are {INTERVALS[result.method]}. {_basis(analysis)}"
    if found.dropped:
        words += f", after {found.dropped:,} {dropped_what(found)} were dropped for want of runs"
    words += f"; {noise.replicates:.3g} runs per point. "
    if noise.share.value is None:
        words += "With one run per point noise cannot be told from effects. "
    else:
        words += f"Noise between runs makes up {percent(noise.share)} of the variance between points"
        if isinstance(found, Sobol):
            words += (
                ", too much to be taken out: the indices include it"
                if too_noisy(analysis)
                else " and has been taken out of the indices"
            )
        words += ". "
    if hidden:
        words += f"{text.count(hidden, 'weaker factor')} not drawn. "
    return f"{words}Indices hold for the ranges of this design. {series.NO_FORECAST}"


def _basis(analysis: Analysis) -> str:
    found = analysis.found
    if isinstance(found, Morris):
        trajectories = text.count(found.trajectories, "trajectory", "trajectories")
        return f"{found.effects:,} elementary effects from {trajectories}"
    if isinstance(found, Sobol):
        return text.count(found.base_rows, "base row")
    assert isinstance(found, Pawn)
    return text.count(found.points, "point")
