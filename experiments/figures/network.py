"""The people of one unit and who is tied to whom, at the moment that was kept of the first run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from experiments.figures import series, text
from experiments.figures.page import (
    BLUE,
    GREEN,
    INK,
    LABEL,
    MARGIN,
    ORANGE,
    SKY,
    SOFT,
    VERMILLION,
    WIDTH,
    Page,
)
from experiments.figures.places import Spots, places
from experiments.figures.series import Series
from experiments.networks_export import Relations, Vector, alliances, ties, units_in_order
from sim.clock import PARTS
from sim.simulation import Snapshot

LEAST_TIE = 0.1
LEAST_ALLIANCE = 0.1
"""Above the alliance with somebody never met."""
MOST_TIES = 3
"""A tie is drawn if it is among this many strongest ones of either side."""
MOST_ALLIANCES = 2
"""Alliances drawn of a resident, the strongest."""
MOST_NEIGHBOURS = 12
MOST_OTHER_STAFF = 8
HEIGHT = 5.35

LIKING: tuple[str, Any, float] = (BLUE, "-", 3.5)
DISLIKE: tuple[str, Any, float] = (VERMILLION, (0, (4, 2)), 3.5)
ALLIANCE: tuple[str, Any, float] = (GREEN, (0, (1, 1.2)), 1.8)

Pair = tuple[int, int, float]
Stroke = tuple[tuple[float, float], tuple[float, float], float]


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn: places and posts by what they are, and the pairs drawn between them."""

    unit: int
    residents: list[int]
    neighbours: list[int]
    staff: list[int]
    liking: list[Pair]
    dislike: list[Pair]
    alliances: list[Pair]


def picture(snapshot: Snapshot, unit: int) -> Picture:
    """Choose the people and the pairs to draw for a unit."""
    world = snapshot.world
    row = world.units[unit]
    own = range(int(row.place_first), int(row.place_end))
    residents = [place for place in own if world.places.resident[place] >= 0]
    all_ties = ties(snapshot)
    inside = np.isin(all_ties.first, own) | np.isin(all_ties.second, own)
    known = all_ties.chosen(inside)
    liking = known.chosen(known.values["tie"] >= LEAST_TIE)
    dislike = known.chosen((known.values["tie"] <= -LEAST_TIE) | (known.values["grudge"] >= LEAST_TIE))
    liked = _strongest(liking, liking.values["tie"], MOST_TIES)
    disliked = _strongest(dislike, np.maximum(-dislike.values["tie"], dislike.values["grudge"]), MOST_TIES)
    bonds = alliances(snapshot)
    start = float(world.parameters[0].alliance.start)
    bonds = bonds.chosen(np.isin(bonds.first, own) & (bonds.values["alliance"] >= start + LEAST_ALLIANCE))
    allied = _strongest(bonds, bonds.values["alliance"], MOST_ALLIANCES, first_only=True)
    team = [int(p) for p in range(int(row.post_first), int(row.post_end)) if world.posts.staff[p] >= 0]
    others = _most_tied(
        [(post, value) for _, post, value in allied if post not in set(team)], MOST_OTHER_STAFF
    )
    here = set(residents)
    outside = [
        (b if a in here else a, value) for a, b, value in liked + disliked if not (a in here and b in here)
    ]
    neighbours = _most_tied(outside, MOST_NEIGHBOURS)
    shown, posts = here | set(neighbours), set(team) | set(others)
    return Picture(
        unit,
        residents,
        neighbours,
        team + others,
        [pair for pair in liked if pair[0] in shown and pair[1] in shown],
        [pair for pair in disliked if pair[0] in shown and pair[1] in shown],
        [pair for pair in allied if pair[1] in posts],
    )


def _strongest(found: Relations, strength: Vector, most: int, *, first_only: bool = False) -> list[Pair]:
    """Return the pairs that are among the ``most`` strongest of the first or of one of the two."""
    taken: dict[int, int] = {}
    pairs = []
    for k in np.argsort(-strength, kind="stable"):
        a, b = int(found.first[k]), int(found.second[k])
        sides = (a,) if first_only else (a, b)
        if min(taken.get(side, 0) for side in sides) < most:
            pairs.append((a, b, float(strength[k])))
            for side in sides:
                taken[side] = taken.get(side, 0) + 1
    return pairs


def _most_tied(entries: list[tuple[int, float]], most: int) -> list[int]:
    total: dict[int, float] = {}
    for who, value in entries:
        total[who] = total.get(who, 0.0) + value
    return sorted(sorted(total, key=lambda who: (-total[who], who))[:most])


def _spots(drawn: Picture, width: float, height: float) -> Spots:
    people = [f"p{place}" for place in drawn.residents + drawn.neighbours] + [
        f"s{post}" for post in drawn.staff
    ]
    pairs = [(f"p{a}", f"p{b}", 0.2) for a, b, _ in drawn.dislike]
    pairs += [(f"p{a}", f"s{b}", 0.5 + value) for a, b, value in drawn.alliances]
    pairs += [(f"p{a}", f"p{b}", 1.0 + value) for a, b, value in drawn.liking]
    return places(people, pairs, width, height)


def network(one: Series) -> Page | None:
    """Draw the first unit; ``None`` when no moment was kept."""
    snapshot = one.runs.moment
    if snapshot is None:
        return None
    drawn = picture(snapshot, 0)
    unit = units_in_order(one.runs.specification)[0]
    page = Page(
        HEIGHT,
        _title(drawn, text.fit(unit.name, 3.0, 17, "bold"), snapshot.part // PARTS),
        subtitle=series.title_of(one),
        caption=_caption(one, drawn),
    )
    width, height = WIDTH - 2 * MARGIN - 3.4, HEIGHT - 0.1
    axes = page.panel(MARGIN, 0.0, width, height)
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    at = _spots(drawn, width, height)
    _lines(axes, [(at[f"p{a}"], at[f"s{b}"], value) for a, b, value in drawn.alliances], *ALLIANCE)
    _lines(axes, [(at[f"p{a}"], at[f"p{b}"], value) for a, b, value in drawn.liking], *LIKING)
    _lines(axes, [(at[f"p{a}"], at[f"p{b}"], value) for a, b, value in drawn.dislike], *DISLIKE)
    _people(axes, snapshot, drawn, at)
    _legend(page, snapshot, drawn)
    return page


def _lines(axes: Axes, pairs: list[Stroke], colour: str, style: Any, scale: float) -> None:
    axes.add_collection(
        LineCollection(
            [(a, b) for a, b, _ in pairs],
            colors=colour,
            linestyles=[style],
            linewidths=[0.9 + scale * value for _, _, value in pairs],
            alpha=0.85,
            zorder=1,
        ),
        autolim=False,
    )


def _area(tension: float) -> float:
    return 40.0 + 480.0 * float(np.clip(tension, 0.0, 1.0)) ** 2


def _people(axes: Axes, snapshot: Snapshot, drawn: Picture, at: Spots) -> None:
    world = snapshot.world
    for chosen, face, edge in ((drawn.neighbours, "white", SOFT), (drawn.residents, ORANGE, INK)):
        if chosen:
            spots = np.array([at[f"p{place}"] for place in chosen])
            people = world.residents[world.places.resident[chosen]]
            sizes = [_area(float(tension)) for tension in people.tension + people.arousal]
            axes.scatter(spots[:, 0], spots[:, 1], s=sizes, c=face, edgecolors=edge, linewidths=1.0, zorder=3)
    for posts, face in zip(_own_and_other(snapshot, drawn), (SKY, "white"), strict=True):
        if posts:
            spots = np.array([at[f"s{post}"] for post in posts])
            axes.scatter(
                spots[:, 0], spots[:, 1], s=120, marker="s", c=face, edgecolors=INK, linewidths=1.0, zorder=4
            )


def _own_and_other(snapshot: Snapshot, drawn: Picture) -> tuple[list[int], list[int]]:
    own = [post for post in drawn.staff if snapshot.world.posts.unit[post] == drawn.unit]
    return own, [post for post in drawn.staff if post not in own]


def _mark(shape: str, face: str, edge: str, size: float) -> Line2D:
    return Line2D(
        [], [], linestyle="none", marker=shape, markersize=size, markerfacecolor=face, markeredgecolor=edge
    )


def _legend(page: Page, snapshot: Snapshot, drawn: Picture) -> None:
    own, other = _own_and_other(snapshot, drawn)
    entries = [
        (drawn.residents, _mark("o", ORANGE, INK, 11), "resident of the unit"),
        (drawn.neighbours, _mark("o", "white", SOFT, 11), "resident of another unit"),
        (own, _mark("s", SKY, INK, 11), "staff of the unit"),
        (other, _mark("s", "white", INK, 11), "staff of another unit"),
        (drawn.liking, Line2D([], [], color=LIKING[0], linestyle=LIKING[1], linewidth=2.2), "liking"),
        (
            drawn.dislike,
            Line2D([], [], color=DISLIKE[0], linestyle=DISLIKE[1], linewidth=2.2),
            "dislike or grudge",
        ),
        (
            drawn.alliances,
            Line2D([], [], color=ALLIANCE[0], linestyle=ALLIANCE[1], linewidth=2.2),
            "working alliance",
        ),
    ]
    for tension in (0.2, 0.5, 0.8):
        mark = _mark("o", ORANGE, INK, float(np.sqrt(_area(tension))))
        entries.append((drawn.residents, mark, f"tension {tension:.1f}"))
    shown = [(handle, words) for there, handle, words in entries if there]
    page.figure.legend(
        [handle for handle, _ in shown],
        [words for _, words in shown],
        loc="upper left",
        bbox_to_anchor=((WIDTH - MARGIN - 2.95) / WIDTH, 1 - (page.top + 0.1) / page.height),
        labelspacing=0.85,
        handlelength=2.8,
        borderaxespad=0.0,
        fontsize=LABEL,
    )


def _title(drawn: Picture, unit: str, day: int) -> str:
    ties_drawn = text.count(len(drawn.liking), "tie")
    enmities = text.count(len(drawn.dislike), "enmity", "enmities")
    allied = text.count(len(drawn.alliances), "alliance")
    return f"Who is tied to whom in {unit} after {text.count(day, 'day')}: {ties_drawn}, {enmities}, {allied}"


def _caption(one: Series, drawn: Picture) -> str:
    number = len(one.runs.specification.units)
    which = "the only unit" if number == 1 else f"the first of {number} units"
    people = text.count(len(drawn.residents), "resident")
    words = (
        f"One moment of the first run, {which}, {people}. Drawn are the {MOST_TIES} strongest ties and "
        f"enmities of each resident (from {LEAST_TIE} on a scale of 0 to 1) and the {MOST_ALLIANCES} "
        f"strongest alliances with staff (from {LEAST_ALLIANCE} above that with a stranger). Thicker lines "
        "are stronger, larger circles tenser. Who has no line stands at the bottom. "
    )
    if drawn.neighbours or number > 1:
        words += (
            f"Of other units at most {MOST_NEIGHBOURS} residents and {MOST_OTHER_STAFF} staff are shown. "
        )
    return f"{words}All people are invented. {series.NO_FORECAST}"
