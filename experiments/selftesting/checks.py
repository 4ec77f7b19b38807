"""The checks of the self-test by name, and how they are carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.selftesting.extent import Extent
    from experiments.selftesting.tally import Tally, Tell
    from experiments.selftesting.workshop import Workshop

    Check = Callable[[Workshop, Extent, Tally, Tell], None]
    Showing = Callable[[str, int], AbstractContextManager[Tell]]

NAMES = (
    "kill",
    "cut",
    "flip",
    "raise",
    "hang",
    "second-writer",
    "interrupt",
    "terminate",
    "scenario-files",
    "design-files",
    "files-by-command",
)


def checks() -> dict[str, tuple[Check, str]]:
    """Return the checks by name, each with the field of the extent that says how often."""
    from experiments.selftesting import damaging, failing, files, killing, stopping

    return {
        "kill": (killing.kill, "kills"),
        "cut": (damaging.cut, "cuts"),
        "flip": (damaging.flip, "flips"),
        "raise": (failing.raising, "raising"),
        "hang": (failing.hung, "hung"),
        "second-writer": (stopping.second_writer, "writers"),
        "interrupt": (stopping.interrupt, "stops"),
        "terminate": (stopping.terminate, "stops"),
        "scenario-files": (files.scenario_files, "mutations"),
        "design-files": (files.design_files, "mutations"),
        "files-by-command": (files.files_by_command, "commands"),
    }


def carry_out(
    names: Iterable[str],
    extent: Extent,
    showing: Showing,
    notify: Callable[[Tally, float], None],
    command: Sequence[str] | None = None,
) -> list[Tally]:
    """Carry out checks by name, each in a folder of its own that goes afterwards.

    ``showing`` shows progress, ``notify`` is told each tally and its seconds as soon as it is there.
    ``command`` replaces the command that is tested.
    """
    return [_carried_out(name, extent, showing, notify, command) for name in names]


def _carried_out(
    name: str,
    extent: Extent,
    showing: Showing,
    notify: Callable[[Tally, float], None],
    command: Sequence[str] | None,
) -> Tally:
    import time

    from experiments.selftesting.tally import Tally
    from experiments.selftesting.workshop import COMMAND, workshop

    check, often = checks()[name]
    tally = Tally(name, getattr(extent, often))
    started = time.monotonic()
    with workshop(command or COMMAND) as shop, showing(name, tally.planned) as tell:
        try:
            check(shop, extent, tally, tell)
        except Exception as error:  # noqa: BLE001 - a check that cannot go on has found something
            tally.wrong(f"stopped by {type(error).__name__}: {error}", traceback=1)
    notify(tally, time.monotonic() - started)
    return tally


def all_passed(tallies: Iterable[Tally]) -> bool:
    """Say whether there is a tally and every one has passed."""
    found = list(tallies)
    return bool(found) and all(tally.passed for tally in found)


def content(tallies: Iterable[Tally]) -> Mapping[str, object]:
    """Return the content of the JSON answer."""
    return {"checks": [tally.row() for tally in tallies]}
