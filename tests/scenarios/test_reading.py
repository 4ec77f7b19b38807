"""What is refused before anything is understood: YAML that is broken, ambiguous or dangerous."""

import time

import pytest

from scenarios import load


def test_a_syntax_error_is_reported_alone_with_line_and_column(write, errors):
    write("nam: x\nresidents: {occupancy: [1, 2\n")
    (line,) = errors("a.yaml")
    assert line.startswith("a.yaml:3:1: syntax: got expected ',' or ']'")
    assert line.endswith("; allowed YAML 1.2")


def test_a_tab_as_indentation_is_a_syntax_error(write, errors):
    write("name: x\nresidents:\n\toccupancy: 1\n")
    (line,) = errors("a.yaml")
    assert line.startswith("a.yaml:3:1: syntax: got found character")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "name: a\nresidents: {occupancy: &x 1}\n",
            ["a.yaml:2:24: residents.occupancy: got anchor &x; allowed values without anchors"],
        ),
        (
            "name: a\nresidents: {occupancy: *x}\n",
            ["a.yaml:2:24: residents.occupancy: got alias *x; allowed the value written out"],
        ),
        (
            "name: a\ntitle: !!str 1\n",
            ["a.yaml:2:8: title: got tag tag:yaml.org,2002:str; allowed values without tags"],
        ),
        (
            "name: a\nresidents: !python/object:os.system {}\n",
            ["a.yaml:2:12: residents: got tag !python/object:os.system; allowed values without tags"],
        ),
        (
            "name: a\nname: b\n",
            ["a.yaml:2:1: name: got a key that is there twice; allowed each key once"],
        ),
        (
            "name: a\nresidents:\n  occupancy: 1\n  'occupancy': 1\n",
            ["a.yaml:4:3: residents.occupancy: got a key that is there twice; allowed each key once"],
        ),
        (
            "name: a\n? [1, 2]\n: 3\n",
            ["a.yaml:2:3: document: got a list as a key; allowed a name as a key"],
        ),
        (
            "name: a\n---\nname: b\n",
            ["a.yaml:2:1: document: got a second document; allowed one document per file"],
        ),
        (
            "%YAML 1.1\n---\nname: a\n",
            ["a.yaml:1:1: document: got a % directive; allowed YAML 1.2 without directives"],
        ),
        ("- name: a\n", ["a.yaml:1:1: document: got a list; allowed a mapping with the keys of a scenario"]),
        ("", ["a.yaml:1:1: document: got nothing; allowed a mapping with the keys of a scenario"]),
        (
            "# only a comment\n",
            ["a.yaml:1:1: document: got nothing; allowed a mapping with the keys of a scenario"],
        ),
    ],
)
def test_what_yaml_allows_but_a_scenario_does_not_is_named_with_its_position(write, errors, text, expected):
    write(text)
    found = [line for line in errors("a.yaml") if "facility.units" not in line]
    assert found == expected


def test_bytes_that_are_not_utf_8_are_refused_where_they_stand(write, errors):
    write(b"name: x\ntitle: caf\xe9\n")
    assert errors("a.yaml") == ["a.yaml:2:11: encoding: got byte 0xe9; allowed UTF-8 text"]


def test_a_control_character_is_refused_where_it_stands(write, errors):
    write("name: x\ntitle: a\x07b\n")
    assert errors("a.yaml") == ["a.yaml:2:9: syntax: got character U+0007; allowed YAML 1.2"]


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(write, minimal):
    write(b"\xef\xbb\xbf" + minimal.replace("\n", "\r\n").encode())
    assert load("a.yaml").name == "tiny"


def test_an_escape_that_names_no_character_is_a_syntax_error(write, errors):
    write('name: x\ntitle: "\\U0011ffff"\n')
    assert errors("a.yaml") == [
        "a.yaml:2:1: syntax: got an escape that names no character, here or after; allowed YAML 1.2",
    ]


def test_a_file_of_more_than_a_mebibyte_is_refused(write, errors, minimal):
    write(minimal + "#" * (1 << 20))
    assert errors("a.yaml") == [
        "a.yaml:1:1: file: got more than 1048576 bytes; allowed at most 1048576 bytes"
    ]


def test_a_missing_file_a_folder_and_a_device_are_refused(write, errors):
    write("", "folder.yaml/x")
    assert errors("none.yaml") == ["none.yaml:1:1: file: got no such file; allowed a readable YAML file"]
    expected = "{}:1:1: file: got a folder or device; allowed a readable YAML file"
    assert errors("folder.yaml") == [expected.format("folder.yaml")]
    assert errors("/dev/zero") == [expected.format("/dev/zero")]


@pytest.mark.parametrize("reference", ["a\0b.yaml", "x" * 5000 + ".yaml", "\n.yaml"])
def test_a_path_that_cannot_be_one_is_refused_in_one_line(errors, reference):
    (line,) = errors(reference)
    assert line.endswith("allowed a readable YAML file")


def test_deep_nesting_is_refused(write, errors):
    write("name: x\nresidents: " + "[" * 200_000 + "\n")
    (line,) = errors("a.yaml")
    assert line.startswith("a.yaml:2:23: residents[0]")
    assert "got nesting deeper than 12; allowed at most 12 levels" in line


def test_a_yaml_bomb_is_refused_at_once(write, errors):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    write("\n".join(lines))
    started = time.perf_counter()
    found = errors("a.yaml")
    assert time.perf_counter() - started < 5
    assert len(found) == 50
    assert found[0] == "a.yaml:1:4: a: got anchor &a; allowed values without anchors"


def test_a_number_of_ten_thousand_digits_is_not_finite(write, errors):
    write(
        "name: x\nresidents: {occupancy: " + "9" * 10_000 + "}\nfacility: {units: [{name: a, places: 1}]}\n"
    )
    (line,) = errors("a.yaml")
    assert line.startswith("a.yaml:2:24: residents.occupancy: got 9999")
    assert len(line) < 200


def test_values_in_messages_are_shortened_and_cannot_forge_lines(write, errors):
    write(
        'name: x\nfacility: {units: [{name: a, places: 1}]}\nresidents: {occupancy: "a\\nb\\e[31m'
        + "z" * 500
        + '"}\n'
    )
    (line,) = errors("a.yaml")
    assert 'got "a\\nb\\x1b[31mzzz' in line
    assert "…" in line
    assert len(line) < 220


def test_at_most_fifty_problems_are_reported_in_the_order_of_the_file(write, errors):
    write("name: x\n" + "".join(f"wrong{number}: 1\n" for number in range(200)))
    found = errors("a.yaml")
    assert len(found) == 50
    assert [int(line.split(":")[1]) for line in found] == list(range(2, 52))
