"""What a sweep says at the end: counts, failures, digest, and every point pooled over its replicates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.statistics import Estimate
from experiments.sweeping.parts import WEIGHT, digest_of_rows
from experiments.sweeping.rounds import pooled
from experiments.sweeping.running import OK, STATUSES

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

    from experiments.sweeping.sweep import Sweep

MOST_POINTS = 200
"""Points whose pooled indicators an answer shows; the folder has them all."""
MOST_FAILURES = 50


@dataclass(frozen=True, slots=True)
class PooledPoint:
    """One point of one scenario over its replicates."""

    scenario: str
    point: int
    factors: Mapping[str, Any]
    runs: int
    indicators: Mapping[str, Estimate]

    def row(self) -> dict[str, Any]:
        """Return the entry of the answer."""
        return {
            "scenario": self.scenario,
            "point": self.point,
            "factors": dict(self.factors),
            "runs": self.runs,
            "indicators": {name: estimate.row() for name, estimate in self.indicators.items()},
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """The end of a sweep: ``complete`` says whether nothing is missing and nothing failed."""

    folder: str
    design: Mapping[str, Any]
    shard: str | None
    counts: Mapping[str, int]
    digest: str
    failures: list[dict[str, Any]]
    set_aside: list[str]
    precision: Mapping[str, Any] | None
    points: list[PooledPoint]
    points_left_out: int

    @property
    def runs(self) -> int:
        """Rows in all."""
        return sum(self.counts.values())

    @property
    def is_complete(self) -> bool:
        """Whether every run went well and the asked precision was reached."""
        reached = self.precision is None or self.precision["reached"] == self.precision["of"]
        return reached and self.counts[OK] == self.runs

    def content(self) -> dict[str, Any]:
        """Return the content of the JSON answer."""
        return {
            "folder": self.folder,
            "shard": self.shard,
            **self.design,
            "runs": self.runs,
            **self.counts,
            "complete": self.is_complete,
            "digest": self.digest,
            "failures": self.failures,
            "set_aside": self.set_aside,
            "precision_reached": self.precision,
            "pooled": [point.row() for point in self.points],
            "pooled_left_out": self.points_left_out,
        }


def summarise(sweep: Sweep) -> Summary:
    """Return what the rows of a sweep say together; of a shard, what its own rows say."""
    table = own_rows(sweep)
    design = sweep.manifest.design
    statuses = table.column("status").to_pylist()
    told = ["run_id", "scenario", "point", "replicate", "status", "reason"]
    wrong = [index for index, status in enumerate(statuses) if status != OK][:MOST_FAILURES]
    keys = list(dict.fromkeys(_keys(table)))
    chosen = set(keys[:MOST_POINTS])
    return Summary(
        folder=str(sweep.folder),
        design=design,
        shard=None if sweep.shard is None else f"{sweep.shard.index}/{sweep.shard.count}",
        counts={status: statuses.count(status) for status in STATUSES},
        digest=digest_of_rows(table),
        failures=taken(table.select(told), wrong).to_pylist(),
        set_aside=list(sweep.notices),
        precision=_precision(table, design),
        points=list(pooled_points(table, design, chosen)),
        points_left_out=max(0, len(keys) - MOST_POINTS),
    )


def taken(table: Any, indices: list[int]) -> Any:
    """Return some rows of a table; none where ``indices`` is empty."""
    import pyarrow as pa

    return table.take(pa.array(indices, pa.int64()))


def own_rows(sweep: Sweep) -> Any:
    """Return the rows that a command answers for: its shard's, or all."""
    if sweep.shard is None:
        return sweep.rows()
    import numpy as np

    from experiments.sweeping.reading import read_shard

    mine = set(read_shard(sweep.folder / sweep.shard.folder))
    table = sweep.rows()
    return table.filter(np.array([run in mine for run in table.column("run_id").to_pylist()], dtype=bool))


def _keys(table: Any) -> Iterator[tuple[str, int]]:
    yield from zip(table.column("scenario").to_pylist(), table.column("point").to_pylist(), strict=True)


def pooled_points(
    table: Any, design: Mapping[str, Any], chosen: set[tuple[str, int]] | None = None
) -> Iterator[PooledPoint]:
    """Yield every point over its replicates that went well; ``chosen`` limits them."""
    keys = list(_keys(table))
    places: dict[tuple[str, int], list[int]] = {}
    for index, key in enumerate(keys):
        if chosen is None or key in chosen:
            places.setdefault(key, []).append(index)
    for (scenario, point), indices in places.items():
        rows = taken(table, indices)
        factors = {path: rows.column(f"factor.{path}")[0].as_py() for path in design["factors"]}
        good = [index for index, status in enumerate(rows.column("status").to_pylist()) if status == OK]
        rows = taken(rows, good)
        indicators = {name: _pooled(rows, name) for name in design["outputs"]}
        yield PooledPoint(scenario, point, factors, len(good), indicators)


def _pooled(rows: Any, name: str) -> Estimate:
    values, weights = rows.column(name).to_pylist(), rows.column(f"{name}{WEIGHT}").to_pylist()
    return pooled(name, list(zip(values, weights, strict=True)))


def _precision(table: Any, design: Mapping[str, Any]) -> dict[str, Any] | None:
    from experiments.statistics import half_width

    asked = design.get("precision")
    if asked is None:
        return None
    only = {**design, "outputs": [asked["indicator"]]}
    halves = [
        half_width(point.indicators[asked["indicator"]], relative=asked["relative"])
        for point in pooled_points(table, only)
    ]
    known = [half for half in halves if half is not None]
    reached = sum(half <= asked["half_width"] for half in known)
    return {"reached": reached, "of": len(halves), "widest": max(known, default=None)}


def pooled_frame(sweep: Sweep) -> pd.DataFrame:
    """Return one row per scenario, point and indicator."""
    import pandas as pd

    rows = [
        {
            "scenario": point.scenario,
            "point": point.point,
            **{f"factor.{path}": value for path, value in point.factors.items()},
            "indicator": name,
            **estimate.row(),
        }
        for point in pooled_points(own_rows(sweep), sweep.manifest.design)
        for name, estimate in point.indicators.items()
    ]
    return pd.DataFrame(rows)
