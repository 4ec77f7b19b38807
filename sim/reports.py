"""Reports on conduct: which discipline is concerned, what it sees, and whether it notes it down.

A discipline sees conduct the likelier, the better it knows the resident, and notes it or not by its own
line: a controlling colleague notes more that is wrong, and consistency takes that difference away.
"""

from __future__ import annotations

from sim import streams
from sim.kernel import f8, i8, kernel, u8
from sim.rules import bounded
from sim.tables import Conducts, Parameters, Reporters

ALL_DOMAINS = 7
"""All parts on which conduct can be judged, one bit each."""


@kernel
def domains_of(kind: i8, conducts: Conducts) -> i8:
    """Return the parts on which a kind counts, one bit each; every part where it bars at once."""
    bits = 0
    for c in range(conducts.shape[0]):
        if conducts[c].kind == kind:
            bits |= ALL_DOMAINS if conducts[c].domain < 0 else 1 << conducts[c].domain
    return bits


@kernel
def reporter_at(u: f8, bits: i8, reporters: Reporters) -> i8:
    """Return which discipline has to do with conduct on some parts, at quantile ``u``; -1 if none has."""
    total = 0.0
    for k in range(reporters.shape[0]):
        if reporters[k].domains & bits != 0:
            total += reporters[k].attention
    left = u * total
    found = -1
    for k in range(reporters.shape[0]):
        if reporters[k].domains & bits != 0 and reporters[k].attention > 0.0:
            found = k
            left -= reporters[k].attention
            if left < 0.0:
                return found
    return found


@kernel
def own_line(seed: u8, whose: u8, k: i8, p: Parameters) -> f8:
    """Return how much stricter than the common line somebody is who is no unit officer, as a chance.

    ``whose`` is the key of a unit or of the first unit of a site, ``k`` tells disciplines and deciders apart.
    """
    base = streams.of_person(streams.stream(seed, streams.COLLEAGUE_LINE, 0), whose)
    z = streams.normal(streams.with_counterpart(base, streams.NOBODY, k))
    return (1.0 - p.promotion.consistency) * p.promotion.line * p.staffing.orientation_sd * z


@kernel
def officer_line(orientation: f8, p: Parameters) -> f8:
    """Return how much stricter than the common line a unit officer is, as a chance."""
    distance = p.staffing.orientation_mean - orientation
    return (1.0 - p.promotion.consistency) * p.promotion.line * distance


@kernel
def seen_chance(familiarity: f8, p: Parameters) -> f8:
    """Return the chance that the discipline concerned sees conduct of somebody it knows so well."""
    return bounded(p.promotion.seen_stranger + p.promotion.seen_familiarity * familiarity, 0.0, 1.0)


@kernel
def noted_chance(desired: i8, line: f8, p: Parameters) -> f8:
    """Return the chance that seen conduct is noted by somebody with such a line."""
    if desired == 1:
        return bounded(p.promotion.noted_desired - line, 0.0, 1.0)
    return bounded(p.promotion.noted_undesired + line, 0.0, 1.0)
