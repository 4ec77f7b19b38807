"""Data frames of a run: daily series, people, ledger. The one module of the model that knows pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim import ledger, state
from sim.clock import PART_NAMES
from sim.simulation import Simulation

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

PER_RESIDENT = (
    "autonomy",
    "competence",
    "relatedness",
    "adjustment",
    "tension",
    "fear",
    "anger",
    "grievance",
    "boredom",
    "felt_fairness",
    "justice",
    "wellbeing",
    "distress",
    "company",
    "support",
    "best_familiarity",
    "contact_minutes",
    "motivation_autonomous",
    "motivation_controlled",
    "hope",
)
PER_STAFF = (
    "staff_exhaustion",
    "staff_vigilance",
    "staff_autonomy",
    "staff_competence",
    "staff_relatedness",
)
AT_HOME = ("hours_out", "hours_active")
"""Hours of residents who are not on leave."""
PER_CONTACT = ("met_familiarity", "met_alliance")
SINCE_ADMISSION = ("week_1", "weeks_2_to_4", "weeks_5_to_12", "weeks_13_on")
DENOMINATORS = {
    **{f"justice_{period}": f"residents_{period}" for period in SINCE_ADMISSION},
    **dict.fromkeys(PER_RESIDENT, "residents"),
    **dict.fromkeys(PER_STAFF, "staff"),
    **dict.fromkeys(PER_CONTACT, "met"),
}
"""Daily sums that the frame of daily series shows as means, with what they are divided by."""

CODES = {
    "part": dict(enumerate(PART_NAMES)),
    "kind": ledger.KINDS,
    "place": ledger.PLACES,
    "answer": ledger.ANSWERS,
    "sanction": ledger.SANCTIONS,
    "containment": ledger.CONTAINMENTS,
    "channel": ledger.CHANNELS,
}
"""Columns of the ledger whose numbers stand for names."""


def daily_frame(simulation: Simulation, *, by_unit: bool = False) -> pd.DataFrame:
    """Return one row per recorded day (or per day and unit): states as means, events as counts.

    States of residents and staff are means over those present, alliance and familiarity on duty means
    over contacts, restrictiveness is the mean over units.
    """
    import pandas as pd

    daily = simulation.daily()
    days, units = daily.shape
    table = {name: np.asarray(daily[name], dtype=np.float64) for name in daily.dtype.names}
    if by_unit:
        index = pd.MultiIndex.from_product([range(days), unit_names(simulation)], names=["day", "unit"])
        table = {name: numbers.ravel() for name, numbers in table.items()}
    else:
        index = pd.RangeIndex(days, name="day")
        table = {name: numbers.sum(axis=1) for name, numbers in table.items()}
        table["restrictiveness"] /= units
    with np.errstate(invalid="ignore"):
        means = {name: table[name] / table[base] for name, base in DENOMINATORS.items()}
        at_home = table["residents"] - table["away"]
        means |= {name: table[name] / at_home for name in AT_HOME}
    whole = {column.name: np.int64 for column in state.DAILY if column.type == "i8"}
    return pd.DataFrame({**table, **means}, index=index).astype(whole)


def people_frame(simulation: Simulation) -> pd.DataFrame:
    """Return one row per resident who was ever here, departed ones with their last state."""
    return _frame(simulation, simulation.used("residents"))


def staff_frame(simulation: Simulation) -> pd.DataFrame:
    """Return one row per member of unit staff who ever worked here."""
    return _frame(simulation, simulation.used("staff"))


def ledger_frame(simulation: Simulation) -> pd.DataFrame:
    """Return one row per recorded event, with names for codes; people are rows of their frames."""
    events = _frame(simulation, simulation.ledger()).set_index("event")
    for column, names in CODES.items():
        events[column] = events[column].map(names)
    return events


def _frame(simulation: Simulation, rows: Any) -> pd.DataFrame:
    import pandas as pd

    columns = {name: np.asarray(rows[name]) for name in rows.dtype.names if name != "key"}
    # Whole numbers are handed out wide, so that arithmetic on them cannot overflow.
    wide = {name: of.astype(np.int64) if of.dtype.kind == "i" else of for name, of in columns.items()}
    frame = pd.DataFrame(wide)
    frame["unit"] = np.array(unit_names(simulation), dtype=object)[frame["unit"]]
    return frame


def unit_names(simulation: Simulation) -> list[str]:
    """Return the names of the units in the order of the tables: grouped by site."""
    units = simulation.specification.units
    sites = list(dict.fromkeys(unit.site for unit in units))
    return [unit.name for unit in sorted(units, key=lambda unit: sites.index(unit.site))]
