"""The small parts of the self-test: counting, clear lines, mutations, designs written anew."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.selftesting import checks
from experiments.selftesting.files import are_clear
from experiments.selftesting.mutating import mutated
from experiments.selftesting.rewriting import is_same, rewrite
from experiments.selftesting.specimens import DESIGNS, HOUSE
from experiments.selftesting.tally import MOST_FINDINGS, Tally
from experiments.sweeping.design_file import read_design


def test_a_check_has_passed_when_all_was_tried_and_nothing_found():
    tally = Tally("kill", 2)
    tally.tried = 1
    assert not tally.passed
    tally.tried = 2
    assert tally.passed
    tally.wrong("something", lost=3, orphans=None)
    assert not tally.passed
    assert (tally.lost, tally.orphans) == (3, 0)


def test_a_check_that_tried_nothing_has_not_passed():
    assert not Tally("kill", 0).passed
    assert not checks.all_passed([])


def test_findings_beyond_the_first_are_counted_only():
    tally = Tally("flip", 1)
    for number in range(MOST_FINDINGS + 5):
        tally.wrong(f"finding\n{number}\x1b", silent=1)
    assert (len(tally.findings), tally.found, tally.silent) == (MOST_FINDINGS, MOST_FINDINGS + 5, 25)
    assert tally.findings[0] == "finding 0\\x1b"


def test_the_row_of_a_check_has_the_keys_of_the_answer():
    tally = Tally("cut", 5)
    tally.took(0.5)
    tally.took(0.25)
    assert tally.row() == {
        "id": "cut",
        "tried": 0,
        "lost": 0,
        "duplicated": 0,
        "silent": 0,
        "traceback": 0,
        "orphans": 0,
        "worst_seconds": 0.5,
        "passed": False,
    }


def test_a_check_that_cannot_go_on_has_found_something(tallied, monkeypatch):
    def failing(*_):
        raise RuntimeError("no\nmore")

    monkeypatch.setattr(checks, "checks", lambda: {"kill": (failing, "kills")})
    tally = tallied("kill")
    assert tally.findings == ["stopped by RuntimeError: no more"]
    assert tally.traceback == 1


@pytest.mark.parametrize(
    ("lines", "clear"),
    [
        (["{}:1:2: days: got x; allowed a number"], True),
        (["{}:1:2: days: got x; allowed a number; nearest 1", "{}:3:1: a.b: got y; allowed z"], True),
        (["folder/base.yaml:1:2: days: got x; allowed a number"], True),
        (["{}:1:2: : got x; allowed a number"], False),
        (["{}:0:2: days: got x; allowed a number"], False),
        (["{}: days: got x; allowed a number"], False),
        (["other.yaml:1:2: days: got x; allowed a number"], False),
        (["{}:1:2: days: got ; allowed a number"], False),
        (["{}:1:2: days: got x"], False),
        (["{}:1:2: days: got \x1b[31m; allowed a number"], False),
        ([], False),
        (["{}:1:2: days: got x; allowed a number"] * 51, False),
    ],
)
def test_a_clear_line_names_place_key_and_what_is_allowed(tmp_path, lines, clear):
    path = tmp_path / "mutated.yaml"
    path.write_text("extends: base.yaml", encoding="utf-8")
    assert are_clear([line.format(path) for line in lines], path) is clear


@given(st.integers(0, 2**32), st.sampled_from([HOUSE, *DESIGNS]))
def test_the_same_seed_breaks_a_text_in_the_same_way(seed, text):
    assert mutated(text, Random(seed)) == mutated(text, Random(seed))


def test_most_mutations_change_a_text():
    random = Random(1)
    changed = sum(mutated(HOUSE, random) != HOUSE.encode() for _ in range(100))
    assert changed >= 95


def test_an_empty_text_can_be_broken_too():
    random = Random(1)
    assert all(isinstance(mutated("", random), bytes) for _ in range(100))


@pytest.mark.parametrize("text", DESIGNS)
def test_a_design_written_anew_is_the_same_and_any_change_is_seen(tmp_path, text):
    path = tmp_path / "design.yaml"
    path.write_text(text, encoding="utf-8")
    design = read_design(path)
    again = rewrite(design, tmp_path / "again")
    assert is_same(design, read_design(again))
    other = again.read_text(encoding="utf-8").replace('"seed": ', '"seed": 7')
    again.write_text(other, encoding="utf-8")
    assert not is_same(design, read_design(again))
