"""Networks of one moment: who is tied to whom, as tables, CSV and GraphML.

Relations are read from a snapshot as they stand at its moment: what the run would fade when it next
touches them is faded here (see :mod:`sim.relations`), for whole blocks at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.results import write_csv
from sim.clock import PARTS
from sim.networks import relation_graph, write_graphml
from sim.simulation import Snapshot
from sim.specification import Specification, UnitSpecification

Vector = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Row = dict[str, Any]

LEAST_TIE = 0.05
"""Ties between residents (and grudges) weaker than this are left out."""
LEAST_FAMILIARITY = 0.1
"""Alliances with somebody less familiar than this are left out."""
LEAST_TEAM_TIE = 0.1

DIGITS = 6

NODE_COLUMNS = (
    "id",
    "kind",
    "unit",
    "site",
    "number",
    "occupant",
    "days_here",
    "autonomy",
    "competence",
    "relatedness",
    "tension",
    "fear",
    "anger",
    "grievance",
    "felt_fairness",
    "wellbeing",
    "distress",
    "orientation",
    "skill",
    "vigilance",
    "exhaustion",
    "absent",
)
EDGE_COLUMNS = ("source", "target", "kind", "weight", "grudge", "familiarity", "alliance", "across_units")
_OF_RESIDENTS = ("fear", "anger", "grievance", "felt_fairness", "wellbeing", "distress")
_OF_STAFF = ("orientation", "skill", "vigilance", "exhaustion")
_NEEDS = ("autonomy", "competence", "relatedness")


@dataclass(frozen=True, slots=True)
class Relations:
    """Relations between pairs: one entry per pair in every array.

    ``first`` and ``second`` are places for ``ties``, a place and a post for ``alliances``, posts for
    ``team``.
    """

    first: Index
    second: Index
    values: dict[str, Vector]

    def __len__(self) -> int:
        return len(self.first)

    def chosen(self, keep: npt.NDArray[np.bool_]) -> Relations:
        """Return the pairs for which ``keep`` is true."""
        return Relations(
            self.first[keep],
            self.second[keep],
            {name: column[keep] for name, column in self.values.items()},
        )


def units_in_order(specification: Specification) -> list[UnitSpecification]:
    """Return the units in the order of the world's tables: grouped by site."""
    order = {name: k for k, name in enumerate(dict.fromkeys(unit.site for unit in specification.units))}
    return sorted(specification.units, key=lambda unit: order[unit.site])


def ties(snapshot: Snapshot) -> Relations:
    """Return ``tie`` and ``grudge`` of all pairs of residents who can meet, faded to now."""
    world = snapshot.world
    units, table = world.units, world.ties
    first, second, index = [], [], []
    for unit in units:
        size = int(unit.place_end - unit.place_first)
        row, column = np.triu_indices(size, 1)
        first.append(unit.place_first + row)
        second.append(unit.place_first + column)
        index.append(unit.tie_first + row * size + column)
    for edge in world.edges:
        a, b = units[edge.unit_a], units[edge.unit_b]
        row, column = np.indices((a.place_end - a.place_first, b.place_end - b.place_first)).reshape(2, -1)
        first.append(a.place_first + row)
        second.append(b.place_first + column)
        index.append(edge.tie_first + row * (b.place_end - b.place_first) + column)
    cells = table[_joined(index)]
    days = _days_since(cells.part, snapshot.part)
    p = world.parameters[0].encounters
    values = {
        "tie": cells.tie * np.exp(-days / float(p.tie_days)),
        "grudge": cells.grudge * np.exp(-days / float(p.grudge_days)),
    }
    here = np.asarray(world.places.resident) >= 0
    found = Relations(_joined(first), _joined(second), values)
    return found.chosen(here[found.first] & here[found.second])


def alliances(snapshot: Snapshot) -> Relations:
    """Return ``familiarity`` and ``alliance`` (less breach) of residents with staff, faded to now."""
    world = snapshot.world
    first, second, index = [], [], []
    for unit in world.units:
        row, column = np.indices((unit.place_end - unit.place_first, unit.bond_width)).reshape(2, -1)
        first.append(unit.place_first + row)
        second.append(unit.bond_post + column)
        index.append(unit.bond_first + row * unit.bond_width + column)
    cells = world.bonds[_joined(index)]
    days = _days_since(cells.part, snapshot.part)
    p = world.parameters[0].alliance
    start = float(p.start)
    lasting = start + (cells.alliance - start) * np.exp(-days / float(p.alliance_days))
    breach = cells.breach * np.exp(-days / float(p.breach_days))
    values = {
        "familiarity": cells.familiarity * np.exp(-days / float(p.familiarity_days)),
        "alliance": np.maximum(0.0, lasting - breach),
    }
    found = Relations(_joined(first), _joined(second), values)
    here, employed = np.asarray(world.places.resident) >= 0, np.asarray(world.posts.staff) >= 0
    return found.chosen(here[found.first] & employed[found.second])


def team(snapshot: Snapshot) -> Relations:
    """Return the ``tie`` of all pairs of staff who can be on duty together, faded to now."""
    world = snapshot.world
    units = world.units
    wide = max(1, int(units.bond_width.max(initial=1)))
    first, second, index = [], [], []
    for post, unit_of_post in enumerate(world.posts.unit):
        unit = units[unit_of_post]
        others = np.arange(max(post + 1, unit.bond_post), unit.bond_post + unit.bond_width)
        first.append(np.full(len(others), post))
        second.append(others)
        index.append(post * wide + others - unit.bond_post)
    cells = world.team_ties[_joined(index)]
    days = _days_since(cells.part, snapshot.part)
    values = {"tie": cells.tie * np.exp(-days / float(world.parameters[0].strain.team_tie_days))}
    found = Relations(_joined(first), _joined(second), values)
    employed = np.asarray(world.posts.staff) >= 0
    return found.chosen(employed[found.first] & employed[found.second])


def _joined(parts: Sequence[Any]) -> Index:
    return np.concatenate([np.zeros(0, np.int64), *(np.asarray(part, np.int64) for part in parts)])


def _days_since(then: Any, part: int) -> Vector:
    return np.asarray(np.maximum(0.0, (part - np.asarray(then, np.float64)) / PARTS))


def resident_id(snapshot: Snapshot, place: int) -> str:
    """Return the name of the resident of a place: the same in every run in which the person occurs."""
    world = snapshot.world
    person = world.residents[world.places.resident[place]]
    return f"resident-{int(world.places.number[place])}-{int(person.occupant)}"


def staff_id(snapshot: Snapshot, post: int) -> str:
    """Return the name of the holder of a post."""
    world = snapshot.world
    person = world.staff[world.posts.staff[post]]
    return f"staff-{int(world.posts.number[post])}-{int(person.occupant)}"


def nodes(snapshot: Snapshot, specification: Specification) -> list[Row]:
    """Return one row per resident present and member of staff employed."""
    world, day = snapshot.world, snapshot.part // PARTS
    described = units_in_order(specification)
    rows = []
    for place in np.flatnonzero(world.places.resident >= 0):
        person = world.residents[world.places.resident[place]]
        rows.append(
            {
                "id": resident_id(snapshot, int(place)),
                "kind": "resident",
                **_where(described[person.unit]),
                "number": int(world.places.number[place]),
                "occupant": int(person.occupant),
                "days_here": int(day - person.arrival),
                **_rounded(person, _NEEDS),
                "tension": round(float(person.tension + person.arousal), DIGITS),
                **_rounded(person, _OF_RESIDENTS),
            }
        )
    for post in np.flatnonzero(world.posts.staff >= 0):
        person = world.staff[world.posts.staff[post]]
        rows.append(
            {
                "id": staff_id(snapshot, int(post)),
                "kind": "staff",
                **_where(described[person.unit]),
                "number": int(world.posts.number[post]),
                "occupant": int(person.occupant),
                "days_here": int(day - person.hired),
                **_rounded(person, _NEEDS),
                **_rounded(person, _OF_STAFF),
                "absent": int(person.absent_until > day),
            }
        )
    return rows


def _where(unit: UnitSpecification) -> Row:
    return {"unit": _readable(unit.name), "site": _readable(unit.site)}


def _rounded(person: Any, names: Iterable[str]) -> Row:
    return {name: round(float(person[name]), DIGITS) for name in names}


def edges(snapshot: Snapshot) -> list[Row]:
    """Return one row per relation that is strong enough to count."""
    world = snapshot.world
    residents = {
        int(place): resident_id(snapshot, int(place)) for place in np.flatnonzero(world.places.resident >= 0)
    }
    staff = {int(post): staff_id(snapshot, int(post)) for post in np.flatnonzero(world.posts.staff >= 0)}
    of_place, of_post = np.asarray(world.places.unit), np.asarray(world.posts.unit)
    found = ties(snapshot)
    found = found.chosen((np.abs(found.values["tie"]) >= LEAST_TIE) | (found.values["grudge"] >= LEAST_TIE))
    rows = _edges(found, "tie", residents, residents, of_place, of_place)
    found = alliances(snapshot)
    found = found.chosen(found.values["familiarity"] >= LEAST_FAMILIARITY)
    rows += _edges(found, "alliance", residents, staff, of_place, of_post)
    found = team(snapshot)
    found = found.chosen(found.values["tie"] >= LEAST_TEAM_TIE)
    return rows + _edges(found, "team", staff, staff, of_post, of_post)


def _edges(
    found: Relations,
    kind: str,
    sources: dict[int, str],
    targets: dict[int, str],
    unit_a: Index,
    unit_b: Index,
) -> list[Row]:
    across = (unit_a[found.first] != unit_b[found.second]).astype(int).tolist()
    names = list(found.values)
    columns = [np.round(found.values[name], DIGITS).tolist() for name in names]
    # The tie is the weight of its own network, the alliance that of the other.
    weight = names.index("alliance" if kind == "alliance" else "tie")
    rows = []
    for k, (a, b) in enumerate(zip(found.first.tolist(), found.second.tolist(), strict=True)):
        row = {"source": sources[a], "target": targets[b], "kind": kind, "weight": columns[weight][k]}
        row.update({name: column[k] for name, column in zip(names, columns, strict=True) if name != "tie"})
        row["across_units"] = across[k]
        rows.append(row)
    return rows


def unit_rows(snapshot: Snapshot, specification: Specification) -> tuple[list[Row], list[Row]]:
    """Return the units and the pairs of units that share spaces, as rows of nodes and edges."""
    world = snapshot.world
    described = units_in_order(specification)
    rows = []
    for number, (unit, said) in enumerate(zip(world.units, described, strict=True)):
        living = world.places.resident[unit.place_first : unit.place_end]
        people = world.residents[living[living >= 0]]
        row = {
            "id": f"unit-{number}",
            "name": _readable(said.name),
            "site": _readable(said.site),
            "regime": said.regime,
            "places": said.places,
            "residents": len(people),
            "staff": int(np.count_nonzero(world.posts.staff[unit.post_first : unit.post_end] >= 0)),
            "restrictiveness": round(float(unit.restrictiveness), DIGITS),
            "vigilance": round(float(unit.vigilance), DIGITS),
        }
        if len(people):
            row["tension"] = round(float(np.mean(people.tension + people.arousal)), DIGITS)
            row["autonomy"] = round(float(np.mean(people.autonomy)), DIGITS)
        rows.append(row)
    found = ties(snapshot)
    strong = found.chosen(np.abs(found.values["tie"]) >= LEAST_TIE)
    of_place = np.asarray(world.places.unit)
    between = np.zeros((len(rows), len(rows)), np.int64)
    np.add.at(between, (of_place[strong.first], of_place[strong.second]), 1)
    pairs = [
        {
            "source": f"unit-{int(edge.unit_a)}",
            "target": f"unit-{int(edge.unit_b)}",
            "ties": int(between[edge.unit_a, edge.unit_b]),
        }
        for edge in world.edges
    ]
    return rows, pairs


def export_networks(snapshot: Snapshot, specification: Specification, folder: Path) -> list[Path]:
    """Write the networks of a moment into ``folder`` and return the files written.

    ``units.graphml``: units and the spaces they share.  ``people.graphml``: residents and staff with
    ties, alliances and team ties.  ``nodes.csv`` and ``edges.csv``: the people's network as tables.
    """
    folder.mkdir(parents=True, exist_ok=True)
    people, relations = nodes(snapshot, specification), edges(snapshot)
    units, shared = unit_rows(snapshot, specification)
    files = [folder / name for name in ("units.graphml", "people.graphml", "nodes.csv", "edges.csv")]
    write_graphml(relation_graph(units, shared), str(files[0]))
    write_graphml(relation_graph(people, relations), str(files[1]))
    write_csv(files[2], NODE_COLUMNS, _cells(people, NODE_COLUMNS))
    write_csv(files[3], EDGE_COLUMNS, _cells(relations, EDGE_COLUMNS))
    return files


def _cells(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[list[Any]]:
    return ([row.get(name) for name in columns] for row in rows)


def _readable(words: str) -> str:
    """Return text without the characters that XML and UTF-8 forbid."""
    return "".join(
        character if _allowed(ord(character)) else "\N{REPLACEMENT CHARACTER}" for character in words
    )


def _allowed(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code >= 0x10000
