"""Warm starts: the common burn-in of a scenario and replicate, computed once, stored, and gone on from.

With ``start: warm`` the base scenario runs through its burn-in as it is; at day 0 the factors of a point
take their values and recording begins.  The stored state is complete, so going on from it gives the bits
of one uninterrupted run that changes at day 0.  The name of a file (what is in it, see
:mod:`experiments.sweeping.states`) carries the start of its SHA-256; one that does not match is made again.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from pathlib import Path

from experiments.sweeping.files import write_atomically
from experiments.sweeping.running import Going, Task, Warm
from experiments.sweeping.states import decoded, encoded
from sim.simulation import Simulation, Snapshot, resume
from sim.specification import Specification

MOST_IN_MEMORY = 4
"""States that a process holds: runs come sorted by replicate, so a few serve all workers."""

_DIGITS = 16
_ENDING = ".state"
_lock = threading.Lock()
"""Held while a state is looked up or read: each is read once."""
_held: OrderedDict[tuple[str, str], Snapshot] = OrderedDict()


def prepare(task: Task, going: Going) -> None:
    """Run the burn-in of the base scenario and store the state after it."""
    warm = _of(task)
    if stored(warm) is not None:
        return
    simulation = burnt_in(warm.base, task.seed, task.replicate, going)
    # Asked to stop on the way: nothing is stored.
    if simulation.day == 0:
        store(warm, simulation.snapshot())


def burnt_in(base: Specification, seed: int, replicate: int, going: Going | None = None) -> Simulation:
    """Return the base scenario at the start of day 0."""
    return Simulation(base, seed, replicate).run(0, watch=going)


def resumed(task: Task) -> Simulation:
    """Return the run that goes on from the stored state with the numbers of the task."""
    return resume(snapshot_of(task), task.specification, task.seed, task.replicate)


def snapshot_of(task: Task) -> Snapshot:
    """Return the state of a task from memory or disk; raises ``ValueError`` where there is none."""
    warm = _of(task)
    key = (str(warm.folder), warm.id)
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]
        content = stored(warm)
        if content is None:
            raise ValueError("the stored warm start is missing or damaged")
        snapshot = decoded(content)
        _held[key] = snapshot
        while len(_held) > MOST_IN_MEMORY:
            _held.popitem(last=False)
    return snapshot


def forget() -> None:
    """Let go of the states held in memory: the next run reads its own from disk."""
    with _lock:
        _held.clear()


def stored(warm: Warm) -> bytes | None:
    """Return the content of a state if it is there and as it was written."""
    for path in sorted(warm.folder.glob(f"{warm.id}-*{_ENDING}")):
        content = path.read_bytes()
        digits = path.stem.rpartition("-")[2]
        if hashlib.sha256(content).hexdigest()[:_DIGITS] == digits:
            return content
        path.unlink(missing_ok=True)
    return None


def store(warm: Warm, snapshot: Snapshot) -> Path:
    """Write a state in one step."""
    content = encoded(snapshot)
    digits = hashlib.sha256(content).hexdigest()[:_DIGITS]
    path = warm.folder / f"{warm.id}-{digits}{_ENDING}"
    warm.folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)
    return path


def _of(task: Task) -> Warm:
    assert task.warm is not None
    return task.warm
