"""Reads the folder of a sweep, all shards together, and never believes a damaged file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import exits
from experiments.designs import Design, make_design
from experiments.sweeping.files import sha256_of
from experiments.sweeping.folder import folders_of
from experiments.sweeping.manifest import DamagedError, Manifest, read_manifest
from experiments.sweeping.parts import ORDER, read_part

if TYPE_CHECKING:
    import pyarrow as pa

AGAIN = "run the sweep again, it sets such files aside and redoes their runs"


def manifest_of(root: Path) -> Manifest:
    """Return the manifest of a sweep's folder.

    Raises ``Failure`` with exit code 2 when there is none or it is damaged.
    """
    try:
        manifest = read_manifest(root)
    except DamagedError as error:
        raise exits.Failure(f"{error}; {AGAIN}", exits.BAD_INPUT) from None
    if manifest is None:
        raise exits.Failure(f"{root}: is no folder of a sweep (no manifest.json)", exits.BAD_INPUT)
    return manifest


def read_rows(root: Path) -> pa.Table:
    """Return all rows of a sweep, shards together, sorted by scenario, point and replicate.

    Every part is checked against its SHA-256; raises ``Failure`` with exit code 2 for one that does not
    match.
    """
    return _read(root, None)


def read_kept(root: Path, name: str) -> pa.Table | None:
    """Return the daily series (``daily``) or ledgers (``ledger``) that were kept, or ``None``."""
    return _read(root, name)


def _read(root: Path, kept: str | None) -> Any:
    import pyarrow as pa

    manifest_of(root)
    tables = []
    for path in folders_of(root):
        for entry in _entries(path):
            files = [entry] if kept is None else entry.get("kept", [])
            tables += [
                _checked(path, file) for file in files if kept is None or file["file"].startswith(f"{kept}/")
            ]
    if not tables:
        return None if kept else _empty(root)
    # A part in which nothing happened has columns without a type.
    whole = pa.concat_tables(tables, promote_options="permissive")
    return whole if kept else _once(whole.sort_by(ORDER))


def _entries(folder: Path) -> list[dict[str, Any]]:
    try:
        manifest = read_manifest(folder)
    except DamagedError as error:
        raise exits.Failure(f"{error}; {AGAIN}", exits.BAD_INPUT) from None
    return [] if manifest is None else manifest.parts


def _checked(folder: Path, entry: Mapping[str, Any]) -> Any:
    path = folder / entry["file"]
    if sha256_of(path) != entry["sha256"]:
        found = "does not match its checksum" if path.exists() else "is missing"
        raise exits.Failure(f"{path}: {found}; {AGAIN}", exits.BAD_INPUT)
    return read_part(path).replace_schema_metadata(None)


def _empty(root: Path) -> Any:
    from experiments.sweeping.parts import schema_of

    manifest = manifest_of(root)
    factors = design_of(manifest).factors
    return schema_of(factors, manifest.design["outputs"]).empty_table()


def _once(table: Any) -> Any:
    """Return rows in order without those that two shards of different numbers both made."""
    import numpy as np

    keys = [table.column(name).to_pylist() for name, _ in ORDER]
    seen: set[tuple[Any, ...]] = set()
    first = []
    for key in zip(*keys, strict=True):
        first.append(key not in seen)
        seen.add(key)
    return table if all(first) else table.filter(np.array(first))


def design_of(manifest: Manifest, rows: pa.Table | None = None) -> Design:
    """Return the table of points of a stored sweep, made again from its manifest.

    For the design ``list`` the points come from ``rows``.
    """
    described = manifest.design
    factors = described["factors"]
    kind = described["design"]
    if kind == "list":
        return _listed(described, rows)
    if not factors:
        return Design("grid", (), [{}], described["seed"], 0)
    return make_design(kind, factors, samples=described["samples"], seed=described["seed"])


def _listed(described: Mapping[str, Any], rows: Any) -> Design:
    points: dict[int, dict[str, Any]] = {}
    if rows is not None:
        names = [f"factor.{path}" for path in described["factors"]]
        for row in rows.select(["point", *names]).to_pylist():
            values = {name.removeprefix("factor."): row[name] for name in names}
            points.setdefault(row["point"], values)
    if not points:
        points = {0: {path: levels[0] for path, levels in described["factors"].items()}}
    return make_design("list", points=[points[k] for k in sorted(points)], seed=described["seed"])


def read_shard(folder: Path) -> list[str]:
    """Return the ids of the runs that the folder of one shard lists."""
    entries = _entries(folder)
    return [run for entry in entries for run in _checked(folder, entry).column("run_id").to_pylist()]
