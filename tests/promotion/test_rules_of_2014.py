"""The Dutch rules of 2014, one worked case per detail; dates and outcomes are worked out by hand.

Everybody enters on day 0. Six weeks are 42 days: meetings fall on days 42, 84, 126, ...
"""

import pytest

from scenarios import load
from sim.inputs import ACTIVITIES
from sim.policy import GROUPS
from tests.promotion.casework import Case, framework

ORANGE = ("late", "chore_skipped")  # two on the part care and guidance: one alone does not colour it
RED = "verbal_aggression"


def case(**options):
    """Return a resident who has completed the conditions, under rules that demote whenever they may."""
    may = options.pop("may", 1.0)
    return Case(framework("nl-2014", demotion={"may": may}), **{"conditions": 2, **options})


def test_the_draft_plan_is_there_on_day_13_and_the_plan_is_settled_on_day_30():
    found = case().until(13)
    assert found.r.plan == 0
    assert found.until(14).r.plan == 1
    assert (30, "plan_settled") in found.history(40)


def test_everybody_is_reviewed_every_six_weeks():
    found = case(conditions=0).until(43)
    assert (found.r.reviews, found.r.review_due) == (1, 84)
    assert found.until(127).r.reviews == 3


def test_a_review_comes_earlier_when_conduct_asks_for_it():
    """In plus from day 42, the next review falls on day 84; red on day 50 brings it to day 57."""
    assert case().promoted(42).note(50, RED).outcomes(60) == [(57, "warned")]


def test_six_weeks_of_green_count_from_entry():
    assert case().outcomes(130) == [(42, "promoted")]


@pytest.mark.parametrize("wrong", [ORANGE, (RED,)], ids=["orange", "red"])
def test_orange_and_red_block_promotion(wrong):
    """Refused on day 42; the following six weeks are green, so promoted on day 84."""
    assert case().note(20, *wrong).outcomes(90) == [(42, "promotion_refused"), (84, "promoted")]


def test_a_single_orange_does_not_colour_the_period():
    assert case().note(20, "late").outcomes(50) == [(42, "promoted")]


def test_two_oranges_on_different_parts_colour_none():
    """Late (care and guidance) and frustration (safety and security): one orange on each part."""
    assert case().note(20, "late", "showed_frustration").outcomes(50) == [(42, "promoted")]


def test_green_is_asked_for_on_every_part():
    """Care and guidance full of green does not outweigh orange on safety and security."""
    found = case().note(10, *["took_part"] * 20).note(20, "showed_frustration", "correction_refused")
    assert found.outcomes(50) == [(42, "promotion_refused")]


def test_orange_is_a_warning():
    """The first orange period in plus leads to a warning, although here the rules demote where they may."""
    found = case().promoted(42).note(60, *ORANGE)
    assert found.outcomes(90) == [(84, "warned")]
    assert (found.r.level, found.r.strikes) == (1, 1)


def test_orange_after_a_warning_can_demote():
    found = case().promoted(42).note(60, *ORANGE).note(100, *ORANGE)
    assert found.outcomes(130) == [(84, "warned"), (126, "demoted")]
    assert found.r.level == 0


def test_orange_after_a_warning_need_not_demote():
    """Interests can weigh against it: with a chance of 0 to demote, the second orange warns again."""
    found = case(may=0.0).promoted(42).note(60, *ORANGE).note(100, *ORANGE)
    assert found.outcomes(130) == [(84, "warned"), (126, "warned")]


def test_a_green_period_wipes_out_the_warning():
    """Orange, green, orange: the third period gives a warning, no demotion."""
    found = case().promoted(42).note(60, *ORANGE).note(140, *ORANGE)
    assert found.outcomes(170) == [(84, "warned"), (168, "warned")]


def test_demotion_needs_a_structural_pattern():
    """One red in plus warns; two reds before one review are a pattern and demote."""
    assert case().promoted(42).note(60, RED).outcomes(70) == [(67, "warned")]
    assert case().promoted(42).note(60, RED, RED).outcomes(70) == [(67, "demoted")]


def test_red_may_also_be_punished():
    """A sanctioned incident keeps its sanction and is red in the file all the same."""
    found = case().incident(20, "physical_assault", sanction=1)
    assert found.r.undesired_first == 1
    assert found.ledger[0].sanction == 1
    assert found.outcomes(50) == [(42, "promotion_refused")]


def test_the_way_back_to_green_is_agreed_at_a_refusal():
    """A share hope_refused (.15) is lost at a refusal, less the .4 of it that an agreed way back keeps."""
    hope = case().note(20, RED).until(43).r.hope
    assert hope == pytest.approx(0.5 * (1 - 0.15 * (1 - 0.4)))


def test_after_demotion_six_weeks_of_green_lead_up_again():
    """Demoted on day 126 after orange in two periods; the review of day 168 promotes."""
    found = case().promoted(42).note(60, *ORANGE).note(100, *ORANGE)
    assert found.outcomes(170)[1:] == [(126, "demoted"), (168, "promoted")]


@pytest.mark.parametrize("done", [0, 1])
def test_training_and_reflector_are_conditions(done):
    """Green for six weeks, but without both conditions: refused; with both, promoted at the next review."""
    found = case(conditions=done)
    assert found.outcomes(50) == [(42, "promotion_refused")]
    found.r.conditions = 2
    assert found.outcomes(90)[1:] == [(84, "promoted")]


@pytest.mark.parametrize(("willing", "outcome"), [(True, "promoted"), (False, "promotion_refused")])
def test_people_with_a_disability_can_rise_when_willing_to_improve(willing, outcome):
    """Orange that comes from the disability does not count once work on the plan shows the will."""
    found = case(lvb=1).note(20, *ORANGE, excused=True)
    if willing:
        found.note(30, "worked_on_plan")
    assert found.outcomes(50) == [(42, outcome)]


def test_recidivists_are_not_invested_in_unless_they_stay_green():
    """With an earlier sentence one green period more is asked for: promoted on day 84, not 42."""
    assert case(prior_sentences=1).outcomes(130) == [(84, "promoted")]


def test_a_recidivist_starts_counting_green_periods_anew_after_orange():
    """Green to day 42, orange to 84 (refused), green to 126 and to 168: promoted then."""
    found = case(prior_sentences=1).note(60, *ORANGE)
    assert found.outcomes(170) == [(84, "promotion_refused"), (168, "promoted")]


def test_plus_has_extra_visits():
    """Promotion on day 42 brings the plus week from day 43 on, which has hours of visits in the weekend."""
    found = case().until(42)
    assert found.r.programme == -1
    assert found.until(43).r.programme == 1
    programmes = load("dutch-prison").programmes
    basic, plus = (sum(part[ACTIVITIES.index("visits")] for part in one.week) for one in programmes)
    assert plus > basic > 0


def test_people_on_remand_have_the_basic_programme_wherever_they_live():
    """Awaiting judgment on a prison unit no status is earned; once judged, the clock starts anew.

    Judged on day 99, in force on the morning of day 100: the first meeting is on day 142 and promotes.
    """
    found = case(remand=1)
    assert found.outcomes(98) == []
    assert found.r.programme == -1
    found.r.remand = 0
    assert found.outcomes(150) == [(142, "promoted")]
    assert found.r.programme == 1


def test_a_level_held_is_not_lived_while_on_remand():
    """A self-reporter is in plus from day one, but on remand lives the basic programme of the unit."""
    found = case(self_reporter=1, remand=1)
    assert (found.r.level, found.r.programme) == (1, -1)
    found.r.remand = 0
    assert found.until(1).r.programme == 1


@pytest.mark.parametrize("group", range(1, len(GROUPS)))
def test_special_groups_are_out_from_entry(group):
    """Neither reviewed nor promoted, and nothing is overdue; the plan is made for them as well."""
    found = case(legal_group=group, self_reporter=1)
    assert found.history(200) == [(30, "plan_settled")]
    assert (found.r.level, found.r.programme) == (0, -1)


def test_a_conviction_for_a_crime_in_detention_ends_plus_for_the_rest_of_the_stay():
    found = case().until(50)
    found.r.prosecuted = found.r.convicted = 1
    found.until(51)
    assert (found.r.level, found.r.programme, found.r.out_of_scheme) == (0, -1, 4)
    assert found.outcomes(400) == [(42, "promoted")]


def test_case_law_against_that_exclusion_is_a_switch():
    found = Case(framework("nl-2014", case_law={"conviction_excludes": False}), conditions=2).until(50)
    found.r.convicted = 1
    assert found.until(60).r.level == 1


def test_remand_houses_have_the_basic_programme_only():
    """On a remand unit nobody is reviewed for plus, and a self-reporter's plus is not lived."""
    found = case(remand_unit=1)
    assert found.outcomes(200) == []
    assert found.r.out_of_scheme == 3
    assert case(remand_unit=1, self_reporter=1).r.programme == -1


def test_lacking_effort_alone_is_too_little_to_refuse():
    """Case law: neglecting the plan, all else green, does not block; with orange elsewhere it does."""
    assert case().note(20, "neglected_plan", "neglected_plan").outcomes(50) == [(42, "promoted")]
    found = case().note(20, "neglected_plan", "neglected_plan", *ORANGE)
    assert found.outcomes(50) == [(42, "promotion_refused")]


def test_lacking_effort_alone_is_too_little_to_demote():
    found = case().promoted(42)
    for day in (50, 90, 130):
        found.note(day, *["neglected_plan"] * 3)
    assert found.outcomes(300) == []


def test_without_that_case_law_lacking_effort_refuses():
    policy = framework("nl-2014", case_law={"effort_alone_suffices": True})
    found = Case(policy, conditions=2).note(20, "neglected_plan", "neglected_plan")
    assert found.outcomes(50) == [(42, "promotion_refused")]


def test_self_reporters_are_in_plus_from_day_one_but_demotable():
    found = case(self_reporter=1)
    assert (found.r.level, found.r.programme) == (1, 1)
    assert found.note(10, RED, RED).outcomes(20) == [(17, "demoted")]


def test_everybody_else_starts_in_basic():
    assert (case().r.level, case().r.programme) == (0, -1)


def test_there_is_no_demotion_at_once():
    """A serious assault in plus waits for the meeting, which comes within a week."""
    found = case().promoted(42).incident(50, "serious_assault")
    assert found.r.level == 1
    assert found.outcomes(60) == [(57, "warned")]
