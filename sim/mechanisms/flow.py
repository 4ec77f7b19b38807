"""Flow: who arrives, how long they stay, who leaves.

Stays are lognormal (right-skewed) with the mean and median of the scenario; a place that falls vacant
stays empty for an exponential time, so that the long-run occupancy is the scenario's.  Stays and
vacancies depend on place and occupant number alone, never on the state, so that two scenarios with
the same places receive the same people at the same moments.  The stock with which a run starts has
length-biased stays and a uniform share of them elapsed (renewal theory: Cox 1962); otherwise the
burn-in would have to last years.
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import PARTS
from sim.kernel import f8, i8, kernel, u8
from sim.ledger import PLACE_MEMORY, forget
from sim.reference import HOPE, MOTIVATION
from sim.registry import Mechanism, Section
from sim.rules import bounded
from sim.state import NEVER
from sim.tables import (
    Bonds,
    ControlTable,
    Daily,
    Edges,
    Memories,
    Parameters,
    Places,
    Resident,
    Residents,
    Ties,
    Units,
)

# fmt: off
declare = Section("flow")
declare("adjustment_on_entry", 0.25, "0-1", (0, 1), (0.1, 0.5), "how settled a newcomer is", "literature on adaptation to custody", "C", "recalled")
declare("trait_correlation", 0.2, "correlation", (0, 0.9), (0, 0.4), "correlation of reactivity with need sensitivity, lower need satisfaction and lower expected fairness", "assumption: needed for S09 between persons", "D", "assumed")
declare("age_slope", 0.25, "SD per 10 years", (0, 1), (0.1, 0.4), "fall of reactivity with age", "Steiner, Butler & Ellison 2014 (direction)", "B", "abstract")
declare("expected_fairness", 0.45, "0-1", (0, 1), (0.3, 0.6), "fairness of treatment that a newcomer expects", "assumption")
declare("fear_on_entry", 0.3, "0-1", (0, 1), (0.1, 0.5), "fear of a newcomer", "assumption")
# fmt: on

MECHANISM = Mechanism(
    name="flow",
    title="Flow within a facility",
    theory="Renewal of a stock with skewed stays",
    source="DJI figures (mean stay 100-117 days, median 35-60); Cox 1962",
    reads=(
        "residents.release",
        "places.next_arrival",
        "places.resident",
        "places.number",
        "edges.*",
        "units.*",
    ),
    writes=(
        "residents.*",
        "places.resident",
        "places.occupant",
        "places.next_arrival",
        "places.memory",
        "units.present",
        "ties.*",
        "bonds.*",
        "memories.*",
        "control.resident_count",
        "daily.arrivals",
        "daily.departures",
    ),
    neutral="the population is closed: nobody arrives or leaves",
    parameters=declare.parameters,
)


@kernel
def stay_spread(mean: f8, median: f8) -> f8:
    """Return the log standard deviation of a lognormal stay from its mean and median (days)."""
    if mean <= median:
        return 0.0
    return math.sqrt(2.0 * math.log(mean / median))


@kernel
def stay_days(z: f8, mean: f8, median: f8, length_biased: i8) -> f8:
    """Return a stay in days at the standard normal quantile ``z``.

    With ``length_biased`` the stay is one met in the stock: log-mean raised by the variance.
    """
    spread = stay_spread(mean, median)
    return math.exp(math.log(median) + length_biased * spread * spread + spread * z)


@kernel
def vacancy_days(u: f8, mean_stay: f8, occupancy: f8) -> f8:
    """Return how long a place stays empty, at the uniform quantile ``u``."""
    if occupancy <= 0.0:
        return 1e9
    return -math.log(1.0 - u) * mean_stay * (1.0 - occupancy) / occupancy


@kernel
def trait(seed: u8, person: u8, k: i8) -> f8:
    """Return the ``k``-th standard normal trait of a person."""
    base = streams.of_person(streams.stream(seed, streams.TRAITS, 0), person)
    return streams.normal(streams.with_counterpart(base, streams.NOBODY, k))


@kernel
def chance(seed: u8, person: u8, k: i8) -> f8:
    """Return the ``k``-th uniform trait of a person."""
    base = streams.of_person(streams.stream(seed, streams.ENTRY, 0), person)
    return streams.uniform(streams.with_counterpart(base, streams.NOBODY, k))


@kernel
def mixed(shared: f8, own: f8, correlation: f8) -> f8:
    """Return a standard normal number with the given correlation to ``shared``."""
    return correlation * shared + math.sqrt(1.0 - correlation * correlation) * own


@kernel
def profile(seed: u8, person: u8, k: i8) -> u8:
    """Return the key of the ``k``-th feature of a person that rules or judgements refer to."""
    base = streams.of_person(streams.stream(seed, streams.PROFILE, 0), person)
    return streams.with_counterpart(base, streams.NOBODY, k)


@kernel
def group_at(u: f8, p: Parameters) -> i8:
    """Return the legal group at the uniform quantile ``u``; most people are in none of the special ones."""
    u -= p.residents.offender_measure_share
    if u < 0.0:
        return 1
    u -= p.residents.measure_sought_share
    if u < 0.0:
        return 2
    u -= p.residents.psychiatric_share
    if u < 0.0:
        return 3
    u -= p.residents.control_share
    if u < 0.0:
        return 4
    return 5 if u < p.residents.extra_secured_share else 0


@kernel
def sentences_at(u: f8, mean: f8) -> i8:
    """Return the number of earlier sentences at the uniform quantile ``u`` (geometric, of such a mean)."""
    if mean <= 0.0:
        return 0
    return int(math.log(1.0 - u) / math.log(mean / (1.0 + mean)))


@kernel
def give_profile(r: Resident, seed: u8, p: Parameters) -> None:
    """Fill in what rules and judgements refer to: abilities, legal group, record, what moves a person."""
    r.lvb = 1 if streams.uniform(profile(seed, r.key, 0)) < p.residents.lvb_share else 0
    reported = streams.uniform(profile(seed, r.key, 1)) < p.residents.self_reporter_share
    r.self_reporter = 1 if r.remand == 0 and reported else 0
    r.self_reliance = bounded(
        p.residents.self_reliance_mean
        + p.residents.self_reliance_sd * streams.normal(profile(seed, r.key, 2))
        - p.residents.self_reliance_lvb * r.lvb,
        0.02,
        0.98,
    )
    r.legal_group = group_at(streams.uniform(profile(seed, r.key, 3)), p)
    r.prior_sentences = sentences_at(
        streams.uniform(profile(seed, r.key, 4)), p.residents.prior_sentences_mean
    )
    r.causality = bounded(
        MOTIVATION + p.promotion.causality_sd * streams.normal(profile(seed, r.key, 5)), 0.02, 0.98
    )
    r.start_autonomous = bounded(
        MOTIVATION + p.promotion.motivation_sd * streams.normal(profile(seed, r.key, 6)), 0.02, 0.98
    )
    r.start_controlled = bounded(
        MOTIVATION + p.promotion.motivation_sd * streams.normal(profile(seed, r.key, 7)), 0.02, 0.98
    )
    r.motivation_autonomous = r.start_autonomous
    r.motivation_controlled = r.start_controlled
    r.hope = HOPE


@kernel
def give_traits(r: Resident, seed: u8, remand_unit: i8, p: Parameters) -> None:
    """Fill in who a person is, from the person's key alone."""
    z = trait(seed, r.key, 0)
    correlation = p.flow.trait_correlation
    r.age = bounded(p.residents.age_mean + p.residents.age_sd * trait(seed, r.key, 1), 14.0, 85.0)
    older = p.flow.age_slope * (r.age - p.residents.age_mean) / 10.0
    r.reactivity = p.residents.reactivity_mean + p.residents.reactivity_sd * z - older
    r.sensitivity = math.exp(p.needs.sensitivity_sd * mixed(z, trait(seed, r.key, 2), correlation))
    r.offset_autonomy = bounded(p.needs.offset_sd * mixed(-z, trait(seed, r.key, 3), correlation), -1.0, 1.0)
    r.offset_competence = bounded(
        p.needs.offset_sd * mixed(-z, trait(seed, r.key, 4), correlation), -1.0, 1.0
    )
    r.offset_relatedness = bounded(
        p.needs.offset_sd * mixed(-z, trait(seed, r.key, 5), correlation), -1.0, 1.0
    )
    r.perception = p.alliance.perception_sd * mixed(-z, trait(seed, r.key, 9), correlation)
    # People expect what they will feel: the same treatment seems fairer to some than to others.
    r.felt_fairness = bounded(p.flow.expected_fairness + r.perception, 0.02, 0.98)
    expects = streams.of_person(streams.stream(seed, streams.JUSTICE_PRIOR, 0), r.key)
    c = p.justice.prior_correlation
    hope = mixed(-z, streams.normal(streams.with_counterpart(expects, streams.NOBODY, 0)), c)
    r.justice = bounded(p.justice.prior_mean + p.justice.prior_sd * hope, 0.02, 0.98)
    r.interest_first = trait(seed, r.key, 7)
    r.interest_second = trait(seed, r.key, 8)
    r.trauma = 1 if chance(seed, r.key, 0) < p.residents.trauma_share else 0
    r.remand = 1 if remand_unit == 1 or chance(seed, r.key, 1) < p.residents.remand_share else 0
    # A power of a uniform number has a long right tail and the asked mean: mean = 1 / (1 + exponent).
    mean = bounded(p.residents.vulnerability_mean, 0.001, 1.0)
    r.vulnerability = chance(seed, r.key, 2) ** (1.0 / mean - 1.0)
    give_profile(r, seed, p)


@kernel
def start_state(r: Resident, days_inside: f8, p: Parameters) -> None:
    """Give a newcomer the state of arrival; ``days_inside`` > 0 for people met in the stock."""
    settled = math.exp(-days_inside / p.tension.adjustment_days)
    r.adjustment = 1.0 - (1.0 - p.flow.adjustment_on_entry) * settled
    r.autonomy = bounded(p.needs.baseline + r.offset_autonomy, 0.02, 0.98)
    r.competence = bounded(p.needs.baseline + r.offset_competence, 0.02, 0.98)
    r.relatedness = bounded(p.needs.baseline + r.offset_relatedness, 0.02, 0.98)
    r.tension = p.tension.baseline
    r.tension_target = p.tension.baseline
    r.fear = p.tension.fear_resting + (p.flow.fear_on_entry - p.tension.fear_resting) * settled
    r.wellbeing = p.wellbeing.baseline
    r.distress = p.wellbeing.distress_baseline * r.vulnerability
    r.boredom = 0.5
    r.propensity = 1.0
    r.keep_anger = 1.0
    r.keep_arousal = 1.0
    r.keep_fear = 1.0
    r.keep_grievance = 1.0
    r.keep_deterrence = 1.0
    r.keep_autonomy = 1.0
    r.line = -1.0
    r.confined_until = NEVER
    r.loss_until = NEVER
    r.leave_until = NEVER
    r.best_part = NEVER
    r.best_post = -1


@kernel
def clear_relations(
    place: i8, units: Units, edges: Edges, ties: Ties, bonds: Bonds, part: i8, p: Parameters
) -> None:
    """Start every relation of a place anew, for a new occupant."""
    own = 0
    while not (units[own].place_first <= place < units[own].place_end):
        own += 1
    unit = units[own]
    size = unit.place_end - unit.place_first
    row = place - unit.place_first
    for other in range(size):
        low, high = (row, other) if row < other else (other, row)
        tie = ties[unit.tie_first + low * size + high]
        tie.tie = 0.0
        tie.grudge = 0.0
        tie.part = part
    for column in range(unit.bond_width):
        bond = bonds[unit.bond_first + row * unit.bond_width + column]
        bond.familiarity = 0.0
        bond.alliance = p.alliance.start
        bond.breach = 0.0
        bond.part = part
    for e in range(edges.shape[0]):
        edge = edges[e]
        a = units[edge.unit_a]
        b = units[edge.unit_b]
        width = b.place_end - b.place_first
        if edge.unit_a == own:
            for column in range(width):
                tie = ties[edge.tie_first + row * width + column]
                tie.tie = 0.0
                tie.grudge = 0.0
                tie.part = part
        elif edge.unit_b == own:
            for line in range(a.place_end - a.place_first):
                tie = ties[edge.tie_first + line * width + row]
                tie.tie = 0.0
                tie.grudge = 0.0
                tie.part = part


@kernel
def admit(
    i: i8,
    day: i8,
    in_stock: i8,
    residents: Residents,
    places: Places,
    units: Units,
    edges: Edges,
    ties: Ties,
    bonds: Bonds,
    memories: Memories,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let the next occupant move into place ``i``; ``in_stock`` 1 for those present at the start."""
    place = places[i]
    seed = control[0].seed
    row = control[0].resident_count
    control[0].resident_count = row + 1
    r = residents[row]
    r.key = streams.person_key(seed, streams.PERSON, place.number, place.occupant)
    r.place = i
    r.unit = place.unit
    r.occupant = place.occupant
    r.present = 1
    place.occupant += 1
    place.resident = row
    place.memory = 0
    forget(memories, i * PLACE_MEMORY, PLACE_MEMORY)
    base = streams.of_person(streams.stream(seed, streams.STAY, 0), r.key)
    z = streams.normal(streams.with_counterpart(base, streams.NOBODY, 0))
    stay = stay_days(z, p.residents.stay_mean_days, p.residents.stay_median_days, in_stock)
    days_inside = 0.0
    if in_stock == 1:
        days_inside = stay * streams.uniform(streams.with_counterpart(base, streams.NOBODY, 1))
    r.arrival = day - int(days_inside)
    r.release = day + max(1, int(min(stay - days_inside, 1e8) + 0.5))
    r.programme = units[place.unit].programme
    r.programme_now = r.programme
    give_traits(r, seed, units[place.unit].remand, p)
    start_state(r, days_inside, p)
    clear_relations(i, units, edges, ties, bonds, day * PARTS, p)
    units[place.unit].present += 1
    # Until the first evening counts ties, everybody is as good company as anybody else.
    r.company_weight = float(units[place.unit].place_end - units[place.unit].place_first)


@kernel
def next_arrival(number: i8, occupant: i8, day: i8, seed: u8, p: Parameters) -> i8:
    """Return the day on which a place that is vacant from ``day`` receives its next occupant."""
    person = streams.person_key(seed, streams.PERSON, number, occupant)
    u = streams.draw(seed, streams.VACANCY, 0, person, streams.NOBODY, 0)
    return day + int(min(vacancy_days(u, p.residents.stay_mean_days, p.residents.occupancy), 1e8) + 0.5)


@kernel
def populate(
    day: i8,
    residents: Residents,
    places: Places,
    units: Units,
    edges: Edges,
    ties: Ties,
    bonds: Bonds,
    memories: Memories,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Fill the facility with the stock of the first day."""
    seed = control[0].seed
    for i in range(places.shape[0]):
        place = places[i]
        person = streams.person_key(seed, streams.PERSON, place.number, 0)
        if streams.draw(seed, streams.STOCK, 0, person, streams.NOBODY, 0) < p.residents.occupancy:
            admit(i, day, 1, residents, places, units, edges, ties, bonds, memories, control, p)
        else:
            place.next_arrival = next_arrival(place.number, 0, day, seed, p)


@kernel
def move_people(
    day: i8,
    today: i8,
    residents: Residents,
    places: Places,
    units: Units,
    edges: Edges,
    ties: Ties,
    bonds: Bonds,
    memories: Memories,
    daily: Daily,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Release those whose stay is over and admit those who arrive; ``today`` is the first row of the day."""
    seed = control[0].seed
    for i in range(places.shape[0]):
        place = places[i]
        if place.resident >= 0 and residents[place.resident].release <= day:
            residents[place.resident].present = 0
            place.resident = -1
            place.next_arrival = next_arrival(place.number, place.occupant, day, seed, p)
            units[place.unit].present -= 1
            daily[today + place.unit].departures += 1
        if place.resident < 0 and place.next_arrival <= day:
            admit(i, day, 0, residents, places, units, edges, ties, bonds, memories, control, p)
            daily[today + place.unit].arrivals += 1
