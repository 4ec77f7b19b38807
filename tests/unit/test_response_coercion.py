"""Containment, sanctions, and what the response team and the director keep of a day, by hand.

Scenes play in day-part 5, the afternoon of day 1; what is imposed starts with day-part 6.
"""

import math

import pytest

from sim import ledger as codes
from sim.mechanisms.response import response_day
from tests.builders import numbers, rows
from tests.scenes import Scene

HALVES_IN_A_DAY = 1 / math.log(2)
"""Time constant in days of what halves every day."""


# --- containment ----------------------------------------------------------------------------------------


def test_two_officers_hold_a_person_themselves():
    """With as many hands as holding needs, containment is isolation and the team stays where it is."""
    scene = Scene(response__hold_hands=2.0)
    scene.unit.hands = 2.0
    event = scene.happens(codes.PHYSICAL, 3)
    scene.contain()
    assert event.containment == scene.ledger[1].containment == codes.ISOLATION
    assert scene.site.keep_readiness == 1.0


def test_a_lone_officer_calls_the_response_team():
    """With fewer hands than holding needs the team comes, and its readiness grows by the impulse."""
    scene = Scene(response__hold_hands=2.0, response__readiness_impulse=0.2)
    scene.unit.hands = 1.75
    event = scene.happens(codes.PHYSICAL, 3)
    scene.contain()
    assert event.containment == scene.ledger[1].containment == codes.RESPONSE_TEAM
    assert scene.sites.keep_readiness.tolist() == pytest.approx([1.0, 0.8])
    scene.contain()
    assert scene.site.keep_readiness == pytest.approx(0.64)


@pytest.mark.parametrize(("coupling", "kept"), [(0.0, 0.95), (0.5, 0.9), (1.0, 0.8)])
def test_a_deployment_counts_per_head_or_in_full(coupling, kept):
    """Among four times the reference an impulse of .2 leaves .95 (per head), .9 (halfway) or .8 (count).

    The weight is 24 / 96 = a quarter, its square root a half, or 1.
    """
    scene = Scene(
        response__readiness_impulse=0.2, coupling__reference_size=24.0, coupling__response_team=coupling
    )
    scene.unit.hands, scene.site.present = 0.0, 96
    scene.happens(codes.PHYSICAL, 3)
    scene.contain()
    assert scene.site.keep_readiness == pytest.approx(kept)


@pytest.mark.parametrize(("days", "until"), [(1.0, 10), (0.4, 8), (0.3, 7), (2.5, 16)])
def test_isolation_lasts_whole_day_parts_from_the_next_one(days, until):
    """From day-part 6 on: 1 day is 4 day-parts; .4 (1.6 day-parts) is 2, .3 (1.2) is 1; 2.5 days are 10."""
    scene = Scene(response__contain_days=days)
    scene.happens(codes.PHYSICAL, 3)
    scene.contain()
    assert scene.actor.confined_until == until
    assert scene.residents[2].confined_until == scene.other.confined_until < 0


def test_isolation_does_not_shorten_a_confinement():
    """Whoever is confined until day-part 100 stays so; a confinement that ends sooner is lengthened."""
    scene = Scene(response__contain_days=1.0)
    scene.happens(codes.PHYSICAL, 3)
    scene.actor.confined_until = 100
    scene.contain()
    assert scene.actor.confined_until == 100
    scene.actor.confined_until = 9
    scene.contain()
    assert scene.actor.confined_until == 10


def test_containment_costs_aftercare_and_is_noted_for_the_officer():
    """The unit's backlog grows by the aftercare, the officer's tally by one, nobody else's."""
    scene = Scene(roster__paperwork_containment=0.6)
    scene.unit.backlog = 0.1
    scene.happens(codes.PHYSICAL, 3)
    scene.contain()
    assert scene.units.backlog.tolist() == pytest.approx([0.0, 0.7])
    assert scene.staff.day_coercive.tolist() == [1, 0, 0]
    scene.happens(codes.PHYSICAL, 3, officer=-1)
    scene.contain(2)
    assert scene.staff.day_coercive.tolist() == [1, 0, 0]
    assert scene.unit.backlog == pytest.approx(1.3)


def test_a_containment_is_an_event_of_its_own():
    """It names whom it was done to, by whom, for which incident, and through which channel that came."""
    scene = Scene()
    scene.happens(codes.VERBAL)
    scene.happens(codes.SERIOUS, 4, place=codes.YARD, channel=codes.RETALIATION, cause=1)
    scene.contain(1)
    assert scene.kinds == [codes.VERBAL, codes.SERIOUS, codes.CONTAINMENT]
    event = scene.ledger[2]
    assert (event.event, event.day, event.part, event.unit, event.place) == (3, 1, 1, 1, codes.OFFICE)
    assert (event.actor, event.target, event.staff, event.officer) == (-1, 1, 0, 0)
    assert (event.severity, event.seen, event.recorded) == (4, 1, 1)
    assert (event.cause, event.channel) == (2, codes.RETALIATION)
    assert (scene.ledger[0].containment, event.sanction) == (0, 0)


# --- sanctions ------------------------------------------------------------------------------------------


def test_the_share_of_cell_confinement_divides_the_quantiles():
    """Below the share a sanction is cell confinement, from it on loss of programme."""
    scene = Scene(response__confinement_share=0.6)
    for u in (0.0, 0.5999, 0.6, 0.9999):
        scene.happens(codes.REFUSAL)
        scene.sanction(u, at=scene.control[0].event_count - 1)
    imposed = scene.events[scene.events.kind == codes.REFUSAL].sanction.tolist()
    assert imposed == [codes.CELL_CONFINEMENT] * 2 + [codes.LOSS_OF_PROGRAMME] * 2
    assert scene.events[scene.events.kind == codes.SANCTION].sanction.tolist() == imposed


def test_cell_confinement_by_hand():
    """Four days from day-part 6 on end at day-part 22, cost aftercare, and take no programme besides."""
    scene = Scene(
        response__confinement_share=1.0, response__confinement_days=4.0, roster__paperwork_containment=0.6
    )
    scene.happens(codes.REFUSAL)
    scene.sanction(0.0)
    assert (scene.actor.confined_until, scene.actor.loss_until < 0) == (22, True)
    assert scene.units.backlog.tolist() == pytest.approx([0.0, 0.6])


def test_loss_of_programme_by_hand():
    """Seven days from day-part 6 on end at day-part 34, and lock nobody up, nor cost aftercare."""
    scene = Scene(response__confinement_share=0.0, response__loss_days=7.0)
    scene.happens(codes.REFUSAL)
    scene.sanction(0.0)
    assert (scene.actor.loss_until, scene.actor.confined_until < 0) == (34, True)
    assert scene.unit.backlog == 0.0


@pytest.mark.parametrize(("share", "column", "until"), [(1.0, "confined_until", 36), (0.0, "loss_until", 48)])
def test_a_sanction_waits_until_the_person_is_back_from_leave(share, column, until):
    """Of people away until day-part 20 the four or seven days run from there: to 36 or 48."""
    scene = Scene(response__confinement_share=share, response__confinement_days=4.0, response__loss_days=7.0)
    scene.happens(codes.LATE_RETURN)
    scene.actor.leave_until = 20
    scene.sanction(0.0)
    assert scene.actor[column] == until


@pytest.mark.parametrize(("share", "column"), [(1.0, "confined_until"), (0.0, "loss_until")])
def test_a_sanction_does_not_shorten_another(share, column):
    """What lasts until day-part 100 lasts as long after a shorter sanction of the same kind."""
    scene = Scene(response__confinement_share=share)
    scene.happens(codes.REFUSAL)
    scene.actor[column] = 100
    scene.sanction(0.0)
    assert scene.actor[column] == 100


# --- the end of the day ---------------------------------------------------------------------------------


def test_yesterdays_reports_fade_and_todays_count_in_full():
    """Of 10 reports half are left after a day that halves them; the 3 of today come on top: 8."""
    p = numbers(encounters__recent_days=HALVES_IN_A_DAY)
    sites = rows("sites", 2, reports=[10.0, 0.0], day_reports=[3, 0], keep_readiness=1.0)
    response_day(sites, p)
    assert sites.reports.tolist() == pytest.approx([8.0, 0.0])
    assert sites.day_reports.tolist() == [0, 0]
    response_day(sites, p)
    assert sites.reports.tolist() == pytest.approx([4.0, 0.0])


def test_readiness_fades_before_todays_deployments_raise_it():
    """Readiness .5 halves to .25; deployments that leave .8 of the way to 1 make it 1 - .75 x .8 = .4."""
    p = numbers(response__readiness_days=HALVES_IN_A_DAY)
    sites = rows("sites", 2, readiness=0.5, keep_readiness=[0.8, 1.0])
    response_day(sites, p)
    assert sites.readiness.tolist() == pytest.approx([0.4, 0.25])
    assert sites.keep_readiness.tolist() == [1.0, 1.0]
    response_day(sites, p)
    assert sites.readiness.tolist() == pytest.approx([0.2, 0.125])
