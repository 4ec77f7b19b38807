"""Reading relations: bonds between residents and staff as they stand now, and who deals with something.

Relations fade lazily: a record holds its values and the moment they hold for.  These helpers look
without touching; the mechanisms that own a relation bring it up to date.
"""

from __future__ import annotations

import math

from sim.clock import PARTS
from sim.kernel import f8, i8, kernel
from sim.tables import Bond, Duties, Edges, Parameters, Resident, Tie, Unit, Units


@kernel
def bond_of(r: Resident, unit: Unit, post: i8) -> i8:
    """Return the index of the bond between a resident and the holder of a post."""
    return unit.bond_first + (r.place - unit.place_first) * unit.bond_width + post - unit.bond_post


@kernel
def days_since(then: i8, part: i8) -> f8:
    """Return the days between two day-parts, never below 0."""
    return max(0.0, (part - then) / PARTS)


@kernel
def familiarity_now(bond: Bond, part: i8, p: Parameters) -> f8:
    """Return familiarity as it stands now."""
    return bond.familiarity * math.exp(-days_since(bond.part, part) / p.alliance.familiarity_days)


@kernel
def breach_now(bond: Bond, part: i8, p: Parameters) -> f8:
    """Return the breach of the alliance as it stands now."""
    if bond.breach == 0.0:
        return 0.0
    return bond.breach * math.exp(-days_since(bond.part, part) / p.alliance.breach_days)


@kernel
def lasting_alliance(bond: Bond, part: i8, p: Parameters) -> f8:
    """Return the alliance as it stands now, had there been no breach."""
    kept = math.exp(-days_since(bond.part, part) / p.alliance.alliance_days)
    return p.alliance.start + (bond.alliance - p.alliance.start) * kept


@kernel
def alliance_now(bond: Bond, part: i8, p: Parameters) -> f8:
    """Return alliance less breach as it stands now."""
    return max(0.0, lasting_alliance(bond, part, p) - breach_now(bond, part, p))


@kernel
def fade_bond(bond: Bond, part: i8, p: Parameters) -> None:
    """Bring a bond up to date."""
    days = days_since(bond.part, part)
    if days > 0.0:
        bond.familiarity *= math.exp(-days / p.alliance.familiarity_days)
        kept = math.exp(-days / p.alliance.alliance_days)
        bond.alliance = p.alliance.start + (bond.alliance - p.alliance.start) * kept
        if bond.breach > 0.0:
            bond.breach *= math.exp(-days / p.alliance.breach_days)
        bond.part = part


@kernel
def fade_tie(tie: Tie, part: i8, p: Parameters) -> None:
    """Bring a tie between residents up to date."""
    days = days_since(tie.part, part)
    if days > 0.0:
        tie.tie *= math.exp(-days / p.encounters.tie_days)
        tie.grudge *= math.exp(-days / p.encounters.grudge_days)
        tie.part = part


@kernel
def officer_near(unit: Unit, duties: Duties, u: f8) -> i8:
    """Return the duty of the officer who deals with something, -1 if nobody is on duty.

    The chance goes with time in the common room; with nobody there, with time on the unit.
    """
    in_room = unit.common > 0.0
    left = u * (unit.common if in_room else unit.hands)
    found = -1
    for d in range(unit.duty_first, unit.duty_first + unit.duty_count):
        found = d
        left -= duties[d].common if in_room else duties[d].time
        if left < 0.0:
            return found
    return found


@kernel
def tie_index(place_a: i8, place_b: i8, unit_a: i8, unit_b: i8, units: Units, edges: Edges) -> i8:
    """Return the index of the tie between the residents of two places, -1 if their units share nothing."""
    if unit_a == unit_b:
        unit = units[unit_a]
        size = unit.place_end - unit.place_first
        low = min(place_a, place_b) - unit.place_first
        high = max(place_a, place_b) - unit.place_first
        return unit.tie_first + low * size + high
    first = min(unit_a, unit_b)
    second = max(unit_a, unit_b)
    line = (place_a if unit_a == first else place_b) - units[first].place_first
    column = (place_b if unit_a == first else place_a) - units[second].place_first
    width = units[second].place_end - units[second].place_first
    for e in range(edges.shape[0]):
        if edges[e].unit_a == first and edges[e].unit_b == second:
            return edges[e].tie_first + line * width + column
    return -1
