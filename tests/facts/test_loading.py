"""The fact file: what is shipped, and what is refused where."""

import tomllib
from pathlib import Path

import pytest

from experiments.facts.fact import UNITS
from experiments.facts.loading import FACTS_FILE, load_facts
from experiments.facts.measuring import all_measures, arms_of
from scenarios import ScenarioError

ROOT = Path(__file__).resolve().parents[2]

MAIN_TABLE = [
    "S01",
    "S02",
    "S04",
    "S05",
    "S09",
    "S10",
    "S11",
    "S12",
    "S14",
    "S15",
    "S17",
    "S18",
    "S19",
    "S20",
    "S21",
    "S22",
    "S26",
    "S27",
    "S29",
    "S30",
    "S32",
    "S33",
    "S38",
]
SECONDARY = ["S03", "S06", "S07", "S23", "S31", "S34", "S36", "S39", "S40"]
CALIBRATED = {"S01", "S02", "S04", "S10", "S17", "S19", "S29", "S33"}
CONTESTED = {"S12", "S22", "S23", "S30", "S38", "S39"}
SEEN = {"S05", "S09", "S11", "S12", "S19", "S20", "S22", "S23", "S26", "S27"}
NOT_YET = {"S32", "S38", "S39"}

FACT = """\
facts:
  - id: S99
    statement: A fact for tests
    use: Val
    measure: staff_absence
    unit: share
    target_low: 0.1
    target_high: 0.2
    strength: C
    source: a test
    section: "1"
    basis: assumed
    seen_in_development: false
    n_due: 10
    half_width_due: 0.01
"""


@pytest.fixture(scope="module")
def facts():
    return {fact.id: fact for fact in load_facts()}


@pytest.fixture
def refused(tmp_path):
    """Write a text as a fact file and return the lines with which it is refused."""

    def refused(text):
        path = tmp_path / "facts.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            load_facts(path, "facts.yaml")
        return str(caught.value).splitlines()

    return refused


def test_every_stylised_fact_is_in_the_file(facts):
    assert sorted(facts) == sorted(MAIN_TABLE + SECONDARY)


def test_uses_are_those_of_the_list(facts):
    assert {fact.id for fact in facts.values() if fact.use == "Cal"} == CALIBRATED
    assert {fact.id for fact in facts.values() if fact.use == "Fals"} == CONTESTED


def test_facts_that_shaped_a_prototype_say_so(facts):
    assert {fact.id for fact in facts.values() if fact.seen_in_development} == SEEN


def test_facts_that_wait_for_a_mechanism_say_why(facts):
    waiting = {fact.id: fact for fact in facts.values() if fact.not_yet}
    assert set(waiting) == NOT_YET
    assert all(fact.needs and fact.reason for fact in waiting.values())


def test_every_measure_belongs_to_a_fact_and_every_arm_to_a_measure(facts):
    from experiments.facts.arms import panel_arms

    used = {name for fact in facts.values() for name in fact.measures()}
    measured = {name for fact in facts.values() if not fact.not_yet for name in fact.measures()}
    assert used == set(all_measures())
    # The arms of a fact that waits exist as soon as what it waits for does.
    assert set(arms_of(measured)) <= set(panel_arms()) <= set(arms_of(used))


def test_every_arm_can_be_built():
    from experiments.facts.arms import panel_arms
    from sim.parameters import registry

    for arm in panel_arms().values():
        specification = arm.specification({"needs.needs_days": 9.0})
        assert specification.values["needs.needs_days"] == 9.0
        for path in arm.numbers:
            assert registry()[path].low <= specification.values[path] <= registry()[path].high, (
                arm.name,
                path,
            )


def test_every_measured_fact_has_something_to_hold_it_against(facts):
    for fact in facts.values():
        if not fact.not_yet:
            assert fact.main.judged, fact.id
            assert fact.main.n_due >= 2


def test_the_file_goes_into_the_wheel():
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = build["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert "experiments" in wheel["packages"]
    assert not wheel.get("exclude")
    assert FACTS_FILE.is_relative_to(ROOT / "experiments")


def test_a_good_file_is_read(tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_text(FACT, encoding="utf-8")
    (fact,) = load_facts(path)
    assert (fact.id, fact.main.low, fact.main.high, fact.main.n_due) == ("S99", 0.1, 0.2, 10)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "target_low: 0.1",
            "target_low: 0.3",
            "facts.yaml:8:18: facts[0].target_high: got 0.2; allowed a number from 0.3 (target_low) up",
        ),
        (
            "target_high: 0.2",
            "target_high: 1.2",
            "facts.yaml:8:18: facts[0].target_high: got 1.2; allowed a number from 0 to 1 (share)",
        ),
        (
            "id: S99",
            "id: T1",
            "facts.yaml:2:9: facts[0].id: got T1; allowed S and two digits, at most 3 characters",
        ),
        ("use: Val", "use: Test", "facts.yaml:4:10: facts[0].use: got Test; allowed Cal, Val, Fals"),
        (
            "n_due: 10",
            "n_due: 1",
            (
                "facts.yaml:14:12: facts[0].n_due: got 1; "
                "allowed a whole number from 2 to 1000000000 (replicates)"
            ),
        ),
        (
            "    target_low: 0.1\n    target_high: 0.2\n",
            "    direction: positive\n",
            "facts.yaml:7:16: facts[0].direction: got positive; allowed a direction only in a unit with a "
            "neutral value: " + ", ".join(name for name, unit in UNITS.items() if unit.neutral is not None),
        ),
        (
            "target_low: 0.1\n    target_high: 0.2",
            "target_low: null",
            "facts.yaml:2:5: facts[0].target_low: got nothing; allowed target_low, target_high or direction",
        ),
    ],
)
def test_impossible_facts_are_refused_with_their_place(refused, old, new, line):
    assert old in FACT
    assert refused(FACT.replace(old, new)) == [line]


def test_an_unknown_measure_is_refused_with_the_nearest(refused):
    (line,) = refused(FACT.replace("staff_absence", "staff_absences"))
    assert line.startswith("facts.yaml:5:14: facts[0].measure: got staff_absences; allowed ")
    assert line.endswith("; nearest staff_absence")


def test_an_unknown_key_is_refused_with_the_nearest(refused):
    (line,) = refused(FACT.replace("target_high", "target_hihg"))
    assert line.startswith("facts.yaml:8:5: facts[0].target_hihg: got ")
    assert line.endswith("; nearest target_high")


def test_a_fact_without_measure_must_need_something(refused, tmp_path):
    without = FACT.replace("    measure: staff_absence\n", "")
    (line,) = refused(without)
    assert line.startswith("facts.yaml:2:5: facts[0].measure: got nothing; allowed ")
    path = tmp_path / "waiting.yaml"
    path.write_text(without + "    needs: [promotion]\n    reason: not there\n", encoding="utf-8")
    (fact,) = load_facts(path)
    assert fact.not_yet


def test_a_fact_waits_for_its_mechanism_even_where_its_measure_is_written(tmp_path):
    path = tmp_path / "waiting.yaml"
    path.write_text(FACT + "    needs: [promotion]\n    reason: not there\n", encoding="utf-8")
    (fact,) = load_facts(path)
    assert fact.not_yet
    assert fact.measures() == ["staff_absence"]


def test_an_id_that_is_there_twice_is_refused(refused):
    twice = FACT + FACT.removeprefix("facts:\n")
    assert refused(twice) == [
        "facts.yaml:16:9: facts[1].id: got S99, which line 2 has already; allowed each id once"
    ]


def test_parts_are_checked_like_facts(refused):
    part = "    parts:\n      - {name: x, measure: staff_turnover, unit: correlation, target_low: -2}\n"
    assert refused(FACT + part) == [
        "facts.yaml:17:75: facts[0].parts[0].target_low: got -2; allowed a number from -1 to 1 (correlation)"
    ]


def test_all_errors_come_at_once_in_reading_order(refused):
    lines = refused(FACT.replace("use: Val", "use: Test").replace("n_due: 10", "n_due: none"))
    assert [line.split(": ")[1] for line in lines] == ["facts[0].use", "facts[0].n_due"]


def test_a_broken_file_is_one_line(refused):
    (line,) = refused("facts: [")
    assert line.startswith("facts.yaml:1:")
    assert refused("[]") == ["facts.yaml:1:1: file: got a list; allowed a mapping {facts: [...]}"]
