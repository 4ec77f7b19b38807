"""Differences: every other scenario against the first, paired by their random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from experiments.assumptions import DEPENDS_BELOW
from experiments.comparing import Contrast
from experiments.figures import series, text
from experiments.figures.dots import aside, dot, swatch
from experiments.figures.page import (
    FAINT,
    GREEN,
    INK,
    LABEL,
    MARGIN,
    PURPLE,
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
from sim.indicators import BY_NAME

GROUPS = (
    (
        "Incidents and answers",
        (
            "true_incidents",
            "true_assaults",
            "self_harm",
            "recorded_incidents",
            "coercive_responses",
            "repairs",
        ),
    ),
    ("Residents", ("tension", "wellbeing", "autonomy", "competence", "relatedness", "felt_fairness")),
    ("Staff and practice", ("staff_exhaustion", "staff_vigilance", "familiarity_on_duty", "restrictiveness")),
)
COUNT = sum(len(names) for _, names in GROUPS)
ROW = 0.285
LABELS_WIDTH = 2.55
PANELS_IN_ROW = 5
WIDE_UP_TO = 2
"""With more panels in a row than this axes carry fewer, shorter labels."""
NUMBERS_WIDTH = 0.84

MOST_INSIDE = 0.9
"""The axis ends where this share of the values lies inside; others are drawn as arrows at the edge."""
TICKS: tuple[tuple[float, tuple[float, ...]], ...] = (
    (1.2, (0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15)),
    (1.6, (0.7, 0.8, 1.0, 1.2, 1.4)),
    (2.5, (0.5, 0.75, 1.0, 1.5, 2.0)),
    (6.0, (0.25, 0.5, 1.0, 2.0, 4.0)),
)
"""Factor at the right edge, and the factors marked on the axis."""
ROUNDING = 1e-9
"""Relative differences below this are errors of rounding: the scenarios are the same."""

THICK, THIN = 5.0, 1.3
"""Points: the run-to-run interval is a thick bar, the assumption interval a thin line with end strokes."""
HOLLOW = ("unclear", "depends")

LOOKS = {
    "better": (GREEN, "o", "clearly better"),
    "worse": (VERMILLION, "D", "clearly worse"),
    "different": (INK, "s", "clearly different, neither better nor worse"),
    "depends": (PURPLE, "^", "clear of noise, but the sign depends on assumptions"),
    "unclear": (SOFT, "o", "not clear of run-to-run noise"),
}


@dataclass(frozen=True, slots=True)
class Factor:
    """A scenario's value as a multiple of the reference's, with its intervals and what it amounts to."""

    value: float
    interval: tuple[float, float] | None
    verdict: str
    assumption: tuple[float, float] | None = None


def factor_of(one: Series, reference: Series, contrasts: Sequence[Contrast], indicator: str) -> Factor | None:
    """Return how one scenario compares with the reference; ``None`` where that cannot be said.

    The interval of the paired difference is divided by the reference's value, taken as known; over worlds
    each value is divided by the reference's in the same world.
    """
    base = reference.value(indicator)
    if base is None or base <= 0 or one.value(indicator) is None:
        return None
    for found in contrasts:
        if found.indicator != indicator or {found.a, found.b} != {one.key, reference.key}:
            continue
        sign = 1.0 if found.a == one.key else -1.0
        d = found.difference
        if d.value is None:
            return None
        value = 1.0 + sign * d.value / base
        said = found.assumed
        depends = said.same_sign is not None and said.same_sign < DEPENDS_BELOW
        return Factor(
            value,
            _multiple(d.low, d.high, sign / base),
            _verdict(indicator, value, clear=d.clear, depends=depends),
            _ratio(said.ratio, turned=sign < 0.0),
        )
    return None


def _ratio(found: tuple[float, float] | None, *, turned: bool) -> tuple[float, float] | None:
    """Return the interval of a ratio, or of the inverse ratio if it is ``turned`` round."""
    if found is None or not turned:
        return found
    return 1.0 / found[1], 1.0 / found[0]


def _multiple(low: float | None, high: float | None, scale: float) -> tuple[float, float] | None:
    if low is None or high is None:
        return None
    first, last = sorted((1.0 + low * scale, 1.0 + high * scale))
    return first, last


def _verdict(indicator: str, value: float, *, clear: bool, depends: bool) -> str:
    if not clear or abs(value - 1.0) < ROUNDING:
        return "unclear"
    if depends:
        return "depends"
    better = BY_NAME[indicator].better
    if better == "neither":
        return "different"
    return "better" if (value < 1.0) == (better == "lower") else "worse"


def differences(several: list[Series], contrasts: Sequence[Contrast], worlds: int = 0) -> Page | None:
    """Draw a panel per other scenario; ``None`` when there is nothing to set against each other.

    ``worlds`` is the number of plausible worlds behind the assumption intervals.
    """
    reference, *others = several
    if not others:
        return None
    found = {
        one.key: {name: factor_of(one, reference, contrasts, name) for _, names in GROUPS for name in names}
        for one in others
    }
    everything = [factor for row in found.values() for factor in row.values() if factor is not None]
    verdicts = [name for name in LOOKS if any(factor.verdict == name for factor in everything)]
    bars, meanings = _bars(everything, worlds)
    labels = [*(LOOKS[name][2] for name in verdicts), *meanings]
    height = ROW * (COUNT + 0.9 * len(GROUPS))
    lines = [others[k : k + PANELS_IN_ROW] for k in range(0, len(others), PANELS_IN_ROW)]
    top = 0.5 if len(others) > 1 else 0.05
    pitch = height + top + (0.5 if len(others) <= WIDE_UP_TO else 0.7)
    page = Page(
        pitch * len(lines) + 0.05,
        _title(reference, others, everything),
        caption=_caption(several, worlds if bars else 0),
        legend=legend_height(labels or ["-"]),
    )
    limit = _limit(everything)
    for row, panels in enumerate(lines):
        across = (WIDTH - 2 * MARGIN - LABELS_WIDTH) / min(len(others), PANELS_IN_ROW)
        for column, one in enumerate(panels):
            left = MARGIN + LABELS_WIDTH + across * column
            axes = page.panel(left, top + pitch * row, across - NUMBERS_WIDTH - 0.1, height)
            _panel(axes, found[one.key], limit, first=column == 0, wide=len(others) <= WIDE_UP_TO)
            if len(others) > 1:
                name = text.wrap(one.name, across - 0.12, LABEL, "bold", lines=2, hyphens=True)
                heading(axes, "\n".join(name), size=LABEL)
    handles = [swatch(*LOOKS[name][:2], hollow=name in HOLLOW, line=False) for name in verdicts]
    page.legend([*handles, *bars], labels)
    return page


def _bars(everything: Sequence[Factor], worlds: int) -> tuple[list[Line2D], list[str]]:
    """Return what the legend says of the two intervals where there are two; one is told in the caption."""
    if all(factor.assumption is None for factor in everything):
        return [], []
    thick = Line2D([], [], color=SOFT, linewidth=THICK, solid_capstyle="butt")
    thin = Line2D([], [], color=SOFT, linewidth=THIN, marker="|", markersize=11)
    return [thick, thin], ["run-to-run", f"assumptions ({text.count(worlds, 'world')})"]


def _panel(axes: Axes, factors: dict[str, Factor | None], limit: float, *, first: bool, wide: bool) -> None:
    axes.set_xscale("log")
    y = 0.0
    for group, names in GROUPS:
        if first:
            aside(axes, y + 0.05, group, 0, 4 - 72 * LABELS_WIDTH, left=True, weight="bold")
        y += 0.95
        for name in names:
            if first:
                aside(axes, y, series.label(name), 0, 4 - 72 * LABELS_WIDTH, left=True)
            axes.axhline(y, color=FAINT, linewidth=0.6, zorder=0)
            _factor(axes, factors[name], y, limit, wide=wide)
            y += 1.0
    axes.axvline(1.0, color=INK, linewidth=1.0, zorder=1)
    axes.set_xlim(1 / limit, limit)
    axes.set_ylim(y - 0.4, -0.5)
    axes.set_yticks([])
    ticks = dict(TICKS)[limit]
    shown = list(ticks) if wide else [ticks[0], 1.0, ticks[-1]]
    axes.xaxis.set_major_locator(FixedLocator(shown))
    axes.xaxis.set_major_formatter(
        FixedFormatter([percent(tick) if wide else percent(tick)[:-2] for tick in shown])
    )
    axes.xaxis.set_minor_locator(NullLocator())
    bare(axes, "bottom")
    if not wide:
        axes.set_xlabel("per cent")


def _factor(axes: Axes, factor: Factor | None, y: float, limit: float, *, wide: bool) -> None:
    if factor is None:
        axes.annotate(
            "cannot be compared" if wide else "\N{EN DASH}", (1.0, y), (6, 0), textcoords="offset points",
            va="center", size=SMALL, color=SOFT,
        )  # fmt: skip
        return
    colour, shape, _ = LOOKS[factor.verdict]
    beyond = not 1 / limit <= factor.value <= limit
    if beyond:
        shape = ">" if factor.value > 1 else "<"
    at = min(max(factor.value, 1 / limit), limit)
    interval = None
    if factor.interval is not None and not beyond:
        low, high = (min(max(end, 1 / limit), limit) for end in factor.interval)
        interval = (low, high)
    if factor.assumption is not None:
        _whisker(axes, factor.assumption, y, limit, colour)
    hollow = factor.verdict in HOLLOW
    dot(axes, at, y, interval, colour=colour, shape=shape, hollow=hollow, size=8.5, thickness=THICK)
    aside(axes, y, percent(factor.value), 1, 72 * NUMBERS_WIDTH - 3, size=SMALL, color=colour)


def _whisker(axes: Axes, ends: tuple[float, float], y: float, limit: float, colour: str) -> None:
    """Draw a thin line with a stroke at each end; an end beyond the edge is an open arrow there."""
    inside = [min(max(end, 1 / limit), limit) for end in ends]
    axes.plot(inside, (y, y), color=colour, linewidth=THIN, solid_capstyle="butt", zorder=2)
    strokes = {
        (at, "<" if end < at else ">" if end > at else "|") for end, at in zip(ends, inside, strict=True)
    }
    for at, shape in sorted(strokes):
        axes.plot(
            [at], [y], linestyle="none", marker=shape, markersize=11 if shape == "|" else 6, color=colour,
            markerfacecolor="white", markeredgewidth=THIN, zorder=2.5, clip_on=False,
        )  # fmt: skip


def percent(factor: float) -> str:
    """Return a factor as a change in per cent.

    >>> percent(1.25), percent(0.5), percent(1.0)
    ('+25 %', '−50 %', '0 %')
    """
    change = 100.0 * (factor - 1.0)
    if abs(change) < 0.05:
        return "0 %"
    digits = 1 if abs(change) < 9.95 and change != round(change) else 0
    return f"{change:+,.{digits}f} %".replace("-", "\N{MINUS SIGN}")


def _limit(everything: Sequence[Factor]) -> float:
    """Return the factor at the right edge (its inverse is at the left): most values lie between them."""
    sizes = sorted(max(factor.value, 1 / max(factor.value, 1e-9)) for factor in everything)
    furthest = sizes[int(MOST_INSIDE * (len(sizes) - 1))] if sizes else 1.0
    return next((limit for limit, _ in TICKS if furthest <= limit), TICKS[-1][0])


def _title(reference: Series, others: list[Series], everything: Sequence[Factor]) -> str:
    depends = sum(factor.verdict == "depends" for factor in everything)
    clear = sum(factor.verdict != "unclear" for factor in everything) - depends
    against = others[0].name if len(others) == 1 else f"{len(others)} scenarios"
    verb = "is" if clear == 1 else "are"
    number = text.count(len(everything), "difference")
    more = f"{depends} more {'depends' if depends == 1 else 'depend'} on assumptions"
    title = f"{against} against {reference.name}: {clear} of {number} {verb} clear"
    return f"{title}; {more}" if depends else title


def _caption(several: list[Series], worlds: int) -> str:
    words = f"Change from {several[0].name}, which is 0, in per cent of its value; "
    if max(one.replicates for one in several) < 2:
        words += "one run only, so there are no intervals and nothing is clear. "
    else:
        words += (
            "thick bars are 95 % run-to-run intervals of the difference between runs with the same random "
            "numbers: they shrink with more runs"
        )
        words += _of_worlds(worlds) if worlds else f", and {series.NOT_ASSUMPTIONS}. "
    words += "The scale is logarithmic: halving and doubling are equally far from 0; "
    words += "arrows point beyond the edge. "
    return f"{words}{series.exposure(several)} {series.NO_FORECAST}"


def _of_worlds(worlds: int) -> str:
    return (
        f". Thin lines hold the middle 95 % of {worlds} plausible worlds (parameters and structural choices "
        "that the facts do not rule out, both scenarios in the same world), run-to-run noise taken out: they "
        "do not shrink with more runs. "
    )
