"""A few people in small tables laid by hand: no scenario, no run, every number in sight."""

import math

import numpy as np
import pytest

from sim import ledger as codes
from sim import streams
from sim.mechanisms.response import contain, respond, respond_to, sanction
from sim.mechanisms.roster import assign, assign_mean, exchange_pooled, fill_slots, share_cover
from sim.state import NEVER
from tests.builders import numbers, rows

SURE = 50.0
"""Log-odds that make a chance 1 to the last bit; with a minus sign, far below what 53 bits can draw."""

HAIR = 1e-6
JUST = pytest.mark.parametrize(("nudge", "happens"), [(HAIR, True), (-HAIR, False)])
"""A chance a hair above the draw, which makes it happen, and a hair below, which does not."""

PART = 5
"""The day-part of a scene: the afternoon of day 1."""

QUIET = {
    "response.seen_later": 1,
    "response.formal_base": -SURE,
    "response.contain_base": -SURE,
    "response.sanction_base": -SURE,
    "response.mediation_weight": 0,
    "response.agreed_weight": 0,
    "response.warning_weight": 0,
    "response.recorded_minor": 0,
    "response.recorded_violent": 0,
    "response.recorded_rules": 0,
}
"""Everything is seen and answered with a talk, nothing written down: each test moves one of these."""


def log_odds(chance):
    """Return the log-odds of a chance."""
    return math.log(chance / (1 - chance))


class Scene:
    """Two residents and two officers of unit 1 on site 1, beside others on unit 0 of site 0.

    Resident 1 (who acts) lives in place 2 and resident 0 (the target) in place 1; officer 0 (who
    answers) holds post 2 and officer 2 post 1; so a row taken for a place, a post or a unit, or row 0
    taken for nobody, gives a wrong number.
    """

    def __init__(self, ordering=0, values=None, **more):
        given = {path.replace("__", "."): value for path, value in more.items()}
        self.p = numbers({**QUIET, "security.procedural": 0.5, **(values or {}), **given})
        self.control = rows("control", 1, seed=11, ordering=ordering)
        self.residents = rows("residents", 3, key=[70, 71, 72], place=[1, 2, 0], unit=[1, 1, 0])
        self.residents.keep_anger = 1.0
        self.residents.confined_until = self.residents.loss_until = self.residents.leave_until = NEVER
        self.units = rows("units", 2, site=[0, 1], place_first=[0, 1], place_end=[1, 3], tie_first=[0, 1])
        self.units.bond_first, self.units.bond_post, self.units.bond_width = [0, 1], [0, 1], [1, 2]
        self.units.hands, self.units.vigilance, self.units.restrictiveness = 3.0, 0.15, 0.45
        self.sites = rows("sites", 2, present=24, keep_readiness=1.0)
        self.staff = rows("staff", 3, post=[2, 0, 1], orientation=0.5, vigilance=0.15, exhaustion=0.3)
        self.bonds = rows("bonds", 5, part=PART)
        self.edges, self.ties = rows("edges", 0), rows("ties", 5, part=PART)
        self.ledger = rows("ledger", 20)
        self.unit, self.site = self.units[1], self.sites[1]
        self.actor, self.other = self.residents[1], self.residents[0]
        self.officer = self.staff[0]
        self.bond = self.bonds[4]  # first 1, second of two lines of two posts, second post: 1 + 2 + 1
        self.tie = self.ties[2]  # first 1, line of place 1, column of place 2: 1 + 0 + 1

    def happens(self, kind, severity=1, place=codes.COMMON_ROOM, target=0, officer=0, **columns):
        """Write an incident by resident 1 into the ledger and return it."""
        event = self.ledger[codes.append(self.ledger, self.control, PART, kind, 1, place)]
        event.actor, event.target, event.officer, event.severity = 1, target, officer, severity
        for name, value in columns.items():
            event[name] = value
        return event

    def draw(self, purpose, kind):
        """Return what falls for resident 1 when something about an incident of a kind is decided."""
        with np.errstate(over="ignore"):
            return streams.draw(
                self.control[0].seed, purpose, PART, self.actor.key, streams.NOBODY, np.uint64(kind)
            )

    def answer(self, kind, severity=1, **columns):
        """Let an incident happen and take it through all steps; return it."""
        event = self.happens(kind, severity, **columns)
        self.respond_to(event.event - 1)
        return event

    def respond_to(self, at):
        with np.errstate(over="ignore"):
            respond_to(
                at,
                PART,
                self.residents,
                self.units,
                self.sites,
                self.staff,
                self.bonds,
                self.edges,
                self.ties,
                self.ledger,
                self.control,
                self.p,
            )

    def respond(self, first):
        with np.errstate(over="ignore"):
            respond(
                first,
                PART,
                self.residents,
                self.units,
                self.sites,
                self.staff,
                self.bonds,
                self.edges,
                self.ties,
                self.ledger,
                self.control,
                self.p,
            )

    def contain(self, at=0):
        contain(
            at, PART, self.site, self.residents, self.units, self.staff, self.ledger, self.control, self.p
        )

    def sanction(self, u, at=0):
        sanction(at, PART, u, self.residents, self.units, self.ledger, self.control, self.p)

    @property
    def events(self):
        """Return the events written down so far."""
        return self.ledger[: self.control[0].event_count]

    @property
    def kinds(self):
        return self.events.kind.tolist()

    def everything(self):
        """Return the bytes of every table that an answer may touch."""
        tables = (self.residents, self.units, self.sites, self.staff, self.bonds, self.ties, self.ledger)
        return [table.tobytes() for table in (*tables, self.control)]


ALL_SHIFTS = {
    **{f"roster.share_{name}": 1 for name in ("morning", "afternoon", "evening", "night")},
    "roster.weekend_factor": 1,
}
"""In every day-part the whole team is due, so that ``hours`` is the number of slots."""


class Team:
    """Units with teams of the given sizes that form one pool; the holder of post k is staff row 10 + k."""

    def __init__(self, *sizes, hours=2.0, unstaffed=0, **given):
        self.p = numbers({**ALL_SHIFTS, **given})
        ends = np.cumsum(sizes)
        self.units = rows("units", len(sizes), post_end=ends, hours=hours, pool_end=len(sizes))
        self.units.post_first = ends - sizes
        self.units.key = 70 + np.arange(len(sizes))
        posts = int(ends[-1])
        self.posts = rows("posts", posts, staff=10 + np.arange(posts), hours=0.5)
        self.staff = rows("staff", posts + 10, duty_part=-1)
        self.duties = rows("duties", 3 * posts + 5, unit=-1)
        self.control = rows("control", 1, seed=11, unstaffed=unstaffed)

    def ill(self, *posts):
        """Keep the holders of these posts away until day 9."""
        for post in posts:
            self.staff[10 + post].absent_until = 9

    def fill(self, part=0, unit=0):
        """Fill the slots of a unit; return the posts on duty there, in the order of the slots."""
        fill_slots(unit, part, self.units, self.posts, self.staff, self.duties, self.control, self.p)
        return self.on(unit)

    def on(self, unit):
        first = self.units[unit].duty_first
        return self.duties.post[first : first + self.units[unit].duty_count].tolist()

    def cover(self, unit, part=0):
        share_cover(unit, part, self.units, self.duties, self.control, self.p)

    def exchange(self, part=0):
        exchange_pooled(
            0, self.control[0].duty_count, part, self.duties, self.posts, self.units, self.control, self.p
        )

    def assign(self, part=0):
        assign(part, self.units, self.posts, self.staff, self.duties, self.control, self.p)
        return [self.on(unit) for unit in range(len(self.units))]

    def assign_mean(self, part=0):
        assign_mean(part, self.units, self.posts, self.staff, self.duties, self.control, self.p)
        return [self.on(unit) for unit in range(len(self.units))]

    def draw(self, purpose, k=0, part=0, unit=0):
        """Return what falls for a unit in a day-part."""
        return streams.draw(
            self.control[0].seed, purpose, part, self.units[unit].key, streams.NOBODY, np.uint64(k)
        )
