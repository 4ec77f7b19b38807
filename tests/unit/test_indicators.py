"""Indicators counted by hand on a handful of events and two days."""

from __future__ import annotations

import pytest

from sim import ledger as codes
from sim import state
from sim.indicators import BY_NAME, REPEAT_DAYS, Record, Totals, record_of, summarise
from sim.ledger import PHYSICAL, REFUSAL, THREAT, VERBAL
from sim.simulation import Simulation
from tests.builders import facility, rows


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


# --- every indicator on one small record --------------------------------------------------------------

SEEN, RECORDED = {"seen": 1}, {"seen": 1, "recorded": 1}
REPORT = {"answer": codes.REPORT}
EVENTS = (
    # Eleven incidents: eight seen, seven recorded, two with a cause in the model.
    {"kind": codes.VERBAL, **RECORDED, **REPORT, "relational_open": 1},
    {"kind": codes.THREAT, **RECORDED, "answer": codes.TALK, "channel": codes.RETALIATION},
    {"kind": codes.THREAT},
    {
        "kind": codes.PHYSICAL,
        **RECORDED,
        **REPORT,
        "sanction": codes.CELL_CONFINEMENT,
        "channel": codes.CONTAGION,
        "lack_of_hands": 1,
    },
    {"kind": codes.PHYSICAL, **RECORDED, **REPORT, "sanction": codes.LOSS_OF_PROGRAMME, "against_staff": 1},
    {
        "kind": codes.SERIOUS,
        **RECORDED,
        "containment": codes.ISOLATION,
        "lack_of_hands": 1,
        "against_staff": 1,
    },
    {"kind": codes.SERIOUS},
    {"kind": codes.REFUSAL, **SEEN, "answer": codes.TALK},
    {"kind": codes.ESCAPE, **RECORDED, **REPORT},
    {"kind": codes.LATE_RETURN, **RECORDED},
    {"kind": codes.SELF_HARM, "relational_open": 1, "lack_of_hands": 1},
    # What follows, and what is no incident.
    *({"kind": codes.DEFUSED},) * 2,
    {"kind": codes.REPAIR},
    {"kind": codes.CONTAINMENT},
    {"kind": codes.SANCTION, "reasons": 1},
    {"kind": codes.SANCTION},
    *({"kind": codes.COMPLAINT},) * 3,
    {"kind": codes.COMPLAINT_UPHELD},
    *({"kind": codes.COMPLAINT_DISMISSED},) * 2,
    *({"kind": codes.APPEAL},) * 2,
    {"kind": codes.APPEAL_UPHELD},
    *({"kind": codes.LEAVE},) * 4,
    *({"kind": codes.PROMOTED, "reasons": 1},) * 3,
    {"kind": codes.REFUSED_PROMOTION, "reasons": 1},
    {"kind": codes.REFUSED_PROMOTION},
    {"kind": codes.DEMOTED, "reasons": 1},
    *({"kind": codes.OVERDUE},) * 2,
    {"kind": codes.FIRST_CONDUCT, "recorded": 1},
    {"kind": codes.FIRST_CONDUCT + 5},
    {"kind": codes.LAST_CONDUCT},
)
DAYS = {
    "residents": (8, 12),
    "away": (1, 1),
    "autonomy": (3, 5),
    "competence": (4, 6),
    "relatedness": (4, 5),
    "tension": (9, 6),  # beyond one for each of the eight: calm ends at none
    "fear": (1, 2),
    "wellbeing": (5, 7),
    "distress": (2, 3),
    "adjustment": (6, 8),
    "felt_fairness": (4, 8),
    "justice": (3, 4),
    "motivation_autonomous": (2, 5),
    "motivation_controlled": (1, 3),
    "hope": (5, 6),
    "justice_week_1": (1, 0),
    "residents_week_1": (2, 0),
    "justice_weeks_2_to_4": (1, 2),
    "residents_weeks_2_to_4": (3, 3),
    "justice_weeks_5_to_12": (2, 2),
    "residents_weeks_5_to_12": (2, 3),
    "justice_weeks_13_on": (1, 3),
    "residents_weeks_13_on": (4, 5),
    "staff": (4, 6),
    "staff_exhaustion": (1, 2),
    "staff_vigilance": (1, 1),
    "staff_autonomy": (2, 3),
    "staff_competence": (3, 3),
    "staff_relatedness": (3, 4),
    "staff_absent": (0, 1),
    "staff_leavers": (1, 2),
    "posts": (365, 365),
    "best_familiarity": (2, 4),
    "met": (3, 5),
    "met_familiarity": (1, 1),
    "met_alliance": (2, 2.5),
    "meetings": (7, 8),
    "procedure_time": (0.5, 1),
    "common_time": (1, 1.5),
    "duty_time": (2, 4),
    "contact_minutes": (100, 200),
    "hours_out": (40, 50),
    "hours_delivered": (24, 30),
    "hours_promised": (30, 42),
    "waiting": (1, 2),
    "parts_unstaffed": (0, 1),
    "parts_out": (3, 3),
    "restrictiveness": (0.4, 0.6),
    "plus": (3, 5),
    "plus_remand": (0, 1),
    "remand": (2, 3),
    "plus_lvb": (0, 1),
    "lvb": (2, 2),
    "plus_lived": (2, 4),
    "out_of_scheme": (1, 1),
    "reviews": (4, 6),
    "first_promotions": (1, 1),
    "first_promotion_days": (30, 60),
}
YEARS = 20 / 365 / 1000
"""Twenty resident-days in units of 1,000 resident-years."""

EXPECTED = {
    "true_incidents": (11, YEARS),
    "recorded_incidents": (7, YEARS),
    "recorded_assaults_on_residents": (1, YEARS),
    "recorded_assaults_on_staff": (2, YEARS),
    "recorded_threats": (1, YEARS),
    "refusals": (1, YEARS),
    "escape_attempts": (1, YEARS),
    "repeat_share": (0, 0),  # see above
    "true_assaults": (4, YEARS),
    "self_harm": (1, YEARS),
    "defused_quarrels": (2, YEARS),
    "repairs": (1, YEARS),
    "recorded_share": (7, 11),
    "formal_response_share": (4, 8),
    "sanctioned_share_staff": (1, 2),
    "containments": (1, YEARS),
    "coercive_responses": (3, YEARS),
    "avoidable_coercion": (1, 5),
    "coercion_for_lack_of_hands": (2, 5),
    "top_decile_share": (0, 0),  # over persons: experiments.statistics
    "top_decile_share_poisson": (0, 0),
    "endogenous_share": (2, 11),
    "cascade_size": (11, 9),
    "autonomy": (8, 20),
    "competence": (10, 20),
    "relatedness": (9, 20),
    "tension": (15, 20),
    "fear": (3, 20),
    "wellbeing": (12, 20),
    "distress": (5, 20),
    "adjustment": (14, 20),
    "felt_fairness": (12, 20),
    "procedural_justice": (7, 20),
    "procedural_justice_week_1": (1, 2),
    "procedural_justice_weeks_2_to_4": (3, 6),
    "procedural_justice_weeks_5_to_12": (4, 5),
    "procedural_justice_weeks_13_on": (4, 9),
    "complaints": (3, YEARS),
    "complaints_upheld_share": (1, 3),
    "appeals": (2, YEARS),
    "explained_coercion_share": (1, 3),
    "staff_exhaustion": (3, 10),
    "staff_vigilance": (2, 10),
    "staff_autonomy": (5, 10),
    "staff_competence": (6, 10),
    "staff_relatedness": (7, 10),
    "staff_absence_rate": (1, 10),
    "staff_turnover": (3, 2),
    "familiarity": (6, 20),
    "familiarity_on_duty": (2, 8),
    "resident_contacts": (30, 20),  # each meeting is one of two people
    "alliance_on_duty": (4.5, 8),
    "procedure_share": (1.5, 6),
    "staff_contact_minutes": (300, 20),
    "hours_out_of_cell": (90, 18),
    "activity_hours_per_week": (7 * 54, 18),
    "activity_hours_promised_per_week": (7 * 72, 18),
    "waiting_for_place": (3, 18),
    "leaves": (4, YEARS),
    "late_returns": (1, YEARS),
    "occupancy": (20, 24),
    "unstaffed_share": (1, 6),
    "common_room_share": (2.5, 6),
    "restrictiveness": (0.4 * 8 + 0.6 * 12, 20),
    "staff_hours": (6 * 6, 20),
    "plus_share": (8, 20),
    "plus_share_sentenced": (7, 15),
    "plus_share_remand": (1, 5),
    "plus_share_lvb": (1, 4),
    "plus_share_gap_lvb": ((7 / 16 - 1 / 4) * 20, 20),
    "plus_lived_share": (6, 8),
    "out_of_scheme_share": (2, 20),
    "promotions_per_review": (3, 10),
    "refusals_per_review": (2, 10),
    "demotions_per_review": (1, 10),
    "overdue_per_review": (2, 10),
    "time_to_promotion": (90, 2),
    "decisions_explained_share": (2, 3),
    "conduct_noted_share": (1, 3),
    "motivation_autonomous": (7, 20),
    "motivation_controlled": (4, 20),
    "hope": (11, 20),
    # Scales: one, and four times the weighted share.
    "climate_support": (20 + 4 * (0.6 * 12 + 0.4 * 6), 20),
    "climate_growth": (20 + 4 * (0.6 * 10 + 0.4 * 8), 20),
    "climate_repression": (20 + 4 * (0.6 * 10.4 + 0.4 * 13), 20),
    "climate_atmosphere": (20 + 4 * (0.4 * 17 + 0.3 * 9 + 0.3 * 6), 20),
    "climate_procedural_justice": (20 + 4 * 7, 20),
}


@pytest.fixture(scope="module")
def measured():
    """Return the sums of every indicator on the record of these events and days."""
    ledger = state.new_table("ledger", len(EVENTS))
    for row, event in zip(ledger, EVENTS, strict=True):
        for name, value in event.items():
            row[name] = value
    daily = rows("daily", 2, **{name: list(column) for name, column in DAYS.items()})
    return summarise(Record(daily, ledger, state.new_table("residents", 1), places=12, days=2))


@pytest.mark.parametrize("name", BY_NAME)
def test_every_indicator_by_hand(measured, name):
    """Numerator and denominator of every indicator are those counted by hand."""
    sums = measured[name]
    assert (sums.numerator, sums.denominator) == pytest.approx(EXPECTED[name])


@pytest.mark.parametrize("name", BY_NAME)
def test_counted_indicators_say_how_many_cases_there_were(measured, name):
    """The cases of a rate are its events, those of a share what it is a share of."""
    form, sums = BY_NAME[name].form, measured[name]
    if form == "rate":
        assert sums.events == EXPECTED[name][0]
    elif form == "share":
        assert sums.events == EXPECTED[name][1]


@pytest.mark.parametrize("lvb", [0, 20])
def test_without_others_to_compare_with_there_is_no_gap(lvb):
    """Where nobody, or everybody, has a mild intellectual disability the gap has no value."""
    daily = rows("daily", 1, residents=20, lvb=lvb, plus=5, plus_lvb=min(lvb, 5))
    record = Record(daily, state.new_table("ledger", 0), state.new_table("residents", 1), places=20, days=1)
    sums = BY_NAME["plus_share_gap_lvb"].measure(record)
    assert (sums.numerator, sums.denominator) == (0.0, 0.0)


def test_totals_are_the_sums_of_all_rows_whatever_their_number_and_kind():
    """Of 35 days, two blocks of 16 and three more, whole numbers and amounts are added up alike."""
    for days, residents, tension in ((35, 630, 17.5), (16, 136, 8.0), (1, 1, 0.5), (0, 0, 0.0)):
        daily = state.new_table("daily", days)
        daily.residents[:] = range(1, days + 1)
        daily.tension[:] = 0.5
        totals = Totals(daily)
        assert (totals.residents, totals.tension, totals.arrivals) == (residents, tension, 0)
        assert isinstance(totals.residents, int)
    with pytest.raises(AttributeError, match="weather"):
        _ = totals.weather


def test_conduct_is_kept_apart_from_other_events():
    """Of four events one is conduct; noted conduct is counted there, all else among the other three."""
    events = (codes.VERBAL, codes.FIRST_CONDUCT, codes.CONTAINMENT, codes.LEAVE)
    record = record_with(*((5, kind, 1, 2) for kind in events))
    record.ledger.recorded[:] = 1
    assert record.is_conduct.tolist() == [False, True, False, False]
    assert record.events.kind.tolist() == [codes.VERBAL, codes.CONTAINMENT, codes.LEAVE]
    noted = BY_NAME["conduct_noted_share"].measure(record)
    assert (noted.numerator, noted.denominator, noted.events) == (1.0, 1.0, 1)


def test_chosen_rows_are_whole_copies():
    """Rows chosen from a table have every column, and changing them leaves the table alone."""
    people = rows("residents", 3, age=[20.0, 30.0, 40.0], unit=[0, 1, 2])
    chosen = state.rows_where(people, people.unit != 1)
    chosen.age[0] = 21.0
    assert (chosen.age.tolist(), chosen.unit.tolist()) == ([21.0, 40.0], [0, 2])
    assert people.age.tolist() == [20.0, 30.0, 40.0]


def test_persons_count_from_ninety_days_on():
    """Ninety days inside are enough for the share of the most involved, eighty-nine are not."""
    people = rows("residents", 3, incidents=[5, 6, 7], exposure_days=[89, 90, 400])
    record = Record(state.new_table("daily", 1), state.new_table("ledger", 0), people, places=3, days=1)
    counts, days = record.persons
    assert (counts.tolist(), days.tolist()) == ([6, 7], [90, 400])


def test_the_record_of_a_run_has_its_recorded_days_only():
    """Two days of two units make four daily rows; a run that is still burning in has no days."""
    specification = facility(2, 1, numbers={"run.burn_in_days": 1})
    simulation = Simulation(specification, 1, use_compiler=False)
    assert record_of(simulation).days == 0
    record = record_of(simulation.run(2))
    assert (record.days, record.places, len(record.daily)) == (2, 3, 4)
