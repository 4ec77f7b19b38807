"""Daily programmes from the command line: checked, shown, run and compared as people would."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
QUICK = ("--replicates", "2", "--days", "28", "--burn-in", "7")

HOUSE = """\
name: house
facility:
  units:
    - {name: wing, places: 10, count: 2}
    - {name: remand, places: 8, regime: remand, programme: short}
staffing: {unstaffed: open}
programmes:
  short:
    regimes: [remand]
    week:
      weekdays: {morning: {work: 1, education: 1, air: 1}}
      weekend: {afternoon: {recreation: 2, visits: 0.5}}
"""
"""Two prison units and a remand unit with a programme of its own: 5 x 3 + 2 x 2.5 = 20 hours a week."""


@pytest.fixture
def detention(detention, tmp_path):
    """Run the command in a folder with the file ``house.yaml``; return the finished process."""
    (tmp_path / "house.yaml").write_text(HOUSE, encoding="utf-8")
    return detention


def indicators(done):
    assert done.returncode == 0, done.stderr
    return {name: entry["value"] for name, entry in json.loads(done.stdout)["indicators"].items()}


def test_show_says_which_programme_is_lived_where_and_what_a_week_has(detention):
    done = detention("show", "house.yaml", "--set", "programme.prison=plus")
    assert done.returncode == 0, done.stderr
    assert "wing-1 .. wing-2: 10 places, prison regime, plus programme" in done.stdout
    assert "remand: 8 places, remand regime, short programme" in done.stdout
    assert (
        "programmes: basic 42.5 hours a week (prison, remand); plus 48.0 hours a week (prison); "
        "short 20.0 hours a week (remand)" in done.stdout
    )
    assert "programmes.short.week.weekdays.morning.work" in done.stdout
    assert "programmes.plus.week" not in done.stdout
    assert "programmes.plus.week" in detention("show", "house.yaml", "--all").stdout


def test_what_show_prints_as_yaml_is_the_same_scenario(detention, tmp_path):
    (tmp_path / "full.yaml").write_text(detention("show", "house.yaml", "--yaml").stdout, encoding="utf-8")
    one, other = (
        json.loads(detention("show", name, "--json").stdout)["specification"]
        for name in ("house.yaml", "full.yaml")
    )
    assert one == other
    assert [programme["name"] for programme in one["programmes"]] == ["basic", "plus", "short"]


def test_a_run_delivers_no_more_than_its_weeks_promise(detention):
    found = indicators(detention("run", "house.yaml", *QUICK, "--json"))
    basic, short = 42.5, 20.0
    assert short < found["activity_hours_promised_per_week"] < basic
    assert 0 < found["activity_hours_per_week"] <= found["activity_hours_promised_per_week"]
    assert found["leaves"] == found["late_returns"] == found["waiting_for_place"] == 0


def test_plus_promises_more_and_scarce_places_make_people_wait(detention):
    usual = indicators(detention("run", "house.yaml", *QUICK, "--json"))
    plus = indicators(detention("run", "house.yaml+plus-for-all", *QUICK, "--json"))
    scarce = indicators(detention("run", "house.yaml+scarce-places", *QUICK, "--json"))
    for name in (
        "activity_hours_promised_per_week",
        "activity_hours_per_week",
        "hours_out_of_cell",
        "autonomy",
    ):
        assert plus[name] > usual[name], name
    assert scarce["waiting_for_place"] > 0.2
    assert scarce["activity_hours_per_week"] < usual["activity_hours_per_week"]
    promised = "activity_hours_promised_per_week"
    assert scarce[promised] == usual[promised]


def test_leave_and_late_returns_are_counted(detention):
    often = (
        "programme.leave_after_days=0",
        "programmes.plus.leave_days_per_month=12",
        "programme.late_base=1",
    )
    sets = [word for path in often for word in ("--set", path)]
    found = indicators(detention("run", "house.yaml+plus-for-all", *QUICK, *sets, "--json"))
    assert 0 < found["late_returns"] < found["leaves"]
    assert found["true_incidents"] > found["late_returns"]


def test_compare_shows_two_programmes_on_the_same_people(detention):
    done = detention("compare", "house.yaml", "house.yaml+plus-for-all", *QUICK, "--json")
    assert done.returncode == 0, done.stderr
    contrasts = {entry["indicator"]: entry for entry in json.loads(done.stdout)["contrasts"]}
    gained = contrasts["activity_hours_promised_per_week"]["difference"]["value"]
    assert abs(gained) > 2


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "work: 1, education: 1, air: 1",
            "work: 4, education: 2, air: 1",
            (
                "house.yaml:11:27: programmes.short.week.weekdays.morning: got 7 hours; "
                "allowed at most 6 hours in a day-part"
            ),
        ),
        (
            "programme: short",
            "programme: shor",
            (
                "house.yaml:5:60: facility.units[1].programme: got shor; allowed the name of a programme: "
                "basic, plus, short; nearest short"
            ),
        ),
        (
            "staffing:",
            "programme: {work_places: -1}\nstaffing:",
            (
                "house.yaml:6:26: programme.work_places: got -1; allowed a number from 0 to 1 "
                "(places per place of the unit)"
            ),
        ),
    ],
)
def test_an_impossible_programme_is_refused_where_it_stands(detention, tmp_path, old, new, line):
    (tmp_path / "house.yaml").write_text(HOUSE.replace(old, new), encoding="utf-8")
    done = detention("check", "house.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == line


def test_a_new_file_explains_programmes_and_can_be_used_once_the_marks_are_gone(detention, tmp_path):
    assert detention("new", "mine").returncode == 0
    text = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    start, end = text.index("# programmes:"), text.index("# mechanisms:")
    block = "".join(line.removeprefix("# ") for line in text[start:end].splitlines(keepends=True))
    (tmp_path / "mine.yaml").write_text(text[:start] + block + text[end:], encoding="utf-8")
    done = detention("show", "mine.yaml")
    assert done.returncode == 0, done.stderr
    assert "remand-week" in done.stdout
