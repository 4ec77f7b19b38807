"""What follows an answer by staff (record, sanction, containment, marks), and who is answered at all."""

import pytest

from sim import ledger as codes
from sim import streams
from tests.scenes import JUST, SURE, Scene, log_odds

REPORTED = {"response.formal_base": SURE}
CONTAINED = {"response.contain_base": SURE}
SANCTIONED = {**REPORTED, "response.sanction_base": SURE}


# --- written down ---------------------------------------------------------------------------------------


@JUST
def test_the_officers_vigilance_decides_what_is_written_down(nudge, happens):
    """With a weight of .1, an officer .2 above middling writes down .02 more, whatever the unit's mood."""
    scene = Scene(response__recorded_rules=0.1, roster__paperwork_report=0.25)
    scene.officer.vigilance, scene.unit.vigilance = 0.35, 1.0
    scene.p.response.recorded_minor = scene.draw(streams.RECORDED, codes.THREAT) - 0.02 + nudge
    event = scene.answer(codes.THREAT, 2)
    assert (event.answer, event.recorded) == (codes.TALK, int(happens))
    assert scene.units.backlog.tolist() == [0.0, 0.25 * happens]
    assert scene.sites.day_reports.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("kind", "severity", "values", "recorded"),
    [
        (codes.LATE_RETURN, 1, {}, 1),
        (codes.REFUSAL, 1, {}, 0),
        (codes.PHYSICAL, 3, {}, 0),
        (codes.PHYSICAL, 3, CONTAINED, 1),
        (codes.PHYSICAL, 3, {"response.recorded_violent": 1}, 1),
        (codes.THREAT, 2, {"response.recorded_violent": 1}, 0),
        (codes.THREAT, 2, {"response.recorded_minor": 1}, 1),
    ],
)
def test_late_returns_and_containments_are_always_written_down(kind, severity, values, recorded):
    """Where nothing is written down by choice, a late return and what needed containment still are."""
    scene = Scene(values=values, roster__paperwork_report=0.25, roster__paperwork_containment=0.5)
    event = scene.answer(kind, severity)
    assert (event.answer, event.recorded) == (codes.TALK, recorded)
    aftercare = 0.5 if values == CONTAINED else 0.0
    assert scene.unit.backlog == 0.25 * recorded + aftercare


# --- sanctioned -----------------------------------------------------------------------------------------


def test_without_a_report_there_is_no_sanction():
    """However certain sanctions are, who is talked to gets none; who is reported gets one."""
    scene = Scene(response__sanction_base=SURE)
    assert scene.answer(codes.REFUSAL).sanction == 0
    scene.p.response.formal_base = SURE
    assert scene.answer(codes.REFUSAL).sanction > 0
    assert scene.kinds == [codes.REFUSAL, codes.REFUSAL, codes.SANCTION]
    assert (scene.ledger[2].target, scene.ledger[2].cause) == (1, 2)


@JUST
def test_the_director_weighs_gravity_the_units_vigilance_and_earlier_reports(nudge, happens):
    """With weights of 1: two steps of severity 2, vigilance .1, and 1 report a day: together 3.1.

    28 reports in the recent 14 days are 2 a day; per head of the 48 present against 24, that is 1.
    The report just made counts from tomorrow.
    """
    scene = Scene(
        values={**REPORTED, **{f"response.sanction_{name}": 1 for name in ("severity", "vigilance", "load")}},
        encounters__recent_days=14.0,
        coupling__director=0.0,
        coupling__reference_size=24.0,
    )
    scene.sites.reports, scene.sites.present = [500.0, 28.0], 48
    scene.unit.vigilance, scene.officer.vigilance = 0.25, 1.0
    chance = scene.draw(streams.SANCTION, codes.PHYSICAL)
    scene.p.response.sanction_base = log_odds(chance) - 3.1 + nudge
    assert (scene.answer(codes.PHYSICAL, 3).sanction > 0) == happens
    assert scene.sites.day_reports.tolist() == [0, 1]


@JUST
def test_the_draw_of_the_sanction_divides_confinement_from_loss(nudge, happens):
    """A share of confinement a hair above the draw confines, a hair below takes the programme."""
    scene = Scene(values=SANCTIONED)
    scene.p.response.confinement_share = scene.draw(streams.SANCTION_KIND, codes.REFUSAL) + nudge
    expected = codes.CELL_CONFINEMENT if happens else codes.LOSS_OF_PROGRAMME
    assert scene.answer(codes.REFUSAL).sanction == expected


# --- contained ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "severity", "contained"),
    [
        (codes.THREAT, 2, False),
        (codes.PHYSICAL, 3, True),
        (codes.SERIOUS, 4, True),
        (codes.ESCAPE, 3, True),
        (codes.ESCAPE, 2, False),
        (codes.DAMAGE, 3, False),
        (codes.LATE_RETURN, 3, False),
    ],
)
def test_only_violence_and_escapes_are_contained(kind, severity, contained):
    """Where containment is certain it meets physical violence and escapes, not damage or a late return."""
    scene = Scene(values=CONTAINED)
    assert (scene.answer(kind, severity).containment > 0) == contained


@JUST
def test_containment_weighs_gravity_familiarity_vigilance_and_readiness(nudge, happens):
    """With weights of 1: a step above physical 1, familiarity -.2, vigilance .1, readiness .5: 1.4."""
    names = ("severity", "familiarity", "vigilance", "readiness")
    scene = Scene(values={f"response.contain_{name}": 1 for name in names})
    scene.bond.familiarity, scene.sites.readiness = 0.2, [0.0, 0.5]
    scene.officer.vigilance, scene.unit.vigilance = 0.25, 1.0
    scene.p.response.contain_base = log_odds(scene.draw(streams.CONTAIN, codes.SERIOUS)) - 1.4 + nudge
    assert (scene.answer(codes.SERIOUS, 4).containment > 0) == happens


def test_containment_report_and_sanction_pile_up_on_one_incident():
    """Each is an event caused by the incident; the longest confinement and all the paperwork hold.

    From day-part 6, isolation of 1 day ends at 10, confinement of 4 days at 22.  Paperwork is .5 for
    the containment, .5 for the confinement and .25 for the report.
    """
    scene = Scene(
        values={**SANCTIONED, **CONTAINED},
        response__confinement_share=1.0,
        response__contain_days=1.0,
        response__confinement_days=4.0,
        roster__paperwork_report=0.25,
        roster__paperwork_containment=0.5,
    )
    event = scene.answer(codes.PHYSICAL, 3)
    assert (event.answer, event.containment, event.sanction) == (codes.REPORT, codes.ISOLATION, 1)
    assert scene.kinds == [codes.PHYSICAL, codes.CONTAINMENT, codes.SANCTION]
    assert scene.events.cause.tolist() == [0, 1, 1]
    assert scene.actor.confined_until == 22
    assert scene.unit.backlog == 1.25


# --- marks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("familiarity", "procedure", "relational", "lacking"),
    [(0.3, 0.4, 1, 0), (0.3, 0.7, 0, 1), (0.2, 0.4, 0, 0), (0.3, 0.5, 1, 0), (0.25, 0.4, 1, 0)],
)
def test_a_relational_answer_needs_somebody_who_knows_the_person_and_has_time(
    familiarity, procedure, relational, lacking
):
    """With .25 known and half a day-part free of one officer a relational answer is open.

    A report then lacked hands only where no time was left; where nobody knew the person, it did not.
    """
    scene = Scene(values=REPORTED, response__open_familiarity=0.25, response__open_time=0.5)
    scene.unit.hands, scene.unit.procedure, scene.bond.familiarity = 1.0, procedure, familiarity
    event = scene.answer(codes.VERBAL)
    assert (event.relational_open, event.lack_of_hands) == (relational, lacking)


@pytest.mark.parametrize(
    ("values", "kind", "severity", "lacking"),
    [
        ({}, codes.PHYSICAL, 3, 0),
        (CONTAINED, codes.PHYSICAL, 3, 1),
        (REPORTED, codes.VERBAL, 1, 1),
        (SANCTIONED, codes.VERBAL, 1, 1),
    ],
)
def test_only_formal_and_coercive_answers_can_lack_hands(values, kind, severity, lacking):
    """Of a known person with all time on procedures, a report or containment lacked hands, a talk did not."""
    scene = Scene(values=values, response__hold_hands=1.0)
    scene.unit.hands = scene.unit.procedure = scene.bond.familiarity = 1.0
    assert scene.answer(kind, severity).lack_of_hands == lacking


# --- which events are answered --------------------------------------------------------------------------


def test_answers_go_to_incidents_since_the_first_row_only():
    """Of five events the first is yesterday's, the third a chore: staff answer the second, fourth, fifth."""
    scene = Scene(values={**REPORTED, **CONTAINED})
    for kind, severity in (
        (codes.VERBAL, 1),
        (codes.PHYSICAL, 3),
        (codes.FIRST_CONDUCT, 1),
        (codes.SERIOUS, 4),
        (codes.LAST_INCIDENT, 1),
    ):
        scene.happens(kind, severity)
    scene.p.response.seen_self_harm = 1.0
    scene.respond(1)
    report, talk = codes.REPORT, codes.TALK
    assert scene.events.answer.tolist() == [0, report, 0, report, talk, 0, 0]
    assert scene.kinds[5:] == [codes.CONTAINMENT, codes.CONTAINMENT]
    assert scene.events.cause.tolist()[5:] == [2, 4]
    assert scene.sites.day_reports.tolist() == [0, 2]


def test_answering_from_the_end_of_the_ledger_answers_nothing():
    """With no event since, nothing changes, whatever stands unanswered before."""
    scene = Scene(values=REPORTED)
    scene.happens(codes.VERBAL)
    before = scene.everything()
    scene.respond(1)
    assert scene.everything() == before
