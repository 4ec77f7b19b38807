"""Time courses: weekly means over replicates, with the band that most replicates lie in."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.figures import series, text
from experiments.figures.page import BLUE, MARGIN, Page, bare, heading, legend_height
from experiments.figures.series import Series, Vector
from sim.clock import DAYS_PER_YEAR, WEEK

INCIDENTS = "incidents"
PANELS = (
    ("autonomy", "Residents' autonomy"),
    ("competence", "Residents' competence"),
    ("relatedness", "Residents' relatedness"),
    ("tension", "Residents' tension"),
    ("wellbeing", "Residents' wellbeing"),
    (INCIDENTS, "Incidents"),
    ("staff_exhaustion", "Staff exhaustion"),
    ("staff_vigilance", "Staff vigilance"),
)
OF_PANEL = {INCIDENTS: "true_incidents"}
NEEDS = ("autonomy", "competence", "relatedness")

BAND = (0.1, 0.9)
FEW_RUNS = 5
"""Fewer replicates than this are drawn one by one instead of as a band."""
BANDS_AT_MOST = 3
SHORT_RUN_DAYS = 28
MOST_POINTS = 200
ENOUGH_INCIDENTS = 3.0
"""Incidents of one replicate in a period; with fewer the course would be noise, so periods get longer."""
LEAST_SPAN = 0.2


@dataclass(frozen=True, slots=True)
class Course:
    """One read-out over time: mid-days, pooled mean, and one row per replicate."""

    days: Vector
    mean: Vector
    replicates: Vector
    period: int

    def band(self) -> tuple[Vector, Vector]:
        """Return the quantiles over replicates, NaN where no replicate has a value."""
        low, high = np.full((2, len(self.days)), np.nan)
        some = np.isfinite(self.replicates).any(axis=0)
        low[some], high[some] = np.nanquantile(self.replicates[:, some], BAND, axis=0)
        return low, high


def period_of(days: int) -> int:
    """Return the days that one point stands for: a week, a day in short runs, weeks in long ones."""
    if days < SHORT_RUN_DAYS:
        return 1
    return WEEK * max(1, -(-days // (WEEK * MOST_POINTS)))


def course(one: Series, name: str, period: int) -> Course:
    """Return the course of a read-out in means over ``period`` days; the last takes the days left over."""
    observations = one.runs.observations
    below = "staff" if name.startswith("staff_") else "residents"
    if name == INCIDENTS:
        top = np.array([observation.incidents_per_day for observation in observations])
        top = top * DAYS_PER_YEAR * 1000.0
    else:
        top = np.array([observation.courses[name] for observation in observations])
    bottom = np.array([observation.courses[below] for observation in observations])
    days = min(top.shape[1], bottom.shape[1])
    starts = np.arange(max(1, days // period)) * period
    ends = np.append(starts[1:], days)
    if days == 0:
        nothing = np.zeros(0)
        return Course(nothing, nothing, np.zeros((len(observations), 0)), period)
    top = np.add.reduceat(top[:, :days], starts, axis=1)
    bottom = np.add.reduceat(bottom[:, :days], starts, axis=1)
    return Course((starts + ends) / 2.0, _ratio(top.sum(0), bottom.sum(0)), _ratio(top, bottom), period)


def _ratio(top: Vector, bottom: Vector) -> Vector:
    found: Vector = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    return found


def _incident_period(several: list[Series], days: int, period: int) -> int:
    """Return a period in which each replicate has enough incidents, at most a twelfth of the run."""
    if days < SHORT_RUN_DAYS:
        return period
    fewest = min(
        float(np.mean([observation.incidents_per_day.sum() for observation in one.runs.observations]))
        for one in several
    )
    needed = ENOUGH_INCIDENTS * days / max(fewest, 1e-9)
    return max(period, WEEK * round(min(needed, days / 12) / WEEK))


def period_name(period: int) -> str:
    """Return "daily means", "weekly means" or "4-week means"."""
    if period == 1:
        return "daily means"
    return "weekly means" if period == WEEK else f"{period // WEEK}-week means"


def time_courses(several: list[Series]) -> Page:
    """Draw the courses of eight read-outs as small multiples, all scenarios in each."""
    days = max(len(o.incidents_per_day) for one in several for o in one.runs.observations)
    period = period_of(days)
    slow = _incident_period(several, days, period)
    alone = len(several) == 1
    labels = [one.name for one in several]
    page = Page(
        5.5,
        _title(several, days),
        subtitle=series.title_of(several[0]) if alone else "",
        caption=_caption(several, period, slow),
        legend=0.0 if alone else legend_height(labels),
    )
    found = {
        name: [course(one, name, slow if name == INCIDENTS else period) for one in several]
        for name, _ in PANELS
    }
    shared = _limits([c for name in NEEDS for c in found[name]], 1.0)
    for k, (name, words) in enumerate(PANELS):
        row, column = divmod(k, 4)
        axes = page.panel(MARGIN + 0.5 + 3.06 * column, 0.52 + 2.65 * row, 2.35, 1.7)
        for position, (one, drawn) in enumerate(zip(several, found[name], strict=True)):
            _draw(axes, one, drawn, position, several)
        rates = name == INCIDENTS
        axes.set_ylim(*(shared if name in NEEDS else _limits(found[name], np.inf if rates else 1.0)))
        axes.set_xlim(0, max(days, 1))
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10] if rates else [1, 2, 5, 10]))
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 2.5, 5, 10]))
        if rates:
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        else:
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.2f}"))
        axes.grid(visible=True, axis="y")
        bare(axes, "bottom")
        if row == 1:
            axes.set_xlabel("day")
        heading(axes, words, _note(several, name))
    if not alone:
        page.legend([_handle(one) for one in several], labels)
    return page


def _draw(axes: Axes, one: Series, drawn: Course, position: int, several: list[Series]) -> None:
    alone = len(several) == 1
    colour = BLUE if alone else one.colour
    if one.replicates >= FEW_RUNS and len(several) <= BANDS_AT_MOST:
        low, high = drawn.band()
        axes.fill_between(drawn.days, low, high, color=colour, alpha=0.2, linewidth=0)
    elif one.replicates > 1 and alone:
        for line in drawn.replicates:
            axes.plot(drawn.days, line, color=colour, alpha=0.35, linewidth=0.8)
    points = len(drawn.days)
    every = max(1, points // 5)
    single = points == 1
    axes.plot(
        drawn.days,
        drawn.mean,
        color=colour,
        linewidth=2.0,
        linestyle="-" if alone else one.line,
        marker="o" if alone and single else None if alone else one.shape,
        markersize=5.5,
        markevery=(min(position * every // max(1, len(several)), points - 1), every) if points else None,
        markeredgecolor="white",
        markeredgewidth=0.6,
    )


def _handle(one: Series) -> Line2D:
    return Line2D(
        [],
        [],
        color=one.colour,
        linestyle=one.line,
        linewidth=2.0,
        marker=one.shape,
        markersize=6.5,
        markeredgecolor="white",
        markeredgewidth=0.6,
    )


def _limits(drawn: list[Course], most: float) -> tuple[float, float]:
    """Return limits that show all means and bands, with a least span so that noise looks like noise."""
    rows = [c.mean for c in drawn] + [part for c in drawn if len(c.replicates) > 1 for part in c.band()]
    values = np.concatenate(rows) if rows else np.zeros(0)
    values = values[np.isfinite(values)]
    if np.isinf(most):
        return 0.0, float(values.max(initial=0.0)) * 1.08 or 1.0
    if not len(values):
        return 0.0, most
    low, high = float(values.min()), float(values.max())
    span = max(LEAST_SPAN, 1.15 * (high - low))
    # Whole steps of 0.05 (or 0.1), so that the edges carry labels.
    step = 0.05 if span <= 0.4 else 0.1
    low = max(0.0, math.floor((low + high - span) / 2 / step + 1e-9) * step)
    return low, max(low + LEAST_SPAN, math.ceil((high + 0.02 * span) / step - 1e-9) * step)


def _note(several: list[Series], name: str) -> str:
    if name == INCIDENTS:
        return "per 1,000 resident-years"
    if len(several) == 1:
        return f"mean {text.number(several[0].value(OF_PANEL.get(name, name)))}"
    return "0 to 1"


def _title(several: list[Series], days: int) -> str:
    span = text.count(days, "day")
    if len(several) > 1:
        tension = series.span(several, "tension")
        if tension is None:
            return f"How {text.count(len(several), 'scenario')} develop over {span}"
        return f"Mean tension over {span}: {tension}"
    one = several[0]
    tension, wellbeing, rate = (text.number(one.value(n)) for n in ("tension", "wellbeing", "true_incidents"))
    return f"{span}: tension {tension}, wellbeing {wellbeing}, {rate} incidents per 1,000 resident-years"


def _caption(several: list[Series], period: int, slow: int) -> str:
    lines = f"Lines are {period_name(period)} over all runs"
    if slow != period:
        lines += f" (incidents: {period_name(slow)})"
    least = min(one.replicates for one in several)
    if max(one.replicates for one in several) == 1:
        band = "; one run only, so there is no band."
    elif least >= FEW_RUNS and len(several) <= BANDS_AT_MOST:
        band = f"; bands hold the middle 80 % of the runs (10\N{EN DASH}90 %); {series.NOT_ASSUMPTIONS}."
    elif len(several) == 1:
        band = "; thin lines are the single runs."
    else:
        band = "; bands over runs are left out so that the lines can be told apart."
    scales = "Vertical scales differ between panels; the three needs share one."
    return f"{lines}{band} {scales} {series.exposure(several)} {series.NO_FORECAST}"
