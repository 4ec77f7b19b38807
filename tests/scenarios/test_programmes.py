"""Daily programmes in scenario files: what is read, what is refused and where."""

import json

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from scenarios import dump, json_schema, load, provenance
from scenarios.library import PROGRAMME_FILES, library
from sim.inputs import ACTIVITIES
from sim.week import week_hours, week_tables

WEEK = "week: {every_day: {morning: {work: 2, air: 1}}}"


def scenario(text, unit=""):
    """Return a scenario with one unit and a block of programmes (from line 4)."""
    return f"name: p\nfacility: {{units: [{{name: a, places: 9{unit}}}]}}\nprogrammes:\n{text}\n"


def hours(specification, name, day, part):
    """Return the written hours of a day-part by activity, without the empty ones."""
    slot = specification.programmes[specification.programme_row(name)].week[4 * day + part]
    return {activity: h for activity, h in zip(ACTIVITIES, slot, strict=True) if h}


def test_every_scenario_knows_basic_and_plus(write, minimal):
    write(minimal)
    found = load("a.yaml")
    assert [programme.name for programme in found.programmes] == ["basic", "plus"]
    assert week_hours(found) == pytest.approx([42.5, 48.0])
    assert {unit.programme for unit in found.units} == {"basic"}


def test_the_shipped_files_are_overlays_that_say_where_numbers_come_from():
    names = sorted(path.stem for path in PROGRAMME_FILES.glob("*.yaml"))
    assert names == ["basic", "plus"]
    for path in PROGRAMME_FILES.glob("*.yaml"):
        assert path.read_text(encoding="utf-8").startswith("overlay: true\n")


@pytest.mark.parametrize("name", [entry.name for entry in library() if entry.kind == "scenario"])
def test_library_scenarios_live_the_basic_programme(name):
    assert {unit.programme for unit in load(name).units} == {"basic"}


def test_a_named_day_counts_before_a_group_and_a_group_before_every_day(write):
    write(
        scenario(
            "  mine:\n    week:\n"
            "      every_day: {morning: {work: 1}, evening: {recreation: 1}}\n"
            "      weekdays: {morning: {work: 2}}\n"
            "      weekend: {evening: }\n"
            "      tuesday: {morning: {education: 3}}"
        )
    )
    found = load("a.yaml")
    assert hours(found, "mine", 0, 0) == {"work": 2}
    assert hours(found, "mine", 1, 0) == {"education": 3}
    assert hours(found, "mine", 5, 0) == {"work": 1}
    assert hours(found, "mine", 4, 2) == {"recreation": 1}
    assert hours(found, "mine", 6, 2) == {}


def test_attributes_regimes_and_provenance_are_read(write):
    write(
        scenario(
            "  mine:\n    title: Mine\n    source: own house rules\n    grade: C\n    basis: read\n"
            "    regimes: [remand]\n    choice: {value: 0.4, source: a guess, grade: D, basis: assumed}\n"
            f"    visits: 0.7\n    leave_days_per_month: 2\n    {WEEK}"
        )
    )
    mine = load("a.yaml").programmes[2]
    assert (mine.name, mine.regimes, mine.choice, mine.visits) == ("mine", ("remand",), 0.4, 0.7)
    assert (mine.leave_days_per_month, mine.out_of_cell, mine.priority_days) == (2, 0, 0)
    rows = {row.path: row for row in provenance("a.yaml")}
    assert rows["programmes.mine.choice"].source == "a guess"
    work = rows["programmes.mine.week.every_day.morning.work"]
    assert (work.value, work.unit, work.source, work.grade) == (2.0, "hours", "own house rules", "C")
    assert work.set_by.startswith("a.yaml:13:")
    assert rows["programmes.plus.choice"].set_by == "default"


def test_a_later_word_on_a_programme_replaces_key_by_key_and_the_week_as_a_whole(write):
    write(scenario("  plus:\n    choice: 0.1"))
    changed, usual = load("a.yaml").programmes[1], load("detention-house").programmes[1]
    assert (changed.choice, usual.choice) == (0.1, 0.6)
    assert (changed.week, changed.responsibility) == (usual.week, usual.responsibility)
    write(scenario(f"  plus:\n    {WEEK}"))
    assert sum(map(sum, load("a.yaml").programmes[1].week)) == 21


def test_the_calendar_of_basic_sets_the_frame_unless_the_frame_is_set_too(write):
    text = "  basic:\n    visits: 0.3\n    week:\n      monday: {morning: {work: 5, air: 1}}\n"
    text += "      weekend: {evening: {recreation: 2}}"
    write(scenario(text))
    values = load("a.yaml").values
    assert values["programme.weekday_morning_hours"] == pytest.approx(6 / 5)
    assert values["programme.weekend_evening_hours"] == 2
    assert values["programme.weekday_afternoon_hours"] == 0
    assert values["programme.activity_share"] == pytest.approx(5 / 10)
    assert values["programme.visits"] == 0.3
    found = load("a.yaml")
    assert week_tables(found)[1].hours.reshape(-1, 7, 4, 8)[0, :, 0, 7].tolist() == pytest.approx(
        [6, 0, 0, 0, 0, 0, 0]
    )
    half = load("a.yaml", sets=["programme.weekday_morning_hours=0.6"])
    assert week_hours(half)[0] == pytest.approx(3 + 4)


def test_a_unit_or_a_regime_names_the_programme_of_newcomers(write):
    units = "units: [{name: a, places: 3, programme: plus}, {name: b, places: 3}, "
    units += "{name: c, places: 3, regime: remand}]"
    own = f"programmes: {{short: {{regimes: [remand], {WEEK}}}}}\n"
    write(f"name: p\nfacility: {{{units}}}\nprogramme: {{remand: short}}\n{own}")
    assert [unit.programme for unit in load("a.yaml").units] == ["plus", "basic", "short"]
    assert [unit.programme for unit in load("a.yaml", sets=["programme.prison=plus"]).units] == [
        "plus",
        "plus",
        "short",
    ]


def test_attributes_can_be_set_from_the_command_line(write, minimal):
    write(minimal)
    found = load("a.yaml", sets=["programmes.plus.choice=0.9", "programmes.plus.priority_days=0"])
    assert (found.programmes[1].choice, found.programmes[1].priority_days) == (0.9, 0)
    assert found.programmes[1].week == load("a.yaml").programmes[1].week


def test_places_are_shares(write, minimal):
    write(f"{minimal}programme: {{work_places: 0.7, education_places: 0, training_places: 1}}\n")
    found = load("a.yaml+scarce-places").values
    assert (found["programme.work_places"], found["programme.education_places"]) == (0.7, 0.4)


LONG = "at most 6 hours in a day-part"
DAYS = "monday, tuesday, wednesday, thursday, friday, saturday, sunday, weekdays, weekend, every_day"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "  x: {week: {monday: {morning: {work: 4, sport: 2.5}}}}",
            f"4:32: programmes.x.week.monday.morning: got 6.5 hours; allowed {LONG}",
        ),
        (
            "  x: {week: {monday: {morning: {work: 7}}}}",
            "4:39: programmes.x.week.monday.morning.work: got 7; allowed a number from 0 to 6 (hours)",
        ),
        (
            "  x: {week: {monday: {morning: {work: -1}}}}",
            "4:39: programmes.x.week.monday.morning.work: got -1; allowed a number from 0 to 6 (hours)",
        ),
        (
            "  x: {week: {monday: {morning: {worc: 1}}}}",
            (
                "4:33: programmes.x.week.monday.morning.worc: got worc; allowed work, education, training, "
                "sport, library, recreation, air, visits; nearest work"
            ),
        ),
        (
            "  x: {week: {moonday: {morning: {work: 1}}}}",
            f"4:14: programmes.x.week.moonday: got moonday; allowed {DAYS}; nearest monday",
        ),
        (
            "  x: {week: {monday: {noon: {work: 1}}}}",
            (
                "4:23: programmes.x.week.monday.noon: got noon; allowed morning, afternoon, evening, night; "
                "nearest afternoon"
            ),
        ),
        (
            "  x: {week: {monday: 3}}",
            (
                "4:22: programmes.x.week.monday: got 3; allowed a mapping with the keys "
                "morning, afternoon, evening, night"
            ),
        ),
        (
            "  x: {week: {monday: {morning: 3}}}",
            "4:32: programmes.x.week.monday.morning: got 3; allowed a mapping of activities to hours",
        ),
        (
            "  x: {week: [1]}",
            f"4:13: programmes.x.week: got a list; allowed a mapping with the keys {DAYS}",
        ),
        ("  x: 3", "4:6: programmes.x: got 3; allowed a programme {week, ...}"),
        (
            "  x: {choise: 0.5, week: }",
            (
                "4:7: programmes.x.choise: got choise; allowed title, source, grade, basis, regimes, "
                "out_of_cell, out_of_cell_evening, choice, responsibility, visits, leave_days_per_month, "
                "priority_days, week; nearest choice"
            ),
        ),
        (
            "  x: {choice: 2, week: }",
            "4:15: programmes.x.choice: got 2; allowed a number from 0 to 1 (0-1)",
        ),
        (
            "  x: {regimes: [], week: }",
            "4:16: programmes.x.regimes: got a list; allowed a list of at least one of prison, remand",
        ),
        (
            "  x: {regimes: [youth], week: }",
            "4:17: programmes.x.regimes[0]: got youth; allowed prison, remand",
        ),
        (
            "  a b: {week: }",
            (
                '4:3: programmes.a b: got "a b"; allowed a name of letters, digits, hyphens and underscores, '
                "at most 60 characters"
            ),
        ),
        (
            "  x: {choice: 1}",
            (
                "4:6: programmes.x.week: got nothing; allowed a mapping of days to day-parts to hours per "
                "activity"
            ),
        ),
        (
            "  pluss: {choice: 1}",
            (
                "4:10: programmes.pluss.week: got nothing; allowed a mapping of days to day-parts to hours "
                "per activity; nearest plus"
            ),
        ),
        (
            f"  x: {{{WEEK}}}\n  x: {{{WEEK}}}",
            "5:3: programmes.x: got a key that is there twice; allowed each key once",
        ),
        ("  [x]", "4:3: programmes: got a list; allowed a mapping of names to programmes"),
    ],
)
def test_a_programme_that_cannot_be_is_refused(write, errors, text, expected):
    write(scenario(text))
    assert errors("a.yaml") == [f"a.yaml:{expected}"]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (
            ", programme: pluss",
            "got pluss; allowed the name of a programme: basic, plus; nearest plus",
        ),
        (", regime: remand, programme: plus", "got plus; allowed a programme whose regimes include remand"),
    ],
)
def test_a_unit_can_only_live_what_is_defined_for_its_regime(write, errors, unit, expected):
    write(scenario("", unit))
    (line,) = errors("a.yaml")
    assert line.startswith("a.yaml:2:")
    assert line.endswith(f": facility.units[0].programme: {expected}")


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (
            "programme.prison=plsu",
            "programme.prison: got plsu; allowed the name of a programme: basic, plus; nearest plus",
        ),
        (
            "programme.remand=plus",
            "programme.remand: got plus; allowed a programme whose regimes include remand",
        ),
        (
            "programme.work_places=-0.1",
            "programme.work_places: got -0.1; allowed a number from 0 to 1 (places per place of the unit)",
        ),
        (
            "programmes.plus.choise=1",
            (
                "programmes.plus.choise: got programmes.plus.choise; allowed programmes.NAME.ATTRIBUTE with "
                "one of out_of_cell, out_of_cell_evening, choice, responsibility, visits, "
                "leave_days_per_month, priority_days; nearest programmes.plus.choice"
            ),
        ),
        ("programmes.plus.choice=2", "programmes.plus.choice: got 2; allowed a number from 0 to 1 (0-1)"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(write, minimal, errors, setting, expected):
    write(minimal)
    (line,) = errors("a.yaml", sets=[setting])
    assert line.startswith("--set:1:")
    assert line.split(": ", 1)[1] == expected


def test_a_scenario_with_programmes_written_out_loads_back_equal(write):
    write(
        scenario(
            "  basic:\n    week: {weekdays: {morning: {work: 3.1}}}\n"
            f"  mine:\n    visits: 1\n    {WEEK}",
            ", programme: mine",
        )
    )
    found = load("a.yaml")
    write(dump(found), "full.yaml")
    assert load("full.yaml") == found


def test_the_schema_knows_programmes_as_the_loader_does():
    validator = Draft202012Validator(json_schema())

    def fits(text):
        return validator.is_valid(json.loads(json.dumps(YAML(typ="safe", pure=True).load(scenario(text)))))

    assert fits(f"  x: {{choice: 0.5, regimes: [prison], {WEEK}}}")
    assert fits("  x: {choice: {value: 0.5, source: own}, week: }")
    for path in PROGRAMME_FILES.glob("*.yaml"):
        text = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        validator.validate(json.loads(json.dumps(text)))
    assert not fits("  x: {week: {monday: {morning: {worc: 1}}}}")
    assert not fits("  x: {week: {moonday: }}")
    assert not fits("  x: {week: {monday: {morning: {work: 7}}}}")
    assert not fits("  x: {choice: 2}")
    assert not fits("  x: {regimes: []}")
    assert not fits("  a b: {choice: 1}")
