"""Mutated scenario and design files: taken with the same meaning when written anew, or refused clearly."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from experiments import exits
from experiments.selftesting.extent import Extent
from experiments.selftesting.mutating import mutated
from experiments.selftesting.rewriting import is_same, rewrite
from experiments.selftesting.specimens import DESIGNS, scenario_texts
from experiments.selftesting.tally import Tally, Tell
from experiments.selftesting.workshop import Ended, Workshop
from experiments.sweeping.design_file import read_design
from scenarios import ScenarioError, dump, load
from scenarios.problems import MOST_PROBLEMS

SEED = 3
LONGEST_TRIAL_DAYS = 100
"""Accepted designs with longer runs are not handed to the command, which tries a run of them."""

_LINE = re.compile(r"(?P<path>.+?):[1-9]\d*:[1-9]\d*: .+?: got .+; allowed .+", re.DOTALL)
_SMALLEST_MIX = 30
"""From so many files on, some must have been taken and some refused: else nothing was tested."""


class OtherMeaningError(Exception):
    """What was written anew means something else."""


Read = Callable[[Path], object]
"""Reads a file and what it is written anew as; raises ``ScenarioError`` or ``OtherMeaningError``."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of files: sound ones, and what reads them."""

    texts: Callable[[], Sequence[str]]
    read: Read


def scenario_files(shop: Workshop, extent: Extent, tally: Tally, tell: Tell) -> None:
    """Read mutated scenario files in this process."""
    _all_read(shop, _SCENARIOS, extent.mutations, tally, tell)


def design_files(shop: Workshop, extent: Extent, tally: Tally, tell: Tell) -> None:
    """Read mutated design files in this process."""
    _all_read(shop, _DESIGNS, extent.mutations, tally, tell)


def _read_scenario(path: Path) -> None:
    found = load(str(path))
    again = path.with_name(f"again-{path.name}")
    again.write_text(dump(found), encoding="utf-8")
    try:
        same = load(str(again)).canonical() == found.canonical()
    except ScenarioError as error:
        raise OtherMeaningError(str(error)) from None
    if not same:
        raise OtherMeaningError("another scenario")


def _read_design(path: Path) -> None:
    found = read_design(path)
    try:
        same = is_same(found, read_design(rewrite(found, path.with_name("again"))))
    except ScenarioError as error:
        raise OtherMeaningError(str(error)) from None
    if not same:
        raise OtherMeaningError("another design")


_SCENARIOS = _Kind(scenario_texts, _read_scenario)
_DESIGNS = _Kind(lambda: DESIGNS, _read_design)


def _all_read(shop: Workshop, kind: _Kind, number: int, tally: Tally, tell: Tell) -> None:
    random = Random(SEED)  # noqa: S311 - slips of the finger, not secrets
    path = _place(shop, tally.id)
    texts = kind.texts()
    for text in texts:
        path.write_text(text, encoding="utf-8")
        lines = _lines_of(path, kind.read, "a sound file", tally)
        if lines:
            tally.wrong(f"a sound file was refused: {lines[0]}")
    taken = 0
    for attempt in range(number):
        path.write_bytes(mutated(random.choice(texts), random))
        lines = _lines_of(path, kind.read, f"mutation {attempt}", tally)
        taken += lines == []
        tally.tried += 1
        tell(1)
    if number >= _SMALLEST_MIX and not 0 < taken < number:
        tally.wrong(f"{taken} of {number} mutated files were taken: such files test nothing")


def _place(shop: Workshop, name: str) -> Path:
    folder = shop.folder / name
    folder.mkdir()
    return folder / "mutated.yaml"


def _lines_of(path: Path, read: Read, what: str, tally: Tally) -> list[str] | None:
    """Read a file; return the lines with which it was refused, ``None`` when it went wrong otherwise."""
    started = time.monotonic()
    try:
        read(path)
    except ScenarioError as error:
        lines = str(error).split("\n")
        if not are_clear(lines, path):
            tally.wrong(f"{what}: refused with {lines!r}"[:500], silent=1)
        return lines
    except OtherMeaningError as error:
        tally.wrong(f"{what}: taken, but written anew it is {error}", silent=1)
    except Exception as error:  # noqa: BLE001 - whatever comes instead of a clear line is what we look for
        tally.wrong(f"{what}: raised {type(error).__name__}: {error}", traceback=1)
    else:
        return []
    finally:
        tally.took(time.monotonic() - started)
    return None


def are_clear(lines: Sequence[str], path: Path) -> bool:
    """Say whether lines have the form ``PATH:LINE:COL: KEY: got X; allowed Y``.

    PATH is the file, or one that the file names.
    """
    content = path.read_text(encoding="utf-8", errors="replace")

    def is_clear(line: str) -> bool:
        found = _LINE.fullmatch(line)
        if found is None or not line.isprintable():
            return False
        return found["path"] == str(path) or Path(found["path"]).name in content

    return 0 < len(lines) <= MOST_PROBLEMS and all(map(is_clear, lines))


def files_by_command(shop: Workshop, extent: Extent, tally: Tally, tell: Tell) -> None:
    """Hand mutated files to the commands ``check`` and ``sweep --dry-run``."""
    random = Random(SEED + 1)  # noqa: S311 - slips of the finger, not secrets
    path = _place(shop, tally.id)
    texts = scenario_texts()
    arguments: tuple[object, ...]
    for attempt in range(extent.commands):
        if attempt % 3 < 2:
            path.write_bytes(mutated(random.choice(texts), random))
            kind, arguments = _SCENARIOS, ("check", path)
        else:
            _write_short_design(path, random)
            kind, arguments = _DESIGNS, ("sweep", path, "--dry-run", "--out", path.with_name("none"))
        expected = _lines_of(path, kind.read, f"mutation {attempt}", tally)
        done = shop.finish(*arguments)
        tally.took(done.seconds)
        _compare(done, expected, f"mutation {attempt}, {arguments[0]}", tally)
        tally.tried += 1
        tell(1)


def _write_short_design(path: Path, random: Random) -> None:
    """Write a mutated design that is refused, or of which a run takes a moment only."""
    while True:
        path.write_bytes(mutated(random.choice(DESIGNS), random))
        try:
            design = read_design(path)
        except Exception:  # noqa: BLE001 - what it is worth is found out by the check
            return
        spans = (s.values["run.days"] + s.values["run.burn_in_days"] for s in design.scenarios.values())
        if max(spans) <= LONGEST_TRIAL_DAYS:
            return


def _compare(done: Ended, expected: list[str] | None, what: str, tally: Tally) -> None:
    """See that a command said of a file what reading it in this process says."""
    if done.has_traceback or done.hung:
        tally.wrong(f"{what}: {done.last_words}", traceback=1)
    if expected is None:
        return
    code = exits.BAD_INPUT if expected else exits.DONE
    if done.code != code:
        tally.wrong(f"{what}: ended with {done.code} instead of {code}: {done.last_words}", silent=1)
    elif expected and done.err.splitlines() != expected:
        tally.wrong(f"{what}: said {done.last_words} instead of {expected[0]}", silent=1)
