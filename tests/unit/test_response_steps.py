"""One incident through seen, answered, recorded, sanctioned and contained, by hand.

In a quiet scene everything is seen and answered with a talk; a test makes one thing certain, or puts a
chance just above or just below what the keyed draw gives.
"""

import math

import pytest

from sim import ledger as codes
from sim import streams
from tests.scenes import HAIR, JUST, PART, SURE, Scene, log_odds

UNIT_WEIGHTS = {
    f"response.formal_{name}": 1
    for name in (
        "severity",
        "familiarity",
        "alliance",
        "orientation",
        "vigilance",
        "exhaustion",
        "rules",
        "restriction",
        "alone",
    )
}
"""Every circumstance weighs 1 in the log-odds of a report."""


# --- seen -----------------------------------------------------------------------------------------------


def test_what_nobody_sees_changes_nothing():
    """An incident out of sight stays in the ledger as it was, and no table moves by a bit."""
    scene = Scene(response__seen_later=0.0, response__formal_base=SURE, response__contain_base=SURE)
    event = scene.happens(codes.PHYSICAL, 3)
    before = scene.everything()
    scene.respond_to(0)
    assert scene.everything() == before
    assert event.seen == 0


def test_staff_on_the_unit_see_what_happens_outside_cells():
    """With staff near, trouble in the common room is seen at once, trouble in a cell only later or never."""
    scene = Scene(response__seen_later=0.0)
    scene.units.near = [0.0, 1.0]
    assert scene.answer(codes.VERBAL, place=codes.COMMON_ROOM).seen == 1
    assert scene.answer(codes.VERBAL, place=codes.CELL).seen == 0
    scene.units.near = [1.0, 0.0]
    assert scene.answer(codes.VERBAL, place=codes.COMMON_ROOM).seen == 0


def test_cameras_of_the_units_own_building_show_what_nobody_saw():
    """Full static security with cameras that show everything leaves nothing unseen, even in a cell."""
    scene = Scene(response__seen_later=0.0, response__seen_camera=1.0)
    scene.units.static = [0.0, 1.0]
    assert scene.answer(codes.VERBAL, place=codes.CELL).seen == 1
    scene.units.static = [1.0, 0.0]
    assert scene.answer(codes.VERBAL, place=codes.CELL).seen == 0


@JUST
def test_the_draw_of_noticing_decides(nudge, happens):
    """An incident is seen when the draw for that person, kind and day-part lies below the chance."""
    scene = Scene()
    scene.p.response.seen_later = scene.draw(streams.SEEN, codes.THREAT) + nudge
    event = scene.answer(codes.THREAT, 2)
    assert (event.seen, event.answer) == ((1, codes.TALK) if happens else (0, codes.NO_ANSWER))


def test_self_harm_is_met_with_a_talk_whatever_else_is_certain():
    """Self-harm that is seen is talked about and written down: no report, sanction or containment."""
    certain = dict.fromkeys(("formal_base", "sanction_base", "contain_base"), SURE)
    scene = Scene(
        values={f"response.{name}": value for name, value in certain.items()}, response__seen_self_harm=1.0
    )
    event = scene.answer(codes.SELF_HARM, 4, target=-1)
    assert (event.seen, event.answer, event.recorded) == (1, codes.TALK, 1)
    assert (event.containment, event.sanction, scene.kinds) == (0, 0, [codes.SELF_HARM])
    assert scene.sites.day_reports.tolist() == [0, 0]
    unnoticed = Scene(response__seen_self_harm=0.0)
    assert unnoticed.answer(codes.SELF_HARM, 4, target=-1).recorded == 0


# --- a report -------------------------------------------------------------------------------------------


def test_a_report_is_written_down_counted_and_paid_for():
    """A report is recorded, goes to the site's director, adds paperwork, and repairs nothing."""
    scene = Scene(response__formal_base=SURE, roster__paperwork_report=0.25)
    scene.actor.anger, scene.tie.grudge = 0.5, 0.8
    event = scene.answer(codes.THREAT, 2)
    assert (event.answer, event.recorded, event.sanction, scene.kinds) == (codes.REPORT, 1, 0, [codes.THREAT])
    assert scene.sites.day_reports.tolist() == [0, 1]
    assert scene.units.backlog.tolist() == [0.0, 0.25]
    assert (scene.actor.anger, scene.tie.grudge) == (0.5, 0.8)
    assert scene.staff.day_solved.tolist() == [0, 0, 0]


@JUST
def test_an_officer_who_knows_the_person_weighs_eight_things(nudge, happens):
    """With weights of 1 they add up to .8 log-odds.

    Severity 1, familiarity -.2, alliance less breach -.4, orientation -.2, vigilance .1, exhaustion .2,
    restrictiveness .2, procedural security .1.
    """
    scene = Scene(values=UNIT_WEIGHTS, security__procedural=0.6)
    scene.bond.familiarity, scene.bond.alliance, scene.bond.breach = 0.2, 0.5, 0.1
    scene.officer.orientation, scene.officer.vigilance, scene.officer.exhaustion = 0.7, 0.25, 0.5
    scene.unit.restrictiveness = 0.65
    scene.unit.vigilance = 1.0  # not the officer's own
    scene.p.response.formal_base = log_odds(scene.draw(streams.ANSWER, codes.THREAT)) - 0.8 + nudge
    assert (scene.answer(codes.THREAT, 2).answer == codes.REPORT) == happens


@JUST
def test_without_an_officer_the_units_mood_and_its_emptiness_weigh(nudge, happens):
    """With nobody there: severity 1, the unit's vigilance .2, restrictiveness .2 and being alone 1: 2.4."""
    scene = Scene(values=UNIT_WEIGHTS)
    scene.bonds.familiarity = scene.bonds.alliance = 1.0
    scene.staff.vigilance = scene.staff.exhaustion = scene.staff.orientation = 1.0
    scene.unit.vigilance, scene.unit.restrictiveness, scene.unit.hands = 0.35, 0.65, 0.0
    scene.p.response.formal_base = log_odds(scene.draw(streams.ANSWER, codes.THREAT)) - 2.4 + nudge
    assert (scene.answer(codes.THREAT, 2, officer=-1).answer == codes.REPORT) == happens


@pytest.mark.parametrize(("hands", "reported"), [(1.49, True), (1.5, False)])
def test_below_one_and_a_half_hands_an_officer_is_alone(hands, reported):
    """Being alone adds enough to report for sure; with the hands declared nobody counts as alone."""
    scene = Scene(response__formal_alone=2 * SURE, response__alone_hands=1.5)
    scene.unit.hands = hands
    assert (scene.answer(codes.VERBAL).answer == codes.REPORT) == reported


def test_familiarity_counts_as_it_stands_now():
    """Half known 45 days ago, with a time constant of 45 days, is .18 known now: no longer open."""
    scene = Scene(response__open_familiarity=0.25, alliance__familiarity_days=45.0)
    scene.bond.familiarity = 0.5
    assert scene.answer(codes.VERBAL).relational_open == 1
    scene.bond.part = PART - 45 * 4
    assert scene.answer(codes.VERBAL).relational_open == 0
    scene.p.response.open_familiarity = 0.5 * math.exp(-1) - HAIR
    assert scene.answer(codes.VERBAL).relational_open == 1


@pytest.mark.parametrize("ordering", [0, 1, 2])
@pytest.mark.parametrize("known", [True, False])
def test_ordering_rules_decide_where_they_hold_strictly(ordering, known):
    """Relational first never reports a known person; protocol first always reports; the menu is free."""
    scene = Scene(ordering=ordering, response__ordering_strength=1.0)
    scene.bond.familiarity = 0.25 if known else 0.24
    assert (scene.answer(codes.VERBAL).answer == codes.REPORT) == (ordering == 2)
    scene.p.response.formal_base = SURE
    assert (scene.answer(codes.VERBAL).answer == codes.REPORT) == (ordering != 1 or not known)


# --- an informal answer ---------------------------------------------------------------------------------


def test_a_talk_takes_away_anger_and_enmity():
    """A talk that repairs .4, by somebody half known, takes .4 x .75 = .3 of anger, grudge and dislike."""
    scene = Scene(response__repair_talk=0.4)
    scene.bond.familiarity = 0.5
    scene.residents.anger, scene.ties.grudge, scene.ties.tie = [0.8, 0.5, 0.5], 0.6, -0.5
    event = scene.answer(codes.VERBAL)
    assert (event.answer, event.recorded) == (codes.TALK, 0)
    assert scene.residents.anger.tolist() == pytest.approx([0.56, 0.35, 0.5])
    assert scene.ties.grudge.tolist() == pytest.approx([0.6, 0.6, 0.42, 0.6, 0.6])
    assert scene.ties.tie.tolist() == pytest.approx([-0.5, -0.5, -0.35, -0.5, -0.5])
    assert scene.kinds == [codes.VERBAL]
    assert scene.staff.day_solved.tolist() == [1, 0, 0]
    assert scene.units.backlog.tolist() == [0.0, 0.0]


def test_a_talk_also_takes_its_share_of_what_this_day_part_adds():
    """Impulses that leave .5 of the way to full anger leave .6 of it once a fifth has been talked away."""
    scene = Scene(response__repair_talk=0.4)
    scene.actor.keep_anger = 0.5
    scene.answer(codes.VERBAL, officer=-1)  # not known at all: half of .4
    assert scene.actor.keep_anger == pytest.approx(0.6)
    assert scene.staff.day_solved.tolist() == [0, 0, 0]


def test_a_warning_repairs_nothing():
    """A warning leaves anger as it was, and counts as settled without a report all the same."""
    scene = Scene(response__warning_weight=1e15)
    scene.actor.anger = 0.5
    assert scene.answer(codes.VERBAL).answer == codes.WARNING
    assert (scene.actor.anger, scene.officer.day_solved, scene.kinds) == (0.5, 1, [codes.VERBAL])


@pytest.mark.parametrize(
    ("answer", "weights"),
    [
        (codes.MEDIATION, {"response.mediation_weight": 1e15}),
        (codes.AGREED, {"response.agreed_weight": 1e15, "security.alliance": 1}),
    ],
)
def test_mediation_and_agreement_repair_and_are_events_of_their_own(answer, weights):
    """Repairing .6, by somebody half known, takes .45 of the anger; the event names both people."""
    scene = Scene(values=weights, response__repair_mediation=0.6)
    scene.bond.familiarity, scene.bond.alliance = 0.5, 0.5
    scene.actor.anger = 0.8
    event = scene.answer(codes.THREAT, 2, place=codes.YARD, channel=codes.CONTAGION)
    assert event.answer == answer
    assert scene.actor.anger == pytest.approx(0.44)
    assert scene.kinds == [codes.THREAT, codes.REPAIR]
    repair = scene.ledger[1]
    assert (repair.unit, repair.place, repair.answer) == (1, codes.YARD, answer)
    assert (repair.actor, repair.target, repair.staff, repair.officer) == (1, 0, 0, 0)
    assert (repair.cause, repair.channel, repair.seen) == (1, codes.CONTAGION, 1)


def test_there_is_nobody_to_mediate_with_after_an_act_alone():
    """However much mediation weighs, damage without a target is met with a talk."""
    scene = Scene(response__mediation_weight=1e15)
    scene.bond.familiarity = 1.0
    assert scene.answer(codes.DAMAGE, target=-1).answer == codes.TALK


@JUST
def test_the_draw_of_the_answer_decides_between_mediation_and_talk(nudge, happens):
    """Of a half-known person mediation weighs w / 2 against 1: just as likely as the draw u at 2u / (1-u)."""
    scene = Scene()
    u = scene.draw(streams.ANSWER_KIND, codes.THREAT)
    scene.bond.familiarity = 0.5
    scene.p.response.mediation_weight = 2 * u / (1 - u) + nudge
    assert (scene.answer(codes.THREAT, 2).answer == codes.MEDIATION) == happens
