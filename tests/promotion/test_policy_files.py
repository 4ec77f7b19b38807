"""Frameworks as files: what is accepted, what is refused and where, and what is written out again."""

import re
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

import sim
from scenarios import ScenarioError, dump, json_schema, load, provenance
from scenarios.frameworks import FOLDER, policy_names, shipped
from sim.policy import PolicySpecification
from tests.builders import SCHEME, facility

SCENARIO = "name: tiny\nfacility: {units: [{name: house, places: 12}]}\npromotion: {policy: own.yaml}\n"

OWN = """\
name: own
levels:
  - {name: low}
  - {name: middle, visits: 0.1}
  - {name: high, programme: plus, plus: true}
domains:
  - {name: conduct}
classes:
  - {name: fine, standing: desired}
  - {name: wrong, standing: undesired}
conduct:
  - {kind: took_part, domain: conduct, judged: fine}
  - {kind: threat, domain: conduct, judged: wrong}
reporters:
  - {name: officer, on_unit: true}
review: {first_days: 28, cycle_days: 28, eligible_days: 28}
demotion: {longest_days: 84}
"""


@pytest.fixture
def refused(tmp_path, monkeypatch):
    """Return the error lines for a scenario whose policy file has one text replaced by another."""

    def refused(old, new):
        assert OWN.count(old) == 1, old
        monkeypatch.chdir(tmp_path)
        (tmp_path / "a.yaml").write_text(SCENARIO, encoding="utf-8")
        (tmp_path / "own.yaml").write_text(OWN.replace(old, new), encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            load("a.yaml")
        return str(caught.value).split("\n")

    return refused


def test_five_frameworks_are_shipped():
    assert policy_names() == ("all-plus", "earned-privilege", "nl-2014", "nl-2020", "none")


def test_no_framework_is_named_in_the_code_of_the_model():
    """The engine knows rules, not frameworks: no source file of the model names one."""
    sources = {path: path.read_text(encoding="utf-8") for path in Path(sim.__file__).parent.rglob("*.py")}
    assert len(sources) > 30
    for name in policy_names():
        # "none" is an ordinary word: there it counts only where it stands for a policy.
        named = rf"polic\w*\W{{1,12}}[\"']{name}[\"']" if name == "none" else rf"\b{re.escape(name)}\b"
        assert [str(path) for path, text in sources.items() if re.search(named, text)] == []


def test_a_scenario_that_names_no_policy_has_none():
    assert load("detention-house").policy == PolicySpecification() == shipped("none")
    assert load("detention-house").policy.name == "none"


@pytest.mark.parametrize("name", policy_names())
def test_every_shipped_framework_can_be_chosen_and_written_out(name, tmp_path):
    found = load("dutch-prison", sets=[f"promotion.policy={name}"])
    assert found.policy == shipped(name)
    (tmp_path / "again.yaml").write_text(dump(found), encoding="utf-8")
    assert load(str(tmp_path / "again.yaml")) == found


@pytest.mark.parametrize("name", policy_names())
def test_every_number_of_a_dutch_framework_says_where_it_comes_from(name):
    """Whatever is not read in the rules is marked as an assumption."""
    rows = [
        row
        for row in provenance("dutch-prison", sets=[f"promotion.policy={name}"])
        if row.path.startswith("promotion.policy.") and not isinstance(row.value, str)
    ]
    if name.startswith("nl-"):
        assert len(rows) > 15
        stated = [row for row in rows if row.source != "not stated"]
        assert len(stated) >= len(rows) - 6  # rows of programmes and switches that are numbers
        assert all(("assumption" in row.source) == (row.basis == "assumed") for row in stated), [
            row for row in stated if ("assumption" in row.source) != (row.basis == "assumed")
        ]


def test_a_policy_that_is_no_file_is_written_out_in_full(tmp_path):
    """A scheme made in code survives as part of a scenario file."""
    specification = facility(6, policy=SCHEME)
    (tmp_path / "a.yaml").write_text(dump(specification), encoding="utf-8")
    assert load(str(tmp_path / "a.yaml")).policy == SCHEME


def test_a_policy_file_beside_the_scenario_is_found(tmp_path):
    (tmp_path / "a.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    found = load(str(tmp_path / "a.yaml")).policy
    assert [level.name for level in found.levels] == ["low", "middle", "high"]
    assert (found.review.cycle_days, found.levels[1].visits, found.levels[2].plus) == (28, 0.1, True)


def test_the_rules_are_part_of_what_saved_results_carry():
    described = load("dutch-prison", sets=["promotion.policy=nl-2020"]).canonical()["policy"]
    assert described["review"]["cycle_days"] == 42
    assert described["conduct"][0] == {
        "kind": "took_part", "domain": "stay", "judged": "desired", "weight": 1.0,
    }  # fmt: skip


REFUSALS = [
    (
        "first_days: 28,",
        "first_days: 0,",
        "own.yaml:16:22: review.first_days: got 0; allowed a whole number from 1 to 3650 (days after entry)",
    ),
    (
        "cycle_days: 28",
        "cycle_days: 0",
        "own.yaml:16:38: review.cycle_days: got 0; allowed a whole number from 1 to 3650 (days)",
    ),
    (
        "{name: conduct}",
        "{name: conduct, desired_needed: 1, undesired_from: 0}",
        "own.yaml:7:56: domains[0].undesired_from: got 0; allowed a number from 0.01 to 100 (notes)",
    ),
    (
        "judged: wrong",
        "judged: wrng",
        (
            "own.yaml:13:45: conduct[1].judged: got wrng; allowed a class of this policy: fine, wrong; "
            "nearest wrong"
        ),
    ),
    (
        "domain: conduct, judged: wrong",
        "domain: stay, judged: wrong",
        "own.yaml:13:28: conduct[1].domain: got stay; allowed a part of this policy: conduct",
    ),
    (
        "kind: threat, domain: conduct,",
        "kind: threat,",
        "own.yaml:13:5: conduct[1].domain: got nothing; allowed a part of this policy: conduct",
    ),
    (
        "kind: threat",
        "kind: thret",
        "own.yaml:13:12: conduct[1].kind: got thret; allowed one of the known names; nearest threat",
    ),
    (
        "standing: undesired",
        "standing: undesirable",
        (
            "own.yaml:10:29: classes[1].standing: got undesirable; "
            "allowed desired, warning, undesired, impermissible; nearest undesired"
        ),
    ),
    (
        "demotion: {longest_days: 84}",
        "scope: {groups_out: [ordinry]}",
        (
            "own.yaml:17:22: scope.groups_out[0]: got ordinry; "
            "allowed ordinary, persistent_offender_measure, measure_sought, "
            "psychiatric_or_medical, control_unit, extra_secured; nearest ordinary"
        ),
    ),
    (
        "demotion: {longest_days: 84}",
        "demotion: {longest_days: 20}",
        "own.yaml:17:26: demotion.longest_days: got 20; allowed at least shortest_days (42)",
    ),
    (
        "demotion: {longest_days: 84}",
        "demotion: {may: 1.5}",
        "own.yaml:17:17: demotion.may: got 1.5; allowed a number from 0 to 1 (chance)",
    ),
    (
        "demotion: {longest_days: 84}",
        "scope: {self_reporter_level: 3}",
        "own.yaml:17:30: scope.self_reporter_level: got 3; allowed a level of this policy, 0 to 2",
    ),
    (
        "name: middle",
        "name: low",
        "own.yaml:4:12: levels[1].name: got low; allowed a name that no other entry has",
    ),
    (
        "{name: officer, on_unit: true}",
        "{name: officer, domains: [work]}",
        ("own.yaml:15:31: reporters[0].domains[0]: got work; allowed a part of this policy: conduct"),
    ),
    (
        "cycle_days: 28",
        "cycle_dys: 28",
        "own.yaml:16:26: review.cycle_dys: got cycle_dys; allowed first_days,",
    ),
]


@pytest.mark.parametrize(("old", "new", "line"), REFUSALS)
def test_a_wrong_entry_is_refused_with_its_place_and_what_is_allowed(refused, old, new, line):
    (found,) = refused(old, new)
    assert found.startswith(line) if line.endswith(",") else found == line


NO_WAY_UP = [
    (
        "{name: conduct}",
        "{name: conduct, desired_needed: 2}\n  - {name: effort, desired_needed: 1}",
        (
            "own.yaml:8:36: domains[1].desired_needed: got 1, so no way up; "
            "allowed 0, or conduct of a desired class on effort"
        ),
    ),
    (
        (
            "  - {kind: took_part, domain: conduct, judged: fine}\n"
            "  - {kind: threat, domain: conduct, judged: wrong}\n"
        ),
        "  []\n",
        "own.yaml:3:3: conduct: got nothing; allowed at least one entry, to say who rises",
    ),
    (
        "reporters:\n  - {name: officer, on_unit: true}\n",
        "",
        "own.yaml:3:3: reporters: got nothing; allowed at least one entry, to say who rises",
    ),
    (
        "programme: plus, plus: true",
        "programme: plus",
        "own.yaml:3:3: levels: got no level with plus: true; allowed at least one level with plus: true",
    ),
    (
        "demotion: {longest_days: 84}",
        (
            "scope: {groups_out: [ordinary, persistent_offender_measure, measure_sought, "
            "psychiatric_or_medical, control_unit, extra_secured]}"
        ),
        (
            "own.yaml:17:21: scope.groups_out: got every group, so no way up; "
            "allowed at most all groups but one"
        ),
    ),
]


@pytest.mark.parametrize(("old", "new", "line"), NO_WAY_UP)
def test_levels_without_a_way_up_are_refused(refused, old, new, line):
    assert line in refused(old, new)


def test_a_reporter_is_needed_where_desired_conduct_is(refused):
    """Desired conduct that nobody reports on is no way up either."""
    (line,) = refused(
        "  - {name: conduct}\nclasses",
        "  - {name: conduct}\n  - {name: effort, desired_needed: 1}\nclasses",
    )
    assert "conduct of a desired class on effort" in line


@pytest.mark.parametrize(
    ("written", "rest"),
    [
        (
            "plus",
            "got plus; allowed all-plus, earned-privilege, nl-2014, nl-2020, none, a FILE.yaml or a mapping",
        ),
        ("nl-2002", "nearest nl-2020"),
        ("3", "got 3; allowed all-plus"),
        ("missing.yaml", "got no such file; allowed a readable YAML file"),
        ("../own.yaml", "got ../own.yaml; allowed a relative path below the folder of this file"),
    ],
)
def test_an_unknown_policy_is_refused(tmp_path, monkeypatch, written, rest):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(SCENARIO.replace("own.yaml", written), encoding="utf-8")
    with pytest.raises(ScenarioError, match=re.escape(rest)):
        load("a.yaml")


def test_the_schema_of_scenario_files_knows_policies():
    """Every shipped framework, written in place, passes the schema; an interval of 0 does not."""
    schema = json_schema()
    check = jsonschema.Draft202012Validator(schema)
    for path in FOLDER.glob("*.yaml"):
        policy = YAML(typ="safe", pure=True).load(path)
        assert check.is_valid({"name": "a", "promotion": {"policy": policy}}), path
    assert check.is_valid({"name": "a", "promotion": {"policy": "nl-2020"}})
    assert not check.is_valid({"name": "a", "promotion": {"policy": "plus"}})
    wrong = {"name": "own", "review": {"cycle_days": 0}}
    assert not check.is_valid({"name": "a", "promotion": {"policy": wrong}})
