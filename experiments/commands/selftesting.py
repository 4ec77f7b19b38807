"""Does it survive faults on this machine: ``selftest``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.options import Json

if TYPE_CHECKING:
    from experiments.selftesting.tally import Tally

Quick = Annotated[bool, typer.Option("--quick", help="Fewer attempts of each kind: about a minute.")]
Out = Annotated[Path | None, typer.Option(metavar="FILE.json", help="Also write the JSON answer to a file.")]
Chosen = Annotated[str | None, typer.Option(metavar="A,B", help="Only these checks (default: all).")]

HEADINGS = ("check", "tried", "lost", "duplicated", "silent", "traceback", "orphans", "worst s", "passed")


def register(app: typer.Typer) -> None:
    """Add ``selftest``."""
    app.command()(selftest)


def selftest(*, quick: Quick = False, checks: Chosen = None, out: Out = None, json: Json = False) -> None:
    """Do harm to real sweeps and count what it costs.

    Kills, cuts, flipped bits, runs that raise or hang, second writers, Ctrl-C, broken files. It takes at
    most five minutes on two cores and works in a temporary folder.
    """
    names = _names(checks)
    _refuse_unwritable(out)

    from experiments import exits
    from experiments.answers import answer, as_json
    from experiments.compiling import ensure_compiled
    from experiments.progress import reporting
    from experiments.selftesting.checks import all_passed, carry_out, content
    from experiments.selftesting.extent import DEFAULT, QUICK

    ensure_compiled()
    tallies = carry_out(names, QUICK if quick else DEFAULT, reporting, _tell)
    text = as_json(answer("selftest", **content(tallies)))
    if out is not None:
        _write(out, text)
    typer.echo(text if json else _table(tallies))
    if not all_passed(tallies):
        raise typer.Exit(exits.INCOMPLETE)


def _names(text: str | None) -> list[str]:
    """Return the names of the checks, each once; raises ``ScenarioError`` for one that does not exist."""
    from experiments.selftesting.checks import NAMES
    from experiments.usage import refusal

    if text is None:
        return list(NAMES)
    names = list(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in NAMES:
            raise refusal("--checks", name, list(NAMES))
    return names


def _refuse_unwritable(path: Path | None) -> None:
    """Refuse, before minutes are spent, a file that cannot be written; raises ``Failure``."""
    import os

    from experiments import exits

    if path is None:
        return
    if path.is_dir():
        raise exits.Failure(f"{path}: is a folder, not a file", exits.IN_USE)
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise exits.Failure(f"{path}: cannot be written (no folder to write to)", exits.INTERNAL)


def _write(path: Path, text: str) -> None:
    from experiments import exits
    from experiments.sweeping.files import write_atomically

    try:
        write_atomically(path, (text + "\n").encode())
    except OSError as error:
        raise exits.Failure(f"{path}: cannot be written ({error.strerror})", exits.INTERNAL) from None


def _tell(tally: Tally, seconds: float) -> None:
    verdict = "passed" if tally.passed else "FAILED"
    typer.echo(f"{tally.id}: {tally.tried} tried, {verdict}, {seconds:.0f} s", err=True)
    for finding in tally.findings:
        typer.echo(f"  {finding}", err=True)
    left_out = tally.found - len(tally.findings)
    if left_out:
        typer.echo(f"  and {left_out} more", err=True)


def _table(tallies: list[Tally]) -> str:
    from experiments.tables import table

    rows = []
    for tally in tallies:
        row = tally.row()
        counts = (row[name] for name in ("tried", "lost", "duplicated", "silent", "traceback", "orphans"))
        shown = ("unknown" if count is None else f"{count:,}" for count in counts)
        verdict = "yes" if tally.passed else "NO"
        rows.append((tally.id, *shown, f"{tally.worst_seconds:.2f}", verdict))
    return table(HEADINGS, rows)
