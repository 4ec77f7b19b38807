"""Second writers, Ctrl-C and TERM: one line or none, at once, and what is finished stays."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from random import Random

from experiments import exits
from experiments.selftesting.extent import Extent
from experiments.selftesting.stored import half_written, held
from experiments.selftesting.tally import Tally, Tell
from experiments.selftesting.workshop import Running, Workshop
from experiments.sweeping.engine import EXECUTORS

STOP_SECONDS = 2.0
"""A sweep that is asked to stop has stopped by then."""

SEED = 2
LEVELS, REPLICATES = 3, 10_000
"""A sweep that lasts until somebody stops it."""

LATEST_SECONDS = 3.0
"""Sweeps are asked to stop between their first file and this much later, when parts are written."""

LONGEST_START_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.01
_SHARDS = ((), ("--shard", "1/2"))


def second_writer(shop: Workshop, extent: Extent, tally: Tally, tell: Tell) -> None:
    """Start the command again on a folder that is in use; the first one must not notice."""
    design = shop.design("written", LEVELS, REPLICATES)
    for number in range(extent.writers):
        executor = EXECUTORS[number % len(EXECUTORS)]
        # With shards, several write to one folder, but two never to the same shard.
        shard = _SHARDS[number // len(EXECUTORS) % len(_SHARDS)]
        folder = shop.folder / f"written-{number}"
        place = folder / "shard-1-of-2" if shard else folder
        arguments = ("sweep", design, "--out", folder, "--executor", executor, *shard)
        first = shop.start(*arguments)
        if _is_there(place, "parts/*.parquet", first, tally):
            _refused(shop, arguments, tally)
            before = held(place)
            if not first.is_alive:
                tally.wrong(f"{folder.name}: the first writer has gone: {first.wait().last_words}")
            _stopped(shop, first, place, signal.SIGTERM, tally)
            if held(place).doings < before.doings:
                tally.wrong(f"{folder.name}: the second writer cost finished runs", lost=1)
        tally.tried += 1
        tell(1)


def _refused(shop: Workshop, arguments: tuple[object, ...], tally: Tally) -> None:
    done = shop.finish(*arguments)
    tally.took(done.seconds)
    if done.code != exits.IN_USE or done.err.count("\n") != 1 or "in use" not in done.err:
        tally.wrong(
            f"the second writer ended with {done.code}: {done.last_words}", traceback=int(done.has_traceback)
        )


def interrupt(shop: Workshop, extent: Extent, tally: Tally, tell: Tell) -> None:
    """Press Ctrl-C at seeded random moments, from the first file of a sweep on."""
    _asked_to_stop(shop, signal.SIGINT, extent.stops, tally, tell)


def terminate(shop: Workshop, extent: Extent, tally: Tally, tell: Tell) -> None:
    """Send TERM at seeded random moments, from the first file of a sweep on."""
    _asked_to_stop(shop, signal.SIGTERM, extent.stops, tally, tell)


def _asked_to_stop(shop: Workshop, number: int, times: int, tally: Tally, tell: Tell) -> None:
    random = Random(SEED)  # noqa: S311 - moments, not secrets
    design = shop.design(f"{tally.id}-design", LEVELS, REPLICATES)
    for attempt in range(times):
        folder = shop.folder / f"{tally.id}-{attempt}"
        executor = EXECUTORS[attempt % len(EXECUTORS)]
        process = shop.start("sweep", design, "--out", folder, "--executor", executor)
        if _is_there(folder, "lock", process, tally):
            time.sleep(random.uniform(0.0, LATEST_SECONDS))
            tally.took(_stopped(shop, process, folder, number, tally))
        tally.tried += 1
        tell(1)


def _is_there(folder: Path, pattern: str, process: Running, tally: Tally) -> bool:
    """Wait until a sweep has made a file; say whether it did."""
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while not any(folder.glob(pattern)):
        if not process.is_alive or time.monotonic() > deadline:
            process.signal(signal.SIGKILL)
            done = process.wait()
            tally.wrong(
                f"{folder.name}: {pattern} was not written: {done.last_words}",
                traceback=int(done.has_traceback),
            )
            return False
        time.sleep(_LOOK_EVERY_SECONDS)
    return True


def _stopped(shop: Workshop, process: Running, folder: Path, number: int, tally: Tally) -> float:
    """Ask a sweep to stop, see that it does so cleanly, and return how long it took."""
    before = held(folder)
    asked = time.monotonic()
    process.signal(number)
    done = process.wait()
    seconds = time.monotonic() - asked
    code = exits.INTERRUPTED if number == signal.SIGINT else exits.TERMINATED
    if done.code != code or done.has_traceback:
        tally.wrong(
            f"{folder.name}: ended with {done.code} instead of {code}: {done.last_words}",
            traceback=int(done.has_traceback),
        )
    if seconds > STOP_SECONDS:
        tally.wrong(f"{folder.name}: took {seconds:.2f} s to stop")
    now = held(folder)
    lost = len(before.doings - now.doings)
    if lost:
        tally.wrong(f"{folder.name}: {lost} finished runs were gone", lost=lost)
    if now.duplicates:
        tally.wrong(f"{folder.name}: {now.duplicates} rows twice", duplicated=now.duplicates)
    if half_written(folder):
        tally.wrong(f"{folder.name}: half written files were left")
    orphans = shop.left_over()
    tally.orphans = None if orphans is None else tally.orphans
    if orphans:
        tally.wrong(f"{folder.name}: {orphans} workers were left", orphans=orphans)
    return seconds
