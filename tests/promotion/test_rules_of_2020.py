"""The Dutch rules of 2020, one worked case per detail; dates and outcomes are worked out by hand.

Everybody enters on day 0. The first meeting is on day 28 (four weeks), later ones every six weeks: days 70,
112, 154, ...
"""

import pytest

from sim.judging import balance_of, lengthen
from sim.ledger import DEMOTED
from sim.policy import GROUPS
from tests.promotion.casework import Case, framework

UNDESIRED = ("late", "chore_skipped")  # two on stay and liveability: one alone is an incident, no period
AT_ONCE = {"late_return", "contraband", "physical_assault", "serious_assault", "threat", "escape_attempt"}
NOTED_AT_ONCE = {"prosecuted", "test_failed", "test_refused", "test_cheated"}


def case(*, may=1.0, leniency=0.0, keeps_down=1.0, **options):
    """Return a resident under rules that use or do not use their room, as said."""
    demotion = {"may": may, "keeps_down": keeps_down}
    return Case(framework("nl-2020", demotion=demotion, promotion={"leniency": leniency}), **options)


def test_the_plan_is_settled_at_the_first_meeting_within_four_weeks():
    assert case().history(40) == [(28, "plan_settled")]


def test_meetings_are_at_most_six_weeks_apart():
    found = case().until(29)
    assert (found.r.reviews, found.r.review_due) == (1, 70)
    assert found.until(113).r.reviews == 3


@pytest.mark.parametrize(("stay", "due"), [(1460, 70), (1461, 119)])
def test_long_sentences_are_reviewed_every_three_months(stay, due):
    """From an expected stay of four years (assumed) the second meeting is 91 days after the first."""
    assert case(stay=stay).until(29).r.review_due == due


def test_eligible_after_six_weeks_and_decided_at_the_next_meeting():
    """Six weeks are over on day 42; the next meeting is on day 70."""
    assert case().outcomes(200) == [(70, "promoted")]


def test_the_whole_cycle_since_entry_counts_at_that_meeting():
    """The first meeting makes the plan and decides nothing: what was noted before it still counts."""
    assert case().note(10, "late").note(50, "late").outcomes(80) == [(70, "promotion_refused")]


def test_there_are_two_classes_and_no_warning():
    """Undesired conduct blocks promotion; in plus it is demoted or not, there is no middle colour."""
    assert case().note(40, *UNDESIRED).outcomes(80) == [(70, "promotion_refused")]
    assert case().promoted(70).note(80, *UNDESIRED).outcomes(120) == [(112, "demoted")]
    assert case(may=0.0).promoted(70).note(80, *UNDESIRED).outcomes(120) == []


def test_desired_conduct_is_asked_for_on_both_domains():
    assert case().note(40, *["took_part"] * 9, "neglected_plan").outcomes(80) == [(70, "promotion_refused")]


def test_reintegration_weighs_more():
    """One note of a neglected plan is enough, one of coming late is not; and it weighs 1.5 in the balance."""
    assert case().note(40, "neglected_plan").outcomes(80) == [(70, "promotion_refused")]
    assert case().note(40, "late").outcomes(80) == [(70, "promoted")]
    found = case().note(40, "took_part", "took_part", "took_part", "neglected_plan", "neglected_plan")
    assert balance_of(found.r, found.tables["domains"], found.policy) == pytest.approx(3 / (3 + 2 * 1.5))


@pytest.mark.parametrize(
    ("desired", "leniency", "outcome"),
    [
        (5, 1.0, "promoted"),  # 5 of 7 notes are desired: .714 is mainly positive
        (5, 0.0, "promotion_refused"),  # it may suffice, it need not
        (4, 1.0, "promotion_refused"),  # 4 of 6: .667 is not
    ],
)
def test_a_mainly_positive_development_may_suffice(desired, leniency, outcome):
    found = case(leniency=leniency).note(30, *["took_part"] * desired).note(50, *UNDESIRED)
    assert found.outcomes(80) == [(70, outcome)]


@pytest.mark.parametrize(("excused", "outcome"), [(True, "promoted"), (False, "promotion_refused")])
def test_conduct_understandable_from_the_persons_situation_may_suffice(excused, outcome):
    """Four undesired notes count 4 x (1 - .75) = 1 where a disability is behind them: below the 2 needed."""
    found = case(lvb=1).note(30, *UNDESIRED, *UNDESIRED, excused=excused)
    assert found.outcomes(80) == [(70, outcome)]


@pytest.mark.parametrize("kind", sorted(AT_ONCE))
def test_impermissible_incidents_demote_at_once(kind):
    """The same day, without a meeting and without weighing: the chance to demote at a meeting is 0."""
    found = case(may=0.0).promoted(70).note(75, *["took_part"] * 30).incident(80, kind)
    assert found.r.level == 0
    assert found.outcomes(81) == [(80, "demoted")]
    assert found.r.reviews == 2  # day 28, and day 70 by decree


@pytest.mark.parametrize("kind", sorted(NOTED_AT_ONCE))
def test_impermissible_conduct_demotes_at_once(kind):
    found = case(may=0.0).promoted(70).note(80, kind)
    assert found.r.level == 0
    assert found.outcomes(81) == [(80, "demoted")]


def test_a_demotion_at_once_names_the_incident_as_its_cause():
    found = case().promoted(70).incident(80, "contraband")
    event = found.ledger[int(found.control[0].event_count) - 1]
    assert event.kind == DEMOTED
    assert found.ledger[int(event.cause) - 1].kind == 6


@pytest.mark.parametrize(("keeps_down", "outcome"), [(1.0, "promotion_refused"), (0.0, "promoted")])
def test_somebody_in_basic_can_be_kept_there_for_impermissible_conduct(keeps_down, outcome):
    assert case(keeps_down=keeps_down).note(40, "test_refused").outcomes(80) == [(70, outcome)]


def test_after_demotion_the_way_is_closed_for_six_weeks():
    """Contraband on day 80: no reason for more than 42 days, so until day 122; day 154 promotes."""
    found = case().promoted(70).incident(80, "contraband")
    assert found.r.barred_until == 122
    assert found.outcomes(160) == [(80, "demoted"), (154, "promoted")]


def test_a_longer_time_needs_reasons_and_has_them_in_writing():
    """A serious assault: gravity, impact on order and intent are three reasons, 42 + 3 x 28 = 126 days."""
    found = case().promoted(70).incident(80, "serious_assault")
    assert found.r.barred_until == 80 + 126
    assert found.ledger[int(found.control[0].event_count) - 1].reasons == 1


@pytest.mark.parametrize(
    ("kind", "before", "days"),
    [
        ("contraband", 0, 42),  # no reason
        ("contraband", 1, 70),  # a structural pattern: impermissible conduct before
        ("physical_assault", 0, 98),  # gravity, intent
        ("physical_assault", 1, 126),  # and a pattern
        ("serious_assault", 0, 126),  # gravity, impact on order, intent
        ("serious_assault", 1, 154),  # and a pattern
    ],
)
def test_each_reason_makes_the_time_longer(kind, before, days):
    found = case(stay_impermissible=before).promoted(70).incident(80, kind)
    assert found.r.barred_until == 80 + days


def test_conduct_that_was_not_meant_gives_one_reason_less():
    """A disability always recognised behind an assault: gravity remains, intent does not, 42 + 28 days."""
    found = case(lvb=1)
    found.p.promotion.recognised, found.p.promotion.lvb_self_control = 1.0, 1000.0
    assert found.promoted(70).incident(80, "physical_assault").r.barred_until == 80 + 70


def test_the_penalty_of_a_court_lengthens_a_running_bar_by_one_reason():
    """An assault on day 80 bars until day 178; a sentence on day 100 adds 28 days, after day 178 nothing."""
    found = case().promoted(70).incident(80, "physical_assault")
    found.until(100)
    lengthen(found.r, 100, found.policy)
    assert found.r.barred_until == 80 + 98 + 28
    late = case().promoted(70).incident(80, "physical_assault").until(180)
    lengthen(late.r, 180, late.policy)
    assert late.r.barred_until == 80 + 98


def test_the_penalty_of_a_court_keeps_to_the_longest_time_and_never_fills_the_stay():
    """Four reasons bar 154 days from day 80; two sentences reach the longest time, 182 days.

    In a stay of 300 days the last cycle starts on day 258: a bar until 234 grows to 258, not to 262.
    """
    found = case(stay_impermissible=1).promoted(70).incident(80, "serious_assault")
    for _ in range(2):
        lengthen(found.r, 100, found.policy)
    assert found.r.barred_until == 80 + 182
    short = case(stay=300, stay_impermissible=1).promoted(70).incident(80, "serious_assault")
    lengthen(short.r, 100, short.policy)
    assert short.r.barred_until == 258


def test_the_time_is_never_longer_than_the_longest():
    policy = framework("nl-2020", demotion={"longest_days": 100})
    assert Case(policy).promoted(70).incident(80, "serious_assault").r.barred_until == 180


def test_the_way_up_is_never_closed_for_the_whole_stay():
    """170 days left of the stay less one cycle of 42 leave 58 days for a bar that reasons put at 126."""
    found = case(stay=180).promoted(70).incident(80, "serious_assault")
    assert found.r.barred_until == 80 + (180 - 80 - 42)


def test_ordinary_undesired_conduct_closes_the_way_for_six_weeks_too():
    found = case().promoted(70).note(80, *UNDESIRED)
    assert found.outcomes(160) == [(112, "demoted"), (154, "promoted")]


def test_status_is_earned_in_a_remand_house_and_lived_after_transfer():
    """Promoted on day 70 on a remand unit: basic week; on the morning after the transfer the plus week."""
    found = case(remand_unit=1)
    assert found.outcomes(80) == [(70, "promoted")]
    assert (found.r.level, found.r.programme) == (1, -1)
    found.units[0].remand = 0  # the person now lives on a prison unit
    assert found.until(82).r.programme == 1


def test_people_on_remand_earn_status_wherever_they_live_and_live_it_after_judgment():
    found = case(remand=1)
    assert found.outcomes(80) == [(70, "promoted")]
    assert (found.r.level, found.r.programme) == (1, -1)
    found.r.remand = 0
    assert found.until(82).r.programme == 1


@pytest.mark.parametrize(("stay", "reviews"), [(69, 0), (70, 1)])
def test_release_before_the_second_meeting_is_out(stay, reviews):
    """The second meeting is on day 70; by expected stay (assumption)."""
    assert case(stay=stay).until(60).r.reviews == reviews


def test_a_self_reporter_with_a_short_stay_is_in_plus_from_day_one():
    """Self-reporting wins over the exclusion for short stays (assumption), and plus can be lost."""
    found = case(stay=60, self_reporter=1)
    assert (found.r.level, found.r.programme, found.r.out_of_scheme) == (1, 1, 0)
    assert found.note(10, "test_cheated").outcomes(12) == [(10, "demoted")]


@pytest.mark.parametrize("group", range(1, len(GROUPS)))
def test_special_groups_are_out(group):
    found = case(legal_group=group)
    assert found.history(200) == [(28, "plan_settled")]


def test_a_conviction_excludes_nobody():
    assert case(convicted=1).outcomes(80) == [(70, "promoted")]


def test_prosecution_follows_recorded_violence_and_demotes():
    """With a certain prosecution a recorded assault is demoted for once and counts as one act."""
    found = case()
    found.p.promotion.prosecuted = 1.0
    found.promoted(70).incident(80, "physical_assault")
    assert found.outcomes(81) == [(80, "demoted"), (80, "prosecuted")]
    assert found.r.stay_impermissible == 1


def test_prosecution_alone_demotes():
    """Prosecuted for damage, ordinary undesired conduct in itself: down at once, for the prosecution."""
    found = case()
    found.p.promotion.prosecuted = 1.0
    found.promoted(70).incident(80, "damage", severity=3)
    assert found.outcomes(81) == [(80, "prosecuted"), (80, "demoted")]
    assert found.r.stay_impermissible == 1


@pytest.mark.parametrize(("suffices", "outcome"), [(True, "promotion_refused"), (False, "promoted")])
def test_whether_the_older_case_law_on_effort_holds_is_a_switch(suffices, outcome):
    policy = framework("nl-2020", case_law={"effort_alone_suffices": suffices}, promotion={"leniency": 0.0})
    assert Case(policy).note(40, "neglected_plan").outcomes(80) == [(70, outcome)]


def test_clock_and_reports_travel_with_a_transfer():
    """Noted on one unit on day 10 and on another on day 50: both count on day 70, as without the transfer."""
    found = case().note(10, "late").until(20)
    found.r.unit = 1
    found.units[0].place_end, found.units[1].place_first, found.units[1].place_end = 0, 0, 1
    assert found.note(50, "late").outcomes(80) == [(70, "promotion_refused")]
    assert found.r.clock_from == 70


def test_a_decision_that_does_not_come_is_written_down_once():
    """The meeting of day 70 does not come to this person; on day 75 it does."""
    found = case().until(70)
    found.held = False
    found.until(75)
    found.held = True
    assert found.outcomes(80) == [(71, "review_overdue"), (75, "promoted")]


def test_conduct_of_the_whole_stay_is_kept():
    """Decisions empty the file; what leave and later phases look at goes on counting."""
    found = case().note(10, "took_part", "late").until(71)
    assert (found.r.desired_first, found.r.undesired_first) == (0, 0)
    found.note(80, "took_part", "took_part").incident(90, "contraband")
    assert (found.r.stay_desired, found.r.stay_undesired, found.r.stay_impermissible) == (3, 1, 1)


def test_the_disciplines_of_the_rules_report():
    names = [reporter.name for reporter in framework("nl-2020").reporters]
    assert names == ["mentor", "case_manager", "work", "education", "sport", "trainer"]


def test_the_weighing_of_interests_looks_at_the_balance():
    """As much desired as undesired leaves the chance at .5; all undesired: .5 x 1.8; all desired: .5 x .2."""
    from sim.judging import may_chance

    policy = Case(framework("nl-2020")).policy
    assert may_chance(0.5, 0.0, 0.8, policy) == pytest.approx(0.5)
    assert may_chance(0.0, 0.0, 0.8, policy) == pytest.approx(0.9)
    assert may_chance(1.0, 0.0, 0.8, policy) == pytest.approx(0.1)
    assert may_chance(0.5, 0.2, 0.8, policy) == pytest.approx(0.7)
