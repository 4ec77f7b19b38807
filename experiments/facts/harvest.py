"""What is kept of one replicate for measuring facts: sums, counts of events and, on request, people.

A measure never looks into a running simulation: it reads a :class:`Harvest`, plain arrays that copies of
a small facility are pooled into.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim import ledger as codes
from sim import state, survey
from sim.indicators import Sums, record_of, summarise
from sim.simulation import Simulation

Vector = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

SURVEY_EVERY_DAYS = 30
"""Days between two looks at everybody present."""

KINDS = max(codes.KINDS) + 1
"""More than the codes of kinds of events."""

STATES = (
    "autonomy",
    "competence",
    "relatedness",
    "wellbeing",
    "tension",
    "arousal",
    "fear",
    "distress",
    "felt_fairness",
    "justice",
    "anger",
    "best_familiarity",
    "support",
    "motivation_autonomous",
    "level",
)
TRAITS = ("arrival", "release", "unit", "age", "remand", "reactivity", "trauma", "vulnerability")
PERSON = (*TRAITS, "exposure_days", "incidents", "self_reliance")
EVENT = (
    "day",
    "kind",
    "unit",
    "actor",
    "target",
    "staff",
    "severity",
    "seen",
    "recorded",
    "answer",
    "sanction",
    "against_staff",
)
TEAM = ("orientation", "exhaustion", "vigilance", "autonomy", "competence", "relatedness")
CLIMATES = ("climate_support", "climate_growth", "climate_repression", "climate_atmosphere", "climate")
SURVEY = np.dtype(
    [("day", np.int64), ("resident", np.int64), ("unit", np.int64)]
    + [(name, np.float64) for name in (*STATES, *CLIMATES)]
)
TEAMS = np.dtype(
    [("day", np.int64), ("unit", np.int64), ("staff", np.float64)] + [(name, np.float64) for name in TEAM]
)


def climate_of(scales: Any) -> Any:
    """Return the climate index: the mean of the four scales (1-5), repression turned round."""
    return (
        scales["climate_support"]
        + scales["climate_growth"]
        + (6.0 - scales["climate_repression"])
        + scales["climate_atmosphere"]
    ) / 4.0


@dataclass(frozen=True, slots=True)
class People:
    """Everybody of one replicate.

    ``events``: the ledger, burn-in included; ``persons``: one row per person who was ever there;
    ``survey``: one row per person present and look; ``teams``: one row per unit and look, sums over its
    own staff; ``units``: sums of the daily record, one row per unit; ``absent`` and ``employed``: staff
    on sick leave and staff employed on each recorded day.
    """

    events: Any
    persons: Any
    survey: Any
    teams: Any
    units: Any
    absent: Vector
    employed: Vector


@dataclass(frozen=True, slots=True)
class Harvest:
    """One replicate of one arm, copies of a small facility pooled.

    ``counts`` has recorded events by kind x against staff x seen x recorded x formal answer.
    """

    sums: dict[str, Sums]
    counts: Counts
    resident_days: float
    days: int
    digest: str
    people: People | None = None

    @property
    def detail(self) -> People:
        """The people of this replicate; an arm without ``detail`` keeps none."""
        if self.people is None:
            raise LookupError("this arm keeps no people: declare it with detail")
        return self.people


def _columns(table: Any, names: Sequence[str]) -> Any:
    """Return a copy of some columns of a table as a record array."""
    made = np.zeros(len(table), dtype=[(name, table.dtype[name]) for name in names])
    for name in names:
        made[name] = table[name]
    return made.view(np.recarray)


def look(simulation: Simulation) -> Any:
    """Return one survey row per resident present."""
    world = simulation.world
    rows = np.asarray(world.places.resident)
    rows = rows[rows >= 0]
    people = world.residents[rows]
    found = np.zeros(len(rows), dtype=SURVEY).view(np.recarray)
    found.day = simulation.day
    found.resident = rows
    found.unit = people.unit
    for name in STATES:
        found[name] = people[name]
    strict = np.asarray(world.units.restrictiveness)[people.unit]
    one = SimpleNamespace(
        residents=np.ones(len(rows)),
        restrictiveness=strict,
        **{name: found[name] for name in STATES if name != "tension"},
        tension=found.tension + found.arousal,
    )
    # Facts about climate come from questionnaires: people answer with a style and with noise.
    scales = (survey.support, survey.growth, survey.repression, survey.atmosphere)
    for number, (name, scale) in enumerate(zip(CLIMATES, scales, strict=False)):
        reverse = scale is survey.repression
        found[name] = survey.answers(scale(one), people.key, simulation.day, number, reverse=reverse)
    found.climate = climate_of(found)
    return found


def look_at_teams(simulation: Simulation) -> Any:
    """Return one row per unit: sums over the staff of its own team."""
    world = simulation.world
    rows = np.asarray(world.posts.staff)
    team = world.staff[rows[rows >= 0]]
    units = len(world.units)
    found = np.zeros(units, dtype=TEAMS).view(np.recarray)
    found.day = simulation.day
    found.unit = np.arange(units)
    found.staff = np.bincount(team.unit, minlength=units)
    for name in TEAM:
        found[name] = np.bincount(team.unit, weights=team[name], minlength=units)
    return found


def harvest(simulation: Simulation, looks: Sequence[tuple[Any, Any]], *, detail: bool) -> Harvest:
    """Reduce a finished replicate; ``looks`` are its surveys of residents and of teams."""
    record = record_of(simulation)
    events = record.ledger[record.ledger.kind < KINDS]
    counts = np.zeros((KINDS, 2, 2, 2, 2), dtype=np.int64)
    formal = (events.answer == codes.REPORT).astype(np.int64)
    np.add.at(counts, (events.kind, events.against_staff, events.seen, events.recorded, formal), 1)
    daily = simulation.daily()
    people = None
    if detail:
        people = People(
            events=_columns(simulation.used("ledger"), EVENT),
            persons=_columns(simulation.used("residents"), PERSON),
            survey=_joined([residents for residents, _ in looks], SURVEY),
            teams=_joined([teams for _, teams in looks], TEAMS),
            units=_unit_sums(daily),
            absent=np.asarray(daily.staff_absent.sum(axis=1), dtype=np.float64),
            employed=np.asarray(daily.staff.sum(axis=1), dtype=np.float64),
        )
    return Harvest(
        sums=summarise(record),
        counts=counts,
        resident_days=float(daily.residents.sum()),
        days=record.days,
        digest=simulation.digest(),
        people=people,
    )


def _joined(tables: Sequence[Any], dtype: Any) -> Any:
    if not tables:
        return np.zeros(0, dtype=dtype).view(np.recarray)
    return np.concatenate(tables).view(np.recarray)


def _unit_sums(daily: Any) -> Any:
    """Return the daily record summed over days: one row per unit."""
    names = [column.name for column in state.DAILY]
    made = np.zeros(daily.shape[1], dtype=[(name, np.float64) for name in names])
    for name in names:
        made[name] = daily[name].sum(axis=0)
    return made.view(np.recarray)


def pooled(parts: Sequence[Harvest]) -> Harvest:
    """Return several copies of a facility as one replicate: sums add up, people stand side by side."""
    if len(parts) == 1:
        return parts[0]
    sums = {}
    for name, first in parts[0].sums.items():
        entries = [part.sums[name] for part in parts]
        events = None if first.events is None else sum(entry.events or 0 for entry in entries)
        sums[name] = Sums(
            sum(entry.numerator for entry in entries), sum(entry.denominator for entry in entries), events
        )
    people = None
    if parts[0].people is not None:
        people = _pooled_people([part.detail for part in parts])
    return Harvest(
        sums=sums,
        counts=np.sum([part.counts for part in parts], axis=0),
        resident_days=sum(part.resident_days for part in parts),
        days=parts[0].days,
        digest=hashlib.sha256("\n".join(part.digest for part in parts).encode()).hexdigest(),
        people=people,
    )


def _pooled_people(parts: Sequence[People]) -> People:
    """Put the people of copies side by side: persons and units are renumbered, staff are not kept apart."""
    moved: dict[str, list[Any]] = {
        "events": [],
        "persons": [],
        "survey": [],
        "teams": [],
        "units": [],
    }
    residents, units = 0, 0
    for part in parts:
        events, persons, seen, teams = (
            table.copy() for table in (part.events, part.persons, part.survey, part.teams)
        )
        for column in (events.actor, events.target):
            column[column >= 0] += residents
        seen.resident += residents
        for table in (events, persons, seen, teams):
            table.unit += units
        residents += len(persons)
        units += len(part.units)
        for entries, table in zip(moved.values(), (events, persons, seen, teams, part.units), strict=True):
            entries.append(table)
    tables = {name: np.concatenate(entries).view(np.recarray) for name, entries in moved.items()}
    return People(
        **tables,
        absent=np.sum([part.absent for part in parts], axis=0),
        employed=np.sum([part.employed for part in parts], axis=0),
    )
