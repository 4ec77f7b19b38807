"""What the engine promises whatever the policy: switches, luck, fairness of chances, effects on people."""

import math
from dataclasses import replace

import numpy as np
import pytest

from scenarios.frameworks import shipped
from sim import conduct, judging
from sim.ledger import CONTAINMENT, DEMOTED, KINDS, PROMOTED, REFUSED_PROMOTION, SANCTION
from sim.mechanisms import promotion
from sim.policy import Class, Conduct, Domain, Level, PolicySpecification, Reporter, Review
from sim.policy_tables import policy_tables
from sim.simulation import Simulation
from tests.builders import SCHEME, facility, lively, numbers, off, out_of_range, plainly, row, rows
from tests.promotion.casework import Case, framework

LADDER = PolicySpecification(
    name="ladder",
    levels=(Level("low"), Level("middle", visits=0.1), Level("high", programme="plus", plus=True)),
    domains=(Domain("conduct"),),
    classes=(Class("fine", "desired"), Class("wrong", "undesired")),
    conduct=(Conduct("took_part", "conduct", "fine"), Conduct("threat", "conduct", "wrong")),
    reporters=(Reporter("officer", on_unit=True),),
    review=Review(first_days=28, cycle_days=28, eligible_days=28),
)
"""A framework that no code knows: three levels, judged every four weeks."""


def judged(events):
    """Return the rows of daily conduct."""
    return events[(events.kind >= 40) & (events.kind < 60)]


# --- decisions that a complaint undoes -------------------------------------------------------------------


def test_an_undone_demotion_gives_the_level_back():
    """A threat costs the step of day 56 on day 84; a complaint upheld on day 90 gives it back."""
    policy = replace(LADDER, demotion=replace(LADDER.demotion, may=1.0))
    found = Case(policy).note(60, "threat")
    assert found.until(90).r.level == 1
    found.r.undone = DEMOTED
    assert found.until(91).r.level == 2
    assert (found.r.undone, found.r.demotions, found.r.level_since) == (0, 0, 91)


def test_an_undone_refusal_is_decided_anew_at_once():
    """A threat leads to a refusal on day 28; undone on day 41, the next day decides for a step up."""
    found = Case(LADDER).note(10, "threat")
    assert found.outcomes(40) == [(28, "promotion_refused")]
    found.r.undone = REFUSED_PROMOTION
    assert found.outcomes(45)[-1] == (42, "promoted")


def test_an_undone_refusal_gives_back_the_positive_periods():
    """Two periods are asked for: one was had before a refusal on day 56; undone, one more is enough."""
    policy = replace(LADDER, levels=(replace(LADDER.levels[0], periods=2), *LADDER.levels[1:]))
    found = Case(policy).note(40, "threat")
    assert found.outcomes(60) == [(56, "promotion_refused")]
    found.r.undone = REFUSED_PROMOTION
    assert found.outcomes(63)[-1] == (62, "promoted")
    assert Case(policy).note(40, "threat").outcomes(100)[-1] == (56, "promotion_refused")


def test_an_undone_refusal_leaves_a_bar_in_force():
    """Barred until day 178 for an assault: a refusal undone on day 130 does not open the way."""
    found = Case(framework("nl-2020")).promoted(70).incident(80, "physical_assault").until(130)
    found.r.undone = REFUSED_PROMOTION
    assert found.until(131).r.barred_until == 178
    assert found.outcomes(177)[-1][1] != "promoted"


def test_what_comes_from_a_difficulty_in_self_control_is_recognised_in_its_share():
    """LVB alone, .7 log-odds: 1 - exp(-.7) = .503 of acts come from it, of which .6 are recognised: .302."""
    p = numbers()
    lvb = row("residents", lvb=1, self_reliance=0.5, vulnerability=p.residents.vulnerability_mean, key=5)
    with np.errstate(over="ignore"):
        found = [promotion.understood(lvb, 3, part, np.uint64(1), p) for part in range(4000)]
    # Binomial: 3.3 standard errors of .0073, a false alarm in a thousand.
    assert np.mean(found) == pytest.approx(0.302, abs=0.024)
    able = row("residents", lvb=0, self_reliance=0.9, vulnerability=p.residents.vulnerability_mean, key=5)
    with np.errstate(over="ignore"):
        assert not any(promotion.understood(able, 3, part, np.uint64(1), p) for part in range(100))


# --- a framework of one's own -------------------------------------------------------------------------


def test_three_levels_in_four_week_steps():
    """Nothing wrong: up on days 28 and 56; a threat in the third period leads one level down."""
    policy = replace(LADDER, demotion=replace(LADDER.demotion, may=1.0))
    found = Case(policy).note(60, "threat")
    assert found.outcomes(90) == [(28, "promoted"), (56, "promoted"), (84, "demoted")]
    assert (found.r.level, found.r.programme, found.r.extra_visits) == (1, -1, 0.1)


def test_a_fall_to_the_lowest_level_is_a_choice():
    policy = replace(LADDER, demotion=replace(LADDER.demotion, may=1.0, falls="lowest"))
    assert Case(policy).note(60, "threat").until(85).r.level == 0


def test_desired_conduct_can_be_asked_for():
    """A part that asks for two desired notes refuses a period with one, without calling it undesired."""
    policy = replace(LADDER, domains=(Domain("conduct", desired_needed=2),))
    found = Case(policy).note(10, "took_part")
    assert found.outcomes(40) == [(28, "promotion_refused")]
    assert found.r.strikes == 0
    assert found.note(50, "took_part", "took_part").outcomes(60)[1:] == [(56, "promoted")]


def test_a_framework_of_ones_own_runs():
    """Sixteen weeks of a facility under the ladder: people stand on all three levels."""
    specification = facility(20, 20, policy=LADDER, numbers={"residents.stay_mean_days": 400,
                                                             "residents.stay_median_days": 300})  # fmt: skip
    simulation = Simulation(specification, 1).run(112)
    residents = simulation.used("residents")
    assert set(residents.level[residents.present == 1]) == {0, 1, 2}
    decided = simulation.ledger()[simulation.ledger().kind == PROMOTED]
    assert len(decided) > 30
    assert np.array_equal(residents.programme[residents.present == 1] == 1,
                          residents.level[residents.present == 1] == 2)  # fmt: skip
    assert out_of_range(simulation) == []


# --- off, none, luck ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nl-2014", "nl-2020", "earned-privilege", "all-plus"])
def test_the_scheme_off_has_the_bits_of_none(name):
    """Whatever the policy, with the mechanism off the run ends in the bits of a run without any scheme."""
    world = facility(12, 9, policy=shipped(name))
    none = Simulation(replace(world, policy=PolicySpecification()), 1).run(60)
    switched_off = Simulation(off(world, "promotion"), 1).run(60)
    assert switched_off.digest() == none.digest()
    assert switched_off.daily().tobytes() == none.daily().tobytes()
    assert Simulation(world, 1).run(60).digest() != none.digest()


def test_a_policy_moves_no_arrival_and_no_trait():
    one = Simulation(lively(), 1).run(60).used("residents")
    other = Simulation(lively(policy=PolicySpecification()), 1).run(60).used("residents")
    assert len(one) == len(other) > 30
    for column in ("key", "arrival", "release", "lvb", "self_reliance", "legal_group", "prior_sentences"):
        assert np.array_equal(one[column], other[column]), column


def test_plain_python_gives_the_bits_of_compiled_code_under_a_policy():
    world = facility(8, (5, {"regime": "remand"}), policy=shipped("nl-2020"), numbers={
        "promotion.rate_programme": 0.2, "promotion.rate_test": 0.2, "promotion.prosecuted": 1,
        "promotion.conviction_days": 5,
    })  # fmt: skip
    plain, compiled = plainly(world, 45), Simulation(world, 1).run(45)
    assert (compiled.ledger().kind == DEMOTED).sum() + (compiled.ledger().kind == PROMOTED).sum() > 0
    assert plain.digest() == compiled.digest()


def test_a_fork_can_change_the_policy():
    """A run that goes on under another framework judges by it; levels that no longer exist are left."""
    simulation = Simulation(facility(20, policy=LADDER), 1).run(70)
    fork = simulation.fork(replace(simulation.specification, policy=shipped("nl-2014"))).run(120)
    assert fork.used("residents").level.max() <= 1
    assert len(fork.world.levels) == 2


# --- who is who ---------------------------------------------------------------------------------------


def test_features_of_residents_have_the_shares_of_the_scenario():
    """Shares over some 2,000 people, within four standard errors; sequential groups do not overlap."""
    shares = {
        "residents.lvb_share": 0.3,
        "residents.self_reporter_share": 0.2,
        "residents.remand_share": 0.5,
        "residents.offender_measure_share": 0.2,
        "residents.measure_sought_share": 0.1,
        "residents.psychiatric_share": 0.1,
        "residents.control_share": 0.1,
        "residents.extra_secured_share": 0.1,
        "residents.prior_sentences_mean": 2,
        "residents.stay_mean_days": 4,
        "residents.stay_median_days": 3,
    }
    people = Simulation(facility(60, numbers=shares), 1).run(120).used("residents")
    number = len(people)
    assert number > 1500

    def near(found, share):
        assert abs(found - share) < 4 * math.sqrt(share * (1 - share) / number)

    near(people.lvb.mean(), 0.3)
    near(people.self_reporter.mean(), 0.5 * 0.2)
    assert people.self_reporter[people.remand == 1].sum() == 0
    for group, share in enumerate((0.4, 0.2, 0.1, 0.1, 0.1, 0.1)):
        near((people.legal_group == group).mean(), share)
    near((people.prior_sentences == 0).mean(), 1 / 3)
    assert people.prior_sentences.mean() == pytest.approx(2, abs=4 * math.sqrt(6 / number))
    assert people.self_reliance[people.lvb == 0].mean() == pytest.approx(0.5, abs=0.02)
    assert people.self_reliance[people.lvb == 1].mean() == pytest.approx(0.38, abs=0.03)


# --- conduct, seen and noted --------------------------------------------------------------------------


def test_conduct_stays_rare_in_the_ledger():
    """At the defaults at most a fifth of an event per resident-day, and nothing without a scheme."""
    simulation = Simulation(facility(20, 20, policy=shipped("nl-2020")), 1).run(90)
    per_day = len(judged(simulation.ledger())) / simulation.daily().residents.sum()
    assert 0.02 < per_day <= 0.2
    assert len(judged(Simulation(facility(20, 20), 1).run(30).ledger())) == 0


def test_at_most_one_occasion_arises_whatever_the_rates():
    """Rates of .2 each take more than the day: the last occasions get what is left."""
    names = "programme chore agreement correction manner hygiene plan test quarrel"
    p = numbers({f"promotion.rate_{name}": 0.2 for name in names.split()})
    assert conduct.occasion_at(0.1, p) == conduct.PROGRAMME
    assert conduct.occasion_at(0.3, p) == conduct.CHORE
    assert conduct.occasion_at(0.999, p) == conduct.MANNER
    assert conduct.occasion_at(0.99, numbers()) == -1


def test_the_chance_of_desired_conduct_by_hand():
    """1.2 at middling state; needs .2 above add .4, tension .1 takes .15, motivation .1 adds .1 + .06."""
    p = numbers()
    middling = {"autonomy": 0.5, "competence": 0.5, "relatedness": 0.5, "tension": 0.4,
                "motivation_autonomous": 0.5, "motivation_controlled": 0.5}  # fmt: skip
    assert conduct.ease(row("residents", **middling), conduct.CHORE, p) == pytest.approx(1.2)
    better = {**middling, "autonomy": 0.7, "competence": 0.7, "relatedness": 0.7, "tension": 0.5,
              "motivation_autonomous": 0.6, "motivation_controlled": 0.6}  # fmt: skip
    found = conduct.ease(row("residents", **better), conduct.CHORE, p)
    assert found == pytest.approx(1.2 + 0.4 - 0.15 + 0.1 + 0.06)
    assert conduct.ease(row("residents", **middling), conduct.TEST, p) == pytest.approx(1.2 + 1.5)


def test_difficulty_works_by_understanding_planning_and_self_control_alone():
    """LVB 1, self-reliance .2 below the middle .4, vulnerability .5 above the mean .3: 1.7 in all."""
    p = numbers(
        promotion__lvb_understanding=0.1, promotion__lvb_planning=0.2, promotion__lvb_self_control=0.3
    )
    hard = conduct.difficulty(1, 0.3, 0.75, p)
    assert hard == pytest.approx(1 + 2 * 0.2 + 0.6 * 0.5)
    understanding = (conduct.AGREEMENT, conduct.TEST)
    planning = (conduct.PROGRAMME, conduct.CHORE, conduct.PLAN, conduct.HYGIENE)
    self_control = (conduct.CORRECTION, conduct.MANNER, conduct.QUARREL)
    for occasions, weight in ((understanding, 0.1), (planning, 0.2), (self_control, 0.3)):
        for occasion in occasions:
            assert conduct.hindrance(occasion, hard, p) == pytest.approx(weight * 1.7)


def test_every_kind_of_conduct_can_arise():
    """Over the outcomes of all occasions, every kind of daily conduct that the ledger knows is reached."""
    p = numbers()
    reached = {conduct.desired_kind(occasion) for occasion in range(9)}
    reached |= {conduct.undesired_kind(o, v, p) for o in range(9) for v in (0.0, 0.31, 0.36, 0.9)}
    assert reached - {0} == {kind for kind in KINDS if 40 <= kind < 60}


def test_misread_conduct_is_taken_for_its_opposite():
    """Desired is read as undesired and the other way round; tests and hygiene speak for themselves."""
    for kind in range(40, 60):
        read = conduct.opposite(kind)
        if kind in {53, 56, 57, 58, 59}:
            assert read == kind
        else:
            assert conduct.is_desired(read) == 1 - conduct.is_desired(kind)


def test_what_is_seen_grows_with_familiarity():
    p = numbers()
    assert promotion.seen_chance(0.0, p) == pytest.approx(0.35)
    assert promotion.seen_chance(0.6, p) == pytest.approx(0.35 + 0.5 * 0.6)


def test_colleagues_differ_by_their_own_line_as_far_as_consistency_allows():
    """An officer .2 more controlling than the mean notes .2 x line x (1 - consistency) more that is wrong."""
    p = numbers(promotion__consistency=0.25, promotion__line=0.8)
    line = promotion.officer_line(0.3, p)
    assert line == pytest.approx(0.75 * 0.8 * 0.2)
    assert promotion.noted_chance(0, line, p) == pytest.approx(0.65 + line)
    assert promotion.noted_chance(1, line, p) == pytest.approx(0.4 - line)
    assert promotion.officer_line(0.3, numbers(promotion__consistency=1)) == 0


def test_consistent_staff_leave_no_note_to_their_own_line():
    """Notes that only a reporter's line made exist with inconsistent staff and never with consistent ones."""

    def strict(consistency):
        world = lively(numbers={"promotion.consistency": consistency, "staffing.orientation_sd": 0.3})
        simulation = Simulation(world, 1)
        total = 0.0
        for day in range(1, 30):
            total += simulation.run(day).used("residents").strict.sum()
        return total

    assert strict(1.0) == 0
    assert strict(0.0) > 0


@pytest.mark.parametrize(("u", "found"), [(0.0, 0), (0.49, 0), (0.51, 1), (0.999, 1)])
def test_disciplines_report_by_their_attention_on_their_parts(u, found):
    """Mentor 1 and work 1 on the first part; the teacher reports on the others only."""
    reporters = policy_tables(SCHEME, ("basic", "plus"))["reporters"]
    assert promotion.reporter_at(u, 1, reporters) == found
    assert promotion.reporter_at(0.0, 0, reporters) == -1


def test_seen_comes_before_noted():
    events = judged(Simulation(lively(), 1).run(60).ledger())
    assert len(events) > 300
    assert np.all(events.seen[events.recorded == 1] == 1)
    assert 0 < events.recorded.sum() < events.seen.sum() < len(events)


def test_the_decider_has_a_line_of_the_site_or_of_the_meeting():
    """The director's line is one for the site; by mandate every unit's meeting has its own."""
    lines = {}
    for decides in ("director", "mdo"):
        policy = replace(LADDER, decides=decides)
        tables = policy_tables(policy, ("basic", "plus"))
        assert tables["policy"][0].by_meeting == (decides == "mdo")
        worlds = [
            Simulation(facility(12, 12, 12, policy=replace(policy, demotion=replace(
                policy.demotion, may=0.5)), numbers={"promotion.line": 4, "promotion.consistency": 0,
                "staffing.orientation_sd": 0.4, "encounters.quarrel": 0.03}), 1)
            .run(150)
        ]  # fmt: skip
        lines[decides] = worlds[0].digest()
    assert lines["director"] != lines["mdo"]


# --- equal chances ------------------------------------------------------------------------------------


def gaps(**changes):
    """Return the share in plus of others less that of residents with LVB, per replicate."""
    world = facility(
        *[40] * 4,
        policy=shipped("nl-2020"),
        numbers={
            "residents.stay_mean_days": 500, "residents.stay_median_days": 400, "residents.lvb_share": 0.5,
            "run.burn_in_days": 60, **changes,
        },
    )  # fmt: skip
    found = []
    for replicate in range(30):
        day = Simulation(world, 1, replicate).run(120).daily()
        lvb, total = day.lvb.sum(), day.residents.sum()
        with_lvb = day.plus_lvb.sum() / lvb
        others = (day.plus.sum() - day.plus_lvb.sum()) / (total - lvb)
        found.append(others - with_lvb)
    return np.array(found)


def interval(values):
    """Return the 99 % interval of a mean (Student's t with 29 degrees of freedom)."""
    error = values.std(ddof=1) / math.sqrt(len(values))
    return values.mean() - 2.756 * error, values.mean() + 2.756 * error


BY_ABILITY = ("promotion.lvb_understanding", "promotion.lvb_planning", "promotion.lvb_self_control")


@pytest.mark.slow
def test_without_the_three_effects_lvb_makes_no_difference():
    """Without effects on understanding, planning and self-control the gap's interval contains 0; else not."""
    low, high = interval(gaps(**dict.fromkeys(BY_ABILITY, 0.0)))
    assert low < 0 < high
    low, _ = interval(gaps(**dict.fromkeys(BY_ABILITY, 1.5)))
    assert low > 0


def test_without_the_three_effects_nothing_is_excused():
    world = lively(numbers=dict.fromkeys(BY_ABILITY, 0.0))
    simulation = Simulation(world, 1)
    for day in range(1, 20):
        residents = simulation.run(day).used("residents")
        assert residents.excused_undesired_first.sum() + residents.excused_warning_second.sum() == 0


# --- what it does to people ---------------------------------------------------------------------------


def moved(prospect, **numbers_changed):
    """Return somebody moved by reward as much as can be, after very long."""
    r = row("residents", start_autonomous=0.5, start_controlled=0.4, motivation_autonomous=0.5,
            motivation_controlled=0.4, causality=0.5, hope=0.5)  # fmt: skip
    promotion.be_moved(r, prospect, 1.0, numbers(numbers_changed))
    return r


def test_expected_reward_moves_controlled_motivation_and_crowds_out_own_reasons():
    """Prospect 1, moved by half: controlled .4 + .3 x .5, autonomous .5 x (1 - .2 x .5), hope .5 + .15."""
    r = moved(1.0)
    assert r.motivation_controlled == pytest.approx(0.55)
    assert r.motivation_autonomous == pytest.approx(0.45)
    assert r.hope == pytest.approx(0.65)
    assert r.drive == pytest.approx(0.3 * (0.45 - 0.5) + 0.15 * (0.55 - 0.4))


def test_without_prospect_motivation_stays_and_hope_falls():
    r = moved(0.0)
    assert (r.motivation_controlled, r.motivation_autonomous, r.drive) == (0.4, 0.5, 0)
    assert r.hope == pytest.approx(0.5 - 0.3 * 0.5)


def test_crowding_out_can_be_absent():
    assert moved(1.0, **{"promotion.crowding_out": 0.0}).motivation_autonomous == 0.5


def test_whoever_cannot_rise_before_release_expects_nothing():
    """Eligible on day 42, reviewed on day 70: release on day 70 leaves no prospect, on day 71 a full one."""
    for stay, prospect in ((70, 0.0), (71, 1.0)):
        found = Case(framework("nl-2020", scope={"short_stay_days": 0}), stay=stay).until(30)
        t = found.tables
        assert promotion.prospect_of(found.r, t["levels"], found.policy, found.p) == prospect


def test_notes_of_what_went_wrong_discourage():
    found = Case(framework("nl-2020")).note(10, "late", "chore_skipped")
    t = found.tables
    expected = math.exp(-0.15 * 2)
    assert promotion.prospect_of(found.r, t["levels"], found.policy, found.p) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("reasons", "strict", "factor"), [(1, 0.0, 1.0), (0, 0.0, 2.0), (1, 1.0, 1.5), (0, 2.0, 3.0)]
)
def test_grievance_grows_without_reasons_and_where_lines_differ(reasons, strict, factor):
    """Of two wrong notes none, one or both came from a colleague's own line; each full lack adds once .1."""
    r = row("residents", keep_grievance=1.0)
    places, memories = rows("places", 1), rows("memories", 6)
    promotion.resent(r, 0.1, reasons, strict, 2.0, 7, 3, places, memories, numbers())
    assert r.keep_grievance == pytest.approx(1 - 0.1 * factor)
    assert (r.touched, memories[0].event, places[0].memory) == (1, 7, 1)


def test_a_decision_against_somebody_can_leave_nothing():
    r = row("residents", keep_grievance=1.0)
    promotion.resent(r, 0.0, 0, 1.0, 1.0, 7, 3, rows("places", 1), rows("memories", 6), numbers())
    assert (r.keep_grievance, r.touched) == (1.0, 0)


def test_demotion_takes_hope_and_promotion_gives_it():
    """Down: .5 x (1 - .3); up: .5 + .3 x .5."""
    down = Case(framework("nl-2020")).promoted(70)
    down.r.hope = 0.5
    assert down.incident(80, "contraband").r.hope == pytest.approx(0.35)
    up = Case(framework("nl-2020")).until(70)
    up.r.hope = 0.5
    assert up.until(71).r.hope == pytest.approx(0.65)


def test_decisions_are_explained_the_more_the_better_the_mentor_knows_somebody():
    """At middling familiarity (.4) the chance is .7, fully known it is .7 + .4 x .6 = .94."""
    p = numbers()
    with np.errstate(over="ignore"):
        for known, expected in ((0.4, 0.7), (1.0, 0.94)):
            told = [
                promotion.explained(
                    row("residents", key=k, best_familiarity=known, best_post=0), 5, 0, np.uint64(1), p
                )
                for k in range(2000)
            ]
            assert np.mean(told) == pytest.approx(expected, abs=4 * math.sqrt(0.25 / 2000))


def test_reasons_are_given_for_decisions_alone():
    events = Simulation(lively(), 1).run(60).ledger()
    decided = (events.kind >= 60) | (events.kind == CONTAINMENT) | (events.kind == SANCTION)
    assert np.all(events.reasons[~decided] == 0)
    negative = events[(events.kind == REFUSED_PROMOTION) | (events.kind == DEMOTED)]
    assert 0 < negative.reasons.mean() < 1


# --- reviews ------------------------------------------------------------------------------------------


def test_reviews_wait_where_caseload_and_paperwork_are_heavy():
    """.08 a day at 1.7 residents per employee, twice that at 3.4; a staff day-part left undone adds .05."""
    p = numbers(staffing__residents_per_employee=3.4)
    assert promotion.delay_chance(row("units"), p) == pytest.approx(0.16)
    assert promotion.delay_chance(row("units", backlog=2.0), p) == pytest.approx(0.26)
    assert promotion.delay_chance(row("units", backlog=500.0), p) == 1


def test_overdue_decisions_appear_where_reviews_wait():
    """Never without delays; with many, overdue ones are written down and are held later."""
    never = Simulation(lively(numbers={"promotion.late_review": 0, "promotion.late_backlog": 0}), 1).run(60)
    often = Simulation(lively(numbers={"promotion.late_review": 0.5}), 1).run(60)
    assert (never.ledger().kind == 63).sum() == 0
    assert (often.ledger().kind == 63).sum() > 20


def test_a_person_met_in_the_stock_is_reviewed_within_the_cycle():
    """Somebody who came 100 days before day 0: the first review was due on day -72, the next is on day 12."""
    tables = policy_tables(framework("nl-2020"), ("basic", "plus"))
    r = row("residents", arrival=-100, release=900)
    judging.receive_resident(r, 0, 0, tables["levels"], tables["policy"][0])
    assert (r.review_due, r.clock_from) == (12, 0)


def test_levels_change_only_by_decision():
    """Every step up or down of a resident on the way is in the ledger."""
    simulation = Simulation(lively(numbers={"promotion.prosecuted": 0}), 1)
    simulation.run_parts(2)
    for _ in range(40):
        residents = simulation.used("residents")
        before = {int(key): int(level) for key, level in zip(residents.key, residents.level, strict=True)}
        first = len(simulation.used("ledger"))
        simulation.run_parts(4)
        events = simulation.used("ledger")[first:]
        residents = simulation.used("residents")
        for kind, step in ((PROMOTED, 1), (DEMOTED, -1)):
            for event in events[events.kind == kind]:
                key = int(residents.key[event.target])
                before[key] = before.get(key, 0) + step
        here = residents[residents.present == 1]
        known = [
            k for k in range(len(here)) if int(here.key[k]) in before and here.arrival[k] < simulation.day - 1
        ]
        assert all(int(here.level[k]) == before[int(here.key[k])] for k in known)
