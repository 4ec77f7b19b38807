"""The frozen core as plain Mesa objects: a slow, readable witness of the fast kernels.

Encounters, needs, tension and conflict of units that share nothing, with all other mechanisms in their
neutral form, written from the model's description: one class per kind of thing, one method per rule, no
table and no kernel.  It imports nothing from ``sim.mechanisms``, ``sim.rules`` or ``sim.relations``; from
the model it takes the specification and the numbers of the purposes of draws.

With :class:`Keyed` draws it must tell the same story as ``Simulation``, to rounding.  With
:class:`Ordinary` draws it is a Mesa model as anybody would write it, and the yardstick for speed.
"""

from __future__ import annotations

import math
from itertools import combinations
from types import SimpleNamespace

import mesa

from sim import streams

MORNING, NIGHT, PARTS = 0, 3, 4
VERBAL, THREAT, PHYSICAL, SERIOUS, DAMAGE, CONTRABAND, REFUSAL, ESCAPE = range(1, 9)
DEFUSED = 30
CELL, COMMON_ROOM, ACTIVITY, OFFICE = 0, 1, 2, 4
BACKGROUND, RETALIATION, CONTAGION = 0, 1, 2
WORDS = (1 << 64) - 1
CHANNELS = (RETALIATION, CONTAGION)  # coercion and vigilance bring about nothing in the frozen core


# --- chance -----------------------------------------------------------------------------------------


def mix(z):
    z = (z + 0x9E3779B97F4A7C15) & WORDS
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORDS
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORDS
    return z ^ (z >> 31)


def uniform(key):
    return (key >> 11) * 2.0**-53


def normal(key):
    u = 1.0 - uniform(mix(key ^ 0x9E3779B97F4A7C15))
    v = uniform(mix(key ^ 0x94D049BB133111EB))
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


class Keyed:
    """Draws that are functions of who, what and when."""

    def __init__(self, seed, replicate=0):
        self.seed = self.key_of(seed, streams.REPLICATE, replicate, 0)

    @staticmethod
    def key_of(seed, purpose, number, occupant):
        return mix(mix(mix(seed ^ purpose) ^ number) ^ occupant)

    def key(self, purpose, number, occupant=0):
        return self.key_of(self.seed, purpose, number, occupant)

    def culture(self, key):
        return normal(key)

    def _own(self, purpose, part, person):
        return mix(mix(mix(self.seed ^ purpose) ^ (part + (1 << 40))) ^ person)

    def about(self, purpose, part, person):
        """Return a function that draws for this person against any counterpart."""
        own = self._own(purpose, part, person)
        return lambda other=0, k=0: uniform(mix((own + other * 0x94D049BB133111EB + k) & WORDS))

    def uniform(self, purpose, part, person, other=0, k=0):
        return self.about(purpose, part, person)(other, k)

    def normal(self, purpose, part, person, k=0):
        return normal(mix((self._own(purpose, part, person) + k) & WORDS))


class Ordinary:
    """Draws from Mesa's own generator, one after the other."""

    def __init__(self, random):
        self.random = random
        draw = random.random
        self._draw = lambda _other=0, _k=0: draw()

    def key(self, _purpose, number, _occupant=0):
        return number

    def culture(self, _key):
        return self.random.gauss(0.0, 1.0)

    def about(self, _purpose, _part, _person):
        return self._draw

    def uniform(self, _purpose, _part, _person, _other=0, _k=0):
        return self.random.random()

    def normal(self, _purpose, _part, _person, _k=0):
        return self.random.gauss(0.0, 1.0)


# --- small forms ------------------------------------------------------------------------------------


def cut(value, low, high):
    return max(low, min(high, value))


def towards(value, target, share):
    return value + share * (target - value)


def day_share(days):
    return 1.0 - math.exp(-1.0 / days)


def chance_of(log_odds):
    return 1.0 / (1.0 + math.exp(-log_odds))


def what_is_left(impulse):
    return 1.0 - cut(impulse, 0.0, 1.0)


def numbers_of(specification):
    """Return the values of a specification as ``p.section.name``."""
    p = SimpleNamespace()
    for path, value in specification.values.items():
        section, name = path.split(".", 1)
        if not hasattr(p, section):
            setattr(p, section, SimpleNamespace())
        setattr(getattr(p, section), name, float(value))
    return p


# --- things -----------------------------------------------------------------------------------------


class Tie:
    """What two residents are to each other."""

    def __init__(self, part):
        self.tie = 0.0
        self.grudge = 0.0
        self.part = part

    def enmity(self):
        return max(0.0, -self.tie) + self.grudge

    def fade(self, part, p):
        days = (part - self.part) / PARTS
        if days > 0.0:
            self.tie *= math.exp(-days / p.encounters.tie_days)
            self.grudge *= math.exp(-days / p.encounters.grudge_days)
            self.part = part


class Memory:
    """The latest events that a person or a unit remembers, each with its channel and impulse."""

    def __init__(self, size):
        self.size = size
        self.count = 0
        self.entries = [None] * size

    def add(self, event, part, channel, impulse):
        self.entries[self.count % self.size] = (event, part, channel, impulse)
        self.count += 1

    def decayed(self, part, channel, days):
        """Return (event, impulse left) for the past events of a channel."""
        return [
            (event, impulse * math.exp(-(part - when) / (PARTS * days)))
            for event, when, kind, impulse in filter(None, self.entries)
            if kind == channel and when < part
        ]

    def recall(self, part, channel, days, u):
        """Return one past event, drawn in proportion to what is left of it; 0 if there is none."""
        slices = self.decayed(part, channel, days)
        left = u * sum(impulse for _, impulse in slices)
        for event, impulse in slices:
            left -= impulse
            if left < 0.0:
                return event
        return slices[-1][0] if slices else 0


class Officer(mesa.Agent):
    """A member of staff: what they are like, and where their day-part goes."""

    def __init__(self, model, unit, number, hours):
        super().__init__(model)
        p = model.p
        self.unit, self.row, self.hours = unit, number, hours
        self.key = model.draws.key(streams.STAFF, number)
        first = model.draws.normal(streams.STAFF_TRAITS, 0, self.key, 0)
        second = model.draws.normal(streams.STAFF_TRAITS, 0, self.key, 1)
        mean = p.staffing.orientation_mean - unit.culture
        self.orientation = cut(mean + p.staffing.orientation_sd * first, 0.02, 0.98)
        self.skill = cut(p.staffing.skill_mean + p.staffing.skill_sd * second, 0.02, 0.98)
        self.exhaustion = p.strain.exhaustion_resting
        self.vigilance = p.coercion.vigilance_resting
        self.time = self.common = self.check = self.chat = 0.0

    def go_on_duty(self, share):
        """Everybody is there for the mean share of the day-part: the roster is switched off."""
        self.time = self.hours * share

    def divide_time(self, busy):
        """Spend on procedures what they take, and part of the rest in the common room."""
        p = self.model.p.roster
        log_odds = (
            p.common_base
            + p.common_orientation * (self.orientation - 0.5)
            + p.common_presence * (self.model.p.security.presence - 0.4)
            - p.common_vigilance * (self.vigilance - 0.15)
            - p.common_exhaustion * (self.exhaustion - 0.3)
        )
        self.common = self.time * (1.0 - busy) * chance_of(log_odds)

    def reach(self, checks):
        """Work out how likely a check and a chat with any one resident are."""
        p, unit = self.model.p.encounters, self.unit
        self.check = 1.0 - math.exp(-checks * self.time / max(0.01, unit.hands))
        wanted = p.chats * self.common / max(1.0, unit.out)
        self.chat = 1.0 - math.exp(-wanted / (1.0 + wanted / p.chat_most))

    def settle_chance(self, alliance):
        """Chance to settle a quarrel of somebody met as a stranger (bonds do not grow here)."""
        p = self.model.p.conflict
        chance = p.defuse * p.defuse_stranger
        chance *= 1.0 + p.defuse_skill * (self.skill - 0.5)
        chance *= 1.0 - p.defuse_exhaustion * self.exhaustion
        chance *= 1.0 - p.defuse_vigilance * self.vigilance
        chance *= 1.0 + p.defuse_alliance * alliance
        return cut(chance, 0.0, 0.95)


class Resident(mesa.Agent):
    """A resident; attributes are named like the columns of the state table."""

    def __init__(self, model, unit, place, row):
        super().__init__(model)
        self.unit, self.place, self.row = unit, place, row
        self.cellmate = None
        self.memory = Memory(6)
        self.key = model.draws.key(streams.PERSON, place)
        self.take_traits()
        self.arrive()

    def take_traits(self):
        p, key, draws = self.model.p, self.key, self.model.draws

        def trait(k):
            return draws.normal(streams.TRAITS, 0, key, k)

        def share(k):
            return draws.uniform(streams.ENTRY, 0, key, 0, k)

        correlation = p.flow.trait_correlation
        z = trait(0)

        def with_reactivity(sign, k):
            return sign * correlation * z + math.sqrt(1.0 - correlation**2) * trait(k)

        self.age = cut(p.residents.age_mean + p.residents.age_sd * trait(1), 14.0, 85.0)
        older = p.flow.age_slope * (self.age - p.residents.age_mean) / 10.0
        self.reactivity = p.residents.reactivity_mean + p.residents.reactivity_sd * z - older
        self.sensitivity = math.exp(p.needs.sensitivity_sd * with_reactivity(1, 2))
        self.offset_autonomy = cut(p.needs.offset_sd * with_reactivity(-1, 3), -1.0, 1.0)
        self.offset_competence = cut(p.needs.offset_sd * with_reactivity(-1, 4), -1.0, 1.0)
        self.offset_relatedness = cut(p.needs.offset_sd * with_reactivity(-1, 5), -1.0, 1.0)
        self.perception = p.alliance.perception_sd * with_reactivity(-1, 9)
        self.felt_fairness = cut(p.flow.expected_fairness + self.perception, 0.02, 0.98)
        self.interest_first, self.interest_second = trait(7), trait(8)
        self.trauma = int(share(0) < p.residents.trauma_share)
        remand = share(1) < p.residents.remand_share
        self.remand = int(self.unit.remand or remand)
        mean = cut(p.residents.vulnerability_mean, 0.001, 1.0)
        self.vulnerability = share(2) ** (1.0 / mean - 1.0)

    def arrive(self):
        """Start somewhere within a length-biased stay, with the state of somebody that long inside."""
        p, draws = self.model.p, self.model.draws
        spread = math.sqrt(2.0 * math.log(p.residents.stay_mean_days / p.residents.stay_median_days))
        z = draws.normal(streams.STAY, 0, self.key, 0)
        stay = math.exp(math.log(p.residents.stay_median_days) + spread**2 + spread * z)
        inside = stay * draws.uniform(streams.STAY, 0, self.key, 0, 1)
        self.arrival = self.model.day - int(inside)
        self.release = self.model.day + max(1, int(min(stay - inside, 1e8) + 0.5))
        unsettled = math.exp(-inside / p.tension.adjustment_days)
        self.adjustment = 1.0 - (1.0 - p.flow.adjustment_on_entry) * unsettled
        self.autonomy = cut(p.needs.baseline + self.offset_autonomy, 0.02, 0.98)
        self.competence = cut(p.needs.baseline + self.offset_competence, 0.02, 0.98)
        self.relatedness = cut(p.needs.baseline + self.offset_relatedness, 0.02, 0.98)
        self.tension = self.tension_target = p.tension.baseline
        self.fear = towards(p.tension.fear_resting, p.flow.fear_on_entry, unsettled)
        self.wellbeing = p.wellbeing.baseline
        self.distress = p.wellbeing.distress_baseline * self.vulnerability
        self.boredom = 0.5
        self.arousal = self.anger = 0.0
        self.propensity = 1.0
        self.hours_out = self.hours_active = self.opportunity = 0.0
        self.day_out = self.day_active = self.day_programme = self.day_company = self.day_support = 0.0
        self.activity = self.company = self.support = 0.0
        self.company_weight = float(self.unit.size)
        self.exchange_tension = self.exchange_arousal = 0.0
        self.keep_anger = self.keep_arousal = self.keep_fear = 1.0
        self.exposure_days = self.incidents = 0

    # --- in a day-part ---

    def open_day(self):
        self.day_out = self.day_active = self.day_programme = self.day_company = self.day_support = 0.0
        self.exposure_days += self.model.recording

    def go_out(self):
        """Take part in activities or not; whoever does not is locked in while they run."""
        p, model, unit = self.model.p, self.model, self.unit
        self.hours_out = self.hours_active = self.opportunity = 0.0
        if unit.hours_open <= 0.0:
            return
        takes_part = model.draws.uniform(streams.UPTAKE, model.part, self.key) < p.programme.uptake_base
        planned = p.programme.activity_share * unit.hours_open
        self.hours_active = planned if takes_part else 0.0
        self.hours_out = unit.hours_open - (planned - self.hours_active) * (1.0 - unit.openness)
        self.day_out += self.hours_out
        self.day_active += self.hours_active
        rest = min(self.hours_out - self.hours_active, unit.hours_open - planned)
        self.day_programme += self.hours_active + max(0.0, rest)
        if self.hours_out > 0.0:
            self.opportunity = (self.hours_out / 6.0) ** p.encounters.hours_exponent
            unit.out += 1

    def heat(self, *, without=None):
        """Return the bounded log-hazard of the present state, perhaps without one channel."""
        p = self.model.p.conflict
        x = p.tension * (self.tension - 0.4)
        x += p.arousal * (0.0 if without == CONTAGION else self.arousal)
        x += p.anger * (0.0 if without == RETALIATION else self.anger)
        bound = math.log(p.state_most)
        return x / math.sqrt(1.0 + (x / bound) ** 2) if bound > 0.0 else 0.0

    def be_prone(self):
        p = self.model.p.conflict
        most = math.log(p.person_most)
        self.propensity = math.exp(cut(p.reactivity * self.reactivity, -most, most) + self.heat())

    def likes(self, other):
        """Return the liking that the two tend to."""
        p = self.model.p.encounters
        likeness = self.interest_first * other.interest_first + self.interest_second * other.interest_second
        return cut(p.affinity_base + p.affinity_likeness * likeness, -0.95, 0.95)

    def meet(self, other, tie, *, locked=False):
        """Meet another resident: company, mood, liking; and perhaps a quarrel."""
        p, model = self.model.p.encounters, self.model
        enmity, grudge = tie.enmity(), tie.grudge
        good = max(0.0, 0.5 + 0.5 * tie.tie)
        self.day_company += good
        other.day_company += good
        strength = p.exchange * (0.5 + 0.5 * abs(tie.tie))
        tension = strength * (other.tension - self.tension)
        arousal = strength * (other.arousal - self.arousal)
        self.exchange_tension += tension
        other.exchange_tension -= tension
        self.exchange_arousal += arousal
        other.exchange_arousal -= arousal
        tie.tie = towards(tie.tie, self.likes(other), p.tie_gain)
        active = 0.0
        if not locked:
            active = min(self.hours_active, other.hours_active)
            active /= max(0.01, min(self.hours_out, other.hours_out))
        chance = p.quarrel * (1.0 - p.activity_calm * active)
        chance *= 0.5 * (self.propensity + other.propensity) * (1.0 + p.enmity_weight * enmity)

        def draw(purpose):
            return model.draws.uniform(purpose, model.part, self.key, other.key)

        if draw(streams.QUARREL) >= chance:
            return
        starts = draw(streams.ACTOR) < self.propensity / (self.propensity + other.propensity)
        actor, target = (self, other) if starts else (other, self)
        place = CELL
        priority = draw(streams.QUARREL_PRIORITY)
        if not locked:
            place = ACTIVITY if draw(streams.WHERE) < active else COMMON_ROOM
        model.book(
            Quarrel(actor, place, priority, other=target, enmity=enmity, grudge=grudge),
        )

    def meet_officer(self, officer, *, chat):
        """Meet an officer in a check or for a chat; it may turn sour."""
        p, model, unit = self.model.p.encounters, self.model, self.unit
        if chat:
            self.day_support += 0.5
        heat = math.exp(
            -p.friction_alliance * model.alliance
            + p.friction_restriction * (unit.restrictiveness - 0.45)
            + p.friction_vigilance * (officer.vigilance - 0.15)
            - p.friction_orientation * (officer.orientation - 0.5)
        )
        chance = p.friction * self.propensity * min(20.0, heat) * (p.friction_chat if chat else 1.0)

        def draw(purpose):
            return model.draws.uniform(purpose, model.part, self.key, officer.key, int(chat))

        if draw(streams.FRICTION) >= chance:
            return
        priority = draw(streams.QUARREL_PRIORITY)
        place = COMMON_ROOM if self.hours_out > 0.0 else CELL
        if not chat and draw(streams.WHERE) < p.office_share:
            place = OFFICE
        model.book(Quarrel(self, place, priority, officer=officer, check=not chat))

    def act_alone(self):
        """Perhaps damage something, smuggle, refuse or try to escape."""
        model, p, security = self.model, self.model.p.conflict, self.model.p.security
        rates = {
            DAMAGE: p.damage_rate,
            CONTRABAND: p.contraband_rate * math.exp(-p.rules_stop * security.procedural),
            REFUSAL: p.refusal_rate,
            ESCAPE: p.escape_rate * math.exp(-p.static_stops * security.static),
        }
        chance = self.propensity * (p.alone_locked + (1.0 - p.alone_locked) * self.hours_out / 6.0)
        if model.part % PARTS == NIGHT:
            chance *= p.asleep
        u = model.draws.uniform(streams.SOLITARY, model.part, self.key) / chance
        for kind, per_year in rates.items():
            u -= per_year / (365.0 * PARTS)
            if u < 0.0:
                place = COMMON_ROOM if self.hours_out > 0.0 else CELL
                officer = self.unit.officer_near(self, 2)
                severity = 4 if kind == ESCAPE else 1
                event = model.write(kind, self, place, severity=severity, officer=officer)
                model.attribute(event, self, grudge_heat=0.0, setting=0)
                self.incidents += model.recording
                return

    def settle_down(self):
        """Move tension and arousal by a day-part; then apply what incidents left."""
        p = self.model.p.tension

        def shifted(value, shift):
            return value + cut(shift, -0.5 * value, 0.5 * (1.0 - value))

        target = towards(self.tension, self.tension_target, 1.0 - math.exp(-1.0 / (PARTS * p.tension_days)))
        self.tension = shifted(target, self.exchange_tension)
        calmed = self.arousal * math.exp(-1.0 / (PARTS * p.arousal_days))
        self.arousal = shifted(calmed, self.exchange_arousal)
        self.exchange_tension = self.exchange_arousal = 0.0
        self.arousal = 1.0 - (1.0 - self.arousal) * self.keep_arousal
        self.anger = 1.0 - (1.0 - self.anger) * self.keep_anger
        self.fear = 1.0 - (1.0 - self.fear) * self.keep_fear
        self.keep_anger = self.keep_arousal = self.keep_fear = 1.0

    # --- at night ---

    def close_day(self):
        """Recent means, boredom and needs."""
        p = self.model.p
        recent = day_share(p.encounters.recent_days)
        self.company = towards(self.company, self.day_company, recent)
        self.support = towards(self.support, self.day_support, recent)
        occupied = self.day_active + p.programme.recreation_worth * max(0.0, self.day_out - self.day_active)
        idle = 1.0 - min(1.0, occupied / p.programme.active_hours_needed)
        self.boredom = towards(self.boredom, idle, day_share(p.programme.boredom_days))
        self.activity = towards(self.activity, self.day_active, recent)
        self.move_needs()

    def move_needs(self):
        p, security, unit = self.model.p.needs, self.model.p.security, self.unit
        share = day_share(p.needs_days)
        with_people = security.alliance - 0.4
        autonomy = p.autonomy_base + p.autonomy_hours * min(1.0, self.day_out / 14.0)
        autonomy += p.autonomy_restriction * (1.0 - unit.restrictiveness)
        autonomy += p.autonomy_fairness * (self.felt_fairness - 0.5)
        autonomy += p.autonomy_alliance * with_people + self.offset_autonomy
        competence = p.competence_base + self.offset_competence
        competence += p.competence_activity * self.activity / (self.activity + p.competence_half)
        competence += p.competence_alliance * with_people
        outside = self.model.p.programme.visits * (1.0 - p.outside_restriction * unit.restrictiveness)
        relatedness = p.relatedness_base + p.relatedness_outside * outside + self.offset_relatedness
        relatedness += p.relatedness_company * self.company / (self.company + p.company_half)
        relatedness += p.relatedness_support * self.support / (self.support + p.support_half)
        self.autonomy = towards(self.autonomy, cut(autonomy, 0.02, 0.98), share)
        self.competence = towards(self.competence, cut(competence, 0.02, 0.98), share)
        self.relatedness = towards(self.relatedness, cut(relatedness, 0.02, 0.98), share)

    def move_tension(self):
        """Set the level tension moves to; anger and fear subside, the person settles in."""
        p, needs = self.model.p.tension, self.model.p.needs
        thwarted = p.autonomy * (1.0 - self.autonomy)
        thwarted += p.competence * (1.0 - self.competence)
        thwarted += p.relatedness * (1.0 - self.relatedness)
        level = p.floor + self.sensitivity * thwarted + p.boredom * self.boredom
        level += p.crowding * (self.cellmate is not None)
        level += p.distress_nearby * self.unit.distress
        level += p.unsettled * (1.0 - self.adjustment) + p.remand * self.remand
        self.tension_target = cut(level, 0.01, 0.99)
        self.anger *= math.exp(-1.0 / p.anger_days)
        # Nobody gets to know anybody here, so familiar faces take no fear away.
        calm = p.fear_resting - p.fear_barriers * (self.model.p.security.static - 0.5)
        self.fear = towards(self.fear, cut(calm, 0.01, 0.95), day_share(p.fear_days))
        support = self.support / (self.support + needs.support_half)
        support += self.company / (self.company + needs.company_half)
        days = p.adjustment_days / (1.0 + p.adjustment_help * support)
        self.adjustment = towards(self.adjustment, 1.0, day_share(days))


class Quarrel:
    """Somebody starts something with another resident or with an officer."""

    def __init__(
        self, actor, place, priority, *, other=None, officer=None, check=False, enmity=0.0, grudge=0.0
    ):
        self.actor, self.place, self.priority = actor, place, priority
        self.other, self.officer, self.check = other, officer, check
        self.enmity, self.grudge = enmity, grudge

    @property
    def setting(self):
        """0 alone, 1 between residents, 2 during a check, 3 during a chat."""
        return 1 if self.other else 2 if self.check else 3


class Unit:
    """A group of residents with a team of its own."""

    def __init__(self, model, number, described, first_place, first_post):
        p = model.p
        self.model, self.number = model, number
        self.size = described.places
        self.remand = described.regime == "remand"
        self.openness = described.openness
        self.first_place = first_place
        self.culture = p.coercion.culture_sd * model.draws.culture(model.draws.key(streams.UNIT, first_place))
        reliance = 0.5 * (p.security.static + p.security.procedural) - 0.5
        resting = p.coercion.vigilance_resting + p.coercion.vigilance_reliance * reliance
        self.resting_vigilance = cut(resting, 0.01, 0.9)
        self.restrictiveness = self.resting_restriction(0.5)
        self.distress = self.hours_open = self.hands = self.common = self.near = self.pace = 0.0
        self.out = 0
        self.memory = Memory(12)
        equivalents = self.size * p.staffing.unit_share / p.staffing.residents_per_employee
        posts = math.ceil(equivalents - 1e-9)
        self.officers = [Officer(model, self, first_post + k, equivalents / posts) for k in range(posts)]
        self.residents = []
        self.ties = {}

    def resting_restriction(self, orientation):
        p, security = self.model.p.coercion, self.model.p.security
        level = p.restriction_base + p.restriction_static * security.static
        level += p.restriction_rules * security.procedural + self.culture
        level -= p.restriction_orientation * (orientation - 0.5)
        level += p.restriction_vigilance * (self.resting_vigilance - p.vigilance_resting)
        return cut(level, 0.02, 0.9)

    def move_in(self, described, first_row):
        """Fill the places, pair up cells for two, and let everybody start as strangers."""
        model, p = self.model, self.model.p
        by_place = {}
        for place in range(self.first_place, self.first_place + self.size):
            key = model.draws.key(streams.PERSON, place)
            if model.draws.uniform(streams.STOCK, 0, key) < p.residents.occupancy:
                by_place[place] = Resident(model, self, place, first_row + len(by_place))
        self.residents = list(by_place.values())
        for k in range(round(described.double_cells * self.size / 2)):
            first, second = (by_place.get(self.first_place + 2 * k + side) for side in (0, 1))
            if first and second:
                first.cellmate, second.cellmate = second, first
        start = PARTS * model.day
        self.ties = {pair: Tie(start) for pair in combinations(self.residents, 2)}

    def tie_of(self, one, other):
        return self.ties.get((one, other)) or self.ties[other, one]

    # --- in a day-part ---

    def man(self, share):
        """Put staff on duty and divide their time: procedures first."""
        p, security = self.model.p.roster, self.model.p.security
        for officer in self.officers:
            officer.go_on_duty(share)
        self.hands = sum(officer.time for officer in self.officers)
        load = p.procedure_base + p.procedure_static * min(1.0, security.static)
        load += p.procedure_rules * security.procedural
        load += p.procedure_practice * (self.restrictiveness - 0.45)
        routine = max(0.0, len(self.residents) * p.procedure_load * load)
        done = min(p.procedure_cap * self.hands, routine)
        for officer in self.officers:
            officer.divide_time(done / self.hands if self.hands > 0.0 else 0.0)
        self.common = sum(officer.common for officer in self.officers)

    def open_doors(self, hours):
        self.hours_open = hours
        self.out = 0
        for resident in self.residents:
            resident.go_out()
        p = self.model.p.conflict
        self.near = 1.0 - math.exp(-p.near_slope * self.common / max(1.0, self.out))

    def prepare(self):
        """Work out how many meetings a resident can expect, and the reach of staff."""
        p, coupling, security = self.model.p.encounters, self.model.p.coupling, self.model.p.security
        others, reference = self.out - 1.0, coupling.reference_size - 1.0
        self.pace = 0.0
        if others > 0.0:
            lack = others / (others + p.small_group) * (reference + p.small_group) / reference
            self.pace = p.pace * lack * min(p.company_most, (others / reference) ** coupling.saturation)
        means = 0.5 * (security.static + security.procedural)
        checks = p.checks * (p.checks_base + (1.0 - p.checks_base) * means)
        for officer in self.officers:
            officer.reach(checks)

    def meet_each_other(self):
        """Ask every pair whether it meets: company is chosen by liking."""
        if self.out < 2:
            return
        model, choice = self.model, self.model.p.encounters.choice
        scale = 0.5 * self.pace * (len(self.residents) - 1.0) / (self.out - 1.0)
        about, part = model.draws.about, model.part
        for k, one in enumerate(self.residents):
            if one.opportunity <= 0.0:
                continue
            draw = about(streams.MEET, part, one.key)
            for other in self.residents[k + 1 :]:
                if other.opportunity <= 0.0:
                    continue
                tie = self.ties[one, other]
                chance = scale * min(one.opportunity, other.opportunity) * (1.0 + choice * tie.tie)
                chance *= 1.0 / one.company_weight + 1.0 / other.company_weight
                if draw(other.key) < chance:
                    one.meet(other, tie)

    def meet_in_cells(self):
        model = self.model
        for one in self.residents:
            other = one.cellmate
            if other is not None and one.place < other.place:
                u = model.draws.uniform(streams.MEET, model.part, one.key, other.key)
                if u < model.p.encounters.cell_contact:
                    one.meet(other, self.ties[one, other], locked=True)

    def meet_staff(self):
        """Ask every resident and officer whether they meet, in a check or for a chat."""
        model, p = self.model, self.model.p.encounters
        about, part = model.draws.about, model.part
        stranger = 1.0 + p.seek_known * (0.0 - 0.4)
        for resident in self.residents:
            out = resident.hours_out / 6.0
            reach = p.checks_locked + (1.0 - p.checks_locked) * out
            check = about(streams.PROCEDURE, part, resident.key)
            chat = about(streams.CHAT, part, resident.key)
            for officer in self.officers:
                if check(officer.key) < reach * officer.check:
                    resident.meet_officer(officer, chat=False)
                if out > 0.0 and chat(officer.key) < officer.chat * resident.opportunity * stranger:
                    resident.meet_officer(officer, chat=True)

    def officer_near(self, resident, k):
        """Return the officer who deals with something: one in the common room, if there is any."""
        model, in_room = self.model, self.common > 0.0
        u = model.draws.uniform(streams.OFFICER, model.part, resident.key, 0, k)
        left = u * (self.common if in_room else self.hands)
        for officer in self.officers:
            left -= officer.common if in_room else officer.time
            if left < 0.0:
                return officer
        return self.officers[-1] if self.officers else None

    def witness(self, event, weight):
        """Let those who are out see an incident: arousal, fear, and something to remember."""
        model, p, coupling = self.model, self.model.p.tension, self.model.p.coupling
        arousal = cut(p.witness_arousal * weight, 0.0, 1.0)
        reference = coupling.reference_size
        seen_by = p.witness_chance * (reference / max(self.out, 1.0)) ** (1.0 - coupling.witnesses)
        actor = event.actor
        if arousal > 0.0:
            self.memory.add(event.event, model.part, CONTAGION, arousal)
        draw = model.draws.about(streams.WITNESS, model.part, actor.key)
        for witness in self.residents:
            if witness in (actor, event.target) or witness.hours_out <= 0.0 or draw(witness.key) >= seen_by:
                continue
            witness.keep_arousal *= what_is_left(arousal)
            witness.keep_fear *= what_is_left(p.witness_fear * weight)
            if arousal > 0.0:
                witness.memory.add(event.event, model.part, CONTAGION, arousal)

    # --- at night ---

    def close_day(self):
        p = self.model.p
        for tie in self.ties.values():
            tie.fade(self.model.part, p)
        for resident in self.residents:
            resident.company_weight = 0.0 if len(self.residents) > 1 else 1.0
            resident.close_day()
        for (one, other), tie in self.ties.items():
            weight = 1.0 + p.encounters.choice * tie.tie
            one.company_weight += weight
            other.company_weight += weight
        total = sum(resident.distress for resident in self.residents)
        self.distress = total / len(self.residents) if self.residents else 0.0
        for resident in self.residents:
            resident.move_tension()
        for officer in self.officers:
            officer.vigilance = self.resting_vigilance
        lines = [officer.orientation for officer in self.officers]
        base = self.resting_restriction(sum(lines) / len(lines) if lines else 0.5)
        rises = base > self.restrictiveness
        days = p.coercion.restriction_rise_days if rises else p.coercion.restriction_fall_days
        self.restrictiveness = towards(self.restrictiveness, base, day_share(days))


class PlainModel(mesa.Model):
    """The frozen core of a specification; ``step()`` is one day-part.

    ``keyed`` chooses the draws of the fast model (with ``replicate``) or Mesa's ordinary ones.
    """

    def __init__(self, specification, rng=1, replicate=0, *, keyed=True):
        super().__init__(rng=rng)
        self.p = numbers_of(specification)
        self.draws = Keyed(rng, replicate) if keyed else Ordinary(self.random)
        self.part = -int(specification.values["run.burn_in_days"]) * PARTS
        self.recording = 0
        self.alliance = self.p.alliance.start
        self.ledger = []
        self.quarrels = {}
        self.units = []
        for described in specification.units:
            first_place = sum(unit.size for unit in self.units)
            first_post = sum(len(unit.officers) for unit in self.units)
            self.units.append(Unit(self, len(self.units), described, first_place, first_post))
        rows = 0
        for unit, described in zip(self.units, specification.units, strict=True):
            unit.move_in(described, rows)
            rows += len(unit.residents)
        self.residents = [resident for unit in self.units for resident in unit.residents]
        self.mean_hours = self.work_out_mean_hours()

    @property
    def day(self):
        return self.part // PARTS

    def work_out_mean_hours(self):
        """Return the mean programmed hours of a daytime day-part over the week."""
        p = self.p.programme
        weekday = p.weekday_morning_hours + p.weekday_afternoon_hours
        weekday += p.weekday_evening_hours + p.weekday_night_hours
        weekend = p.weekend_morning_hours + p.weekend_afternoon_hours
        weekend += p.weekend_evening_hours + p.weekend_night_hours
        return min(6.0, (5.0 * weekday + 2.0 * weekend) / 21.0)

    def shift_share(self):
        p, slot = self.p.roster, self.part % PARTS
        share = (p.share_morning, p.share_afternoon, p.share_evening, p.share_night)[slot]
        return min(1.0, share * p.weekend_factor) if self.day % 7 >= 5 else share

    def step(self):
        """Read old, write new: all act on the state at the start of the day-part."""
        night = self.part % PARTS == NIGHT
        if self.part % PARTS == MORNING:
            self.recording = int(self.day >= 0)
            self.agents_by_type[Resident].do("open_day")
        for unit in self.units:
            unit.man(self.shift_share())
            unit.open_doors(0.0 if night else self.mean_hours)
        self.agents_by_type[Resident].do("be_prone")
        self.quarrels = {}
        for unit in self.units:
            unit.prepare()
            if night:
                unit.meet_in_cells()
            else:
                unit.meet_each_other()
        if not night:
            for unit in self.units:
                unit.meet_staff()
        first = len(self.ledger)
        for quarrel in self.quarrels.values():
            self.resolve(quarrel)
        self.agents_by_type[Resident].do("act_alone")
        for event in self.ledger[first:]:
            if event.severity > 0:
                self.spread(event)
        self.agents_by_type[Resident].do("settle_down")
        if night:
            for unit in self.units:
                unit.close_day()
        self.part += 1

    # --- conflict ---

    def book(self, quarrel):
        """Note a quarrel; of two that one resident starts, the one with the lowest number counts."""
        known = self.quarrels.get(quarrel.actor)
        if known is None or quarrel.priority < known.priority:
            self.quarrels[quarrel.actor] = quarrel

    def resolve(self, quarrel):
        """Settle a quarrel with words, or let it become an incident."""
        actor, unit, p = quarrel.actor, quarrel.actor.unit, self.p.conflict
        between = quarrel.other is not None
        if between:
            officer = unit.officer_near(actor, 1)
            near = unit.near if quarrel.place != CELL else 0.0
            if quarrel.place == ACTIVITY:
                near += (1.0 - near) * p.activity_watch
        else:
            officer, near = quarrel.officer, 1.0

        def draw(purpose):
            return self.draws.uniform(purpose, self.part, actor.key, 0, int(between))

        settled = officer is not None
        settled = settled and draw(streams.DEFUSE) < near * officer.settle_chance(self.alliance)
        kind = DEFUSED if settled else self.kind_of(quarrel, draw(streams.KIND))
        severity = {DEFUSED: 0, SERIOUS: 4, PHYSICAL: 3, THREAT: 2}.get(kind, 1)
        event = self.write(
            kind, actor, quarrel.place, severity=severity, officer=officer, target=quarrel.other
        )
        event.against_staff = int(not between)
        event.staff = None if between else quarrel.officer
        weight = self.p.encounters.enmity_weight
        grudge_heat = 0.0
        if between:
            full = 1.0 + weight * quarrel.enmity
            grudge_heat = math.log(full / (1.0 + weight * (quarrel.enmity - quarrel.grudge)))
        self.attribute(event, actor, grudge_heat=grudge_heat, setting=quarrel.setting)
        if settled:
            event.seen = event.answer = 1
        else:
            actor.incidents += self.recording

    def kind_of(self, quarrel, u):
        p = self.p.conflict
        between = quarrel.other is not None
        base = p.violent if between else p.violent_staff
        physical = chance_of(base + p.violent_state * quarrel.actor.heat())
        if u < physical:
            return SERIOUS if u < physical * p.serious else PHYSICAL
        rest = (u - physical) / (1.0 - physical)
        threat = p.threat if between else p.threat_staff
        if rest < threat:
            return THREAT
        rest = (rest - threat) / max(1e-9, 1.0 - threat)
        return REFUSAL if quarrel.check and rest < p.refusal_check else VERBAL

    def write(self, kind, actor, place, *, severity, officer, target=None):
        event = SimpleNamespace(
            event=len(self.ledger) + 1,
            day=self.day,
            part=self.part % PARTS,
            kind=kind,
            unit=actor.unit,
            place=place,
            actor=actor,
            target=target,
            staff=None,
            officer=officer,
            severity=severity,
            seen=0,
            answer=0,
            cause=0,
            channel=BACKGROUND,
            against_staff=0,
        )
        self.ledger.append(event)
        return event

    def attribute(self, event, actor, *, grudge_heat, setting):
        """Draw the channel in proportion to the hazard missing without it, then the past event."""
        missing = {}
        for channel in CHANNELS:
            gone = actor.heat() - actor.heat(without=channel)
            gone += grudge_heat if channel == RETALIATION else 0.0
            missing[channel] = 1.0 - math.exp(-gone) if gone > 0.0 else 0.0
        total = sum(missing.values())
        if total <= 0.0:
            return
        left = self.draws.uniform(streams.CAUSE, self.part, actor.key, 0, setting) * max(1.0, total)
        for channel, share in missing.items():
            left -= share
            if left < 0.0:
                u = self.draws.uniform(streams.CAUSE_EVENT, self.part, actor.key, 0, setting)
                event.cause = self.past_event(channel, actor, u)
                event.channel = channel if event.cause else BACKGROUND
                return

    def past_event(self, channel, actor, u):
        p = self.p.tension
        days = p.anger_days if channel == RETALIATION else p.arousal_days
        own = actor.memory.recall(self.part, channel, days, u)
        return own or actor.unit.memory.recall(self.part, channel, days, u)

    def spread(self, event):
        """Let an incident work on its victim and on those who see it."""
        p = self.p.tension
        weight = {4: p.weight_serious, 3: 1.0, 2: p.weight_threat, 1: p.weight_minor}[event.severity]
        if event.target is not None:
            self.hurt(event, weight)
        if event.place != CELL and event.kind <= DAMAGE:
            event.unit.witness(event, weight)

    def hurt(self, event, weight):
        p, victim, actor = self.p.tension, event.target, event.actor
        anger = cut(p.victim_anger * weight, 0.0, 1.0)
        grudge = cut(p.victim_grudge * weight, 0.0, 1.0)
        victim.keep_anger *= what_is_left(anger)
        victim.keep_fear *= what_is_left(p.victim_fear * weight)
        if anger + grudge > 0.0:
            victim.memory.add(event.event, self.part, RETALIATION, max(anger, grudge))
            actor.memory.add(event.event, self.part, RETALIATION, grudge)
        tie = actor.unit.tie_of(actor, victim)
        tie.fade(self.part, self.p)
        tie.grudge = towards(tie.grudge, 1.0, grudge)
        tie.tie = towards(tie.tie, -1.0, cut(p.tie_loss * weight, 0.0, 1.0))
