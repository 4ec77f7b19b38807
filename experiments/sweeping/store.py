"""The store of a sweep: what is finished already, and a safe place for what finishes now."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import exits
from experiments.sweeping.design import digest_of
from experiments.sweeping.files import remove_partial
from experiments.sweeping.folder import (
    ASIDE,
    KEPT,
    LOCK,
    PARTS,
    SETUP_LOCK,
    SHARDS,
    WARM,
    PartsFolder,
    folders_of,
    refuse_other,
)
from experiments.sweeping.locking import Lock, held, in_use
from experiments.sweeping.manifest import NAME, DamagedError, read_manifest
from experiments.sweeping.parts import WEIGHT, read_part, schema_of, write_part
from experiments.sweeping.points import Group, Plan
from experiments.sweeping.running import OK, Report

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_PER_PART = 200
FIRST_ROWS, FIRST_SECONDS = 10, 2.0
"""The first part is small, so that a long sweep shows soon what its rows look like."""
PART_SECONDS = 20.0
"""Finished runs wait no longer than this for their part."""
REWRITTEN_ROWS = 5000
SETUP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several commands that share a sweep: number ``index`` of ``count``, from 1."""

    index: int
    count: int

    @property
    def folder(self) -> str:
        """Name of the folder of this shard."""
        return f"shard-{self.index}-of-{self.count}"

    def has(self, digest: str) -> bool:
        """Say whether the run (or point) with this hash belongs to this shard."""
        return int(digest[:16], 16) % self.count == self.index - 1


@dataclass(slots=True)
class Finished:
    """What is known of the finished runs of a group: replicates, and a reading of those that went well."""

    replicates: set[int] = field(default_factory=set)
    readings: dict[int, tuple[float | None, float]] = field(default_factory=dict)


class Store:
    """The folder of a sweep, open for writing: nobody else writes to it meanwhile."""

    def __init__(self, root: Path, plan: Plan, shard: Shard | None = None) -> None:
        self.root = root
        self.plan = plan
        self.shard = shard
        self.own = PartsFolder(root / shard.folder if shard else root)
        self.schema = schema_of(plan.design.table.factors, plan.design.outputs)
        self.finished = {group.number: Finished() for group in plan.groups}
        self.notices: list[str] = []
        self._identity = plan.design.identity()
        self._rows: list[dict[str, Any]] = []
        self._frames: dict[str, list[Any]] = {name: [] for name in KEPT}
        self._runs_waiting = 0
        self._flushed = time.monotonic()
        self._parts_written = 0
        self._main = Lock(root / LOCK)
        self._lock_of_shard = Lock(self.own.path / LOCK) if shard else None

    # --- opening -----------------------------------------------------------------------------------

    def open(self, *, retry: bool = False) -> Store:
        """Take the folder and find out what is finished; with ``retry`` failed runs are not.

        Raises ``Failure`` with exit code 4 when somebody else writes to it or it holds another sweep, and
        with 1 where nothing can be written.
        """
        refuse_foreign(self.root)
        try:
            self.own.path.mkdir(parents=True, exist_ok=True)
            with held(Lock(self.root / SETUP_LOCK), SETUP_SECONDS):
                self._take_locks(retry=retry)
        except OSError as error:
            self.close()
            raise unwritable(self.root, reason_of(error)) from None
        except BaseException:
            self.close()
            raise
        return self

    def _take_locks(self, *, retry: bool) -> None:
        if self.shard is None or self._lock_of_shard is None:
            if not self._main.take():
                raise in_use(self._main)
            self._set_up(folders_of(self.root), retry=retry)
            # Shards write to this folder together: only who is alone may tidy it.
            remove_partial(self.root / WARM)
            return
        if not self._main.share():
            raise in_use(self._main)
        if not self._lock_of_shard.take():
            raise in_use(self._lock_of_shard)
        if self._is_set_up() and not retry:
            self._set_up([self.own.path], retry=False)
            self._look_at_others()
            return
        # Another design or a new folder: nobody else may be at work while parts are brought in line.
        if not self._main.take():
            raise in_use(self._main)
        self._set_up(folders_of(self.root), retry=retry)
        if not self._main.share():
            raise in_use(self._main)

    def _is_set_up(self) -> bool:
        with suppress(DamagedError):
            manifest = read_manifest(self.root)
            if manifest is not None:
                refuse_other(self.root, manifest.identity, self._identity)
                return digest_of(dict(manifest.design)) == digest_of(self.plan.design.description())
        return False

    def _set_up(self, paths: Iterable[Path], *, retry: bool) -> None:
        from experiments.sweeping.growing import refuse_shrunk

        folders = [self.own if path == self.own.path else PartsFolder(path) for path in paths]
        for folder in folders:
            folder.put_in_order(self._identity)
            self.notices += folder.notices
            assert folder.manifest is not None
            refuse_shrunk(self.root, folder.manifest.design, self.plan.design)
        tables = [(folder, self._table_of(folder)) for folder in folders]
        # Every folder is read before any is changed: a refused design leaves all as it was.
        plans = [(folder, table, list(self._placed(table))) for folder, table in tables]
        described = self.plan.design.description()
        for folder, table, placed in plans:
            self._bring_in_line(folder, table, placed, retry=retry)
            assert folder.manifest is not None
            if digest_of(dict(folder.manifest.design)) != digest_of(described):
                folder.manifest.design = described
                folder.manifest.write(folder.path)

    def _look_at_others(self) -> None:
        """Learn what other shards have finished; what is not whole there is theirs to repair."""
        for path in folders_of(self.root):
            if path == self.own.path:
                continue
            with suppress(DamagedError, ValueError, OSError):
                other = PartsFolder(path, read_manifest(path))
                table = self._table_of(other)
                for row, group in zip(rows_of(table), self._placed(table), strict=True):
                    self._note(group, row)

    def _table_of(self, folder: PartsFolder) -> pa.Table:
        import pyarrow as pa

        tables = [read_part(path, self.schema) for path in folder.part_paths()]
        stripped = [table.replace_schema_metadata(None) for table in tables]
        return pa.concat_tables(stripped) if stripped else self.schema.empty_table()

    def _placed(self, table: pa.Table) -> Iterator[Group]:
        """Yield the group of every row; raises ``Failure`` for a row that the design does not have."""
        names = [f"factor.{path}" for path in self.plan.design.paths]
        for row in table.select(["run_id", "scenario", "replicate", *names]).to_pylist():
            levels = tuple(row[name] for name in names)
            group = self.plan.find(row["scenario"], levels, row["replicate"], row["run_id"])
            if group is None:
                hint = "; a Latin hypercube cannot grow, a sobol design can" * (
                    self.plan.design.table.kind == "lhs"
                )
                raise exits.Failure(
                    f"{self.root}: holds runs of points that this design does not have{hint}; "
                    "use another --out",
                    exits.IN_USE,
                )
            yield group

    def _bring_in_line(
        self, folder: PartsFolder, table: pa.Table, placed: list[Group], *, retry: bool
    ) -> None:
        """Note what a folder has finished; rewrite it where point numbers or aliases have changed."""
        rows = rows_of(table)
        expected: dict[tuple[int, int], set[int]] = {}
        for row, group in zip(rows, placed, strict=True):
            expected.setdefault((group.number, row["replicate"]), set()).add(row["point"])
        in_line = len(rows) == sum(map(len, expected.values())) and all(
            points == set(self.plan.groups[number].points) for (number, _), points in expected.items()
        )
        drops = retry and any(row["status"] != OK for row in rows)
        if not in_line or drops:
            self._rewrite(folder, table, placed, drops=drops)
        for row, group in zip(rows, placed, strict=True):
            if not (drops and row["status"] != OK):
                self._note(group, row)

    def _rewrite(self, folder: PartsFolder, table: pa.Table, placed: list[Group], *, drops: bool) -> None:
        """Write all rows of a folder anew, one per point of their run, then remove the old parts."""
        manifest = folder.manifest
        assert manifest is not None
        seen: set[tuple[int, int]] = set()
        rows: list[dict[str, Any]] = []
        for row, group in zip(table.to_pylist(), placed, strict=True):
            key = (group.number, row["replicate"])
            if key in seen or (drops and row["status"] != OK):
                continue
            seen.add(key)
            rows += [{**row, "point": point} for point in group.points]
        old = list(manifest.parts)
        kept = [file for entry in old for file in entry.get("kept", ())]
        manifest.generation += 1
        manifest.parts = []
        for first in range(0, len(rows), REWRITTEN_ROWS):
            chunk = rows[first : first + REWRITTEN_ROWS]
            manifest.parts.append(self._part_of(folder, chunk, kept if first == 0 else []))
        manifest.write(folder.path)
        for entry in old:
            (folder.path / entry["file"]).unlink(missing_ok=True)

    def _note(self, group: Group, row: Mapping[str, Any]) -> None:
        known = self.finished[group.number]
        known.replicates.add(row["replicate"])
        precision = self.plan.design.precision
        if precision is not None and row["status"] == OK:
            weight = row[f"{precision.indicator}{WEIGHT}"]
            known.readings[row["replicate"]] = (row[precision.indicator], weight)

    # --- writing -----------------------------------------------------------------------------------

    def add(self, group: Group, replicate: int, report: Report) -> None:
        """Take in a finished run; it is safe once its part is written."""
        design = self.plan.design
        run_id = self.plan.run_id(group, replicate)
        row: dict[str, Any] = {
            "run_id": run_id,
            "scenario": group.scenario,
            "replicate": replicate,
            "seed": design.seed,
            "status": report.status,
            "reason": report.reason or None,
            "digest": None,
            "seconds": report.seconds,
        }
        row |= {f"factor.{path}": v for path, v in zip(design.paths, group.levels, strict=True)}
        outcome = report.outcome
        if outcome is not None:
            row["digest"] = outcome.digest
            row |= dict(zip(design.outputs, outcome.values, strict=True))
            weights = zip(design.outputs, outcome.weights, strict=True)
            row |= {f"{name}{WEIGHT}": weight for name, weight in weights}
            for name, frame in (("daily", outcome.daily), ("ledger", outcome.ledger)):
                if frame is not None:
                    frame.insert(0, "run_id", run_id)
                    self._frames[name].append(frame)
        self._rows += [{**row, "point": point} for point in group.points]
        self._runs_waiting += 1
        self._note_report(group, replicate, report)

    def _note_report(self, group: Group, replicate: int, report: Report) -> None:
        known = self.finished[group.number]
        known.replicates.add(replicate)
        precision = self.plan.design.precision
        if precision is not None and report.outcome is not None:
            index = self._precision_index
            known.readings[replicate] = (report.outcome.values[index], report.outcome.weights[index])

    @property
    def _precision_index(self) -> int:
        assert self.plan.design.precision is not None
        return self.plan.design.outputs.index(self.plan.design.precision.indicator)

    @property
    def is_due(self) -> bool:
        """Whether a part should be written now."""
        age = time.monotonic() - self._flushed
        if self._parts_written == 0 and (self._runs_waiting >= FIRST_ROWS or age >= FIRST_SECONDS):
            return self._runs_waiting > 0
        return self._runs_waiting >= ROWS_PER_PART or (self._runs_waiting > 0 and age >= PART_SECONDS)

    def flush(self) -> None:
        """Write the waiting rows as a part and list it; raises ``Failure`` when the disk takes no more."""
        if not self._rows:
            return
        manifest = self.own.manifest
        assert manifest is not None
        try:
            number = manifest.next_number
            kept = [file for name in KEPT for file in self._kept_of(name, number)]
            manifest.parts.append(self._part_of(self.own, self._rows, kept))
            manifest.write(self.own.path)
        except OSError as error:
            raise unwritable(self.root, reason_of(error)) from None
        self._rows = []
        self._frames = {name: [] for name in KEPT}
        self._runs_waiting = 0
        self._parts_written += 1
        self._flushed = time.monotonic()

    def _part_of(
        self, folder: PartsFolder, rows: list[dict[str, Any]], kept: list[dict[str, Any]]
    ) -> dict[str, Any]:
        import pyarrow as pa

        manifest = folder.manifest
        assert manifest is not None
        about: dict[str, Any] = {"identity": digest_of(self._identity)}
        if kept:
            about["kept"] = kept
        table = pa.Table.from_pylist(rows, schema=self.schema)
        entry = write_part(folder.path / PARTS, manifest.generation, manifest.next_number, table, about)
        return {**entry, "kept": kept} if kept else entry

    def _kept_of(self, name: str, number: int) -> list[dict[str, Any]]:
        """Write the daily series or ledgers that wait, if any."""
        import pandas as pd  # type: ignore[import-untyped]
        import pyarrow as pa

        frames = self._frames[name]
        if not frames:
            return []
        assert self.own.manifest is not None
        whole = pd.concat(frames, ignore_index=True)
        table = pa.Table.from_pandas(whole, preserve_index=False).replace_schema_metadata(None)
        return [write_part(self.own.path / name, self.own.manifest.generation, number, table)]

    def close(self) -> None:
        """Let go of the folder; what waits is not written."""
        for lock in (self._lock_of_shard, self._main):
            if lock is not None:
                lock.release()


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Return what must be known of finished rows, without their factors."""
    names = [name for name in table.column_names if not name.startswith("factor.")]
    rows: list[dict[str, Any]] = table.select(names).to_pylist()
    return rows


def refuse_foreign(root: Path) -> None:
    """Raise ``Failure`` with exit code 4 for a place that is no folder or holds something else."""
    if not root.exists():
        return
    if not root.is_dir():
        raise exits.Failure(f"{root}: is a file, not a folder", exits.IN_USE)
    ours = {NAME, LOCK, SETUP_LOCK, PARTS, WARM, ASIDE, *KEPT}
    found = list(root.iterdir())
    if found and not any(path.name in ours or path.match(SHARDS) for path in found):
        raise exits.Failure(f"{root}: holds files that are not results of a sweep", exits.IN_USE)


def reason_of(error: OSError) -> str:
    """Return what the system says is wrong."""
    return error.strerror or type(error).__name__


def unwritable(root: Path, reason: str) -> exits.Failure:
    """Return the failure of a disk that takes no more."""
    return exits.Failure(f"{root}: cannot be written ({reason}); finished parts are kept", exits.INTERNAL)
