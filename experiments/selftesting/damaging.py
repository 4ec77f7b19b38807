"""Cuts and flipped bits in stored files: reading and going on must notice each of them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from experiments import exits
from experiments.selftesting.extent import Extent
from experiments.selftesting.stored import digests_of, files_of
from experiments.selftesting.tally import Tally, Tell
from experiments.selftesting.workshop import Workshop
from experiments.sweeping.sweep import sweep

SEED = 5
LEVELS, REPLICATES = 3, 20
_WORKERS = 2

Damage = Callable[[bytes, Random], tuple[bytes, str]]
"""Takes the content of a file; returns it damaged, and what was done in words."""


def cut(shop: Workshop, extent: Extent, tally: Tally, tell: Tell) -> None:
    """Cut files off at random places, as a full disk or a broken copy does."""
    _damaged(shop, _cut, extent.cuts, extent.resumed_every, tally, tell)


def flip(shop: Workshop, extent: Extent, tally: Tally, tell: Tell) -> None:
    """Flip single bits, as bad memory and old disks do."""
    _damaged(shop, _flipped, extent.flips, extent.resumed_every, tally, tell)


def _cut(content: bytes, random: Random) -> tuple[bytes, str]:
    length = random.randrange(len(content))
    return content[:length], f"cut to {length} of {len(content)} bytes"


def _flipped(content: bytes, random: Random) -> tuple[bytes, str]:
    place, bit = random.randrange(len(content)), random.randrange(8)
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return bytes(changed), f"bit {bit} of byte {place} flipped"


@dataclass(frozen=True, slots=True)
class _Sound:
    """A finished sweep, and what is read from it."""

    design: Path
    folder: Path
    digests: tuple[str, str, str]


def _damaged(
    shop: Workshop, damage: Damage, number: int, resumed_every: int, tally: Tally, tell: Tell
) -> None:
    random = Random(SEED)  # noqa: S311 - places, not secrets
    sound = _sound(shop, tally.id)
    files = files_of(sound.folder)
    for attempt in range(number):
        path = random.choice(files)
        content, what = damage(path.read_bytes(), random)
        where = f"{path.relative_to(sound.folder)}, {what}"
        started = time.monotonic()
        _read(sound, path, content, where, tally)
        if attempt % resumed_every == 0:
            _gone_on(shop, sound, path, content, where, tally)
        tally.took(time.monotonic() - started)
        tally.tried += 1
        tell(1)
    if digests_of(sound.folder) != sound.digests:
        tally.wrong("the sound files read otherwise at the end", silent=1)


def _sound(shop: Workshop, name: str) -> _Sound:
    design = shop.design(f"{name}-design", LEVELS, REPLICATES)
    folder = shop.folder / f"{name}-sound"
    sweep(design, folder, workers=_WORKERS, progress=False)
    return _Sound(design, folder, digests_of(folder))


def _read(sound: _Sound, path: Path, content: bytes, where: str, tally: Tally) -> None:
    """Read all files while one is damaged, and put it back."""
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        digests_of(sound.folder)
    except exits.Failure as failure:
        if failure.code != exits.BAD_INPUT or path.name not in str(failure):
            tally.wrong(f"{where}: reading said only: {failure}", silent=1)
    except Exception as error:  # noqa: BLE001 - whatever comes instead of a clear line is what we look for
        tally.wrong(f"{where}: reading raised {type(error).__name__}: {error}", traceback=1)
    else:
        tally.wrong(f"{where}: read as if nothing were wrong", silent=1)
    finally:
        path.write_bytes(before)


def _gone_on(shop: Workshop, sound: _Sound, path: Path, content: bytes, where: str, tally: Tally) -> None:
    """Go on with a copy in which one file is damaged: it is named, and its runs are done again."""
    copy = shop.folder / f"{tally.id}-copy"
    shutil.copytree(sound.folder, copy)
    try:
        (copy / path.relative_to(sound.folder)).write_bytes(content)
        done = sweep(sound.design, copy, workers=_WORKERS, progress=False)
        if not any(path.name in notice for notice in done.notices):
            tally.wrong(f"{where}: the sweep went on without a word", silent=1)
        if digests_of(copy) != sound.digests:
            tally.wrong(f"{where}: other digests after going on", silent=1)
    except Exception as error:  # noqa: BLE001 - whatever comes instead of a finished sweep is what we look for
        tally.wrong(f"{where}: going on raised {type(error).__name__}: {error}", traceback=1)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
