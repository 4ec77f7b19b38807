"""From a specification to the tables of a world before its first day."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim import parameters as registry
from sim import state, streams
from sim.inputs import CHOICES
from sim.kernel import Table
from sim.ledger import PLACE_MEMORY, ROWS_PER_PLACE_AND_PART, SITE_MEMORY, UNIT_MEMORY
from sim.mechanisms import NAMES
from sim.mechanisms.coercion import resting_restriction, resting_vigilance
from sim.networks import edge_indices
from sim.policy import PolicySpecification
from sim.policy_tables import policy_tables
from sim.specification import Specification, UnitSpecification
from sim.week import week_tables

CONDUCT_ROWS_PER_PLACE_AND_DAY = 0.2
MOST_DAYS_AHEAD = 730


@dataclass(slots=True)
class World:
    """Every table of one facility (or several sites) at one moment.

    The columns of each table are declared in :mod:`sim.state`.
    """

    residents: Table
    staff: Table
    places: Table
    posts: Table
    units: Table
    sites: Table
    programmes: Table
    slots: Table
    edges: Table
    ties: Table
    bonds: Table
    team_ties: Table
    duties: Table
    quarrels: Table
    quarrel_list: Table
    contacts: Table
    memories: Table
    ledger: Table
    policy: Table
    levels: Table
    domains: Table
    conducts: Table
    reporters: Table
    daily: Table
    sample: Table
    control: Table
    switches: Table
    parameters: Table

    def tables(self) -> dict[str, Table]:
        """Return the tables by name, in the order in which kernels take them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def copy(self) -> World:
        """Return an independent copy."""
        return World(
            **{
                name: state.scratch_table(name, len(table)) if name in NOTES_OF_A_PART else table.copy()
                for name, table in self.tables().items()
            }
        )


def build(
    specification: Specification,
    seed: int,
    *,
    first_place: int = 0,
    first_post: int = 0,
    days: int = 0,
    sample: int = 0,
) -> World:
    """Return the empty world of a specification: places and posts are there, nobody has moved in.

    ``seed`` is the 64-bit seed of this replicate.  ``first_place`` and ``first_post`` shift the
    numbering from which person keys are made: other numbers, other people.  ``days`` reserves room for
    the daily record, ``sample`` is the number of places whose days are written down one by one.
    """
    world = _PLANS.world_of(specification, (first_place, first_post, days, sample))
    key = np.uint64(seed & 0xFFFFFFFFFFFFFFFF)
    world.control[0].seed = key
    _key_edges(world, key)
    _open_units(world, key)
    return world


NOTES_OF_A_PART = ("contacts",)
"""Tables that every day-part writes anew: no part of a state, and of no meaning between day-parts."""

EMPTY = (
    "residents",
    "staff",
    "ties",
    "bonds",
    "team_ties",
    "duties",
    "quarrel_list",
    "memories",
    "ledger",
    "daily",
    "sample",
)
"""Tables that hold nothing before the first day."""


class _Plans:
    """The world of the latest specification as it is before any seed: replicates start from a copy of it."""

    def __init__(self) -> None:
        self._latest: tuple[Specification, tuple[int, ...], World] | None = None

    def world_of(self, specification: Specification, sizes: tuple[int, ...]) -> World:
        """Return a world that belongs to the caller; it is laid out anew for another specification."""
        latest = self._latest
        if latest is None or latest[0] != specification or latest[1] != sizes:
            # Its mappings are copied: the caller's may change.
            frozen = replace(
                specification,
                values=dict(specification.values),
                choices=dict(specification.choices),
                mechanisms=dict(specification.mechanisms),
            )
            # One assignment, so that threads never see half a plan.
            self._latest = latest = (frozen, sizes, _laid_out(frozen, *sizes))
        tables = latest[2].tables()
        # Fresh zeros cost nothing until they are written; a copy would touch every page.
        return World(**{name: _begun(name, table) for name, table in tables.items()})


def _begun(name: str, table: Table) -> Table:
    if name in NOTES_OF_A_PART:
        return state.scratch_table(name, len(table))
    return state.new_table(name, len(table)) if name in EMPTY else table.copy()


_PLANS = _Plans()


def _laid_out(
    specification: Specification, first_place: int, first_post: int, days: int, sample: int
) -> World:
    """Return the world without anything that a seed decides."""
    units = _in_site_order(specification.units)
    values = specification.values
    world_units = state.new_table("units", len(units))
    places = _places(units, first_place)
    posts = _posts(units, values, first_post)
    covered = specification.choices["staffing.unstaffed"] == "shared_cover"
    sites = _lay_out(world_units, units, places, posts, values, covered=covered)
    edges, ties = _edges(world_units, units, specification)
    bonds = _bonds(world_units)
    world_units.remand[:] = [described.regime == "remand" for described in units]
    world_units.openness[:] = [described.openness for described in units]
    world_units.programme[:] = [specification.programme_row(described.programme) for described in units]
    world_units.hours[:] = [
        described.places * values["staffing.unit_share"] / values["staffing.residents_per_employee"]
        for described in units
    ]
    programmes, slots = week_tables(specification)
    widest = max((int(unit.bond_width) for unit in world_units), default=1)
    control = state.new_table("control", 1)
    control[0].sample = min(sample, len(places))
    switches = state.new_table("switches", 1)
    set_choices(control, switches, specification)
    contact_rows = sum(int(u.place_end - u.place_first) * (int(u.bond_width) + 1) * 2 for u in world_units)
    return World(
        residents=state.new_table("residents", 2 * len(places)),
        staff=state.new_table("staff", 2 * len(posts)),
        places=places,
        posts=posts,
        units=world_units,
        sites=sites,
        programmes=programmes,
        slots=slots,
        edges=edges,
        ties=ties,
        bonds=bonds,
        team_ties=state.new_table("team_ties", max(1, len(posts) * max(1, widest))),
        duties=state.new_table("duties", 2 * len(posts) + len(units)),
        quarrels=_quarrels(len(places)),
        quarrel_list=state.new_table("quarrel_list", len(places) + 1),
        contacts=state.scratch_table("contacts", contact_rows),
        memories=state.new_table(
            "memories", len(places) * PLACE_MEMORY + len(units) * UNIT_MEMORY + len(sites) * SITE_MEMORY
        ),
        ledger=state.new_table("ledger", _ledger_rows(specification, len(places))),
        **policy_tables_of(specification),
        daily=state.new_table("daily", days * len(units)),
        sample=state.new_table("sample", days * min(sample, len(places))),
        control=control,
        switches=switches,
        parameters=registry.parameter_record(values),
    )


def policy_tables_of(specification: Specification) -> dict[str, Table]:
    """Return the tables of the promotion policy; with the mechanism off there is no scheme."""
    on = specification.mechanisms.get("promotion", False)
    names = [programme.name for programme in specification.programmes]
    return policy_tables(specification.policy if on else PolicySpecification(), names)


def _ledger_rows(specification: Specification, places: int) -> int:
    """Return how many rows the ledger starts with; it grows when they do not suffice.

    Judged conduct fills it evenly: room for a whole run at the start saves copying it several times, and
    rows that are never written take no memory.
    """
    rows = 2 * ROWS_PER_PLACE_AND_PART * places + 256
    if specification.mechanisms.get("promotion", False) and specification.policy.has_scheme:
        days = specification.values["run.burn_in_days"] + specification.values["run.days"]
        rows += int(CONDUCT_ROWS_PER_PLACE_AND_DAY * places * min(days, MOST_DAYS_AHEAD))
    return rows


def set_choices(control: Table, switches: Table, specification: Specification) -> None:
    """Write the named alternatives and the switches of a specification where kernels read them."""
    control[0].unstaffed = CHOICES["staffing.unstaffed"].index(specification.choices["staffing.unstaffed"])
    control[0].ordering = CHOICES["response.ordering"].index(specification.choices["response.ordering"])
    for name in NAMES:
        switches[name][0] = int(specification.mechanisms[name])


def _in_site_order(units: tuple[UnitSpecification, ...]) -> tuple[UnitSpecification, ...]:
    """Return the units grouped by site, in the order in which sites are first named."""
    order = {name: k for k, name in enumerate(dict.fromkeys(unit.site for unit in units))}
    return tuple(sorted(units, key=lambda unit: order[unit.site]))


def _places(units: tuple[UnitSpecification, ...], first: int) -> Table:
    places = state.new_table("places", sum(unit.places for unit in units))
    places.number[:] = np.arange(first, first + len(places))
    places.resident[:] = -1
    i = 0
    for u, unit in enumerate(units):
        k = np.arange(unit.places)
        neighbour = k ^ 1
        # Cells for two hold neighbouring places: 0 with 1, 2 with 3, ...
        shared = (k < 2 * round(unit.double_cells * unit.places / 2)) & (neighbour < unit.places)
        places.unit[i : i + unit.places] = u
        places.cellmate[i : i + unit.places] = np.where(shared, i + neighbour, -1)
        i += unit.places
    return places


def posts_of(places: int, residents_per_employee: float, unit_share: float) -> tuple[int, float]:
    """Return how many people hold unit posts for a number of places, and the size of each post.

    Whole people share the exact number of full-time equivalents, so that units of any size have the
    same staff ratio.

    >>> posts_of(12, 1.7, 0.5)[0]
    4
    """
    equivalents = places * unit_share / residents_per_employee
    number = math.ceil(equivalents - 1e-9)
    return number, equivalents / number if number else 0.0


def _posts(units: tuple[UnitSpecification, ...], values: Any, first: int) -> Table:
    ratio, share = values["staffing.residents_per_employee"], values["staffing.unit_share"]
    found = [posts_of(unit.places, ratio, share) for unit in units]
    numbers = [number for number, _ in found]
    posts = state.new_table("posts", sum(numbers))
    posts.number[:] = np.arange(first, first + len(posts))
    posts.unit[:] = np.repeat(np.arange(len(units)), numbers)
    posts.hours[:] = np.repeat([size for _, size in found], numbers)
    posts.staff[:] = -1
    return posts


def _lay_out(
    world_units: Table,
    units: tuple[UnitSpecification, ...],
    places: Table,
    posts: Table,
    values: Any,
    *,
    covered: bool,
) -> Table:
    """Set the ranges of places, posts, pools and sites."""
    names = list(dict.fromkeys(unit.site for unit in units))
    sites = state.new_table("sites", len(names))
    for site in sites:
        site.keep_news = 1.0
        site.keep_readiness = 1.0
    of_place = np.asarray(places.unit)
    of_post = np.asarray(posts.unit)
    cluster = max(1, int(values["staffing.rotation_cluster"]))
    pooled = values["staffing.rotation_share"] > 0.0 or covered
    if covered and cluster == 1:
        cluster = len(units)  # without a roster pool, the whole site lends a hand
    for k, name in enumerate(names):
        members = [u for u, unit in enumerate(units) if unit.site == name]
        sites[k].unit_first, sites[k].unit_end = members[0], members[-1] + 1
        for u in members:
            unit = world_units[u]
            unit.site = k
            unit.place_first, unit.place_end = np.searchsorted(of_place, [u, u + 1])
            unit.post_first, unit.post_end = np.searchsorted(of_post, [u, u + 1])
            step = (u - members[0]) // cluster * cluster
            unit.pool_first = members[0] + step if pooled else u
            unit.pool_end = min(members[-1] + 1, members[0] + step + cluster) if pooled else u + 1
    for unit in world_units:
        unit.bond_post = world_units[unit.pool_first].post_first
        unit.bond_width = world_units[unit.pool_end - 1].post_end - unit.bond_post
    return sites


def _edges(
    world_units: Table, units: tuple[UnitSpecification, ...], specification: Specification
) -> tuple[Table, Table]:
    """Return the edges of the unit graph and the ties of everybody who can meet."""
    # Plain numbers: a field of a record costs a microsecond to reach.
    sizes = (world_units.place_end - world_units.place_first).tolist()
    squares = [size * size for size in sizes]
    world_units.tie_first[:] = np.cumsum([0, *squares[:-1]])
    pairs = edge_indices(units, specification.graph) if specification.values["facility.shared"] > 0 else []
    edges = state.new_table("edges", len(pairs))
    first = sum(squares)
    firsts = []
    for a, b in pairs:
        firsts.append(first)
        first += sizes[a] * sizes[b]
    if pairs:
        ends = np.array(pairs)
        edges.unit_a[:], edges.unit_b[:] = ends[:, 0], ends[:, 1]
        edges.tie_first[:] = firsts
        world_units.edges[:] = np.bincount(ends.ravel(), minlength=len(units))
    return edges, state.new_table("ties", first)


def _key_edges(world: World, key: Any) -> None:
    """Give every edge of the unit graph its own key."""
    numbers = world.places.number[world.units.place_first].tolist()
    keys = []
    with np.errstate(over="ignore"):
        for a, b in zip(world.edges.unit_a.tolist(), world.edges.unit_b.tolist(), strict=True):
            one = streams.person_key(key, streams.UNIT, numbers[a], 1)
            keys.append(streams.mix(one ^ np.uint64(numbers[b])))
    if keys:
        world.edges.key[:] = np.array(keys, dtype=np.uint64)


def _bonds(world_units: Table) -> Table:
    blocks = (world_units.place_end - world_units.place_first) * world_units.bond_width
    world_units.bond_first[:] = np.cumsum(blocks) - blocks
    return state.new_table("bonds", int(blocks.sum()))


def _open_units(world: World, key: Any) -> None:
    """Give every unit its own features, its culture and its resting climate."""
    units = world.units
    p = _plain(world.parameters[0], ("coercion", "security", "staffing"))
    keys, cultures = [], []
    with np.errstate(over="ignore"):
        for number in world.places.number[units.place_first].tolist():
            own = streams.person_key(key, streams.UNIT, number, 0)
            keys.append(own)
            cultures.append(p.coercion.culture_sd * streams.normal(own))
    units.key[:] = np.array(keys, dtype=np.uint64)
    units.culture[:] = cultures
    units.static[:] = p.security.static
    units.vigilance[:] = resting_vigilance(p)
    units.restrictiveness[:] = [resting_restriction(0.5, culture, p) for culture in cultures]
    units.cancelled_until[:] = state.NEVER


def _plain(parameters: Any, sections: tuple[str, ...]) -> Any:
    """Return some sections of a parameter record as plain numbers, which rules read much faster."""
    found = {}
    for name in sections:
        section = parameters[name]
        found[name] = SimpleNamespace(**dict(zip(section.dtype.names, section.item(), strict=True)))
    return SimpleNamespace(**found)


def _quarrels(places: int) -> Table:
    """Return one row per place and one for acts alone, none of them booked yet."""
    quarrels = state.new_table("quarrels", places + 1)
    quarrels.part[:] = state.NEVER
    return quarrels
