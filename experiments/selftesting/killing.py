"""Kill -9 of the real command, again and again, until the sweep is complete all the same."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from experiments.selftesting.extent import Extent
from experiments.selftesting.stored import Held, digests_of, held
from experiments.selftesting.tally import Tally, Tell
from experiments.selftesting.workshop import Running, Workshop
from experiments.sweeping.engine import EXECUTORS

LEVELS = 3
SEED = 9
_LOOK_EVERY_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class _Undisturbed:
    """The same sweep, left alone: what must come out, and how long it takes."""

    design: Path
    smaller: Path
    digests: tuple[str, str, str]
    rows: Held
    seconds: float


def kill(shop: Workshop, extent: Extent, tally: Tally, tell: Tell) -> None:
    """Kill sweeps at seeded random moments, half of them just when something is being written.

    Every second folder begins with a smaller design, so that kills also hit a sweep that grows.
    """
    random = Random(SEED)  # noqa: S311 - moments, not secrets
    whole = _undisturbed(shop, extent, tally)
    if whole is None:
        return
    for number in range(2 * extent.kills):
        if tally.tried >= extent.kills:
            return
        _killed_until_complete(shop, whole, number, extent, random, tally, tell)


def _undisturbed(shop: Workshop, extent: Extent, tally: Tally) -> _Undisturbed | None:
    design = shop.design("full", LEVELS, extent.replicates)
    smaller = shop.design("smaller", LEVELS - 1, extent.replicates)
    folder = shop.folder / "undisturbed"
    done = shop.finish("sweep", design, "--out", folder, "--json")
    if done.code != 0:
        tally.wrong(f"the undisturbed sweep ended with {done.code}: {done.last_words}")
        return None
    return _Undisturbed(design, smaller, digests_of(folder), held(folder), done.seconds)


def _killed_until_complete(
    shop: Workshop,
    whole: _Undisturbed,
    number: int,
    extent: Extent,
    random: Random,
    tally: Tally,
    tell: Tell,
) -> None:
    folder = shop.folder / f"killed-{number}"
    options = ("--out", folder, "--executor", EXECUTORS[number % len(EXECUTORS)])
    designs = [whole.smaller, whole.design] if number % 4 in (1, 2) else [whole.design]
    design, before = designs.pop(0), Held.nothing()
    while tally.tried < extent.kills:
        process = shop.start("sweep", design, *options)
        moment = random.uniform(0.0, whole.seconds)
        if not _is_killed(process, folder, moment, while_writing=random.random() < 0.5):
            if not designs:
                break
        else:
            tally.tried += 1
            tell(1)
            before = _looked_at(shop, folder, number, before, tally)
        design = designs.pop(0) if designs else design
    _completed(shop, whole, folder, options, tally)


def _is_killed(process: Running, folder: Path, moment: float, *, while_writing: bool) -> bool:
    """Kill a command after ``moment`` seconds; say whether it was still at work then.

    With ``while_writing`` the kill waits for the next file to come or go in the folder.
    """
    deadline = time.monotonic() + moment
    while time.monotonic() < deadline and process.is_alive:
        time.sleep(_LOOK_EVERY_SECONDS)
    if while_writing:
        seen = _names_in(folder)
        while process.is_alive and _names_in(folder) == seen:
            time.sleep(_LOOK_EVERY_SECONDS)
    process.signal(signal.SIGKILL)
    return process.wait().code == -signal.SIGKILL


def _names_in(folder: Path) -> frozenset[str]:
    names: set[str] = set()
    for _, _, files in os.walk(folder):
        names.update(files)
    return frozenset(names)


def _looked_at(shop: Workshop, folder: Path, number: int, before: Held, tally: Tally) -> Held:
    """Count what a kill has cost, and return what the folder holds now."""
    orphans = shop.left_over()
    tally.orphans = None if orphans is None else tally.orphans
    if orphans:
        tally.wrong(f"killed-{number}: {orphans} workers outlived their sweep", orphans=orphans)
    now = held(folder)
    lost = len(before.doings - now.doings)
    if lost:
        tally.wrong(f"killed-{number}: {lost} finished runs were gone or done again", lost=lost)
    if now.duplicates:
        tally.wrong(f"killed-{number}: {now.duplicates} rows twice", duplicated=now.duplicates)
    return now


def _completed(
    shop: Workshop, whole: _Undisturbed, folder: Path, options: tuple[object, ...], tally: Tally
) -> None:
    """Let a sweep come to its end and compare it with the undisturbed one."""
    before = held(folder)
    done = shop.finish("sweep", whole.design, *options, "--json")
    tally.took(done.seconds)
    if done.code != 0:
        tally.wrong(
            f"{folder.name}: going on ended with {done.code}: {done.last_words}",
            traceback=int(done.has_traceback),
        )
        return
    now = held(folder)
    lost = len(before.doings - now.doings) + sum((whole.rows.keys - now.keys).values())
    if lost:
        tally.wrong(f"{folder.name}: {lost} runs lost at the end", lost=lost)
    if now.duplicates:
        tally.wrong(f"{folder.name}: {now.duplicates} rows twice at the end", duplicated=now.duplicates)
    if json.loads(done.out)["set_aside"]:
        tally.wrong(f"{folder.name}: a kill damaged a finished file: {done.last_words}", silent=1)
    if digests_of(folder) != whole.digests:
        tally.wrong(f"{folder.name}: other digests than the undisturbed sweep", silent=1)
