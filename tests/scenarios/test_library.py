"""The shipped scenarios say what their names promise."""

from pathlib import Path

import pytest

import scenarios
from scenarios import dump, library, load, provenance
from scenarios.library import LIBRARY

SCENARIOS = [entry.name for entry in library() if entry.kind == "scenario"]
OVERLAYS = [entry.name for entry in library() if entry.kind == "overlay"]
MATCHED = [name for name in SCENARIOS if name.startswith("matched-")]


def week(specification):
    values = specification.values
    parts = ("morning", "afternoon", "evening", "night")
    weekday, weekend = (
        sum(values[f"programme.{day}_{part}_hours"] for part in parts) for day in ("weekday", "weekend")
    )
    return 5 * weekday + 2 * weekend


def residents_per_unit_officer(specification):
    values = specification.values
    return values["staffing.residents_per_employee"] / values["staffing.unit_share"]


def test_the_library_has_the_reference_scenarios_and_the_matched_set():
    assert {"dutch-prison", "detention-house", "large-stressed-prison"} < set(SCENARIOS)
    expected = ["matched-15x24", "matched-1x12", "matched-30x12", "matched-3x120", "matched-campus-30x12"]
    assert sorted(MATCHED) == expected
    assert {"fixed-teams", "pooled-roster", "relational", "lock-up"} < set(OVERLAYS)


def test_bases_are_not_listed():
    assert "matched-base" not in SCENARIOS + OVERLAYS


def test_names_in_the_library_are_unique():
    stems = [path.stem for path in LIBRARY.rglob("*.yaml")]
    assert len(stems) == len(set(stems))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_library_scenario_is_called_like_its_file_and_has_a_title(name):
    found = load(name)
    assert found.name == name
    assert found.title != name
    assert found.title[0].isupper()


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_overlay_fits_on_every_scenario(name, overlay):
    assert load(f"{name}+{overlay}").name == f"{name}+{overlay}"


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_library_scenario_written_out_in_full_loads_to_the_same_specification(name, write):
    write(dump(load(name)))
    assert load("a.yaml") == load(name)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_number_of_a_library_scenario_states_its_provenance(name):
    bare = [row.path for row in provenance(name) if row.source == "not stated"]
    assert [path for path in bare if not path.startswith("facility.graph")] == []


def test_the_dutch_prison_has_its_reported_size_ratio_and_hours():
    found = load("dutch-prison")
    assert (found.places, len(found.units)) == (345, 15)
    assert {unit.site for unit in found.units} == {"main"}
    assert residents_per_unit_officer(found) == pytest.approx(3.4)
    assert week(found) == pytest.approx(42.5, abs=0.1)


def test_the_detention_house_has_many_hands_open_doors_and_evenings():
    found = load("detention-house")
    assert (found.places, len(found.units)) == (12, 1)
    assert residents_per_unit_officer(found) == pytest.approx(1.54, abs=0.01)
    assert found.choices["staffing.unstaffed"] == "open"
    assert found.units[0].openness == 0.9
    assert week(found) == pytest.approx(42.5 + 21, abs=0.1)


def test_the_large_prison_has_few_hands_and_few_hours():
    found = load("large-stressed-prison")
    assert (found.places, len(found.units)) == (660, 11)
    assert 5 <= residents_per_unit_officer(found) <= 6
    assert week(found) == pytest.approx(20, abs=0.1)


def test_the_matched_scenarios_differ_only_in_units_graph_shared_spaces_and_rotation():
    free = {"facility.shared", "staffing.rotation_share", "staffing.rotation_cluster"}
    found = [load(name) for name in MATCHED]
    first = found[0]
    for other in found[1:]:
        assert {path for path in first.values if first.values[path] != other.values[path]} <= free
        assert (first.choices, first.mechanisms, first.practices) == (
            other.choices,
            other.mechanisms,
            other.practices,
        )
    kinds = {(unit.regime, unit.double_cells, unit.openness) for one in found for unit in one.units}
    assert len(kinds) == 1


def test_the_matched_scenarios_have_the_size_and_ties_of_their_names():
    sizes = {name: (load(name).places, len(load(name).units)) for name in MATCHED}
    assert sizes == {
        "matched-1x12": (12, 1),
        "matched-30x12": (360, 30),
        "matched-campus-30x12": (360, 30),
        "matched-15x24": (360, 15),
        "matched-3x120": (360, 3),
    }
    apart, campus = load("matched-30x12"), load("matched-campus-30x12")
    assert len({unit.site for unit in apart.units}) == 30
    assert {unit.site for unit in campus.units} == {"main"}
    assert [unit.name for unit in apart.units] == [unit.name for unit in campus.units]
    assert (apart.values["staffing.rotation_share"], apart.values["facility.shared"]) == (0, 0)
    assert (campus.values["staffing.rotation_share"], campus.values["facility.shared"]) == (0.5, 0.2)
    assert (apart.graph.generator, campus.graph.generator) == ("none", "complete")


def test_the_loader_does_not_know_any_scenario_by_name():
    code = "".join(path.read_text(encoding="utf-8") for path in Path(scenarios.__file__).parent.glob("*.py"))
    assert [name for name in SCENARIOS if name in code] == []
