"""Harvests made by hand, for measures whose values are known."""

import numpy as np

from experiments.facts.arms import BASELINE
from experiments.facts.harvest import (
    EVENT,
    KINDS,
    PERSON,
    SURVEY,
    TEAMS,
    Harvest,
    People,
)
from experiments.facts.panel import Panel
from sim import state
from sim.indicators import Sums


def table(columns, rows):
    """Return a record array; ``columns`` are names (whole numbers) or a dtype, ``rows`` dictionaries."""
    dtype = columns if isinstance(columns, np.dtype) else np.dtype([(name, np.float64) for name in columns])
    made = np.zeros(len(rows), dtype=dtype).view(np.recarray)
    for k, row in enumerate(rows):
        for name, value in row.items():
            made[name][k] = value
    return made


SHARES = {"age", "reactivity", "vulnerability", "self_reliance"}
PERSONS = np.dtype([(name, np.float64 if name in SHARES else np.int64) for name in PERSON])
EVENTS = np.dtype([(name, np.int64) for name in EVENT])
UNITS = np.dtype([(column.name, np.float64) for column in state.DAILY])


def people(events=(), persons=(), survey=(), teams=(), units=(), absent=(), employed=()):
    return People(
        events=table(EVENTS, list(events)),
        persons=table(PERSONS, list(persons)),
        survey=table(SURVEY, list(survey)),
        teams=table(TEAMS, list(teams)),
        units=table(UNITS, list(units)),
        absent=np.array(absent, float),
        employed=np.array(employed, float),
    )


def harvest(sums=None, counts=None, resident_days=365.0, days=365, people=None):
    """``counts`` maps (kind, against_staff, seen, recorded, formal) to a number."""
    table = np.zeros((KINDS, 2, 2, 2, 2), dtype=np.int64)
    for cell, number in (counts or {}).items():
        table[cell] = number
    pairs = {name: Sums(*pair) for name, pair in (sums or {}).items()}
    return Harvest(pairs, table, resident_days, days, "toy", people)


def panel(**arms):
    """Return a panel; an arm's name has dashes written as underscores."""
    made = Panel(seed=1)
    for name, harvests in arms.items():
        made.harvests[name.replace("_", "-")] = dict(enumerate(harvests))
    return made


def baseline(*harvests):
    return panel(**{BASELINE: harvests})
