"""One replicate: run it day by day, look at it, store it, fork it."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from sim import schedule, state, streams
from sim.build import World, build, policy_tables_of, set_choices
from sim.clock import PARTS
from sim.kernel import Progress, Table, compiled
from sim.ledger import ROWS_PER_PLACE_AND_PART
from sim.parameters import parameter_record
from sim.specification import Specification
from sim.version import SCHEMA, __version__
from sim.week import week_tables

CHUNK_DAYS = 30
"""Days that run without a look outside: the longest wait for Ctrl-C and for progress."""

LONGEST_HEADER = 1 << 20
"""Characters that describe the columns of a stored table."""

StepHook: TypeAlias = Callable[[int], bool]

GROWING = {"residents": "resident_count", "staff": "staff_count", "ledger": "event_count"}
DIGESTED = (
    "residents",
    "staff",
    "places",
    "posts",
    "units",
    "sites",
    "ties",
    "bonds",
    "team_ties",
    "ledger",
)


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
        about = {"schema": SCHEMA, "version": __version__, "part": self.part, **self.description}
        arrays = {name: np.asarray(table) for name, table in self.world.tables().items()}
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
        while self.part < stop:
            until = min(stop, self.part + CHUNK_DAYS * PARTS)
            while self.part < until:
                with np.errstate(over="ignore"):
                    self.part = int(step(self.part, until, *self.world.tables().values()))
                if self.part < until:
                    self._grow()
            if watch is not None and not watch(self.day):
                return

    def _reserve_days(self, last_day: int) -> None:
        days = last_day - int(self.world.control[0].first_part) // PARTS
        self._resize("daily", days * len(self.world.units))
        self._resize("sample", days * int(self.world.control[0].sample))

    def _grow(self) -> None:
        """Double the tables whose growth the run waits for, with room for one more day-part at least."""
        w = self.world
        need = max(ROWS_PER_PLACE_AND_PART * len(w.places), len(w.posts))
        for name, counter in GROWING.items():
            used = int(w.control[counter][0])
            self._resize(name, 2 * used + need)

    def _resize(self, name: str, rows: int) -> None:
        table = getattr(self.world, name)
        if rows > len(table):
            larger = state.new_table(name, rows)
            larger[: len(table)] = table
            setattr(self.world, name, larger)

    def used(self, name: str) -> Table:
        """Return the rows in use of a table."""
        table = getattr(self.world, name)
        return table[: int(self.world.control[GROWING[name]][0])] if name in GROWING else table

    def daily(self) -> Table:
        """Return the daily record as an array days x units, recorded days only."""
        units = len(self.world.units)
        skip = -int(self.world.control[0].first_part) // PARTS
        rows = self.world.daily[: (skip + self.days_recorded) * units]
        return rows.reshape(-1, units)[skip:]

    def people(self) -> Table:
        """Return the recorded days of the sampled places as an array days x places."""
        places = int(self.world.control[0].sample)
        skip = -int(self.world.control[0].first_part) // PARTS
        rows = self.world.sample[: (skip + self.days_recorded) * places]
        return rows.reshape(-1, max(1, places))[skip:].copy()

    def ledger(self) -> Table:
        """Return the events of recorded days, a view of the table: events stand in the order of time."""
        events = self.used("ledger")
        return events[np.count_nonzero(events.day < 0) :]

    def digest(self) -> str:
        """Return the SHA-256 of the state: little-endian columns of every table in use."""
        return digest_of(self)

    def snapshot(self) -> Snapshot:
        """Return a copy of this moment."""
        about = {
            "specification": self.specification.canonical(),
            "seed": self.seed,
            "replicate": self.replicate,
        }
        return Snapshot(self.world.copy(), self.part, about)

    def fork(self, specification: Specification | None = None) -> Simulation:
        """Return an independent run that goes on from here, with other numbers or switches if given.

        Raises ``ValueError`` when the other specification has other units or another unit graph.
        """
        return resume(
            self.snapshot(), specification or self.specification, self.seed, self.replicate, self.use_compiler
        )


def resume(
    snapshot: Snapshot,
    specification: Specification,
    seed: int,
    replicate: int,
    use_compiler: bool = True,  # noqa: FBT001, FBT002 - read as a name by every caller
) -> Simulation:
    """Return a run that goes on from a snapshot under a specification with the same units."""
    described = snapshot.description["specification"]
    wanted = specification.canonical()
    if [described["units"], described["graph"]] != json.loads(json.dumps([wanted["units"], wanted["graph"]])):
        raise ValueError("a run can go on only in the same units with the same unit graph")
    if layout_numbers(described) != layout_numbers(wanted):
        raise ValueError("a run can go on only with the same posts, roster pools and shared spaces")
    if [entry["name"] for entry in described["programmes"]] != [one.name for one in specification.programmes]:
        raise ValueError("a run can go on only with programmes of the same names")
    other = object.__new__(Simulation)
    other.specification = specification
    other.seed, other.replicate = seed, replicate
    other.use_compiler = use_compiler
    other._progress = None
    other.world = snapshot.world.copy()
    other.part = snapshot.part
    other.world.parameters = parameter_record(specification.values)
    other.world.programmes, other.world.slots = week_tables(specification)
    for name, table in policy_tables_of(specification).items():
        setattr(other.world, name, table)
    set_choices(other.world.control, other.world.switches, specification)
    _fit_levels(other.world)
    return other


def _fit_levels(world: World) -> None:
    """Let residents stand on levels that the policy in force has; without one they are under no scheme."""
    residents = world.residents
    if world.switches[0].promotion == 0 or world.policy[0].acts == 0:
        lived = residents.file_open == 1
        for name in ("level", "out_of_scheme", "extra_visits", "drive", "undone", "file_open"):
            residents[name][lived] = 0
        residents.programme[lived] = world.units.programme[residents.unit[lived]]
    np.minimum(residents.level, len(world.levels) - 1, out=residents.level)


def layout_numbers(described: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the numbers of a canonical description that decide which posts, bonds and ties exist."""
    values = described["values"]
    return (
        float(described["choices"]["staffing.unstaffed"] == "shared_cover"),
        values["staffing.residents_per_employee"],
        values["staffing.unit_share"],
        values["staffing.rotation_cluster"],
        float(values["staffing.rotation_share"] > 0.0),
        float(values["facility.shared"] > 0.0),
    )


def digest_of(simulation: Simulation) -> str:
    """Return the SHA-256 over the rows in use of the tables in :data:`DIGESTED`.

    Rows are packed columns as :mod:`sim.state` declares them, little-endian on every machine.
    """
    digest = hashlib.sha256()
    for name in DIGESTED:
        rows = np.ascontiguousarray(simulation.used(name))
        if sys.byteorder == "big":
            rows = rows.byteswap()
        digest.update(f"{name}:{len(rows)}:{','.join(rows.dtype.names or ())}".encode())
        digest.update(rows.view(np.uint8).data)
    return digest.hexdigest()
