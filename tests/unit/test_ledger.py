"""The ledger and its short memories."""

import math

import pytest

from sim import ledger
from sim.ledger import append, forget, recall, remember, remembered
from tests.builders import rows


@pytest.fixture
def block():
    """Return a memory of four entries that starts at row 3, filled with five events in turn."""
    memories = rows("memories", 10)
    count = 0
    for event, part in ((11, 0), (12, 4), (13, 8), (14, 8), (15, 12)):
        count = remember(memories, 3, 4, count, event, part, 1 if event != 14 else 2, event / 100)
    assert count == 5
    return memories


def test_a_full_memory_forgets_the_oldest(block):
    """The fifth event takes the place of the first; rows outside the block stay empty."""
    assert block.event.tolist() == [0, 0, 0, 15, 12, 13, 14, 0, 0, 0]


def test_remembered_adds_up_decayed_impulses(block):
    """The sum holds one channel, earlier day-parts only, each fading with the time constant."""
    expected = 0.12 * math.exp(-8 / (4 * 5.0)) + 0.13 * math.exp(-4 / (4 * 5.0))
    assert remembered(block, 3, 4, 12, 1, 5.0) == pytest.approx(expected)
    assert remembered(block, 3, 4, 13, 2, 5.0) == pytest.approx(0.14 * math.exp(-5 / 20))
    assert remembered(block, 3, 4, 12, 3, 5.0) == 0.0


def test_recall_finds_the_event_in_whose_slice_a_weight_falls(block):
    """Weights within the first slice give the first event, those within the second the second."""
    first = 0.12 * math.exp(-8 / 20)
    total = remembered(block, 3, 4, 12, 1, 5.0)
    assert recall(block, 3, 4, 12, 1, 5.0, 0.0) == 12
    assert recall(block, 3, 4, 12, 1, 5.0, first * 0.999) == 12
    assert recall(block, 3, 4, 12, 1, 5.0, first * 1.001) == 13
    assert recall(block, 3, 4, 12, 1, 5.0, total * 0.999) == 13
    assert recall(block, 3, 4, 12, 4, 5.0, 0.0) == 0


def test_what_happens_now_is_no_cause_yet(block):
    """An event of this same day-part is not recalled."""
    assert recall(block, 3, 4, 8, 2, 5.0, 0.0) == 0
    assert recall(block, 3, 4, 9, 2, 5.0, 0.0) == 14


def test_forget_empties_one_block(block):
    """Forgetting empties the block and nothing else."""
    block[0].event = 99
    forget(block, 3, 4)
    assert block.event.tolist() == [99] + [0] * 9
    assert remembered(block, 3, 4, 100, 1, 5.0) == 0.0


def test_append_numbers_events_from_one_and_knows_the_day():
    """Events are numbered from 1 in order; day-part 9 is the afternoon of day 2; nobody is named yet."""
    table, control = rows("ledger", 3), rows("control", 1)
    first = append(table, control, 9, ledger.THREAT, 4, ledger.YARD)
    second = append(table, control, -1, ledger.VERBAL, 4, ledger.CELL)
    assert (first, second, control[0].event_count) == (0, 1, 2)
    assert (table[0].event, table[0].day, table[0].part) == (1, 2, 1)
    assert (table[1].event, table[1].day, table[1].part) == (2, -1, 3)
    assert (table[0].kind, table[0].unit, table[0].place) == (ledger.THREAT, 4, ledger.YARD)
    assert {table[0][who] for who in ("actor", "target", "staff", "officer")} == {-1}


def test_codes_have_names():
    """Every code that kernels write, of kinds, places, answers and so on, has its name in the listings."""
    for names, codes in (
        (ledger.KINDS, "VERBAL THREAT PHYSICAL SERIOUS DAMAGE CONTRABAND REFUSAL LATE_RETURN SELF_HARM"),
        (ledger.KINDS, "CONTAINMENT SANCTION REPAIR PROMOTED DEMOTED PROSECUTED CONVICTED LEAVE COMPLAINT"),
        (ledger.KINDS, "COMPLAINT_UPHELD COMPLAINT_DISMISSED APPEAL APPEAL_UPHELD APPEAL_DISMISSED"),
        (ledger.PLACES, "CELL COMMON_ROOM ACTIVITY YARD OFFICE OUTSIDE"),
        (ledger.ANSWERS, "TALK WARNING MEDIATION REPORT"),
        (ledger.SANCTIONS, "CELL_CONFINEMENT LOSS_OF_PROGRAMME"),
        (ledger.CHANNELS, "RETALIATION CONTAGION BACKLASH VIGILANCE"),
    ):
        for code in codes.split():
            assert code.lower() in names[getattr(ledger, code)], code
    assert ledger.KINDS[ledger.LAST_INCIDENT] == "self_harm"
    kinds = [*ledger.KINDS.values()]
    assert len(set(kinds)) == len(kinds)
