"""Dots with intervals: the way a value is drawn in every figure."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.figures import text
from experiments.figures.page import LABEL, SMALL


def dot(
    axes: Axes,
    value: float,
    y: float,
    interval: tuple[float, float] | None,
    *,
    colour: str,
    shape: str,
    hollow: bool = False,
    inside: str = "white",
    size: float = 9.0,
    thickness: float = 2.0,
) -> None:
    """Draw a value at height ``y`` with its interval, if it has one; ``inside`` fills hollow dots."""
    if interval is not None:
        axes.plot(interval, (y, y), color=colour, linewidth=thickness, solid_capstyle="butt", zorder=3)
    axes.plot(
        [value],
        [y],
        linestyle="none",
        marker=shape,
        markersize=size,
        color=colour,
        markerfacecolor=inside if hollow else colour,
        markeredgecolor=colour if hollow else "white",
        markeredgewidth=1.6 if hollow else 0.7,
        zorder=4,
        clip_on=False,
    )


def swatch(colour: str, shape: str, *, hollow: bool = False, size: float = 9.0, line: bool = True) -> Line2D:
    """Return the entry of a legend for dots of :func:`dot`."""
    return Line2D(
        [],
        [],
        color=colour,
        linewidth=2.0 if line else 0.0,
        marker=shape,
        markersize=size,
        markerfacecolor="white" if hollow else colour,
        markeredgecolor=colour if hollow else "white",
        markeredgewidth=1.6 if hollow else 0.7,
    )


def aside(
    axes: Axes, y: float, words: str, edge: int, points: float, *, left: bool = False, **style: Any
) -> None:
    """Write a text that ends (or starts, with ``left``) some points from an edge: 0 is left, 1 right."""
    axes.annotate(
        text.plain(words),
        (edge, y),
        (points, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="left" if left else "right",
        va="center",
        annotation_clip=False,
        **{"size": LABEL, **style},
    )


def beside(axes: Axes, x: float, y: float, words: str, *, colour: str, gap: float = 9.0) -> None:
    """Write a direct label right of a point."""
    axes.annotate(
        text.plain(words),
        (x, y),
        (gap, 0),
        textcoords="offset points",
        va="center",
        size=SMALL,
        color=colour,
        zorder=5,
    )
