"""Tension against restrictiveness: every unit of every run, and where the facility stands."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from experiments.figures import series, text
from experiments.figures.page import BLUE, INK, MARGIN, WIDTH, Page, legend_height
from experiments.figures.series import Series, Vector

LEAST_SPAN = 0.2
MOST_MARKS = 3000
"""Units drawn one by one; of more, an even selection is drawn (and the caption says so)."""


def units_of(one: Series) -> Vector:
    """Return (tension, restrictiveness) of every unit of every replicate that ever housed somebody."""
    rows = np.concatenate([observation.units for observation in one.runs.observations])
    kept: Vector = rows[np.isfinite(rows).all(axis=1) & (rows[:, 0] > 0)]
    return kept


def tension_restrictiveness(several: list[Series]) -> Page:
    """Draw unit means as small marks and facility means as large ones."""
    alone = len(several) == 1
    points = [units_of(one) for one in several]
    labels = _labels(several)
    page = Page(
        5.2,
        _title(several, points),
        subtitle=series.title_of(several[0]) if alone else "",
        caption=_caption(several, points),
        legend=legend_height(labels),
    )
    axes = page.panel(MARGIN + 0.85, 0.1, WIDTH - 2 * MARGIN - 1.2, 4.45)
    for one, rows in zip(several, points, strict=True):
        shown = rows[:: -(-len(rows) // MOST_MARKS) or 1]
        axes.scatter(
            shown[:, 1],
            shown[:, 0],
            s=26 if len(shown) <= 400 else 14,
            marker="o" if alone else one.shape,
            color=BLUE if alone else one.colour,
            alpha=0.35 if len(shown) <= 400 else 0.2,
            linewidths=0,
            zorder=2,
        )
    everything = np.concatenate(points)
    axes.set_xlim(*_limits(everything[:, 1], [one.value("restrictiveness") for one in several]))
    axes.set_ylim(*_limits(everything[:, 0], [one.value("tension") for one in several]))
    for k, one in enumerate(several):
        # Later ones lie on top: smaller, so that scenarios with the same means can all be seen.
        _facility(axes, one, alone=alone, size=12.0 + 2.0 * (len(several) - 1 - k))
    axes.set_xlabel("Restrictiveness of practice (0 to 1)")
    axes.set_ylabel("Mean tension of residents (0 to 1)")
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.grid(visible=True)
    page.legend(_handles(several), labels)
    return page


def _facility(axes: Axes, one: Series, *, alone: bool, size: float) -> None:
    x, y = one.value("restrictiveness"), one.value("tension")
    if x is None or y is None:
        return
    axes.plot(
        [x], [y], marker="D" if alone else one.shape, markersize=size, color="white" if alone else one.colour,
        markeredgecolor=INK, markeredgewidth=1.8, linestyle="none", zorder=5, clip_on=False,
    )  # fmt: skip


def _labels(several: list[Series]) -> list[str]:
    if len(several) > 1:
        return [one.name for one in several]
    one = several[0]
    tension, restrictiveness = text.number(one.value("tension")), text.number(one.value("restrictiveness"))
    return [
        "a unit in one run",
        f"mean of the facility: tension {tension}, restrictiveness {restrictiveness}",
    ]


def _handles(several: list[Series]) -> list[Line2D]:
    looks = [(one.colour, one.shape, INK, 10.0) for one in several]
    if len(several) == 1:
        looks = [("#a6cfe6", "o", "none", 7.0), ("white", "D", INK, 11.0)]
    return [
        Line2D([], [], linestyle="none", color=colour, marker=shape, markersize=size, markeredgecolor=edge)
        for colour, shape, edge, size in looks
    ]


def _limits(values: Vector, means: list[float | None]) -> tuple[float, float]:
    known = np.array([*values, *(mean for mean in means if mean is not None)])
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    span = max(LEAST_SPAN, 1.12 * (high - low))
    low = min(max(0.0, (low + high - span) / 2), max(0.0, 1.0 - span))
    return low, low + span


def correlation(rows: Vector) -> float | None:
    """Return the correlation of tension and restrictiveness, ``None`` where it says nothing."""
    if len(rows) < 5 or min(rows.std(axis=0)) < 1e-9:
        return None
    return float(np.corrcoef(rows[:, 0], rows[:, 1])[0, 1])


def _title(several: list[Series], points: list[Vector]) -> str:
    if len(several) == 1:
        r = correlation(points[0])
        if r is None:
            return "Tension and restrictiveness of the units"
        size = f"(r = {r:.2f})".replace("-", "\N{MINUS SIGN}")
        if abs(r) < 0.2:
            return f"Restrictive units are hardly tenser or calmer than others {size}"
        return f"Units that practise more restriction are {'tenser' if r > 0 else 'calmer'} {size}"
    known = [
        (x, y, one.name)
        for one in several
        if (x := one.value("restrictiveness")) is not None and (y := one.value("tension")) is not None
    ]
    if len(known) < 2:
        return "Tension and restrictiveness of the units"
    (x0, y0, first), (x1, y1, last) = min(known), max(known)
    if text.number(x0) == text.number(x1):
        alike = "both scenarios" if len(known) == 2 else f"all {len(known)} scenarios"
        return f"Restrictiveness is {text.number(x0)} in {alike}; within each, units differ"
    return (
        f"From least to most restrictive: {first} ({text.number(x0)}, tension {text.number(y0)}) "
        f"to {last} ({text.number(x1)}, tension {text.number(y1)})"
    )


def _caption(several: list[Series], points: list[Vector]) -> str:
    marks = sum(len(rows) for rows in points)
    words = f"Small marks: {text.count(marks, 'unit mean')} over the recorded days, one per unit and run"
    if max(len(rows) for rows in points) > MOST_MARKS:
        words += f" (an even selection of at most {MOST_MARKS:,} per scenario is drawn)"
    words += "; large marks: means of the facilities over resident-days. "
    words += "That the two go together says nothing about what causes what. "
    return f"{words}{series.exposure(several)} {series.NO_FORECAST}"
