"""Freezing a part of the network moves what comes out: paired replicates of a facility like a Dutch prison.

`make verify`.  With one paired standard error as the bar, an effect of nothing clears it in about one of
three measures by chance; the effect sizes are printed (``-s``) for that reason, and the seeds are fixed.
"""

import numpy as np
import pytest

from sim.ledger import REPORT
from sim.simulation import Simulation
from tests.builders import dutch, incidents

pytestmark = pytest.mark.verify

REPLICATES = 30
FROZEN = {
    "resident ties": {"encounters.tie_gain": 0, "tension.tie_loss": 0, "tension.victim_grudge": 0},
    "alliances": {
        "alliance.familiarity_chat": 0,
        "alliance.familiarity_check": 0,
        "alliance.alliance_gain": 0,
    },
    "team ties": {"strain.team_tie_gain": 0},
    "unit graph": {"facility.shared": 0},
}


def measures(specification):
    """Return incidents per 1,000 resident-years and the share of formal answers, by replicate."""
    rows = []
    for replicate in range(REPLICATES):
        simulation = Simulation(specification, 1, replicate).run(365)
        events = incidents(simulation)
        years = simulation.daily().residents.sum() / 365
        answered = events[events.seen == 1]
        rows.append((1000 * len(events) / years, (answered.answer == REPORT).mean()))
    return np.array(rows)


@pytest.fixture(scope="module")
def whole():
    """Return the measures of the facility with nothing frozen."""
    return measures(dutch())


@pytest.mark.parametrize("name", FROZEN)
def test_freezing_a_network_moves_incidents_or_answers(name, whole):
    """Each network moves true incidents or formal answers by more than a paired standard error."""
    difference = measures(dutch().with_numbers(FROZEN[name])) - whole
    effect = difference.mean(axis=0)
    error = difference.std(axis=0, ddof=1) / np.sqrt(REPLICATES)
    print(  # noqa: T201 - the sizes are what a reader of this test asks for
        f"\n{name} frozen: true incidents {effect[0]:+.1f} (se {error[0]:.1f}) of {whole[:, 0].mean():.0f}, "
        f"formal share {effect[1]:+.4f} (se {error[1]:.4f}) of {whole[:, 1].mean():.3f}"
    )
    assert np.any(np.abs(effect) > error)
