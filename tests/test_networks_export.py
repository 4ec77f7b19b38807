"""The networks of a moment as GraphML and CSV: complete, faded to that moment, harmless to open."""

import csv
from dataclasses import replace
from functools import cache

import networkx as nx
import numpy as np
import pytest

from experiments.networks_export import (
    EDGE_COLUMNS,
    LEAST_FAMILIARITY,
    LEAST_TIE,
    NODE_COLUMNS,
    alliances,
    edges,
    export_networks,
    nodes,
    team,
    ties,
)
from sim import relations
from sim.simulation import Simulation
from tests.builders import facility, lively, sites


@cache
def moment(days=40):
    well_staffed = lively(numbers={"staffing.residents_per_employee": 0.5, "staffing.rotation_share": 0.2})
    simulation = Simulation(well_staffed, seed=3).run(days)
    return simulation.specification, simulation.snapshot()


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def test_four_files_are_written(tmp_path):
    specification, snapshot = moment()
    written = export_networks(snapshot, specification, tmp_path / "new" / "folder")
    assert [path.name for path in written] == ["units.graphml", "people.graphml", "nodes.csv", "edges.csv"]
    assert all(path.stat().st_size for path in written)


def test_the_same_moment_gives_the_same_bytes(tmp_path):
    specification, snapshot = moment()
    for a, b in zip(*(export_networks(snapshot, specification, tmp_path / k) for k in "ab"), strict=True):
        assert a.read_bytes() == b.read_bytes()


def test_graphml_loads_back_with_everybody_and_every_relation(tmp_path):
    specification, snapshot = moment()
    export_networks(snapshot, specification, tmp_path)
    people = nx.read_graphml(tmp_path / "people.graphml")
    assert set(people) == {row["id"] for row in nodes(snapshot, specification)}
    assert people.number_of_edges() == len(edges(snapshot))
    kinds = {data["kind"] for _, _, data in people.edges(data=True)}
    assert kinds == {"tie", "alliance", "team"}
    units = nx.read_graphml(tmp_path / "units.graphml")
    assert {data["name"] for _, data in units.nodes(data=True)} == {unit.name for unit in specification.units}
    assert units.number_of_edges() == len(snapshot.world.edges)


def test_tables_have_the_stated_columns_and_match_the_graph(tmp_path):
    specification, snapshot = moment()
    export_networks(snapshot, specification, tmp_path)
    people, pairs = rows_of(tmp_path / "nodes.csv"), rows_of(tmp_path / "edges.csv")
    assert tuple(people[0]) == NODE_COLUMNS
    assert tuple(pairs[0]) == EDGE_COLUMNS
    known = {row["id"] for row in people}
    assert len(known) == len(people)
    assert all(row["source"] in known and row["target"] in known for row in pairs)
    assert all(float(row["alliance"]) >= 0 for row in pairs if row["kind"] == "alliance")


def test_everybody_present_and_nobody_else_is_a_node():
    specification, snapshot = moment()
    world = snapshot.world
    rows = nodes(snapshot, specification)
    counts = {kind: sum(row["kind"] == kind for row in rows) for kind in ("resident", "staff")}
    assert counts["resident"] == int(world.residents.present.sum())
    assert counts["staff"] == int(world.staff.present.sum())


def test_relations_are_those_of_the_model_faded_to_the_moment():
    _, snapshot = moment()
    world, part, p = snapshot.world, snapshot.part, snapshot.world.parameters[0]
    found = ties(snapshot)
    for k, (a, b) in enumerate(zip(found.first, found.second, strict=True)):
        units = world.places.unit
        index = relations.tie_index(a, b, units[a], units[b], world.units, world.edges)
        tie = world.ties[index].copy()
        relations.fade_tie(tie, part, p)
        assert found.values["tie"][k] == pytest.approx(tie.tie, abs=1e-12)
        assert found.values["grudge"][k] == pytest.approx(tie.grudge, abs=1e-12)
    found = alliances(snapshot)
    for k, (place, post) in enumerate(zip(found.first, found.second, strict=True)):
        person = world.residents[world.places.resident[place]]
        bond = world.bonds[relations.bond_of(person, world.units[person.unit], post)]
        assert found.values["alliance"][k] == pytest.approx(relations.alliance_now(bond, part, p), abs=1e-12)
        assert found.values["familiarity"][k] == pytest.approx(
            relations.familiarity_now(bond, part, p), abs=1e-12
        )


def test_a_pair_occurs_once_and_weak_relations_are_left_out():
    _, snapshot = moment()
    rows = edges(snapshot)
    pairs = {frozenset((row["source"], row["target"])) for row in rows}
    assert len(pairs) == len(rows)
    for row in rows:
        if row["kind"] == "tie":
            assert max(abs(row["weight"]), row["grudge"]) >= LEAST_TIE
        elif row["kind"] == "alliance":
            assert row["familiarity"] >= LEAST_FAMILIARITY


def test_values_lie_within_their_ranges():
    _, snapshot = moment()
    assert np.abs(ties(snapshot).values["tie"]).max() <= 1
    for found in (alliances(snapshot), team(snapshot)):
        for column in found.values.values():
            assert column.min() >= 0
            assert column.max() <= 1


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_names_of_units_are_no_formulas_in_a_spreadsheet(start, tmp_path):
    specification, snapshot = moment()
    units = [replace(unit, name=f"{start}{k}") for k, unit in enumerate(specification.units)]
    export_networks(snapshot, replace(specification, units=tuple(units)), tmp_path)
    assert all(row["unit"].startswith("'") for row in rows_of(tmp_path / "nodes.csv"))


def test_names_of_units_cannot_break_the_files(tmp_path):
    specification, snapshot = moment()
    hostile = ('<unit>&"', "a,b\nc;d", "\x00\x0b\ud800 \u202e")
    units = [replace(unit, name=name) for name, unit in zip(hostile, specification.units, strict=True)]
    export_networks(snapshot, replace(specification, units=tuple(units)), tmp_path)
    assert len(nx.read_graphml(tmp_path / "units.graphml")) == 3
    rows = rows_of(tmp_path / "nodes.csv")
    assert {row["kind"] for row in rows} == {"resident", "staff"}


def test_units_of_several_sites_are_named_in_the_order_of_the_world(tmp_path):
    described = sites(3, 4).units
    mixed = facility(*(replace(unit, site="b" if k == 1 else "a") for k, unit in enumerate(described)))
    simulation = Simulation(mixed).run(3)
    export_networks(simulation.snapshot(), mixed, tmp_path)
    names = [data["name"] for _, data in nx.read_graphml(tmp_path / "units.graphml").nodes(data=True)]
    assert names == ["house-0", "house-2", "house-1"]


def test_an_empty_facility_can_be_written(tmp_path):
    empty = facility(3, residents__occupancy=0.0, run__days=1)
    simulation = Simulation(empty).run(1)
    export_networks(simulation.snapshot(), empty, tmp_path)
    assert all(row["kind"] == "staff" for row in rows_of(tmp_path / "nodes.csv"))
