"""Keyed random numbers: a draw is a function of who, what and when, never of what came before.

Two scenarios with one seed then differ only where the scenarios make them differ (common random
numbers), and neither the order of rows, the number of threads nor an extra mechanism moves a draw.

The generator is the finaliser of SplitMix64 (Steele, Lea & Flood 2014) applied in a chain to seed,
purpose, day-part, first person, second person and a running number.
"""

from __future__ import annotations

import math

import numpy as np

from sim.kernel import f8, i8, kernel, u8

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_SHIFT_30 = np.uint64(30)
_SHIFT_27 = np.uint64(27)
_SHIFT_31 = np.uint64(31)
_SHIFT_11 = np.uint64(11)
_TWO_TO_MINUS_53 = 2.0**-53
_TIME_OFFSET = 1 << 40  # burn-in is negative time; the key must not be

NOBODY = np.uint64(0)
"""Counterpart of a draw that concerns one person only."""

# What is decided.  Append only: a number never changes its meaning, and none is used twice.
PERSON = 1
STAY = 2
STOCK = 3
VACANCY = 4
TRAITS = 5
ENTRY = 6
STAFF = 10
STAFF_TRAITS = 11
SICK = 12
QUIT = 13
HANDS = 20
REPLACED = 21
POOLED = 22
POOL_ORDER = 23
COVER = 24
UPTAKE = 30
MEET = 40
QUARREL = 41
ACTOR = 42
TIMETABLE = 43
PARTNER = 44
PROCEDURE = 45
CHAT = 46
FRICTION = 47
OFFICER = 48
QUARREL_PRIORITY = 49
SOLITARY = 50
SELF_HARM = 58
DEFUSE = 51
KIND = 52
WHERE = 53
WITNESS = 54
CAUSE = 55
CAUSE_EVENT = 56
SEEN = 60
RECORDED = 61
ANSWER = 62
ANSWER_KIND = 63
SANCTION = 64
SANCTION_KIND = 65
CONTAIN = 66
# 67 is taken: it once spread how fair coercion felt on one occasion.
SICK_DAYS = 70
UNIT = 80
REPLICATE = 90
SURVEY = 91
PLACE_COUNT = 92
ALLOTMENT = 93
LEAVE = 94
RETURN = 95
NO_RETURN = 96
AWAY_DAYS = 97
PROFILE = 112
CONDUCT = 113
INCIDENT_NOTED = 114
COLLEAGUE_LINE = 115
REVIEW_HELD = 116
LENIENCY = 117
WEIGHING = 118
KEPT_DOWN = 119
REASONS = 120
CONDITION = 121
PROSECUTION = 122
CONVICTION = 123
MEANT = 124
JUSTICE_PRIOR = 132
EXPLAIN = 133
COMPLAIN = 134
RULING = 135
APPEALS = 136


@kernel
def mix(z: u8) -> u8:
    """Return a well-mixed function of ``z`` (a bijection of 64-bit words)."""
    z = z + _GAMMA
    z = (z ^ (z >> _SHIFT_30)) * _FIRST
    z = (z ^ (z >> _SHIFT_27)) * _SECOND
    return z ^ (z >> _SHIFT_31)


@kernel
def stream(seed: u8, purpose: i8, part: i8) -> u8:
    """Return the key of everything that is decided for ``purpose`` in day-part ``part``."""
    return mix(mix(seed ^ np.uint64(purpose)) ^ np.uint64(part + _TIME_OFFSET))


@kernel
def of_person(base: u8, person: u8) -> u8:
    """Return the key of one person within a stream."""
    return mix(base ^ person)


@kernel
def with_counterpart(own: u8, other: u8, k: i8) -> u8:
    """Return the key of the ``k``-th decision between a person (key ``own``) and another."""
    return mix(own + other * _SECOND + np.uint64(k))


@kernel
def uniform(key: u8) -> f8:
    """Return a number in [0, 1) with 53 random bits."""
    return float(key >> _SHIFT_11) * _TWO_TO_MINUS_53


@kernel
def draw(seed: u8, purpose: i8, part: i8, person: u8, counterpart: u8, k: i8) -> f8:
    """Return the uniform number of one decision, from its full key."""
    return uniform(with_counterpart(of_person(stream(seed, purpose, part), person), counterpart, k))


@kernel
def normal(key: u8) -> f8:
    """Return a standard normal number (Box and Muller 1958) from one key."""
    u = 1.0 - uniform(mix(key ^ _GAMMA))
    v = uniform(mix(key ^ _SECOND))
    return math.sqrt(-2.0 * math.log(u)) * math.cos(6.283185307179586 * v)


@kernel
def person_key(seed: u8, purpose: i8, number: i8, occupant: i8) -> u8:
    """Return the key of the ``occupant``-th holder of place or post ``number``.

    ``purpose`` is ``PERSON`` for residents and ``STAFF`` for staff.
    """
    return mix(mix(mix(seed ^ np.uint64(purpose)) ^ np.uint64(number)) ^ np.uint64(occupant))
