"""Every kind of wrong value gives one line with key, position, what was found and what is allowed."""

import pytest

from scenarios import load

HEAD = "name: tiny\nfacility: {units: [{name: house, places: 12}]}\n"
SHARE = "allowed a number from 0 to 1 (share of places)"


@pytest.mark.parametrize(
    ("value", "echoed"),
    [
        ("true", "true"),
        ("'0.5'", '"0.5"'),
        ("0.5 h", "0.5 h"),
        ("1_0", "1_0"),
        ("0x1", "0x1"),
        (".inf", ".inf"),
        ("-.inf", "-.inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("1.01", "1.01"),
        ("-0.01", "-0.01"),
        ("[0.5]", "a list"),
        ("", "nothing"),
        ("~", "~"),
        ("no", "no"),
    ],
)
def test_a_share_must_be_a_finite_number_within_its_range(write, errors, value, echoed):
    write(f"{HEAD}residents:\n  occupancy: {value}\n")
    (line,) = errors("a.yaml")
    position, rest = line.split(": residents.occupancy: ")
    assert rest == f"got {echoed}; {SHARE}"
    assert position == ("a.yaml:4:14" if value else "a.yaml:4:3")


@pytest.mark.parametrize(
    ("value", "number"), [("1", 1), ("1e-3", 0.001), (".5", 0.5), ("+0.25", 0.25), ("1.", 1)]
)
def test_every_decimal_number_of_yaml_1_2_is_read(write, value, number):
    write(f"{HEAD}residents: {{occupancy: {value}}}\n")
    assert load("a.yaml").values["residents.occupancy"] == number


def test_a_whole_number_is_asked_for_where_parts_make_no_sense(write, errors):
    write(f"{HEAD}run: {{days: 30.5, burn_in_days: 20.0}}\n")
    assert errors("a.yaml") == [
        "a.yaml:3:13: run.days: got 30.5; allowed a whole number from 1 to 36500 (days)",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "residents: {occupency: 1}",
            "a.yaml:3:13: residents.occupency: got occupency; allowed {residents}; nearest occupancy",
        ),
        ("residnts: {}", "a.yaml:3:1: residnts: got residnts; allowed {top}; nearest residents"),
        ("residents: 3", "a.yaml:3:12: residents: got 3; allowed a mapping"),
        ("residents: ~", "a.yaml:3:12: residents: got ~; allowed a mapping"),
        (
            "staffing: {unstaffed: opn}",
            "a.yaml:3:23: staffing.unstaffed: got opn; allowed locked, open, shared_cover; nearest open",
        ),
        (
            "mechanisms: {strain: no}",
            "a.yaml:3:22: mechanisms.strain: got no; allowed true, false",
        ),
        (
            "mechanisms: {strain: 'true'}",
            'a.yaml:3:22: mechanisms.strain: got "true"; allowed true, false',
        ),
        (
            "mechanisms: {strian: true}",
            "a.yaml:3:14: mechanisms.strian: got strian; allowed {mechanisms}; nearest strain",
        ),
        (
            "promotion: {policy: nl-2002}",
            "a.yaml:3:21: promotion.policy: got nl-2002; allowed {policies}; nearest nl-2020",
        ),
        (
            "practices: {own_key: 1}",
            "a.yaml:3:13: practices.own_key: got own_key; allowed nothing: no practices exist yet",
        ),
        (
            "parameters: {residents.occupancy: 1}",
            (
                "a.yaml:3:14: parameters.residents.occupancy: got residents.occupancy; "
                "allowed a name listed by 'detention parameters'; nearest residents.occupancy"
            ),
        ),
        (
            "parameters: {flow: {expected_fairness: 1}}",
            "a.yaml:3:14: parameters.flow: got flow; allowed a name listed by 'detention parameters'",
        ),
        (
            "parameters: {flow.fear_on_entri: 1}",
            (
                "a.yaml:3:14: parameters.flow.fear_on_entri: got flow.fear_on_entri; "
                "allowed a name listed by 'detention parameters'; nearest flow.fear_on_entry"
            ),
        ),
        (
            "residents: {occupancy: {valu: 1}}",
            "a.yaml:3:24: residents.occupancy.value: got nothing; " + SHARE,
        ),
        (
            "residents: {occupancy: {value: 1, grade: E}}",
            "a.yaml:3:42: residents.occupancy.grade: got E; allowed A, B, C, D",
        ),
        (
            "residents: {occupancy: {value: 1, basis: reed}}",
            (
                "a.yaml:3:42: residents.occupancy.basis: got reed; "
                "allowed read, abstract, recalled, derived, assumed; nearest read"
            ),
        ),
        (
            "residents: {occupancy: {value: {value: 1}}}",
            "a.yaml:3:32: residents.occupancy.value: got a mapping; " + SHARE,
        ),
        (
            "run: {days: {value: 1, source: 3}}",
            "a.yaml:3:32: run.days.source: got 3; allowed one line of text, at most 400 characters",
        ),
        ("title: 7", "a.yaml:3:8: title: got 7; allowed one line of text, at most 200 characters"),
        ("overlay: 1", "a.yaml:3:10: overlay: got 1; allowed true, false"),
        ("<<: {name: x}", "a.yaml:3:1: <<: got <<; allowed {top}"),
    ],
)
def test_a_wrong_entry_is_named_with_the_nearest_right_one(write, errors, text, expected):
    write(f"{HEAD}{text}\n")
    found = errors("a.yaml")
    start, _, end = expected.partition("{")
    end = end.partition("}")[2]
    assert any(line.startswith(start) and line.endswith(end) for line in found), found


def test_the_right_place_is_named_for_a_number_in_the_wrong_block(write, errors):
    write(f"{HEAD}programme: {{boredom_days: 4}}\nparameters: {{security.static: 1}}\n")
    found = [line.split("nearest ")[1] for line in errors("a.yaml")]
    assert found == ["parameters.programme.boredom_days", "security.static"]


@pytest.mark.parametrize("name", ["''", "a/b", "..", "a b", "'é'", "-a", "1", "x" + "y" * 120])
def test_the_name_of_a_scenario_can_be_the_name_of_a_folder(write, errors, name):
    write(f"name: {name}\nfacility: {{units: [{{name: a, places: 1}}]}}\n")
    (line,) = errors("a.yaml")
    assert line.startswith("a.yaml:1:7: name: got ")


def test_a_scenario_needs_a_name_of_its_own(write, errors, minimal):
    write(minimal)
    write("extends: a.yaml\n", "b.yaml")
    (line,) = errors("b.yaml")
    assert line.startswith("b.yaml:1:1: name: got nothing; allowed a name")


def test_all_errors_of_a_file_are_reported_in_one_go(write, errors):
    write("name: a b\nresidents: {occupancy: 2}\nwrong: 1\nfacility: {units: []}\nstaffing: {unstaffed: 1}\n")
    assert [line.split(":")[1] for line in errors("a.yaml")] == ["1", "2", "3", "4", "5"]


def test_an_empty_block_says_nothing(write, minimal):
    write(minimal + "residents:\nparameters: {}\nmechanisms:\n")
    write(minimal, "b.yaml")
    assert load("a.yaml") == load("b.yaml")


def test_a_registered_parameter_of_a_mechanism_can_be_set(write, minimal):
    write(minimal + "parameters: {flow.expected_fairness: {value: 0.5, source: x, grade: C, basis: read}}\n")
    assert load("a.yaml").values["flow.expected_fairness"] == 0.5


def test_the_median_stay_must_be_below_the_mean_stay(write, errors, minimal):
    write(minimal + "residents: {stay_mean_days: 40}\n")
    assert errors("a.yaml") == [
        "a.yaml:3:29: residents.stay_mean_days: got 40; allowed more than residents.stay_median_days (50)",
    ]
    write(minimal + "residents: {stay_mean_days: 60, stay_median_days: 60}\n")
    assert errors("a.yaml") == [
        "a.yaml:3:51: residents.stay_median_days: got 60; allowed less than residents.stay_mean_days (60)",
    ]
    assert errors("dutch-prison", sets=["residents.stay_median_days=200"]) == [
        "--set:1:28: residents.stay_median_days: got 200; allowed less than residents.stay_mean_days (110)",
    ]
