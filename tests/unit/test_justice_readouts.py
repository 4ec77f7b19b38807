"""What is read off perceived justice and complaints: days, indicators, survey scales."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments.statistics import estimate_ratio
from sim import ledger as codes
from sim import survey
from sim.indicators import BY_NAME, Record
from sim.recorder import record_justice
from tests.builders import row, rows

PERIODS = ("week_1", "weeks_2_to_4", "weeks_5_to_12", "weeks_13_on")


@pytest.mark.parametrize(
    ("days_inside", "period"),
    [(0, 0), (6, 0), (7, 1), (27, 1), (28, 2), (83, 2), (84, 3), (4000, 3)],
)
def test_a_resident_counts_in_the_weeks_since_admission(days_inside, period):
    """The first week has days 0 to 6, and so on; burn-in days are negative and count alike."""
    day = row("daily")
    record_justice(day, row("residents", arrival=-40, justice=0.3), days_inside - 40)
    counted = [int(day[f"residents_{name}"]) for name in PERIODS]
    assert counted == [int(k == period) for k in range(4)]
    assert day[f"justice_{PERIODS[period]}"] == day.justice == 0.3


def record(**columns):
    """Return a record with one day of 1,000 residents and the given events."""
    ledger = rows("ledger", len(columns["kind"]), **columns)
    daily = rows("daily", 1, residents=365_000, justice=146_000.0)
    daily.justice_week_1, daily.residents_week_1 = 50.0, 100
    return Record(daily=daily, ledger=ledger, residents=rows("residents", 1), places=1000, days=365)


def value(name, found):
    sums = BY_NAME[name].measure(found)
    return sums.numerator / sums.denominator


def test_indicators_of_justice_by_hand():
    """Means per resident-day, rates per 1,000 resident-years, shares of rulings and of coercion."""
    kinds = [codes.SANCTION] * 4 + [codes.COMPLAINT] * 7 + [codes.COMPLAINT_UPHELD] * 2
    kinds += [codes.COMPLAINT_DISMISSED] * 3 + [codes.APPEAL, codes.APPEAL_UPHELD]
    found = record(kind=kinds, reasons=[1, 1, 1, 0] + [0] * 14)
    assert value("procedural_justice", found) == pytest.approx(0.4)
    assert value("procedural_justice_week_1", found) == pytest.approx(0.5)
    assert value("complaints", found) == pytest.approx(7.0)
    assert value("appeals", found) == pytest.approx(1.0)
    assert value("complaints_upheld_share", found) == pytest.approx(0.4)
    assert value("explained_coercion_share", found) == pytest.approx(0.75)


def test_a_share_of_few_rulings_has_no_value():
    """Nineteen rulings give no share but a note; twenty give one."""
    for number, known in ((19, False), (20, True)):
        kinds = [codes.COMPLAINT_UPHELD] * 5 + [codes.COMPLAINT_DISMISSED] * (number - 5)
        sums = BY_NAME["complaints_upheld_share"].measure(record(kind=kinds))
        estimate = estimate_ratio(
            [sums.numerator] * 1, [sums.denominator] * 1, events=[sums.events], form="share"
        )
        assert (estimate.value is not None) == known
        assert bool(estimate.note) or known


def day_of(justice, residents=10.0, restrictiveness=0.5):
    return SimpleNamespace(
        residents=np.array([residents]),
        justice=np.array([justice * residents]),
        restrictiveness=np.array([restrictiveness]),
    )


@pytest.mark.parametrize(("justice", "score"), [(0.0, 1.0), (0.4, 2.6), (1.0, 5.0)])
def test_the_scale_of_procedural_justice_runs_from_one_to_five(justice, score):
    """One where there is none, five where it is complete."""
    assert survey.procedural_justice(day_of(justice)) / 10 == pytest.approx([score])


@pytest.mark.parametrize(
    ("justice", "strict", "score"), [(1.0, 0.0, 1.0), (0.0, 1.0, 5.0), (0.5, 0.5, 3.0), (0.0, 0.5, 3.8)]
)
def test_repression_is_felt_where_rules_are_unjust(justice, strict, score):
    """Restrictiveness counts six tenths, lack of justice four, and the scale keeps its bounds."""
    found = survey.repression(day_of(justice, restrictiveness=strict))
    assert found / 10 == pytest.approx([score])
