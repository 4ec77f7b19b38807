"""Figures of a sweep: how an indicator responds to a factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import exits
from experiments.figures.dots import swatch
from experiments.figures.page import (
    COLOURS,
    MARGIN,
    SHAPES,
    WIDTH,
    Page,
    house_style,
    legend_height,
)
from sim.indicators import BY_NAME
from sim.parameters import registry

if TYPE_CHECKING:
    from experiments.sweeping.sweep import Sweep

NO_FORECAST = "The model explores and explains; it does not predict."


@dataclass(frozen=True, slots=True)
class Response:
    """What is drawn of one scenario: a value with its interval at every level of the factor."""

    scenario: str
    levels: list[Any]
    values: list[float | None]
    lows: list[float | None]
    highs: list[float | None]
    runs: int


class Plots:
    """The figures of a sweep; each method returns a matplotlib ``Figure`` and writes it if asked to."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep

    def response(self, indicator: str, factor: str, *, path: str | Path | None = None) -> Figure:
        """Draw an indicator against a factor, runs pooled over replicates and over all other factors.

        With ``path`` the figure is written as ``path``.svg and ``path``.png.  Raises ``Failure`` with exit
        code 2 for an indicator or a factor that the sweep does not have.
        """
        found = responses(self._sweep, indicator, factor)
        with house_style():
            page = _page(found, indicator, factor)
            if path is not None:
                page.write(Path(path))
        return page.figure


def responses(sweep: Sweep, indicator: str, factor: str) -> list[Response]:
    """Return the response of every scenario; see :meth:`Plots.response`."""
    from experiments.sweeping.rounds import pooled

    design = sweep.manifest.design
    _known(indicator, design["outputs"], "indicator")
    _known(factor, design["factors"], "factor")
    frame = sweep.frame()
    frame = frame[frame["status"] == "ok"]
    found = []
    for scenario in design["scenarios"]:
        rows = frame[frame["scenario"] == scenario]
        estimates = []
        for level, group in rows.groupby(f"factor.{factor}", sort=True):
            values = [None if np.isnan(v) else float(v) for v in group[indicator]]
            readings = list(zip(values, group[f"{indicator}.weight"].tolist(), strict=True))
            estimates.append((level, pooled(indicator, readings)))
        found.append(
            Response(
                scenario,
                [level for level, _ in estimates],
                [e.value for _, e in estimates],
                [e.low for _, e in estimates],
                [e.high for _, e in estimates],
                len(rows),
            )
        )
    return found


def _known(name: str, names: Any, kind: str) -> None:
    from scenarios.problems import nearest

    if name not in names:
        near = nearest(name, names)
        hint = f"; nearest {near}" if near else ""
        raise exits.Failure(f"{kind}: got {name}; allowed one that was swept{hint}", exits.BAD_INPUT)


def _page(found: Sequence[Response], indicator: str, factor: str) -> Page:
    several = len(found) > 1
    labels = [response.scenario for response in found] if several else []
    described = BY_NAME[indicator]
    runs = sum(response.runs for response in found)
    page = Page(
        5.2,
        f"{indicator.replace('_', ' ').capitalize()} over {factor}",
        subtitle="" if several else found[0].scenario,
        caption=f"{runs:,} runs, pooled over replicates and all other factors; bars: 95 % run-to-run "
        f"intervals, which leave out the uncertainty of the model's assumptions. {NO_FORECAST}",
        legend=legend_height(labels) if several else 0.0,
    )
    axes = page.panel(MARGIN + 0.9, 0.1, WIDTH - 2 * MARGIN - 1.2, 4.4)
    names = _names(found)
    for k, response in enumerate(found):
        _draw(axes, response, names, COLOURS[k % len(COLOURS)], SHAPES[k % len(SHAPES)])
    if names:
        axes.set_xticks(range(len(names)), names)
    parameter = registry().get(factor)
    axes.set_xlabel(factor if parameter is None else f"{factor} ({parameter.unit})")
    axes.set_ylabel(described.unit)
    axes.grid(visible=True)
    handles = [swatch(COLOURS[k % len(COLOURS)], SHAPES[k % len(SHAPES)]) for k in range(len(found))]
    if several:
        page.legend(handles, labels)
    return page


def _names(found: Sequence[Response]) -> list[str]:
    """Return the names on the axis of a choice or a switch; none for numbers."""
    levels = {level for response in found for level in response.levels}
    if all(isinstance(level, (int, float)) and not isinstance(level, (bool, np.bool_)) for level in levels):
        return []
    return sorted(str(level) for level in levels)


def _draw(axes: Axes, response: Response, names: list[str], colour: str, shape: str) -> None:
    places = [names.index(str(level)) if names else float(level) for level in response.levels]
    known = [k for k, value in enumerate(response.values) if value is not None]
    for k in known:
        low, high = response.lows[k], response.highs[k]
        if low is not None and high is not None:
            axes.plot((places[k], places[k]), (low, high), color=colour, linewidth=2.0, zorder=3)
    axes.plot(
        [places[k] for k in known],
        [float(response.values[k] or 0.0) for k in known],
        linestyle="none" if names else "-",
        linewidth=1.0,
        marker=shape,
        markersize=8.0,
        color=colour,
        markeredgecolor="white",
        markeredgewidth=0.7,
        zorder=4,
    )
