"""Result folders: written whole or not at all, never over the results of another run."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from experiments import exits

ANSWER_FILE = "answer.json"
DEFAULT_PARENT = Path("results")


def default_folder(names: Sequence[str], seed: int, digest: str) -> Path:
    """Return ``results/SCENARIO-SEED-DIGEST8``."""
    label = "-vs-".join(_plain(name) for name in names)[:80]
    return DEFAULT_PARENT / f"{label}-{seed}-{digest[:8]}"


def _plain(name: str) -> str:
    """Return a name with nothing in it that a path could trip over."""
    return "".join(c if c.isalnum() or c in "-_+" else "_" for c in name).strip("._") or "run"


def refuse_early(folder: Path | None, *, force: bool, writes: bool = True) -> None:
    """Refuse a folder that cannot take results, before any time is spent on running.

    ``writes`` says whether results will be written to the default place when ``folder`` is ``None``.
    Raises ``Failure`` with exit code 4 for a folder that holds something else than results, or
    results while ``force`` is off, and with 1 where nothing can be written.
    """
    if folder is not None:
        _refuse_taken(folder, force=force)
    if folder is not None or writes:
        _refuse_unwritable((folder or DEFAULT_PARENT / "any").absolute().parent)


def _refuse_unwritable(parent: Path) -> None:
    """Refuse a place in which no folder can be made."""
    place = parent
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryDirectory(dir=place, prefix=".detention-"):
            pass
    except OSError as error:
        raise exits.Failure(f"{parent}: cannot be written ({error.strerror})", exits.INTERNAL) from None


def _refuse_taken(folder: Path, *, force: bool) -> None:
    """Refuse a folder that belongs to something or somebody else."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise exits.Failure(f"{folder}: is a file, not a folder", exits.IN_USE)
    if not any(folder.iterdir()):
        return
    if not (folder / ANSWER_FILE).exists():
        raise exits.Failure(f"{folder}: holds files that are not results of this command", exits.IN_USE)
    if not force:
        raise exits.Failure(
            f"{folder}: holds the results of another run; --force replaces them, --out DIR writes elsewhere",
            exits.IN_USE,
        )


def holds_same_run(folder: Path, digest: str) -> bool:
    """Say whether a folder already holds exactly this run."""
    with suppress(OSError, ValueError, AttributeError):
        return bool(json.loads((folder / ANSWER_FILE).read_text(encoding="utf-8")).get("digest") == digest)
    return False


def write_folder(folder: Path, fill: Callable[[Path], None], *, digest: str, force: bool) -> None:
    """Fill a folder beside its final place and move it there once it is complete.

    Results of another run are replaced only with ``force``; the same run may be written again.
    Raises ``Failure`` with exit code 4 otherwise, and with 1 when the disk takes no more.
    """
    if not holds_same_run(folder, digest):
        _refuse_taken(folder, force=force)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise exits.Failure(f"{folder}: cannot be written ({error.strerror})", exits.INTERNAL) from None
    try:
        fill(partial)
        partial.chmod(0o755)
        _swap(partial, folder)
    except OSError as error:
        raise exits.Failure(f"{folder}: cannot be written ({error.strerror})", exits.INTERNAL) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _swap(new: Path, folder: Path) -> None:
    """Put ``new`` where ``folder`` is; the old one is removed last."""
    old = new.with_name(f"{new.name}-old")
    if folder.exists():
        folder.replace(old)
    new.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


def write_json(path: Path, text: str) -> None:
    """Write a JSON text with a final newline."""
    path.write_text(text + "\n", encoding="utf-8")


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV table that spreadsheets open without taking text for formulas."""
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(headings)
        writer.writerows([harmless(cell) for cell in row] for row in rows)


def harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return "" if cell is None else cell
