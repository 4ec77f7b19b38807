"""Residents and staff as Mesa agents: thin views on rows of the state tables.

A view keeps nothing but its row number and looks the row up at every access, so that it stays true when
a table grows into a larger array.  Its attributes are made from the columns declared in
:mod:`sim.state`; reading and writing one reads and writes the state.
"""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar

import mesa

from sim import state

if TYPE_CHECKING:
    from sim.model import DetentionModel

IDENTITY = "who and where a person is follows from place, post and day"
ACCOUNT = "the schedule keeps this account"
DERIVED = "the schedule works this out anew in every day-part"

READ_ONLY: dict[str, dict[str, str]] = {
    "residents": {
        **dict.fromkeys(("key", "place", "unit", "occupant", "arrival", "present"), IDENTITY),
        **dict.fromkeys(("exposure_days", "incidents", "touched", "company_weight"), ACCOUNT),
        **dict.fromkeys(("best_familiarity", "best_part", "best_post", "best_holder"), ACCOUNT),
        **dict.fromkeys(("propensity", "hours_out", "hours_active", "opportunity"), DERIVED),
        "programme_now": "the schedule works this out every morning from `programme`",
    },
    "staff": {
        **dict.fromkeys(("key", "post", "unit", "occupant", "hired", "present"), IDENTITY),
        **dict.fromkeys(("duty_part",), ACCOUNT),
    },
}
"""Columns that a view refuses to write, each with the reason."""

ACCOUNTS = ("day_", "exchange_", "keep_")
"""Beginnings of the names of columns that hold what waits within a day or day-part."""


class ColumnView:
    """One column of a person's row as an attribute of the agent."""

    def __init__(self, table: str, column: state.Column) -> None:
        self.column = column
        self.refusal = READ_ONLY[table].get(column.name)
        if self.refusal is None and column.name.startswith(ACCOUNTS):
            self.refusal = ACCOUNT
        access = "read-only" if self.refusal else f"{column.low:g} to {column.high:g}"
        self.__doc__ = f"{column.meaning} ({column.unit}; {access})"

    def __get__(self, agent: Person | None, owner: type[Person]) -> Any:
        """Return the value in the person's row."""
        return self if agent is None else agent.record[self.column.name].item()

    def __set__(self, agent: Person, value: Any) -> None:
        """Write the value into the person's row, if it may be written."""
        name, low, high = self.column.name, self.column.low, self.column.high
        if self.refusal:
            raise AttributeError(f"{name} of {agent!r} is read-only: {self.refusal}")
        if not agent.record["present"]:
            raise AttributeError(f"{name} of {agent!r} is read-only: the person has left")
        number = float(value) if isinstance(value, Real) else math.nan
        if not (low <= number <= high and math.isfinite(number)):
            raise ValueError(f"{name} of {agent!r}: got {value!r}; allowed {low:g} to {high:g}")
        if self.column.type != "f8" and not number.is_integer():
            raise ValueError(f"{name} of {agent!r}: got {value!r}; allowed whole numbers")
        agent.record[name] = value


class Person(mesa.Agent):  # type: ignore[misc]  # Mesa publishes no types
    """What residents and staff share: a row of a state table, seen through its columns."""

    table: ClassVar[str]
    model: DetentionModel

    def __init_subclass__(cls, table: str = "", **options: Any) -> None:
        """Give a class that names its ``table`` one attribute per column."""
        super().__init_subclass__(**options)
        if table:
            cls.table = table
            for column in state.TABLES[table][2]:
                setattr(cls, column.name, ColumnView(table, column))

    def __init__(self, model: DetentionModel, row: int) -> None:
        if not model.expects(type(self), row):
            raise ValueError(
                f"row {row} of {self.table} cannot join: people join when the model lets them in"
            )
        self._row = row
        super().__init__(model)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @property
    def row(self) -> int:
        """Row of the state table, which is also the number by which the ledger knows the person."""
        return self._row

    @property
    def record(self) -> Any:
        """The row itself, as it is now; do not keep it, since tables that grow are replaced."""
        return getattr(self.model.simulation.world, self.table)[self._row]

    def remove(self) -> None:
        """Refuse: people leave when the model lets them go."""
        raise AttributeError(f"{self!r} cannot be removed: people leave when the model lets them go")

    def __repr__(self) -> str:
        """Name the person by class and row."""
        return f"{type(self).__name__}(row={self._row})"


class Resident(Person, table="residents"):
    """A resident: a view on a row of ``residents``."""


class Staff(Person, table="staff"):
    """A member of staff who holds a unit post: a view on a row of ``staff``."""
