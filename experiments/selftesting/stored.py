"""What the folder of a sweep holds, read from its files without the help of the store."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.sweeping.files import WRITING, sha256_of
from experiments.sweeping.manifest import DamagedError, read_manifest
from experiments.sweeping.parts import ORDER, PartName, digest_of_rows, read_part
from experiments.sweeping.reading import read_kept, read_rows

Key = tuple[str, int, int]
"""Scenario, point and replicate of a row."""


@dataclass(frozen=True, slots=True)
class Held:
    """The finished rows of a folder.

    ``keys`` counts rows by scenario, point and replicate; ``doings`` are pairs of run and its seconds,
    which tell a run from the same run done again.
    """

    keys: Counter[Key]
    doings: frozenset[tuple[str, float]]

    @classmethod
    def nothing(cls) -> Held:
        """Return what an empty folder holds."""
        return cls(Counter(), frozenset())

    @property
    def duplicates(self) -> int:
        """Rows too many."""
        return sum(number - 1 for number in self.keys.values())


def held(folder: Path) -> Held:
    """Return the rows of all whole parts in a folder, listed or not: they count as finished."""
    generation = _generation(folder)
    keys: Counter[Key] = Counter()
    doings: set[tuple[str, float]] = set()
    for path in sorted((folder / "parts").glob("*.parquet")):
        name = PartName.of(path.name)
        if name is None or not (sha256_of(path) or "").startswith(name.digits):
            continue
        if generation is not None and name.generation != generation:
            continue  # left over by a rewriting, or written by one that did not come to its end
        table = read_part(path)
        keys.update(zip(*(table.column(column).to_pylist() for column, _ in ORDER), strict=True))
        columns = (table.column(column).to_pylist() for column in ("run_id", "seconds"))
        doings.update(zip(*columns, strict=True))
    return Held(keys, frozenset(doings))


def _generation(folder: Path) -> int | None:
    """Return which writing of its parts is in force."""
    try:
        manifest = read_manifest(folder)
    except DamagedError:
        return None
    return None if manifest is None else manifest.generation


def files_of(folder: Path) -> list[Path]:
    """Return the files that hold results: the manifest, parts, daily series and ledgers."""
    return [folder / "manifest.json", *sorted(folder.glob("*/*.parquet"))]


def half_written(folder: Path) -> list[Path]:
    """Return what was begun and never finished."""
    return sorted(folder.rglob(f"{WRITING}*"))


def digests_of(folder: Path) -> tuple[str, str, str]:
    """Return the digests of rows, daily series and ledgers, whatever files they lie in.

    Raises ``Failure`` when a file is damaged.
    """
    kept = (read_kept(folder, name) for name in ("daily", "ledger"))
    daily, ledger = (_digest_of_kept(table) for table in kept)
    return digest_of_rows(read_rows(folder)), daily, ledger


def _digest_of_kept(table: Any) -> str:
    if table is None:
        return "nothing"
    frame = table.to_pandas()
    # A stable order: rows of a run are in order already, runs are in the order they finished in.
    frame = frame.sort_values("run_id", kind="stable")
    return hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()
