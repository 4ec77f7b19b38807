"""A stored state as bytes: what a run needs to go on, without what it makes anew.

A JSON text says what the state is and which tables follow; then come their rows as they lie in memory.
Tables that grow are cut to the rows in use; contacts of the day-part that is over and the daily record of
the burn-in, which nothing reads again, are left out.  Nothing in a state is code.
"""

from __future__ import annotations

import hashlib
import json
import sys
from functools import cache
from typing import Any

import numpy as np

from sim import state
from sim.build import NOTES_OF_A_PART, World
from sim.kernel import Table
from sim.parameters import parameter_dtype
from sim.simulation import GROWING, Snapshot
from sim.version import SCHEMA, __version__

_LENGTH_BYTES = 8
_MADE_ANEW = (*NOTES_OF_A_PART, "daily", "sample")


def encoded(snapshot: Snapshot) -> bytes:
    """Return a state as bytes."""
    tables = snapshot.world.tables()
    # The daily record begins anew with the day-part that comes next.
    tables["control"] = tables["control"].copy()
    tables["control"][0].daily_part = snapshot.part
    rows = {name: _rows_kept(name, tables) for name in tables}
    about = {
        "columns": _columns(),
        "part": snapshot.part,
        "description": snapshot.description,
        "tables": [[name, kept, len(tables[name])] for name, kept in rows.items()],
    }
    text = json.dumps(about).encode()
    content = [len(text).to_bytes(_LENGTH_BYTES, "little"), text]
    content += [np.ascontiguousarray(tables[name][:kept]).tobytes() for name, kept in rows.items()]
    return b"".join(content)


def decoded(content: bytes) -> Snapshot:
    """Return the state that bytes hold, to be read only: a run goes on from a copy.

    Raises ``ValueError`` for a state of another version of the model.
    """
    start = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
    about = json.loads(content[_LENGTH_BYTES:start])
    if about["columns"] != _columns():
        raise ValueError("the stored warm start is one of another version of the model")
    tables = {}
    for name, kept, rows in about["tables"]:
        columns = _dtype(name)
        if name in _MADE_ANEW:
            tables[name] = state.scratch_table(name, rows if name in NOTES_OF_A_PART else 0)
            continue
        tables[name] = np.frombuffer(content, columns, kept, start).view(np.recarray)
        start += kept * columns.itemsize
    return Snapshot(World(**tables), about["part"], about["description"])


def _rows_kept(name: str, tables: dict[str, Table]) -> int:
    if name in _MADE_ANEW:
        return 0
    counter = GROWING.get(name)
    return len(tables[name]) if counter is None else int(tables["control"][counter][0])


def _dtype(name: str) -> np.dtype[Any]:
    return parameter_dtype() if name == "parameters" else state.dtype_of(name)


@cache
def _columns() -> str:
    """Return what tells the tables of one version of the model from those of another."""
    described = [[name, _dtype(name).descr] for name in (*state.TABLES, "parameters")]
    return hashlib.sha256(repr([SCHEMA, __version__, sys.byteorder, described]).encode()).hexdigest()
