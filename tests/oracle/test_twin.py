"""The C twin leaves the same bits as the compiled kernels, so that it may serve as their speed limit."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import twin
from bench.core import CORE, LIVELY, frozen
from bench.twin import CTwin, differences, roomy
from sim import schedule
from sim.kernel import compiled
from sim.simulation import Simulation

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(twin.c_compiler() is None, reason="no C compiler")


@pytest.fixture(scope="module")
def c(tmp_path_factory):
    return CTwin(tmp_path_factory.mktemp("twin"))


def both(c, specification, days, seed=1):
    """Return the tables after some days by the compiled kernels, and by C from the same start."""
    simulation = Simulation(specification, seed)
    roomy(simulation, days)
    world, part = simulation.world.copy(), simulation.part
    stop = part + 4 * days

    assert compiled(schedule.run)(part, stop, *simulation.world.tables().values()) == stop
    assert c.bind(world)(part, stop) == stop
    return simulation.world, world


@pytest.mark.parametrize(
    ("places", "numbers", "burn_in"),
    [
        ((9, 7, 5), LIVELY, 10),
        ((25,) * 16, {}, 0),
        ((3, 12, 60), {**LIVELY, "coupling.saturation": 0.4, "coupling.witnesses": 0.3}, 0),
    ],
    ids=["lively", "as timed", "uneven"],
)
def test_c_leaves_the_same_bits_in_every_table(c, places, numbers, burn_in):
    fast, slow = both(c, frozen(places, numbers, burn_in=burn_in, days=60), 60)

    assert fast.control[0].event_count > 100
    assert differences(fast, slow) == []


def test_c_stops_where_a_table_must_grow(c):
    simulation = Simulation(frozen((9, 7), LIVELY), 1)
    roomy(simulation, 100)
    simulation.world.ledger = simulation.world.ledger[:600]

    reached = c.bind(simulation.world.copy())(0, 400)

    assert 0 < reached < 400
    assert reached == compiled(schedule.run)(0, 400, *simulation.world.tables().values())


@pytest.mark.parametrize("switch", [{name: False} for name in CORE] + [{"strain": True}, {"roster": True}])
def test_c_refuses_what_is_not_the_frozen_core(c, switch):
    simulation = Simulation(frozen((5,)).with_mechanisms(**switch), 1)

    with pytest.raises(ValueError, match="frozen core"):
        c.bind(simulation.world)(0, 4)


@pytest.mark.parametrize(
    ("text", "flipped"),
    [
        ("(tension - TENSION) + p->conflict.arousal", "(tension - TENSION) - p->conflict.arousal"),
        ("b->exchange_arousal -= moved", "b->exchange_arousal += moved"),
    ],
)
def test_a_planted_sign_flip_shows(monkeypatch, tmp_path, text, flipped):
    source = twin.SOURCE.read_text(encoding="utf-8")
    assert source.count(text) == 1
    planted = tmp_path / "core.c"
    planted.write_text(source.replace(text, flipped), encoding="utf-8")
    monkeypatch.setattr(twin, "SOURCE", planted)

    fast, slow = both(CTwin(tmp_path), frozen((9, 7, 5), LIVELY), 20)

    assert "residents.arousal" in differences(fast, slow)


@pytest.mark.verify
def test_the_ratios_are_measured():
    command = [sys.executable, str(ROOT / "bench" / "ratios.py"), "--rounds", "5"]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert 0.5 < found["core_over_c"] < 3
    assert found["mesa_over_core"] > 10
