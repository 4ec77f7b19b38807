"""One replicate: run it day by day, look at it, store it, fork it."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from sim import schedule, state, streams
from sim.build import MOST_DAYS_AHEAD, NOTES_OF_A_PART, World, build, policy_tables_of, set_choices
from sim.clock import PARTS
from sim.kernel import Progress, Table, compiled
from sim.ledger import ROWS_PER_PLACE_AND_PART
from sim.parameters import parameter_record
from sim.specification import Specification
from sim.version import SCHEMA, __version__
from sim.week import week_tables

CHUNK_DAYS = 120
CHUNK_RESIDENT_DAYS = 50_000
"""Days, and days times places, that run without a look outside: the longest wait for Ctrl-C and for
progress (compiled, about a twentieth of a second)."""

LONGEST_HEADER = 1 << 20
"""Characters that describe the columns of a stored table."""

StepHook: TypeAlias = Callable[[int], bool]

GROWING = {"residents": "resident_count", "staff": "staff_count", "ledger": "event_count"}
SPARE = 1.2
"""Room beyond what the days behind let expect, so that a run that goes on hardly ever copies a table."""

LASTING = ("key", "exposure_days", "incidents")
"""What counts of a resident who has left: whose days they were, how many, and in how many incidents."""


def replicate_seed(seed: int, replicate: int) -> int:
    """Return the 64-bit seed of a replicate; the first ``n`` of ``n + 1`` replicates do not change."""
    with np.errstate(over="ignore"):
        return int(streams.person_key(np.uint64(seed & (2**64 - 1)), streams.REPLICATE, replicate, 0))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A moment of a run, complete: going on from it gives the bits of never having stopped."""

    world: World
    part: int
    description: Mapping[str, Any]

    def save(self, path: str | Path) -> None:
        """Write the snapshot as a NumPy archive (plain arrays and one JSON text, no pickle)."""
        tables = self.world.tables()
        notes = {name: len(tables.pop(name)) for name in NOTES_OF_A_PART}
        about = {
            "schema": SCHEMA,
            "version": __version__,
            "part": self.part,
            "notes": notes,
            **self.description,
        }
        arrays = {name: np.asarray(table) for name, table in tables.items()}
        with Path(path).open("wb") as target:
            np.savez(target, allow_pickle=False, about=np.array(json.dumps(about)), **arrays)

    @classmethod
    def load(cls, path: str | Path) -> Snapshot:
        """Read a snapshot; raises ``ValueError`` for another file or one of another model version."""
        try:
            about, tables = _stored(path)
        except (zipfile.BadZipFile, KeyError, EOFError, TypeError, ValueError) as error:
            raise ValueError(f"{path}: no whole snapshot of a run") from error
        if about["schema"] != SCHEMA or about["version"] != __version__:
            raise ValueError(
                f"{path}: written by version {about['version']} (schema {about['schema']}), "
                f"this is version {__version__} (schema {SCHEMA})"
            )
        part = about.pop("part")
        for name, rows in about.pop("notes").items():
            tables[name] = state.scratch_table(name, rows)
        return cls(World(**tables), part, about)


def _stored(path: str | Path) -> tuple[dict[str, Any], dict[str, Table]]:
    """Return what a stored snapshot says about itself, and its tables."""
    # The header of a table names its columns; NumPy's own limit fits some three hundred.
    with (
        Path(path).open("rb") as source,
        np.load(source, allow_pickle=False, max_header_size=LONGEST_HEADER) as archive,
    ):
        about: dict[str, Any] = json.loads(str(archive["about"]))
        tables = {name: archive[name].view(np.recarray) for name in archive.files if name != "about"}
    return about, tables


class Simulation:
    """One replicate of a specification.

    ``seed`` and ``replicate`` give its random numbers; ``first_place`` and ``first_post`` shift the
    numbering of places and posts (other people).  ``use_compiler=False`` runs the same text as plain
    Python, bit for bit and some hundred times slower.
    """

    def __init__(
        self,
        specification: Specification,
        seed: int = 1,
        replicate: int = 0,
        *,
        first_place: int = 0,
        first_post: int = 0,
        sample: int = 0,
        use_compiler: bool = True,
        progress: Progress | None = None,
    ) -> None:
        self.specification = specification
        self.seed = seed
        self.replicate = replicate
        self.use_compiler = use_compiler
        self._progress = progress
        burn_in = int(specification.values["run.burn_in_days"])
        self.world = build(
            specification,
            replicate_seed(seed, replicate),
            first_place=first_place,
            first_post=first_post,
            sample=sample,
        )
        self.part = -burn_in * PARTS
        self.world.control[0].first_part = self.part
        self.world.control[0].daily_part = self.part
        self._begin()

    def _kernel(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return compiled(function, self._progress) if self.use_compiler else function

    def _begin(self) -> None:
        w = self.world
        with np.errstate(over="ignore"):
            self._kernel(schedule.begin)(
                self.day,
                w.residents,
                w.staff,
                w.places,
                w.posts,
                w.units,
                w.edges,
                w.ties,
                w.bonds,
                w.team_ties,
                w.memories,
                w.control,
                w.parameters,
            )

    @property
    def day(self) -> int:
        """Number of the day that comes next; negative during the burn-in."""
        return self.part // PARTS

    @property
    def days_recorded(self) -> int:
        """Recorded days so far."""
        return max(0, self.day)

    def run(self, days: int | None = None, *, watch: StepHook | None = None) -> Simulation:
        """Run up to the end of recorded day ``days`` (default: the scenario's) and return ``self``.

        ``watch(day)`` is called after each chunk of days; returning ``False`` stops the run there.
        """
        last = int(self.specification.values["run.days"] if days is None else days)
        self.run_parts(last * PARTS - self.part, watch=watch)
        return self

    def run_parts(self, parts: int, *, watch: StepHook | None = None) -> None:
        """Run a number of day-parts."""
        stop = self.part + max(0, parts)
        self._reserve_days(-(-stop // PARTS))
        step = self._kernel(schedule.run)
        tables = self._arguments()
        chunk = max(1, min(CHUNK_DAYS, CHUNK_RESIDENT_DAYS // max(1, len(self.world.places)))) * PARTS
        while self.part < stop:
            until = min(stop, self.part + chunk)
            while self.part < until:
                with np.errstate(over="ignore"):
                    self.part = int(step(self.part, until, *tables))
                if self.part < until:
                    self._grow()
                    tables = self._arguments()
            if watch is not None and not watch(self.day):
                return

    def _arguments(self) -> list[Table]:
        """Return the tables as the kernel of a day-part takes them."""
        tables = list(self.world.tables().values())
        # Compiled code takes plain structured arrays five times faster than record arrays.
        return [table.view(np.ndarray) for table in tables] if self.use_compiler else tables

    def _reserve_days(self, last_day: int) -> None:
        days = last_day - int(self.world.control[0].daily_part) // PARTS
        self._resize("daily", days * len(self.world.units))
        self._resize("sample", days * int(self.world.control[0].sample))

    def _grow(self) -> None:
        """Double the tables whose growth the run waits for, with room for one more day-part at least."""
        for name, need in _rows_of_a_part(self.world).items():
            used = len(self.used(name))
            if used + need > len(getattr(self.world, name)):
                self._resize(name, 2 * used + need)

    def _resize(self, name: str, rows: int) -> None:
        table = getattr(self.world, name)
        if rows > len(table):
            setattr(self.world, name, _enlarged(name, table, rows))

    def used(self, name: str) -> Table:
        """Return the rows in use of a table."""
        table = getattr(self.world, name)
        return table[: int(self.world.control[GROWING[name]][0])] if name in GROWING else table

    def daily(self) -> Table:
        """Return the daily record as an array days x units, recorded days only."""
        return self._recorded(self.world.daily, len(self.world.units))

    def people(self) -> Table:
        """Return the recorded days of the sampled places as an array days x places."""
        return self._recorded(self.world.sample, int(self.world.control[0].sample)).copy()

    def _recorded(self, table: Table, width: int) -> Table:
        """Return the rows of whole recorded days as days x ``width``."""
        first = int(self.world.control[0].daily_part) // PARTS
        rows = table[: max(0, self.day - first) * width]
        return rows.reshape(-1, max(1, width))[max(0, -first) :]

    def ledger(self) -> Table:
        """Return the events of recorded days, a view of the table: events stand in the order of time."""
        events = self.used("ledger")
        return events[bisect_left(events["day"], 0) :]

    def digest(self) -> str:
        """Return the SHA-256 of the state in force and of the events of recorded days."""
        return digest_of(self)

    def fingerprint(self) -> str:
        """Return a quicker check of the same bits: what sweeps write down of each run."""
        return fingerprint_of(self)

    def snapshot(self) -> Snapshot:
        """Return a copy of this moment."""
        return Snapshot(self.world.copy(), self.part, self._description())

    def _description(self) -> dict[str, Any]:
        return {
            "specification": self.specification.canonical(),
            "seed": self.seed,
            "replicate": self.replicate,
        }

    def fork(self, specification: Specification | None = None) -> Simulation:
        """Return an independent run that goes on from here, with other numbers or switches if given.

        Raises ``ValueError`` when the other specification has other units or another unit graph.
        """
        # Going on makes the copy.
        here = Snapshot(self.world, self.part, self._description())
        return resume(here, specification or self.specification, self.seed, self.replicate, self.use_compiler)


def resume(
    snapshot: Snapshot,
    specification: Specification,
    seed: int,
    replicate: int,
    use_compiler: bool = True,  # noqa: FBT001, FBT002 - read as a name by every caller
) -> Simulation:
    """Return a run that goes on from a copy of a snapshot under a specification with the same units.

    Raises ``ValueError`` where the specification does not fit the snapshot.
    """
    described = snapshot.description["specification"]
    if any(described[part] != wanted for part, wanted in specification.structure().items()):
        raise ValueError("a run can go on only in the same units with the same unit graph")
    before = layout_numbers(described["values"], described["choices"])
    if before != layout_numbers(specification.values, specification.choices):
        raise ValueError("a run can go on only with the same posts, roster pools and shared spaces")
    if [entry["name"] for entry in described["programmes"]] != [one.name for one in specification.programmes]:
        raise ValueError("a run can go on only with programmes of the same names")
    other = object.__new__(Simulation)
    other.specification = specification
    other.seed, other.replicate = seed, replicate
    other.use_compiler = use_compiler
    other._progress = None
    other.part = snapshot.part
    programmes, slots = week_tables(specification)
    replaced = {
        "parameters": parameter_record(specification.values),
        "programmes": programmes,
        "slots": slots,
        **policy_tables_of(specification),
    }
    days_ahead = float(specification.values["run.days"]) - other.day
    other.world = _copy_with_room(snapshot, days_ahead, replaced)
    set_choices(other.world.control, other.world.switches, specification)
    _fit_levels(other.world, other.used("residents"))
    return other


def _rows_of_a_part(world: World) -> dict[str, int]:
    """Return how many rows each growing table must have free before a day-part begins."""
    return {
        "residents": len(world.places),
        "staff": len(world.posts),
        "ledger": ROWS_PER_PLACE_AND_PART * len(world.places),
    }


def _copy_with_room(snapshot: Snapshot, days_ahead: float, replaced: Mapping[str, Table]) -> World:
    """Return a copy, some tables ``replaced``, with the rows that the days ahead will probably need."""
    world = snapshot.world
    days_behind = max(1.0, (snapshot.part - int(world.control[0].first_part)) / PARTS)
    share = SPARE * max(0.0, min(days_ahead, MOST_DAYS_AHEAD)) / days_behind
    needs = _rows_of_a_part(world)
    tables = world.tables() | dict(replaced)
    for name, table in tables.items():
        if name in NOTES_OF_A_PART:
            tables[name] = state.scratch_table(name, len(table))
        elif name in GROWING:
            used = int(world.control[GROWING[name]][0])
            # Of residents, only those who came after the first day say how many will come.
            came = max(0, used - len(world.places)) if name == "residents" else used
            tables[name] = _enlarged(name, table[:used], used + int(came * share) + needs[name])
        elif name not in replaced:
            tables[name] = table.copy()
    return World(**tables)


def _enlarged(name: str, table: Table, rows: int) -> Table:
    """Return a table of ``rows`` rows that begins with a copy of ``table``."""
    larger = state.new_table(name, rows)
    # As bytes: NumPy copies records field by field, and some have a hundred.
    larger.view(np.uint8)[: table.nbytes] = np.ascontiguousarray(table).view(np.uint8)
    return larger


def _fit_levels(world: World, residents: Table) -> None:
    """Let residents stand on levels that the policy in force has; without one they are under no scheme."""
    if world.switches[0].promotion == 0 or world.policy[0].acts == 0:
        lived = residents.file_open == 1
        for name in ("level", "out_of_scheme", "extra_visits", "drive", "undone", "file_open"):
            residents[name][lived] = 0
        residents.programme[lived] = world.units.programme[residents.unit[lived]]
    np.minimum(residents.level, len(world.levels) - 1, out=residents.level)


def layout_numbers(values: Mapping[str, float], choices: Mapping[str, str]) -> tuple[float, ...]:
    """Return the numbers of a specification that decide which posts, bonds and ties exist."""
    return (
        float(choices["staffing.unstaffed"] == "shared_cover"),
        values["staffing.residents_per_employee"],
        values["staffing.unit_share"],
        values["staffing.rotation_cluster"],
        float(values["staffing.rotation_share"] > 0.0),
        float(values["facility.shared"] > 0.0),
    )


def digest_of(simulation: Simulation) -> str:
    """Return the SHA-256 over the tables of :func:`digested`, each after its name, length and columns."""
    digest = hashlib.sha256()
    for heading, rows in digested(simulation):
        digest.update(heading)
        digest.update(rows)
    return digest.hexdigest()


def fingerprint_of(simulation: Simulation) -> str:
    """Return the SHA-256 over the CRC-32 of each of these tables: a third of the time of a digest."""
    digest = hashlib.sha256()
    for heading, rows in digested(simulation):
        digest.update(heading)
        digest.update(zlib.crc32(rows).to_bytes(4, "little"))
    return digest.hexdigest()


def digested(simulation: Simulation) -> Iterator[tuple[bytes, memoryview]]:
    """Yield the tables that tell a run from another: the state in force and the events of recorded days.

    Each comes as a heading and its rows: packed columns as :mod:`sim.state` declares them, little-endian
    on every machine.  Of residents who have left only :data:`LASTING` is taken: nothing else of them is
    read again, and what they did stands in the ledger.
    """
    world = simulation.world
    residents = simulation.used("residents")
    tables = {
        "present": state.rows_where(residents, residents["present"] == 1),
        "staff": simulation.used("staff"),
        "places": world.places,
        "posts": world.posts,
        "units": world.units,
        "sites": world.sites,
        "ties": world.ties,
        "bonds": world.bonds,
        "team_ties": world.team_ties,
        "ledger": simulation.ledger(),
        **{f"all residents: {name}": residents[name] for name in LASTING},
    }
    for name, table in tables.items():
        rows = np.ascontiguousarray(table)
        if sys.byteorder == "big":
            rows = rows.byteswap()
        heading = f"{name}:{len(rows)}:{','.join(rows.dtype.names or ())}".encode()
        yield heading, rows.view(np.uint8).data
