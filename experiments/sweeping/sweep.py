"""A finished (or half finished) sweep as an object: its rows as a frame, its answer as JSON, its plots."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import exits
from experiments.sweeping.answering import Summary, summarise
from experiments.sweeping.design import SweepDesign
from experiments.sweeping.design_file import read_design
from experiments.sweeping.engine import Engine, Settings
from experiments.sweeping.points import Plan
from experiments.sweeping.reading import design_of, manifest_of, read_kept, read_rows
from experiments.sweeping.running import Runner, simulate
from experiments.sweeping.showing import showing
from experiments.sweeping.store import Shard, Store

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

    from experiments.designs import Design
    from experiments.figures.responses import Plots


class Sweep:
    """The results of a sweep.

    ``folder`` is where they lie, ``manifest`` what was swept.  Rows are read when they are asked for.
    """

    def __init__(
        self,
        folder: Path,
        *,
        temporary: bool = False,
        shard: Shard | None = None,
        notices: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        self.manifest = manifest_of(folder)
        self.shard = shard
        self.notices = notices
        if temporary:
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._rows: Any = None

    def __repr__(self) -> str:
        design = self.manifest.design
        names = ", ".join(design["scenarios"])
        return (
            f"<Sweep of {names}: {design['design']}, {design['points']} points, {self.rows().num_rows} rows>"
        )

    def rows(self) -> Any:
        """Return the rows as a ``pyarrow.Table`` in the order of scenario, point and replicate."""
        if self._rows is None:
            self._rows = read_rows(self.folder)
        return self._rows

    def frame(self) -> pd.DataFrame:
        """Return the rows as a DataFrame: one row per scenario, point and replicate.

        Columns: run_id, scenario, point, replicate, seed, status, reason, digest, seconds, then
        ``factor.PATH``, the indicators, and ``INDICATOR.weight`` with which each pools over runs.
        """
        return self.rows().to_pandas()

    def results(self) -> pd.DataFrame:
        """Return the same as :meth:`frame`."""
        return self.frame()

    def daily(self) -> pd.DataFrame | None:
        """Return the daily series that the design asked to keep, by ``run_id`` and day; else ``None``."""
        table = read_kept(self.folder, "daily")
        return None if table is None else table.to_pandas()

    def ledger(self) -> pd.DataFrame | None:
        """Return the events that the design asked to keep, by ``run_id``; else ``None``."""
        table = read_kept(self.folder, "ledger")
        return None if table is None else table.to_pandas()

    def design(self) -> Design:
        """Return the table of points, as :mod:`experiments.designs` made it."""
        return design_of(self.manifest, self.rows())

    def summary(self) -> Summary:
        """Return counts, digest and the pooled indicators of every point."""
        return summarise(self)

    def pooled(self) -> pd.DataFrame:
        """Return one row per scenario, point and indicator: value, low, high, n, events, unit, note.

        Replicates are pooled as ``detention run`` pools them; intervals are run-to-run.
        """
        from experiments.sweeping.answering import pooled_frame

        return pooled_frame(self)

    def json(self) -> str:
        """Return the answer of ``detention sweep --json`` as text."""
        from experiments.answers import as_json

        return as_json(self.answer())

    def answer(self) -> dict[str, Any]:
        """Return the answer of ``detention sweep --json`` as a mapping."""
        from experiments.answers import answer

        return answer("sweep", **self.summary().content())

    @property
    def plot(self) -> Plots:
        """Figures of the sweep, such as ``.plot.response("tension", "staffing.residents_per_employee")``."""
        from experiments.figures.responses import Plots

        return Plots(self)


def sweep(
    design: str | Path | Mapping[str, Any],
    out: str | Path | None = None,
    *,
    workers: int | None = None,
    executor: str | Executor = "threads",
    shard: tuple[int, int] | None = None,
    timeout: float | None = None,
    memory: int | None = None,
    retry: bool = False,
    progress: bool = True,
    runner: Runner = simulate,
) -> Sweep:
    """Run a design and return its results; what ``out`` holds already is not run again.

    ``design`` is a design file or a mapping with the same keys; without ``out`` the results live as long
    as the object.  ``executor`` is ``threads``, ``processes`` or any ``concurrent.futures.Executor``;
    ``shard`` is (i, n) for the i-th of n commands that share the work.  ``timeout`` (seconds) limits every
    run; ``memory`` (MiB) every worker and needs processes.  ``retry`` does failed runs again.  Runs that
    fail are rows with their reason.  The rows do not depend on executor, workers or order.

    Raises ``ScenarioError`` for a design that is refused and ``experiments.exits.Failure`` for a folder
    that is in use or belongs to another sweep.
    """
    settings = Settings(workers, executor, timeout, memory, runner)
    part = None if shard is None else Shard(*shard)
    if part is not None and not 1 <= part.index <= part.count:
        raise exits.Failure(f"shard {part.index} of {part.count} does not exist", exits.BAD_INPUT)
    found = read_design(design)
    folder = Path(tempfile.mkdtemp(prefix="detention-sweep-")) if out is None else Path(out)
    try:
        return carry_out(
            found, folder, settings, shard=part, retry=retry, progress=progress, temporary=out is None
        )
    except BaseException:
        if out is None:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def carry_out(
    design: SweepDesign,
    folder: Path,
    settings: Settings,
    *,
    shard: Shard | None = None,
    retry: bool = False,
    progress: bool = True,
    temporary: bool = False,
    notify: Callable[[str], None] = lambda _line: None,
) -> Sweep:
    """Run what is left of a design in ``folder``; ``notify`` is told what was found there."""
    store = Store(folder, Plan(design), shard).open(retry=retry)
    try:
        for notice in store.notices:
            notify(notice)
        engine = Engine(store, settings)
        left, done = engine.rounds.count(), sum(len(f.replicates) for f in store.finished.values())
        if done and progress:
            notify(f"{done:,} runs are finished, {left:,} are left")
        with showing(left, enabled=progress, grows=design.precision is not None) as tell:
            engine.tell = tell
            engine.run()
        notices = tuple(store.notices)
    finally:
        store.close()
    return Sweep(folder, temporary=temporary, shard=shard, notices=notices)


def load_sweep(folder: str | Path) -> Sweep:
    """Return the sweep that lies in a folder, all its shards together.

    Raises ``Failure`` with exit code 2 where there is none.
    """
    return Sweep(Path(folder))
