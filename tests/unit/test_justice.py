"""Perceived procedural justice and complaints, by hand."""

import math

import numpy as np
import pytest

from sim import ledger as codes
from sim import state
from sim.mechanisms.coercion import reasons_in_manner
from sim.mechanisms.conflict import heat_of, without
from sim.mechanisms.justice import (
    complaint_chance,
    deficit,
    experience_of,
    explain_chance,
    heard,
    is_ground,
    justice_day,
    justice_neutral,
    move_by_event,
    resent,
    time_to_explain,
    treatment,
    upheld_chance,
    weigh_contacts,
    weigh_events,
)
from sim.simulation import Simulation
from tests.builders import facility, numbers, row, rows

ALWAYS = {"justice__complain_base": 4.0, "justice__complain_injustice": 6.0}
NEVER = {"justice__complain_base": -8.0, "justice__complain_injustice": 0.0}
"""Chance to complain of over .98 (a decision felt .5 just) and of .0003: certain in the keyed draws of
these tests, which the tests of both ends check."""

GROUNDS = (codes.SANCTION, codes.REFUSED_PROMOTION, codes.DEMOTED, codes.OVERDUE)


@pytest.fixture(autouse=True)
def _wrap():
    """Let whole numbers of keys wrap around, as in compiled code."""
    with np.errstate(over="ignore"):
        yield


class World:
    """One resident, one officer and the ledger, with which steps of the mechanism are called."""

    def __init__(self, justice=0.5, officer=0.5, **values):
        self.p = numbers(**values)
        self.residents = rows("residents", 1, key=7, present=1, justice=justice, felt_fairness=0.5)
        self.residents.line, self.residents.keep_grievance = -1.0, 1.0
        self.staff = rows("staff", 1, key=9, orientation=officer)
        self.places, self.memories = rows("places", 1), rows("memories", codes.PLACE_MEMORY)
        self.ledger, self.control = rows("ledger", 40), rows("control", 1, seed=11)
        self.r = self.residents[0]

    def decide(self, kind, part=0, **columns):
        """Write a decision about the resident into the ledger and let the resident weigh it."""
        number = codes.append(self.ledger, self.control, part, kind, 0, codes.OFFICE)
        event = self.ledger[number]
        event.target = 0
        for name, value in columns.items():
            event[name] = value
        if kind in (codes.PROMOTED, codes.REFUSED_PROMOTION, codes.DEMOTED):
            self.r.decision = event.event
        self.weigh(part)
        return event

    def weigh(self, part=0, coercion=1):
        weigh_events(
            part, self.residents, self.places, self.memories, self.ledger, self.control, coercion, self.p
        )

    def night(self, day, tension=0):
        part = 4 * day + 3
        justice_day(part, self.residents, self.places, self.staff, self.ledger, self.control, tension, self.p)

    @property
    def kinds(self):
        return self.ledger.kind[: self.control[0].event_count].tolist()


# --- voice, reasons, consistency, respect ---------------------------------------------------------------


def test_voice_grows_with_alliance_presence_and_dose():
    """Being heard is a base plus alliance, staff nearness and the alliance dose above the reference."""
    p = numbers(security__alliance=0.9)
    j = p.justice
    expected = j.voice_base + 0.3 * j.voice_alliance + 0.5 * j.voice_presence + 0.5 * j.voice_dose
    assert heard(0.3, 0.5, 0.0, p) == pytest.approx(expected)
    assert heard(0.3, 0.5, -0.1, p) == pytest.approx(expected - 0.1)
    assert heard(0.0, 0.0, 0.0, numbers(security__alliance=0.4)) == pytest.approx(j.voice_base)
    assert heard(1.0, 1.0, 0.0, numbers(security__alliance=1.0, justice__voice_base=1.0)) == 1.0
    assert heard(0.0, 0.0, -0.9, p) == 0.0


def test_reasons_need_orientation_attitude_and_time():
    """The chance of an explanation is a base plus orientation, attitude dose and free time."""
    p = numbers(security__attitude=0.6)
    j = p.justice
    expected = j.reasons_base + 0.2 * j.reasons_orientation + 0.2 * j.reasons_attitude + 0.5 * j.reasons_time
    assert explain_chance(0.7, 0.5, p) == pytest.approx(expected)
    assert explain_chance(0.0, 0.0, numbers(justice__reasons_base=0.0, security__attitude=0.0)) == 0.0


def test_free_time_counts_per_resident():
    """Free staff time per resident equal to free_time gives 63 %; no hands, or only procedures, none."""
    p = numbers(justice__free_time=0.05)
    free = row("units", hands=2.0, procedure=1.0, present=20)
    assert time_to_explain(free, p) == pytest.approx(1 - math.exp(-1))
    assert time_to_explain(row("units", hands=20.0, procedure=10.0, present=200), p) == pytest.approx(
        time_to_explain(free, p)
    )
    assert time_to_explain(row("units", hands=1.0, procedure=1.5, present=20), p) == 0.0
    assert time_to_explain(row("units", present=0), p) == 0.0


def test_a_contact_is_as_just_as_respect_and_voice_less_unexplained_difference():
    """A quarter voice, three quarters respect; a line .3 off costs .4 of it where nothing is explained."""
    p = numbers(justice__voice_weight=0.25, justice__inconsistency=0.4)
    assert treatment(0.6, 0.4, 0.0, 0.0, p) == pytest.approx(0.75 * 0.6 + 0.25 * 0.4)
    assert treatment(0.6, 0.4, 0.3, 0.0, p) == pytest.approx(0.55 - 0.12)
    assert treatment(0.6, 0.4, 0.3, 0.75, p) == pytest.approx(0.55 - 0.03)
    assert treatment(0.6, 0.4, 0.3, 1.0, p) == pytest.approx(0.55)


def contacts_of(orientations, chat, **values):
    """Let one resident meet officers of these orientations in turn; return the resident."""
    p = numbers(justice__contact_gain=0.1, security__alliance=0.4, security__attitude=0.4, **values)
    n = len(orientations)
    residents = rows("residents", 1, justice=0.5, justice_lost=0.2, felt_fairness=0.6, line=-1.0)
    contacts = rows("contacts", n, resident=0, staff=list(range(n)), bond=list(range(n)), chat=chat)
    weigh_contacts(
        0,
        residents,
        rows("units", 1, present=10),
        rows("staff", n, orientation=orientations),
        rows("bonds", n, alliance=0.5),
        contacts,
        rows("control", 1, contact_count=n),
        p,
    )
    return residents[0], p


def test_contacts_move_justice_by_hand():
    """Justice goes a tenth of the way to each contact; what events took fades at the same rate."""
    r, p = contacts_of([0.5, 0.8], chat=1)
    voice = p.justice.voice_base + 0.5 * p.justice.voice_alliance
    first = treatment(0.6, voice, 0.0, 0.0, p)
    explained = p.justice.reasons_base + 0.3 * p.justice.reasons_orientation
    second = treatment(0.6, voice, 0.3, explained, p)
    after = 0.5 + 0.1 * (first - 0.5)
    assert r.justice == pytest.approx(after + 0.1 * (second - after))
    assert r.justice_lost == pytest.approx(0.2 * 0.9 * 0.9)
    assert r.line == 0.8


def test_a_check_counts_as_a_small_contact():
    """A procedural contact moves justice by the weight it has in the alliance."""
    chat, p = contacts_of([0.5], chat=1)
    check, _ = contacts_of([0.5], chat=0)
    assert check.justice - 0.5 == pytest.approx(p.alliance.check_weight * (chat.justice - 0.5))


def test_colleagues_with_one_line_are_more_just_than_colleagues_who_differ():
    """Meeting the same line again costs nothing, whatever the line; another line does."""
    alike, _ = contacts_of([0.3, 0.3], chat=1, justice__reasons_orientation=0.0)
    differing, _ = contacts_of([0.3, 0.7], chat=1, justice__reasons_orientation=0.0)
    assert alike.justice > differing.justice


# --- decisions ------------------------------------------------------------------------------------------


def test_coercion_is_as_just_as_it_felt():
    """A sanction moves justice towards the fairness it was felt with, by coercion_gain; the loss is noted."""
    w = World(**NEVER)
    w.decide(codes.SANCTION, fairness=0.2)
    gain = w.p.justice.coercion_gain
    assert w.r.justice == pytest.approx(0.5 - 0.3 * gain)
    assert w.r.justice_lost == pytest.approx(0.3 * gain)
    w.decide(codes.CONTAINMENT, fairness=0.9)
    assert w.r.justice > 0.5 - 0.3 * gain
    assert 0.0 <= w.r.justice_lost < 0.3 * gain


def test_without_coercion_an_act_is_as_just_as_treatment_in_general():
    """With the mechanism of coercion off no fairness was worked out: felt fairness stands in."""
    event = row("ledger", kind=codes.SANCTION, fairness=0.0)
    r = row("residents", felt_fairness=0.65)
    assert experience_of(event, r, 0, numbers()) == 0.65
    assert experience_of(event, r, 1, numbers()) == 0.0


@pytest.mark.parametrize(
    ("kind", "reasons", "value"),
    [
        (codes.REFUSED_PROMOTION, 1, 0.6),
        (codes.REFUSED_PROMOTION, 0, 0.2),
        (codes.DEMOTED, 1, 0.6),
        (codes.DEMOTED, 0, 0.2),
        (codes.PROMOTED, 1, 0.8),
        (codes.PROMOTED, 0, 0.4),
        (codes.OVERDUE, 0, 0.2),
        (codes.OVERDUE, 1, 0.2),
    ],
)
def test_a_decision_is_as_just_as_its_reasons(kind, reasons, value):
    """Explained .6, unexplained .2, .2 more for the outcome hoped for; no decision has no reasons."""
    p = numbers(
        justice__decision_weight=0.6,
        justice__decision_explained=0.6,
        justice__decision_unexplained=0.2,
        justice__decision_favourable=0.2,
    )
    r = row("residents", justice=0.5)
    assert experience_of(row("ledger", kind=kind, reasons=reasons), r, 1, p) == pytest.approx(
        0.4 * 0.5 + 0.6 * value
    )


def test_an_overdue_review_leaves_grievance_that_knows_its_event():
    """Grievance is overdue_grievance times the square of injustice; a promotion leaves none."""
    w = World(**NEVER)
    overdue = w.decide(codes.OVERDUE)
    felt = 0.4 * 0.5 + 0.6 * w.p.justice.decision_unexplained
    assert w.r.keep_grievance == pytest.approx(1 - w.p.justice.overdue_grievance * (1 - felt) ** 2)
    assert (w.r.touched, w.memories[0].event, w.memories[0].channel) == (1, overdue.event, codes.BACKLASH)
    glad = World(**NEVER)
    glad.decide(codes.PROMOTED)
    assert (glad.r.keep_grievance, glad.memories[0].event) == (1.0, 0)


def test_reasons_soften_a_refusal():
    """The same refusal with reasons costs less justice."""
    told, untold = World(**NEVER), World(**NEVER)
    told.decide(codes.REFUSED_PROMOTION, reasons=1)
    untold.decide(codes.REFUSED_PROMOTION, reasons=0)
    assert told.r.justice > untold.r.justice


def test_every_event_is_weighed_once_whenever_it_was_written():
    """An event of the night before is weighed next time, and never again."""
    w = World(**NEVER)
    w.decide(codes.DEMOTED)
    after = float(w.r.justice)
    w.weigh(1)
    assert w.r.justice == after
    assert w.control[0].weighed == w.control[0].event_count == 1


def test_people_who_left_weigh_nothing():
    """A decision about somebody who is gone moves nobody and leads to no complaint."""
    w = World(**ALWAYS)
    w.residents.present = 0
    w.decide(codes.DEMOTED)
    assert w.r.justice == 0.5
    assert w.kinds == [codes.DEMOTED]


def test_losses_by_events_are_what_justice_would_have_been():
    """The account of losses is the difference to a world without the events, and never below 0."""
    r = row("residents", justice=0.5)
    move_by_event(r, 0.1, 0.5)
    assert (r.justice, r.justice_lost) == (pytest.approx(0.3), pytest.approx(0.2))
    move_by_event(r, 1.0, 0.5)
    assert (r.justice, r.justice_lost) == (pytest.approx(0.65), 0.0)


def test_an_explanation_belongs_to_the_manner_of_coercion():
    """Explained adds, unexplained takes; with procedural justice off neither counts."""
    p = numbers(justice__explained=0.15, justice__unexplained=0.1)
    assert reasons_in_manner(1, 1, p) == 0.15
    assert reasons_in_manner(0, 1, p) == -0.1
    assert reasons_in_manner(1, 0, p) == reasons_in_manner(0, 0, p) == 0.0


# --- anger ----------------------------------------------------------------------------------------------


def test_resentment_grows_with_what_is_missing_to_neutral():
    """At half of neutral the deficit is .5, at neutral and above 0."""
    p = numbers(justice__neutral=0.5)
    assert deficit(0.25, p) == pytest.approx(0.5)
    assert deficit(0.5, p) == deficit(0.9, p) == 0.0
    assert deficit(0.0, p) == 1.0


def test_injustice_feeds_anger_and_events_are_kept_apart():
    """A day's anger by hand: justice .2, of which events took .1, so .3 without them."""
    p = numbers(justice__neutral=0.5, justice__resentment=0.1)
    r = row("residents", justice=0.2, justice_lost=0.1, anger=0.5)
    resent(r, 0.9, p)
    assert r.anger == pytest.approx(0.5 + 0.5 * 0.1 * 0.6)
    assert r.anger_from_injustice == pytest.approx(0.5 * 0.1 * 0.4)
    assert r.anger_from_decisions == pytest.approx(0.5 * 0.1 * 0.2)
    resent(r, 0.9, p)
    assert r.anger_from_decisions == pytest.approx(0.9 * 0.01 + (1 - 0.53) * 0.1 * 0.2)


def test_parts_of_anger_never_exceed_it():
    """After a mediation that took anger away, its parts shrink to what is left."""
    p = numbers(justice__resentment=0.0)
    r = row("residents", justice=0.2, anger=0.1, anger_from_injustice=0.3, anger_from_decisions=0.1)
    resent(r, 1.0, p)
    assert r.anger_from_injustice == pytest.approx(0.075)
    assert r.anger_from_decisions == pytest.approx(0.025)


def test_anger_from_injustice_is_nobodys_retaliation():
    """Without retaliation the anger from injustice stays; without backlash that from decisions goes."""
    p = numbers()
    r = row("residents", anger=0.5, anger_from_injustice=0.2, anger_from_decisions=0.1)
    lasting = row("residents", anger=0.3)
    undecided = row("residents", anger=0.4)
    assert without(codes.RETALIATION, r, p) == pytest.approx(heat_of(lasting, p))
    assert without(codes.BACKLASH, r, p) == pytest.approx(heat_of(undecided, p))
    old = row("residents", anger=0.5)
    assert without(codes.RETALIATION, old, p) == heat_of(row("residents"), p)
    assert without(codes.BACKLASH, old, p) == heat_of(old, p)


# --- complaints -----------------------------------------------------------------------------------------


def test_the_chance_to_complain_by_hand():
    """Log-odds: base, grievance, how unjust the decision felt, and how well somebody manages by oneself."""
    p = numbers(
        justice__complain_base=-2.0,
        justice__complain_grievance=1.5,
        justice__complain_injustice=2.0,
        justice__complain_reliance=1.5,
    )
    assert complaint_chance(0.5, 0.4, 0.5, p) == pytest.approx(1 / (1 + math.exp(2.0 - 0.6 - 1.0)))
    assert complaint_chance(0.5, 0.4, 0.7, p) == pytest.approx(
        1 / (1 + math.exp(2.0 - 0.6 - 1.0 - 0.2 * 1.5))
    )
    assert complaint_chance(0.5, 0.5, 0.5, p) > complaint_chance(0.5, 0.1, 0.5, p)
    assert complaint_chance(0.2, 0.4, 0.5, p) > complaint_chance(0.8, 0.4, 0.5, p)


@pytest.mark.parametrize("kind", sorted(codes.KINDS))
def test_there_is_no_complaint_without_a_ground(kind):
    """Only sanctions, refusals, demotions and overdue reviews can be complained about."""
    w = World(**ALWAYS)
    w.decide(kind)
    assert (w.kinds[1:] == [codes.COMPLAINT]) == (kind in GROUNDS) == bool(is_ground(kind))


@pytest.mark.parametrize("kind", GROUNDS)
def test_content_people_do_not_complain(kind):
    """With a chance near 0 the same decisions lead to nothing."""
    w = World(**NEVER)
    w.decide(kind)
    assert w.kinds == [kind]


def test_one_complaint_at_a_time():
    """While a complaint is before the committee, further decisions are not complained about."""
    w = World(**ALWAYS)
    w.decide(codes.SANCTION, fairness=0.1)
    w.decide(codes.DEMOTED, part=4)
    assert w.kinds == [codes.SANCTION, codes.COMPLAINT, codes.DEMOTED]


def life_cycle(upheld, appeal, contested=codes.DEMOTED, **columns):
    """Return a world in which a decision was complained about, after ruling and (if any) appeal."""
    w = World(
        **ALWAYS,
        justice__committee_days=10,
        justice__appeal_days=5,
        justice__upheld_base=float(upheld),
        justice__upheld_unexplained=0.0,
        justice__upheld_line=0.0,
        justice__upheld_overdue=0.0,
        justice__appeal_base=4.0 if appeal else -8.0,
        justice__complain_grievance=6.0 if appeal else 0.0,
        justice__appeal_share=1.0,
    )
    w.r.grievance = 0.5
    w.decide(contested, part=4, **columns)  # on day 1
    return w


def test_a_complaint_names_the_decision_and_waits():
    """The complaint has its cause and its day of ruling, and nothing happens before that day."""
    w = life_cycle(upheld=True, appeal=False)
    complaint = w.ledger[1]
    assert (complaint.kind, complaint.actor, complaint.cause) == (codes.COMPLAINT, 0, 1)
    assert (complaint.day, complaint.recorded) == (1, 1)
    assert (w.r.complaint, w.r.complaint_due) == (2, 11)
    w.night(10)
    assert len(w.kinds) == 2
    w.night(11)
    assert w.kinds == [codes.DEMOTED, codes.COMPLAINT, codes.COMPLAINT_UPHELD]
    assert w.r.complaint == 0


def test_an_upheld_complaint_restores():
    """Part of the missing justice comes back, grievance falls, the demotion is marked as reversed."""
    w = life_cycle(upheld=True, appeal=False)
    before = float(w.r.justice)
    w.night(11)
    j = w.p.justice
    assert w.r.justice == pytest.approx(before + j.restored * (1 - before))
    assert w.r.grievance == pytest.approx(0.5 * (1 - j.relief_reversed))
    ruling = w.ledger[2]
    assert (ruling.cause, ruling.actor, ruling.reasons) == (1, 0, 1)
    assert ruling.reversed == w.ledger[0].reversed == 1


@pytest.mark.parametrize("contested", [codes.DEMOTED, codes.REFUSED_PROMOTION])
def test_what_a_later_decision_has_overtaken_is_compensated_only(contested):
    """Decided anew on day 8, the decision of day 1 cannot be undone when the committee rules on day 11."""
    w = life_cycle(upheld=True, appeal=False, contested=contested)
    w.decide(codes.PROMOTED, part=32)
    w.r.grievance = 0.5
    w.night(11)
    assert w.r.undone == 0
    assert w.r.grievance == pytest.approx(0.5 * (1 - w.p.justice.relief_compensated))


def test_nobody_complains_while_on_leave():
    """On leave until day-part 8 a decision of day-part 4 is not complained about; back, the next one is."""
    w = World(**ALWAYS)
    w.r.leave_until = 8
    w.decide(codes.DEMOTED, part=4)
    assert w.kinds == [codes.DEMOTED]
    w.decide(codes.DEMOTED, part=8)
    assert w.kinds == [codes.DEMOTED, codes.DEMOTED, codes.COMPLAINT]


def test_a_sanction_served_is_struck_and_compensated():
    """Days in confinement cannot be given back: the smaller relief, but the sanction is reversed."""
    w = life_cycle(upheld=True, appeal=False, contested=codes.SANCTION, fairness=0.1)
    w.night(11)
    assert w.r.grievance == pytest.approx(0.5 * (1 - w.p.justice.relief_compensated))
    assert w.ledger[0].reversed == 1


def test_a_late_decision_is_compensated_and_reverses_nothing():
    """An upheld complaint about an overdue review brings compensation only."""
    w = life_cycle(upheld=True, appeal=False, contested=codes.OVERDUE)
    w.night(11)
    assert w.kinds[-1] == codes.COMPLAINT_UPHELD
    assert w.r.grievance == pytest.approx(0.5 * (1 - w.p.justice.relief_compensated))
    assert w.ledger.reversed.sum() == 0


def test_a_dismissed_complaint_costs_justice():
    """Dismissal takes a share of justice, notes it as a loss, and leaves grievance as it was."""
    w = life_cycle(upheld=False, appeal=False)
    before, lost = float(w.r.justice), float(w.r.justice_lost)
    w.night(11)
    taken = w.p.justice.dismissed_gain * before
    assert w.kinds[-1] == codes.COMPLAINT_DISMISSED
    assert w.r.justice == pytest.approx(before - taken)
    assert w.r.justice_lost == pytest.approx(lost + taken)
    assert w.r.grievance == 0.5
    assert w.r.complaint == 0


def test_an_appeal_is_ruled_on_in_its_own_time():
    """Complaint day 1, dismissed and appealed day 11, dismissed for good day 16; all name the decision."""
    w = life_cycle(upheld=False, appeal=True)
    w.night(11)
    assert w.kinds[1:] == [codes.COMPLAINT, codes.COMPLAINT_DISMISSED, codes.APPEAL]
    assert (w.r.complaint, w.r.complaint_due) == (4, 16)
    w.night(15)
    assert len(w.kinds) == 4
    w.night(16)
    assert w.kinds[-1] == codes.APPEAL_DISMISSED
    assert w.ledger.cause[1:5].tolist() == [1, 1, 1, 1]
    w.night(40)
    assert len(w.kinds) == 5


def test_an_upheld_appeal_restores_too():
    """What the committee dismissed, the appeal can put right."""
    w = life_cycle(upheld=False, appeal=True)
    w.night(11)
    w.p.justice.upheld_base = 1.0
    before = float(w.r.justice)
    w.night(16)
    assert w.kinds[-1] == codes.APPEAL_UPHELD
    assert w.r.justice > before
    assert w.ledger[0].reversed == w.ledger[4].reversed == 1


def test_the_chance_of_success_by_hand():
    """A base; more without reasons, off the line of the staff, or overdue; an appeal has a share of it."""
    p = numbers(
        justice__upheld_base=0.1,
        justice__upheld_unexplained=0.2,
        justice__upheld_line=0.5,
        justice__upheld_overdue=0.3,
        justice__appeal_share=0.5,
    )
    assert upheld_chance(codes.SANCTION, 1, 0.0, 0, p) == pytest.approx(0.1)
    assert upheld_chance(codes.SANCTION, 0, 0.0, 0, p) == pytest.approx(0.3)
    assert upheld_chance(codes.SANCTION, 1, 0.2, 0, p) == pytest.approx(0.2)
    assert upheld_chance(codes.OVERDUE, 0, 0.0, 0, p) == pytest.approx(0.4)
    assert upheld_chance(codes.SANCTION, 0, 0.0, 1, p) == pytest.approx(0.15)
    assert upheld_chance(codes.SANCTION, 0, 9.0, 0, p) == 1.0


# --- off, bounds, runs ----------------------------------------------------------------------------------


def test_switched_off_justice_is_felt_fairness():
    """The neutral step copies felt fairness and lets every event pass."""
    residents = rows("residents", 2, felt_fairness=[0.3, 0.7], justice=0.5)
    control = rows("control", 1, event_count=9)
    justice_neutral(residents, rows("places", 3, resident=[0, 1, -1]), control)
    assert residents.justice.tolist() == [0.3, 0.7]
    assert control[0].weighed == 9


def test_newcomers_expect_justice_in_line_with_their_reactivity():
    """Priors have the declared mean and SD and correlate with reactivity as declared, downwards."""
    people = Simulation(
        facility(
            *[10] * 80,
            numbers={
                "residents.occupancy": 1.0,
                "justice.prior_correlation": 0.4,
                "flow.age_slope": 0.0,
                "justice.prior_sd": 0.12,
            },
        ),
        3,
        use_compiler=False,
    ).used("residents")
    assert people.justice.mean() == pytest.approx(0.45, abs=0.015)
    assert people.justice.std() == pytest.approx(0.12, abs=0.01)
    assert np.corrcoef(people.justice, people.reactivity)[0, 1] == pytest.approx(-0.4, abs=0.1)


def test_the_prior_moves_no_other_trait():
    """Another spread of expectations leaves everything else about a person as it is."""
    one, other = (
        Simulation(facility(30, justice__prior_sd=sd), 1, use_compiler=False).used("residents")
        for sd in (0.05, 0.2)
    )
    differing = {name for name in one.dtype.names if not np.array_equal(one[name], other[name])}
    assert differing == {"justice"}


def test_columns_of_justice_have_their_bounds():
    """Justice and its parts are declared as shares."""
    declared = {column.name: column for column in state.RESIDENTS}
    for name in ("justice", "justice_lost", "anger_from_injustice", "anger_from_decisions"):
        assert (declared[name].low, declared[name].high) == (0.0, 1.0)
