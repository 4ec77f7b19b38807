"""The same specification and seed give the same bits, however the run is made."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import ledger, state
from sim.parameters import registry
from sim.policy import PolicySpecification
from sim.simulation import GROWING, Simulation, Snapshot, replicate_seed, resume
from tests.builders import SCHEME, dutch, facility, in_use, lively, off, plainly

ROOT = Path(sim.__file__).parents[1]
DAYS = 60

IN_ANOTHER_PROCESS = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from sim.simulation import Simulation
from tests.builders import lively
for seed in (1, 2):
    print(Simulation(lively(), seed).run({DAYS}).digest())
"""


@pytest.fixture(scope="module")
def expected():
    """Return the digests of seeds 1 and 2, run here in one go."""
    return [Simulation(lively(), seed).run(DAYS).digest() for seed in (1, 2)]


def test_fresh_processes_give_the_same_bits(expected):
    """Two fresh processes with other hash seeds repeat the digests of this one."""
    found = []
    for hash_seed in ("0", "12345"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, "-c", IN_ANOTHER_PROCESS],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        found.append(done.stdout.split())
    assert found == [expected, expected]


def test_threads_give_the_same_bits(expected):
    """Runs that share the processor with other runs in threads give the digests of runs alone."""
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda k: Simulation(lively(), 1 + k % 2).run(DAYS).digest(), range(12)))
    assert found == expected * 6


@pytest.mark.parametrize("pieces", [(1, 2, 3, 5, 7, 11), (119, 3), (13,)])
def test_chunks_give_the_same_bits(pieces, expected):
    """A run made in odd pieces of day-parts ends as the run in one go."""
    simulation = Simulation(lively(), 1)
    k = 0
    while simulation.part < 4 * DAYS:
        simulation.run_parts(min(pieces[k % len(pieces)], 4 * DAYS - simulation.part))
        k += 1
    assert simulation.digest() == expected[0]
    assert simulation.daily().tobytes() == Simulation(lively(), 1).run(DAYS).daily().tobytes()


@pytest.mark.parametrize("column", ["places.resident", "units.near", "sites.ratchet", "staff.vigilance"])
@pytest.mark.parametrize("check", ["digest", "fingerprint"])
def test_digest_and_fingerprint_see_the_smallest_change_of_a_table(check, column, lived):
    """One bit more or less in any table in force gives another digest."""
    table, name = column.split(".")
    told_apart(lived, check, lived.used(table)[name][:1])


@pytest.mark.parametrize("column", ["ties.tie", "bonds.alliance", "team_ties.tie", "ledger.actor"])
@pytest.mark.parametrize("check", ["digest", "fingerprint"])
def test_digest_and_fingerprint_see_relations_and_events(check, column, lived):
    """One bit more or less in the last row of a relation or event gives another digest."""
    table, name = column.split(".")
    told_apart(lived, check, lived.used(table)[name][-1:])


@pytest.mark.parametrize("check", ["digest", "fingerprint"])
def test_of_residents_who_left_a_digest_sees_what_is_still_read(check, lived):
    """Incidents of somebody who left count; how they felt on leaving does not, and of others all does."""
    people = lived.used("residents")
    left, here = people.present == 0, people.present == 1
    assert left.any()
    one, other = int(left.argmax()), int(here.argmax())
    told_apart(lived, check, people.incidents[one : one + 1])
    told_apart(lived, check, people.hope[other : other + 1])
    before = getattr(lived, check)()
    people.hope[one] += 0.25
    assert getattr(lived, check)() == before


def test_a_digest_leaves_out_events_of_the_burn_in():
    """What was written down before the first recorded day is not part of the results."""
    simulation = Simulation(lively(numbers={"run.burn_in_days": 30}), 1).run(5)
    events, before = simulation.used("ledger"), simulation.digest()
    assert events.day[0] < 0 <= events.day[-1]
    events.actor[0] += 1
    assert simulation.digest() == before
    events.actor[-1] += 1
    assert simulation.digest() != before


@pytest.fixture(scope="module")
def lived():
    """Return a run of some length, to be changed only where the change is taken back."""
    return Simulation(lively(), 1).run(DAYS)


def told_apart(simulation, check, cell):
    """Flip the lowest bit of a cell and back: only the flip may change the check."""
    before = getattr(simulation, check)()
    lowest = cell.view(np.uint8)
    lowest[0] ^= 1
    changed = getattr(simulation, check)()
    lowest[0] ^= 1
    assert changed != before
    assert getattr(simulation, check)() == before


def test_the_order_of_runs_does_not_matter(expected):
    """Runs made in reverse order, and again after each other, give the same digests."""
    found = {}
    for seed in (2, 1, 2, 1):
        digest = Simulation(lively(), seed).run(DAYS).digest()
        assert found.setdefault(seed, digest) == digest
    assert [found[1], found[2]] == expected


def test_watching_changes_nothing(expected):
    """A watcher sees the days go by, in order and up to the end, and the run stays the same."""
    days = []
    simulation = Simulation(lively(), 1).run(DAYS, watch=lambda day: days.append(day) or True)
    assert simulation.digest() == expected[0]
    assert days == sorted(days)
    assert days[-1] == DAYS


def test_a_watcher_can_stop_and_the_run_can_go_on(expected, monkeypatch):
    """A watcher that says no stops the run after a chunk; going on gives the bits of never having stopped."""
    monkeypatch.setattr("sim.simulation.CHUNK_DAYS", 7)
    simulation = Simulation(lively(), 1).run(DAYS, watch=lambda day: False)
    assert simulation.day < DAYS
    assert simulation.run(DAYS).digest() == expected[0]


@pytest.mark.parametrize("parts", [0, 1, 57, 130])
def test_a_snapshot_goes_on_as_if_never_stopped(parts, expected, tmp_path):
    """A run saved at any day-part, loaded and resumed gives the bits of never having stopped."""
    simulation = Simulation(lively(), 1)
    simulation.run_parts(parts)
    simulation.snapshot().save(tmp_path / "moment.npz")
    resumed = resume(Snapshot.load(tmp_path / "moment.npz"), lively(), 1, 0)
    assert resumed.run(DAYS).digest() == expected[0]
    assert resumed.daily().tobytes() == simulation.run(DAYS).daily().tobytes()


def test_a_snapshot_of_another_version_is_refused(tmp_path, monkeypatch):
    """A snapshot that another version of the model wrote is refused with both versions in the message."""
    path = tmp_path / "moment.npz"
    with monkeypatch.context() as patch:
        patch.setattr("sim.simulation.__version__", "0.0.0")
        Simulation(lively(), 1).snapshot().save(path)
    with pytest.raises(ValueError, match=r"written by version 0\.0\.0"):
        Snapshot.load(path)


@pytest.mark.parametrize("content", ["text", "cut", "array", "other"])
def test_a_file_that_is_no_snapshot_is_named_in_one_line(tmp_path, content):
    """Text, half an archive, a single array and an archive of something else are refused by name."""
    path = tmp_path / "moment.npz"
    if content == "text":
        path.write_text("no archive")
    elif content == "cut":
        Simulation(facility(4), 1).snapshot().save(str(path))
        path.write_bytes(path.read_bytes()[:-2000])
    elif content == "array":
        with path.open("wb") as target:
            np.save(target, np.zeros(3))
    else:
        np.savez(path, about=np.zeros(3))
    with pytest.raises(ValueError, match="no whole snapshot of a run"):
        Snapshot.load(str(path))


def test_a_fork_is_independent(expected):
    """A fork that goes another way leaves its origin untouched, and the other way round."""
    simulation = Simulation(lively(), 1).run(20)
    same = simulation.fork()
    other = simulation.fork(lively(numbers={"encounters.quarrel": 0.0, "security.static": 0.1}))
    other.run(DAYS)
    assert simulation.run(DAYS).digest() == expected[0]
    assert same.run(DAYS).digest() == expected[0]
    assert other.digest() != expected[0]
    assert (other.daily()[:20] == simulation.daily()[:20]).all()


def test_a_fork_takes_over_numbers_switches_and_choices():
    """A fork runs by the numbers, switches and choices of the specification it is given."""
    simulation = Simulation(lively(choices={"staffing.unstaffed": "locked"}), 1).run(10)
    wanted = off(
        lively(choices={"staffing.unstaffed": "open", "response.ordering": "protocol_first"}), "needs"
    )
    fork = simulation.fork(wanted.with_numbers({"encounters.pace": 3.5}))
    fresh = Simulation(wanted, 1).world.control[0]
    assert fork.world.parameters[0].encounters.pace == 3.5
    assert fork.world.switches[0].needs == 0
    assert fork.world.control[0].unstaffed == fresh.unstaffed == 1
    assert fork.world.control[0].ordering == fresh.ordering == 2


def test_a_fork_without_a_scheme_keeps_nobody_on_a_level():
    """Under a policy people stand on levels; forked to no scheme, nobody lives or is owed anything of it."""
    simulation = Simulation(lively(), 1).run(30)
    assert simulation.used("residents").level.max() > 0
    none = lively(policy=PolicySpecification())
    for fork in (simulation.fork(none), simulation.fork(off(lively(), "promotion"))):
        fork.run(40)
        people = fork.used("residents")
        here = people[people.present == 1]
        assert (here.level == 0).all()
        assert (here.programme_now == fork.world.units.programme[here.unit]).all()
        assert (here.extra_visits == 0).all()


def test_a_fork_fits_levels_to_the_policy_it_is_given():
    """Forked to a policy with fewer levels, nobody stands above the highest."""
    simulation = Simulation(lively(), 1).run(30)
    assert simulation.used("residents").level.max() == 2
    fewer = replace(SCHEME, levels=SCHEME.levels[:2])
    fork = simulation.fork(lively(policy=fewer)).run(31)
    assert fork.used("residents").level.max() == 1


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"units": (8, 6, 6)}, "the same units"),
        ({"numbers": {"facility.shared": 0.0}}, "the same posts"),
        ({"numbers": {"staffing.rotation_share": 0.0}}, "the same posts"),
        ({"numbers": {"staffing.unit_share": 0.6}}, "the same posts"),
        ({"choices": {"staffing.unstaffed": "locked"}}, "the same posts"),
    ],
)
def test_a_fork_refuses_another_layout(change, complaint):
    """A run cannot go on in a facility with other units, posts, pools or shared spaces."""
    simulation = Simulation(lively(), 1).run(3)
    with pytest.raises(ValueError, match=complaint):
        simulation.fork(lively(**change))


PLAIN_WORLDS = {
    "lively": lively(),
    "pools and open doors": lively(
        units=((12, {"openness": 0.5, "double_cells": 1.0}), (12, {})),
        choices={"staffing.unstaffed": "open", "response.ordering": "relational_first"},
    ),
    "one small house": lively(units=(8,), choices={"response.ordering": "protocol_first"}),
    "all couplings by count": lively(
        numbers={path: 1.0 for path in registry() if path.startswith("coupling.") and "size" not in path}
    ),
}


@pytest.mark.parametrize("name", PLAIN_WORLDS)
def test_plain_python_gives_the_bits_of_compiled_code(name):
    """Fourteen eventful days without the compiler end in the same bits."""
    plain = plainly(PLAIN_WORLDS[name], 14, sample=3)
    compiled = Simulation(PLAIN_WORLDS[name], 1, sample=3).run(14)
    assert len(plain.ledger()) > 30
    for table in compiled.world.tables():
        if table not in {"ledger", "residents", "staff"}:
            assert in_use(plain, table).tobytes() == in_use(compiled, table).tobytes(), table
    assert plain.digest() == compiled.digest()
    assert plain.daily().tobytes() == compiled.daily().tobytes()


def test_growth_of_tables_changes_nothing(expected):
    """A run whose tables start with hardly any room ends as one whose tables never had to grow."""
    small, large = Simulation(lively(), 1), Simulation(lively(), 1)
    for name, counter in GROWING.items():
        used = int(small.world.control[counter][0])
        setattr(small.world, name, getattr(small.world, name)[:used].copy())
        large._resize(name, 20000)
    rows = len(small.world.ledger)
    small.run(DAYS)
    large.run(DAYS)
    assert rows == 0
    assert len(small.world.ledger) < len(large.world.ledger) == 20000
    assert len(small.used("residents")) > len(small.world.places)
    assert small.digest() == large.digest() == expected[0]


def test_the_first_replicates_do_not_depend_on_how_many_follow():
    """The seed of replicate r is a function of seed and r alone, and no two are the same."""
    seeds = [replicate_seed(1, r) for r in range(200)]
    assert [replicate_seed(1, r) for r in range(50)] == seeds[:50]
    assert len(set(seeds)) == 200
    assert seeds[0] != replicate_seed(2, 0)
    assert all(0 <= seed < 2**64 for seed in seeds)


def test_replicates_and_seeds_give_other_runs():
    """Another replicate, another seed and other place numbers give other people and other events."""
    digests = {
        Simulation(lively(), 1).run(20).digest(),
        Simulation(lively(), 1, 1).run(20).digest(),
        Simulation(lively(), 2).run(20).digest(),
        Simulation(lively(), 1, first_place=100).run(20).digest(),
        Simulation(lively(), 1, first_post=100).run(20).digest(),
    }
    assert len(digests) == 5


def test_the_name_plays_no_part():
    """Two facilities that differ in name and title only have the same year."""
    specification = lively()
    renamed = replace(specification, name="large-bad-prison", title="A name that suggests something")
    assert Simulation(specification, 1).run(40).digest() == Simulation(renamed, 1).run(40).digest()


def test_the_sample_changes_nothing_and_matches_the_state():
    """Writing down single residents leaves the run as it is, and shows them as they are at day's end."""
    simulation = Simulation(lively(), 1, sample=4).run(30)
    assert simulation.digest() == Simulation(lively(), 1).run(30).digest()
    last = simulation.world.sample[-4:]
    residents = simulation.world.residents
    for entry, place in zip(last, simulation.world.places[:4], strict=True):
        assert entry.resident == place.resident
        if place.resident >= 0:
            assert entry.autonomy == residents[place.resident].autonomy
            assert entry.tension == residents[place.resident].tension + residents[place.resident].arousal


def test_the_burn_in_is_left_out():
    """Days, ledger and exposure begin on day 0, after the burn-in; the state does not start anew."""
    specification = lively(numbers={"run.burn_in_days": 50})
    simulation = Simulation(specification, 1).run(30)
    assert simulation.daily().shape == (30, 3)
    assert simulation.ledger().day.min() >= 0
    assert simulation.used("ledger").day.min() < 0
    exposure = int(simulation.used("residents").exposure_days.sum())
    assert exposure == int(simulation.daily().residents.sum())
    assert int(simulation.used("residents").incidents.sum()) == int((simulation.ledger().kind <= 10).sum())


def test_a_specification_describes_itself_as_plain_data():
    """What saved results carry can be written as JSON, and changes with any number or switch."""
    specification = dutch()
    assert json.dumps(specification.canonical()) == json.dumps(dutch().canonical())
    assert specification.canonical() != dutch(encounters__pace=2.5).canonical()
    assert specification.canonical() != off(specification, "needs").canonical()


def test_an_unknown_number_is_refused():
    """A path outside the registry, or a mechanism that does not exist, is refused by name."""
    with pytest.raises(KeyError, match=r"encounters\.speed"):
        facility(6, encounters__speed=1)
    with pytest.raises(KeyError, match="weather"):
        facility(6).with_mechanisms(weather=True)


def test_only_the_ledger_has_narrow_columns():
    """Every column but whole numbers of the ledger holds 64 bits: narrow sums differ between runs."""
    for name, (_, _, columns) in state.TABLES.items():
        allowed = {"f8", "i8", "u8"} | ({"i4", "i1"} if name == "ledger" else set())
        assert {column.type for column in columns} <= allowed, name


def test_codes_of_the_ledger_fit_in_their_columns():
    """Every code that an event can carry fits in 8 bits."""
    for codes in (ledger.KINDS, ledger.PLACES, ledger.ANSWERS, ledger.SANCTIONS, ledger.CHANNELS):
        assert max(codes) <= np.iinfo(np.int8).max
