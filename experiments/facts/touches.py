"""What is done to a running simulation from outside: a severe incident, and the shuffling of networks.

Both work on the tables of the world between day-parts, as a thought experiment; the model itself knows
nothing of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.clock import PARTS
from sim.simulation import Simulation


def severe_incident(simulation: Simulation) -> None:
    """Let a serious assault hit one officer of every unit: the direct impulses of the model, no more.

    The victim and the colleagues take the exhaustion and vigilance that a serious assault (severity 4)
    gives in :mod:`sim.mechanisms.coercion`; residents do not notice.
    """
    world = simulation.world
    strain, coercion = world.parameters[0].strain, world.parameters[0].coercion
    for unit in world.units:
        present = [int(p.staff) for p in world.posts[unit.post_first : unit.post_end] if p.staff >= 0]
        for k, row in enumerate(present):
            officer = world.staff[row]
            tired = strain.victim_impulse if k == 0 else strain.incident_impulse
            alarmed = coercion.vigilance_victim if k == 0 else coercion.vigilance_on_duty
            officer.exhaustion = 1.0 - (1.0 - officer.exhaustion) * (1.0 - min(1.0, tired))
            officer.vigilance_event = 1.0 - (1.0 - officer.vigilance_event) * (1.0 - min(1.0, alarmed))


def shuffle_networks(simulation: Simulation) -> None:
    """Give every resident the ties and bonds of somebody else of the unit, every officer likewise.

    The permutations are keyed by seed, day and unit, so runs repeat.  Who is liked and who is known is
    thereby cut loose from who has met whom, while the distributions of ties and bonds stay.
    """
    # Plain arrays: record arrays look every column up anew.
    table = {name: np.asarray(records) for name, records in simulation.world.tables().items()}
    units = [dict(zip(UNIT, row, strict=True)) for row in table["units"][list(UNIT)].tolist()]
    orders = [_order(simulation, table, u, unit) for u, unit in enumerate(units)]
    for unit, order in zip(units, orders, strict=True):
        _shuffle_ties(table, unit, order)
        _shuffle_company(table, unit, order)
    for a, b, first in table["edges"][["unit_a", "unit_b", "tie_first"]].tolist():
        lines, width = len(orders[a]), len(orders[b])
        block = table["ties"][first : first + lines * width].reshape(lines, width)
        block[:] = block[np.ix_(orders[a], orders[b])]
    columns = _column_orders(simulation, table, units)
    for unit, order in zip(units, orders, strict=True):
        _shuffle_bonds(simulation, table, unit, order, columns)


UNIT = (
    "place_first",
    "place_end",
    "post_first",
    "post_end",
    "tie_first",
    "bond_first",
    "bond_post",
    "bond_width",
)
Tables = dict[str, Any]


def _generator(simulation: Simulation, table: Tables, unit: int, what: int) -> np.random.Generator:
    seed = int(table["control"]["seed"][0])
    return np.random.default_rng([seed & 0xFFFFFFFF, seed >> 32, simulation.day + (1 << 20), unit, what])


def _order(simulation: Simulation, table: Tables, u: int, unit: dict[str, int]) -> Any:
    """Return who takes whose place: residents present are exchanged within the unit."""
    rows = table["places"]["resident"][unit["place_first"] : unit["place_end"]]
    order, filled = np.arange(len(rows)), np.flatnonzero(rows >= 0)
    order[filled] = _generator(simulation, table, u, 0).permutation(filled)
    return order


def _shuffle_ties(table: Tables, unit: dict[str, int], order: Any) -> None:
    """Relabel the people of a unit in the upper triangle of its block of ties."""
    size, first = len(order), unit["tie_first"]
    block = table["ties"][first : first + size * size].reshape(size, size)
    low, high = np.triu_indices(size, 1)
    a, b = order[low], order[high]
    block[low, high] = block[np.minimum(a, b), np.maximum(a, b)]


def _shuffle_company(table: Tables, unit: dict[str, int], order: Any) -> None:
    """Let the sums of ties, which are made at night, follow the relabelling."""
    rows = table["places"]["resident"][unit["place_first"] : unit["place_end"]]
    here = rows >= 0
    weights = table["residents"]["company_weight"]
    weights[rows[here]] = weights[rows[order][here]]


def _column_orders(simulation: Simulation, table: Tables, units: list[dict[str, int]]) -> Any:
    """Return which post takes the place of which: held posts are exchanged within each team."""
    holders = table["posts"]["staff"]
    order = np.arange(len(holders))
    for u, unit in enumerate(units):
        posts = np.arange(unit["post_first"], unit["post_end"])
        held = posts[holders[posts] >= 0]
        order[held] = _generator(simulation, table, u, 1).permutation(held)
    return order


def _shuffle_bonds(
    simulation: Simulation, table: Tables, unit: dict[str, int], order: Any, columns: Any
) -> None:
    """Relabel residents and posts in a unit's block of bonds and look again who knows whom best."""
    lines, width, first = len(order), unit["bond_width"], unit["bond_post"]
    if width == 0:
        return
    start = unit["bond_first"]
    block = table["bonds"][start : start + lines * width].reshape(lines, width)
    block[:] = block[np.ix_(order, columns[first : first + width] - first)]
    fades = float(table["parameters"]["alliance"]["familiarity_days"][0])
    days = np.maximum(0, simulation.part - block["part"]) / PARTS
    known = block["familiarity"] * np.exp(-days / fades)
    holders = table["posts"]["staff"]
    known[:, holders[first : first + width] < 0] = 0.0
    best = known.argmax(axis=1)
    strongest = known[np.arange(lines), best]
    rows = table["places"]["resident"][unit["place_first"] : unit["place_end"]]
    chosen = (rows >= 0) & (strongest > 0.0)
    here, posts = rows[chosen], first + best[chosen]
    residents = table["residents"]
    residents["best_familiarity"][here] = strongest[chosen]
    residents["best_part"][here] = simulation.part
    residents["best_post"][here] = posts
    residents["best_holder"][here] = holders[posts]
