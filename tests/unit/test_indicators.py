"""Indicators counted by hand on a handful of events."""

from __future__ import annotations

from sim import state
from sim.indicators import BY_NAME, REPEAT_DAYS, Record
from sim.ledger import PHYSICAL, REFUSAL, THREAT, VERBAL


def record_with(*events):
    """Return a record of 100 residents over 365 days with events (day, kind, actor, target)."""
    ledger = state.new_table("ledger", len(events))
    for row, (day, kind, actor, target) in enumerate(events):
        ledger[row].day, ledger[row].kind = day, kind
        ledger[row].actor, ledger[row].target = actor, target
    daily = state.new_table("daily", 365)
    daily.residents[:] = 100
    return Record(daily=daily, ledger=ledger, residents=state.new_table("residents", 4), places=100, days=365)


def test_a_repetition_is_the_same_two_again_within_the_window_whoever_starts():
    """Of four clashes after the first month two repeat: once with roles reversed, once on the last day."""
    record = record_with(
        (100, VERBAL, 1, 2),
        (110, PHYSICAL, 2, 1),
        (110 + REPEAT_DAYS, THREAT, 1, 2),
        (300, VERBAL, 1, 2),
        (301, VERBAL, 1, -1),
    )
    sums = BY_NAME["repeat_share"].measure(record)
    assert (sums.numerator, sums.denominator, sums.events) == (2.0, 4.0, 4)


def test_clashes_of_the_first_month_only_serve_to_look_back():
    """Nobody knows what came before the first day: those clashes count for later ones alone."""
    record = record_with((REPEAT_DAYS - 1, VERBAL, 1, 2), (REPEAT_DAYS, VERBAL, 1, 2), (40, VERBAL, 3, 2))
    sums = BY_NAME["repeat_share"].measure(record)
    assert (sums.numerator, sums.denominator) == (1.0, 2.0)


def test_refusals_are_counted_per_thousand_resident_years():
    """Three refusals by a hundred residents in a year are 30 per 1,000 resident-years."""
    record = record_with((1, REFUSAL, 1, -1), (2, REFUSAL, 1, -1), (3, REFUSAL, 2, -1), (4, VERBAL, 2, 1))
    sums = BY_NAME["refusals"].measure(record)
    assert (sums.numerator, sums.denominator) == (3.0, 0.1)
