"""Parts: the Parquet files with the rows of a sweep, each named by its own content.

A row is one replicate of one point of one scenario.  The name of a part carries the start of its
SHA-256, and its footer says to which sweep it belongs: so a part that was finished when the machine went
down is recognised although no manifest knows it yet.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.designs import Factor
from experiments.sweeping.files import write_atomically
from scenarios.shapes import ChoiceShape, SwitchShape
from scenarios.vocabulary import settable

if TYPE_CHECKING:
    import pyarrow as pa

FIXED = ("run_id", "scenario", "point", "replicate", "seed", "status", "reason", "digest", "seconds")
WEIGHT = ".weight"
"""Ending of the columns that say with which weight an indicator of a run pools over runs."""

UNTOLD = ("seconds",)
"""Columns that a sweep's digest leaves out: they say how fast the machine was."""

ABOUT = b"detention-sweep"
_NAME = re.compile(r"part-(\d+)-(\d{6})-([0-9a-f]{16})\.parquet")


@dataclass(frozen=True, slots=True)
class PartName:
    """What the name of a part says: generation and number within the folder, start of its SHA-256."""

    generation: int
    number: int
    digits: str

    def __str__(self) -> str:
        return f"part-{self.generation}-{self.number:06d}-{self.digits}.parquet"

    @classmethod
    def of(cls, name: str) -> PartName | None:
        """Return what a file name says, or ``None`` if it is not the name of a part."""
        found = _NAME.fullmatch(name)
        return None if found is None else cls(int(found[1]), int(found[2]), found[3])


def schema_of(factors: Iterable[Factor], outputs: Sequence[str]) -> pa.Schema:
    """Return the columns of a sweep: fixed ones, ``factor.PATH``, indicators and their weights."""
    import pyarrow as pa

    whole, text, number = pa.int64(), pa.string(), pa.float64()
    kinds = {"point": whole, "replicate": whole, "seed": whole, "seconds": number}
    columns = [pa.field(name, kinds.get(name, text)) for name in FIXED]
    columns += [pa.field(f"factor.{factor.path}", _kind(factor.path)) for factor in factors]
    columns += [pa.field(name, number) for name in outputs]
    columns += [pa.field(f"{name}{WEIGHT}", number) for name in outputs]
    return pa.schema(columns)


def _kind(path: str) -> pa.DataType:
    import pyarrow as pa

    shape = settable()[path]
    if isinstance(shape, SwitchShape):
        return pa.bool_()
    return pa.string() if isinstance(shape, ChoiceShape) else pa.float64()


def encoded(table: pa.Table, about: Mapping[str, Any] | None = None) -> bytes:
    """Return a table as the bytes of a Parquet file; the same table gives the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if about is not None:
        table = table.replace_schema_metadata({ABOUT: json.dumps(about, sort_keys=True).encode()})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue())


def write_part(
    folder: Path, generation: int, number: int, table: pa.Table, about: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Write a table as a part into ``folder`` and return its entry in the manifest."""
    content = encoded(table, about)
    digest = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    name = str(PartName(generation, number, digest[:16]))
    write_atomically(folder / name, content)
    return {"file": f"{folder.name}/{name}", "rows": table.num_rows, "sha256": digest}


def read_part(path: Path, schema: pa.Schema | None = None) -> pa.Table:
    """Return the rows of a part; raises ``ValueError`` when it does not have the columns asked for."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # The names of folders are the user's: they say nothing about columns.
        table = pq.read_table(path, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path}: is no Parquet file") from error
    if schema is not None and table.schema.remove_metadata() != schema:
        raise ValueError(f"{path}: has other columns")
    return table


def about_of(path: Path) -> dict[str, Any]:
    """Return what the footer of a part says about it; empty if it says nothing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_schema(path).metadata or {}
        found = json.loads(metadata.get(ABOUT, b"{}"))
    except (pa.ArrowException, OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


ORDER = [("scenario", "ascending"), ("point", "ascending"), ("replicate", "ascending")]


def digest_of_rows(table: pa.Table) -> str:
    """Return the SHA-256 over all rows in the order of scenario, point and replicate, seconds left out.

    It depends on the rows alone, not on the files they lie in nor on the order they were written in.
    """
    table = table.drop_columns([name for name in UNTOLD if name in table.column_names]).sort_by(ORDER)
    digest = hashlib.sha256()
    for name in table.column_names:
        column = table.column(name).combine_chunks()
        digest.update(f"{name}:{column.type}:{len(column)}:".encode())
        digest.update(np.asarray(column.is_valid(), dtype=np.uint8).tobytes())
        digest.update(_bytes_of(column))
    return digest.hexdigest()


def _bytes_of(column: Any) -> bytes:
    import pyarrow as pa

    if pa.types.is_floating(column.type):
        return np.asarray(column.fill_null(0.0), dtype="<f8").tobytes()
    if pa.types.is_integer(column.type):
        return np.asarray(column.fill_null(0), dtype="<i8").tobytes()
    return "\0".join(str(value) for value in column.to_pylist()).encode()
