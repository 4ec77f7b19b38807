"""The C twin of the frozen core: make its header, compile it, run it on the tables of a world.

The header is made from the column declarations and the constants of the Python modules, so that the
two sides cannot drift apart in layout or numbers, only in what they do.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from sim import clock, ledger, reference, state, streams
from sim.build import World
from sim.mechanisms import encounters
from sim.parameters import parameter_dtype
from sim.simulation import Simulation

SOURCE = Path(__file__).with_name("core.c")
FLAGS = ("-std=c11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared")
"""No -ffast-math and no contraction: the same operations in the same order as the compiled kernels."""

RESERVED = {"static", "near", "double", "int", "long", "short", "register", "switch", "default", "far"}
C_TYPES = {"f8": "double", "i8": "int64_t", "u8": "uint64_t", "i4": "int32_t", "i1": "int8_t"}


def c_compiler() -> str | None:
    """Return the C compiler of this machine, if any."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def _name(name: str) -> str:
    return f"{name}_" if name in RESERVED else name


def _struct(name: str, columns: list[tuple[str, str]]) -> str:
    body = "".join(f"    {kind} {_name(column)};\n" for column, kind in columns)
    return f"typedef struct __attribute__((packed)) {{\n{body}}} {name};\n"


def _numbers(module: Any) -> dict[str, float]:
    return {
        name: value
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, int | float)
    }


def header() -> str:
    """Return the text of ``core.h``: every row as a struct, every constant as a macro."""
    text = ["#include <stdint.h>\n"]
    rows = {table: row for table, (row, _, _) in state.TABLES.items()}
    for row, _, columns in state.TABLES.values():
        text.append(_struct(row, [(c.name, C_TYPES[c.type]) for c in columns]))
    sections = parameter_dtype()
    for section in sections.names or ():
        names = sections[section].names or ()
        text.append(_struct(f"Section_{section}", [(name, "double") for name in names]))
    text.append(_struct("Parameters", [(name, f"Section_{name}") for name in sections.names or ()]))
    rows["parameters"] = "Parameters"
    members = [(field.name, f"{rows[field.name]} *") for field in fields(World)]
    counts = [(f"{field.name}_rows", "int64_t") for field in fields(World)]
    text.append(_struct("World", members + counts))
    middling = {"VIGILANCE_MIDDLING": reference.VIGILANCE}
    points = {name: value for name, value in _numbers(reference).items() if name != "VIGILANCE"}
    constants = {
        **_numbers(clock),
        **_numbers(streams),
        **points,
        **middling,
        **_numbers(ledger),
        "NOBODY": int(streams.NOBODY),
        "NEVER": state.NEVER,
        "HEAT_MOST": encounters.HEAT_MOST,
    }
    text.extend(f"#define {name} {_literal(value)}\n" for name, value in constants.items())
    return "\n".join(text)


def _literal(value: float) -> str:
    return f"INT64_C({value})" if isinstance(value, int) else repr(value)


class CTwin:
    """The compiled C twin; compiles into ``folder`` once when made."""

    def __init__(self, folder: Path, more_flags: tuple[str, ...] = ()) -> None:
        compiler = c_compiler()
        if compiler is None:
            raise RuntimeError("no C compiler (cc, gcc or clang) on this machine")
        (folder / "core.h").write_text(header(), encoding="utf-8")
        library = folder / "core.so"
        command = [compiler, *FLAGS, *more_flags, f"-I{folder}", "-o", str(library), str(SOURCE), "-lm"]
        subprocess.run(command, check=True)  # noqa: S603 - our own source
        self._run = ctypes.CDLL(str(library)).run_core
        self._run.restype = ctypes.c_int64
        self._run.argtypes = [ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]

    def bind(self, world: World) -> Any:
        """Return ``run(start, stop)`` on the tables of a world (which must not be replaced)."""
        tables = world.tables()
        view = (ctypes.c_int64 * (2 * len(tables)))(
            *[table.ctypes.data for table in tables.values()], *[len(table) for table in tables.values()]
        )

        def run(start: int, stop: int) -> int:
            reached = int(self._run(start, stop, ctypes.addressof(view)))
            if reached < start:
                raise ValueError("the C twin knows the frozen core only: other mechanisms are on")
            return reached

        run.keep = (view, world)  # type: ignore[attr-defined]  # the addresses stay valid
        return run


def roomy(simulation: Simulation, days: int) -> None:
    """Give a simulation room for ``days`` more days, so that no table has to grow."""
    world = simulation.world
    reach = simulation.day + days - int(world.control[0].daily_part) // clock.PARTS
    for name, rows in (("daily", reach * len(world.units)), ("ledger", len(world.ledger) + 200 * reach)):
        larger = state.new_table(name, max(rows, len(getattr(world, name))))
        larger[: len(getattr(world, name))] = getattr(world, name)
        setattr(world, name, larger)


def differences(one: World, other: World) -> list[str]:
    """Return ``table.column`` for every column in which two worlds differ in any bit.

    Of contacts, those of the latest day-part count: what else stands there is left from before.
    """
    found: list[str] = []
    contacts = int(one.control[0].contact_count)
    for name, table in one.tables().items():
        rows = contacts if name == "contacts" else None
        ours, others = np.asarray(table)[:rows], np.asarray(getattr(other, name))[:rows]
        if ours.tobytes() == others.tobytes():
            continue
        found += [
            f"{name}.{column}"
            for column in table.dtype.names
            if ours[column].tobytes() != others[column].tobytes()
        ]
    return found
