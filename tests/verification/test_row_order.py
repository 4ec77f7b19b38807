"""The order of rows in the tables of people means nothing."""

import numpy as np
import pytest

from sim.simulation import Simulation
from tests.builders import lively

RESIDENT_REFERENCES = (("places", "resident"), ("ledger", "actor"), ("ledger", "target"))
STAFF_REFERENCES = (
    ("posts", "staff"),
    ("ledger", "staff"),
    ("ledger", "officer"),
    ("residents", "best_holder"),
)


def renamed(values, new_row):
    """Return row numbers after people moved to ``new_row[old]``; negative ones mean nobody."""
    return np.where(values >= 0, new_row[np.maximum(values, 0)], values)


def shuffle(simulation, resident_row, staff_row):
    """Move people to other rows of their tables, and follow every reference to them."""
    world = simulation.world
    for name, row, references in (
        ("residents", resident_row, RESIDENT_REFERENCES),
        ("staff", staff_row, STAFF_REFERENCES),
    ):
        table = getattr(world, name)
        moved = table.copy()
        moved[row] = table
        setattr(world, name, moved)
        for referring, column in references:
            used = simulation.used(referring)
            meant = used.best_post >= 0 if column == "best_holder" else np.ones(len(used), dtype=bool)
            used[column] = np.where(meant, renamed(used[column], row), used[column])


def permutation(rng, used, length):
    """Return a permutation that moves the used rows among themselves."""
    row = np.arange(length)
    row[:used] = rng.permutation(used)
    return row


@pytest.mark.parametrize("stop", [40, 41, 83, 122])
def test_shuffled_rows_change_nothing(stop):
    """A run whose people change rows in the middle goes on to the same days, events and states."""
    rng = np.random.default_rng(stop)
    straight, shuffled = Simulation(lively(), 1), Simulation(lively(), 1)
    straight.run_parts(stop)
    shuffled.run_parts(stop)
    rows = [
        permutation(rng, len(shuffled.used(name)), len(getattr(shuffled.world, name)))
        for name in ("residents", "staff")
    ]
    shuffle(shuffled, *rows)
    assert shuffled.digest() != straight.digest()
    for simulation in (straight, shuffled):
        simulation.run_parts(240 - stop)
    back = []
    for name, row in zip(("residents", "staff"), rows, strict=True):
        table = getattr(shuffled.world, name)
        inverse = np.arange(len(table))
        inverse[row] = np.arange(len(row))
        back.append(inverse)
    shuffle(shuffled, *back)
    assert shuffled.daily().tobytes() == straight.daily().tobytes()
    assert shuffled.digest() == straight.digest()
    assert len(straight.used("ledger")) > 500
