"""Units, sites and the graph between units."""

import pytest

from scenarios import load
from sim.specification import GraphSpecification, UnitSpecification


def facility(text):
    return f"name: f\nfacility:\n  {text}\n"


def test_a_count_gives_numbered_units_and_one_unit_keeps_its_name(write):
    write(
        facility(
            "units: [{name: a, places: 3, count: 2}, {name: b, places: 4, count: 1}, {name: c, places: 5}]"
        )
    )
    assert load("a.yaml").units == (
        UnitSpecification("a-1", 3),
        UnitSpecification("a-2", 3),
        UnitSpecification("b", 4),
        UnitSpecification("c", 5),
    )


def test_everything_a_unit_can_say_is_read(write):
    write(
        facility(
            "units: [{name: a, places: 3, site: west, regime: remand, "
            "double_cells: {value: 0.5, grade: C}, openness: 1}]"
        )
    )
    assert load("a.yaml").units == (UnitSpecification("a", 3, "west", "remand", 0.5, 1.0),)


def test_the_site_each_gives_every_copy_a_site_of_its_own(write):
    write(facility("units: [{name: a, places: 3, count: 2, site: each}, {name: b, places: 3}]"))
    assert [unit.site for unit in load("a.yaml").units] == ["a-1", "a-2", "main"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "units: []",
            "3:10: facility.units: got a list; allowed a list of at least one unit {name, places, ...}",
        ),
        ("units: 3", "3:10: facility.units: got 3; allowed a list of at least one unit {name, places, ...}"),
        ("units: [3]", "3:11: facility.units[0]: got 3; allowed a unit {name, places, ...}"),
        ("shared: 0.1", "1:1: facility.units: got nothing; allowed a list of at least one unit"),
        (
            "units: [{name: a}]",
            "3:11: facility.units[0].places: got nothing; allowed a whole number from 1 to 500 (places)",
        ),
        (
            "units: [{places: 3}]",
            "3:11: facility.units[0].name: got nothing; allowed a name, at most 60 characters",
        ),
        (
            "units: [{name: a, places: 501}]",
            "3:29: facility.units[0].places: got 501; allowed a whole number from 1 to 500 (places)",
        ),
        (
            "units: [{name: a, places: 0}]",
            "3:29: facility.units[0].places: got 0; allowed a whole number from 1 to 500 (places)",
        ),
        (
            "units: [{name: a, places: 1}, {name: b, places: 1, regime: youth}]",
            "3:62: facility.units[1].regime: got youth; allowed prison, remand",
        ),
        (
            "units: [{name: a, places: 1, plases: 1}]",
            (
                "3:32: facility.units[0].plases: got plases; allowed name, places, count, site, regime, "
                "programme, double_cells, openness; nearest places"
            ),
        ),
        (
            "units: [{name: a, places: 500, count: 41}]",
            "3:10: facility.units: got 20500 places; allowed at most 20000 places in all",
        ),
        (
            "units: [{name: a, places: 500, count: 20000}]",
            "3:10: facility.units: got 10000000 places; allowed at most 20000 places in all",
        ),
        (
            "units: [{name: a, places: 1}, {name: a, places: 1}]",
            "3:40: facility.units[1].name: got a; allowed a name that no other unit has",
        ),
        (
            "units: [{name: a-2, places: 1}, {name: a, places: 1, count: 3}]",
            "3:42: facility.units[1].name: got a-2; allowed a name that no other unit has",
        ),
        (
            "graph: {generator: star}",
            (
                "3:22: facility.graph.generator: got star; allowed none, complete, ring, clusters; "
                "nearest clusters"
            ),
        ),
        (
            "graph: {degree: -1}",
            "3:19: facility.graph.degree: got -1; allowed a whole number from 0 to 1000 (units)",
        ),
        ("graph: {edges: 1}", "3:18: facility.graph.edges: got 1; allowed a list of pairs [UNIT, UNIT]"),
        ("graph: {edges: [[a]]}", "3:19: facility.graph.edges[0]: got a list; allowed a pair [UNIT, UNIT]"),
        (
            "grap: {}",
            "3:3: facility.grap: got grap; allowed units, shared, graph; nearest graph",
        ),
    ],
)
def test_a_facility_that_cannot_be_is_refused(write, errors, text, expected):
    write(facility(text))
    assert errors("a.yaml") == [f"a.yaml:{expected}"]


UNITS = "units: [{name: a, places: 1}, {name: b, places: 1}, {name: alone, places: 1, site: west}]"


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ("[a, c]", "4:19: facility.graph.edges[0]: got c; allowed the name of a unit"),
        ("[a, alne]", "4:19: facility.graph.edges[0]: got alne; allowed the name of a unit; nearest alone"),
        ("[a, a]", "4:19: facility.graph.edges[0]: got a with a; allowed two different units"),
        ("[a, alone]", "4:16: facility.graph.edges[0]: got a with alone; allowed two units on one site"),
        ("[a, b], [b, a]", "4:24: facility.graph.edges[1]: got b with a; allowed each pair once"),
    ],
)
def test_an_edge_joins_two_units_of_one_site_once(write, errors, edges, expected):
    write(facility(f"{UNITS}\n  graph: {{edges: [{edges}]}}").replace("graph: {edges: [", "graph: {edges: ["))
    expected = expected.replace("4:19", "4:23").replace("4:16", "4:20").replace("4:24", "4:28")
    assert errors("a.yaml") == [f"a.yaml:{expected}"]


def test_edges_take_the_place_of_a_generator(write):
    write(facility(f"{UNITS}\n  graph: {{edges: [[a, b]]}}"))
    assert load("a.yaml").graph == GraphSpecification("none", 0, (("a", "b"),))


def test_edges_beside_a_generator_are_refused(write, errors):
    write(facility(f"{UNITS}\n  graph: {{generator: ring, degree: 2, edges: [[a, b]]}}"))
    assert errors("a.yaml") == [
        "a.yaml:4:22: facility.graph.generator: got edges as well; allowed a generator or edges, not both",
        "a.yaml:4:36: facility.graph.degree: got edges as well; allowed a generator or edges, not both",
    ]


def test_a_later_generator_displaces_edges_and_later_edges_displace_a_generator(write):
    write(facility(f"{UNITS}\n  graph: {{edges: [[a, b]]}}"))
    assert load("a.yaml", sets=["facility.graph.generator=ring"]).graph == GraphSpecification("ring", 4)
    assert load("a.yaml+no-shared-spaces").graph == GraphSpecification("none", 4)
    write(facility(f"{UNITS}\n  graph: {{generator: ring, degree: 2}}"))
    changed = load("a.yaml", sets=["facility.graph.edges=[[a, b]]"])
    assert changed.graph == GraphSpecification("none", 0, (("a", "b"),))


def test_without_a_word_on_it_the_graph_is_the_ring_of_the_specification(write, minimal):
    write(minimal)
    assert load("a.yaml").graph == GraphSpecification()
