"""States stored as bytes: complete, small, and of one version of the model."""

import pytest

from experiments.sweeping import states
from experiments.sweeping.states import decoded, encoded
from sim.simulation import Simulation, resume
from tests.builders import lively

BURN_IN = {"run.burn_in_days": 30, "run.days": 40}


@pytest.fixture(scope="module")
def burnt_in():
    """Return a run at the start of its first recorded day."""
    return Simulation(lively(numbers=BURN_IN), 3).run(0)


def test_a_run_that_goes_on_from_bytes_gives_the_bits_of_never_having_stopped(burnt_in):
    snapshot = decoded(encoded(burnt_in.snapshot()))
    again = resume(snapshot, burnt_in.specification, 3, 0)
    whole = Simulation(burnt_in.specification, 3).run(40)
    assert again.run(40).digest() == whole.digest()
    assert again.daily().tobytes() == whole.daily().tobytes()
    assert again.ledger().tobytes() == whole.ledger().tobytes()


def test_a_state_can_be_gone_on_from_twice(burnt_in):
    """A run copies the state: the second gives the bits of the first."""
    snapshot = decoded(encoded(burnt_in.snapshot()))
    first, second = (resume(snapshot, burnt_in.specification, 3, 0).run(20).digest() for _ in range(2))
    assert first == second


def test_what_is_made_anew_is_not_stored(burnt_in):
    """Contacts of the day-part before, days of the burn-in and rows not yet in use are left out."""
    snapshot = burnt_in.snapshot()
    kept = decoded(encoded(snapshot)).world
    assert len(kept.daily) == 0
    assert len(kept.contacts) == len(snapshot.world.contacts)
    assert len(kept.ledger) == int(snapshot.world.control[0].event_count) < len(snapshot.world.ledger)


def test_a_run_that_goes_on_keeps_every_row_and_has_room_for_the_days_ahead(burnt_in):
    again = resume(decoded(encoded(burnt_in.snapshot())), burnt_in.specification, 3, 0)
    for name in ("residents", "staff", "ledger"):
        assert again.used(name).tobytes() == burnt_in.used(name).tobytes()
    # 40 days ahead of 30 behind, a fifth more: 1 + 1.2 x 40 / 30 = 2.6 times; 30 per place for a day-part.
    assert len(again.world.ledger) == int(len(burnt_in.used("ledger")) * 2.6) + 30 * len(again.world.places)


def test_a_state_of_another_version_is_refused(burnt_in, monkeypatch):
    content = encoded(burnt_in.snapshot())
    monkeypatch.setattr(states, "__version__", "0.0.0")
    states._columns.cache_clear()
    with pytest.raises(ValueError, match="another version of the model"):
        decoded(content)
    states._columns.cache_clear()
