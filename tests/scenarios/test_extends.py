"""What a file may extend: a library scenario, or a file below its own folder."""

import pytest

from scenarios import load

UNITS = "facility: {units: [{name: a, places: 1}]}\n"


def test_a_file_extends_a_library_scenario_by_name(write):
    write("name: mine\nextends: dutch-prison\nresidents: {occupancy: 0.8}\n")
    found, original = load("a.yaml"), load("dutch-prison")
    assert found.values == {**original.values, "residents.occupancy": 0.8}
    assert found.units == original.units


def test_paths_are_relative_to_the_file_that_extends(write):
    write(f"name: base\n{UNITS}", "deep/er/base.yaml")
    write("name: middle\nextends: er/base.yaml\n", "deep/middle.yaml")
    write("name: top\nextends: ./deep/middle.yaml\n")
    assert load("a.yaml").places == 1


@pytest.mark.parametrize(
    "reference", ["../b.yaml", "/etc/b.yaml", "x/../../b.yaml", "c:\\b.yaml", "..\\b.yaml", "link/b.yaml"]
)
def test_a_path_that_leaves_the_folder_of_the_file_is_refused(write, tmp_path, errors, reference):
    write(f"name: b\n{UNITS}", "b.yaml")
    write(f"name: a\nextends: {reference}\n", "inner/a.yaml")
    (tmp_path / "inner" / "link").symlink_to(tmp_path)
    (line,) = errors("inner/a.yaml")
    assert line == (
        f"inner/a.yaml:2:10: extends: got {reference.replace(chr(92), chr(92))}; "
        "allowed a relative path below the folder of this file"
    )


@pytest.mark.parametrize(("reference", "end"), [("b.yaml", ""), ("dutch-prisn", "; nearest dutch-prison")])
def test_what_does_not_exist_cannot_be_extended(write, errors, reference, end):
    write(f"name: a\nextends: {reference}\n")
    (line,) = errors("a.yaml")
    assert line.startswith("a.yaml:2:10: extends: got ")
    assert line.endswith(f"; allowed a name listed by 'detention scenarios' or a FILE.yaml{end}")


def test_a_circle_is_refused_with_its_way(write, errors):
    write("name: a\nextends: b.yaml\n")
    write("name: b\nextends: a.yaml\n", "b.yaml")
    assert errors("a.yaml") == [
        "b.yaml:2:10: extends: got a circle: a -> b -> a; allowed a file that does not lead back here",
    ]
    write("name: a\nextends: a.yaml\n")
    assert errors("a.yaml") == [
        "a.yaml:2:10: extends: got a circle: a -> a; allowed a file that does not lead back here",
    ]


def test_a_chain_of_many_files_is_refused(write, errors):
    for number in range(20):
        write(f"name: n{number}\nextends: n{number + 1}.yaml\n", f"n{number}.yaml")
    assert errors("n0.yaml") == [
        "n15.yaml:2:10: extends: got more than 16 files in a row; allowed at most 16",
    ]


def test_the_errors_of_a_base_are_reported_with_its_own_path(write, errors):
    write(f"name: b\nwrong: 1\n{UNITS}", "sub/b.yaml")
    write("name: a\nextends: sub/b.yaml\nresidents: {occupancy: 7}\n")
    assert [line.split(": ")[0] for line in errors("a.yaml")] == ["a.yaml:3:24", "sub/b.yaml:2:1"]


def test_a_scenario_cannot_extend_an_overlay_nor_an_overlay_a_scenario(write, errors):
    write("name: a\nextends: relational\n")
    assert errors("a.yaml") == [
        "a.yaml:2:10: extends: got an overlay; allowed a scenario here; overlays follow after +",
    ]
    write("overlay: true\nextends: dutch-prison\n", "o.yaml")
    assert errors("dutch-prison+o.yaml") == [
        "o.yaml:2:10: extends: got a scenario; allowed an overlay here, a file with 'overlay: true'",
    ]


def test_an_overlay_can_extend_an_overlay(write):
    write("overlay: true\nextends: relational\nsecurity: {presence: 0.5}\n", "o.yaml")
    found = load("dutch-prison+o.yaml")
    assert (found.values["security.attitude"], found.values["security.presence"]) == (0.8, 0.5)
    assert found.name == "dutch-prison+o"
