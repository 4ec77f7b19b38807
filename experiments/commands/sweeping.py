"""Thousands of runs over a design: ``sweep``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.options import Json

if TYPE_CHECKING:
    from experiments.sweeping.answering import Summary
    from experiments.sweeping.design import SweepDesign
    from experiments.sweeping.engine import Settings
    from experiments.sweeping.estimating import Estimate
    from experiments.sweeping.store import Shard

DesignFile = Annotated[Path, typer.Argument(metavar="DESIGN.yaml", help="Design file (see docs/sweeps.md).")]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Folder; the same command goes on where it stopped (default results/...)."
    ),
]
Workers = Annotated[int | None, typer.Option(min=1, max=1024, help="Runs at a time (default: all cores).")]
Kind = Annotated[str, typer.Option("--executor", metavar="threads|processes", help="Kind of workers.")]
Part = Annotated[
    str | None, typer.Option("--shard", metavar="I/N", help="Do the I-th of N parts, for batch systems.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say how many runs, how long, how much disk.")]
Timeout = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", help="Longest time of a run; longer ones are rows that say so."),
]
Memory = Annotated[
    int | None,
    typer.Option(min=64, max=1 << 24, metavar="MIB", help="Most memory of a worker; needs processes."),
]
Retry = Annotated[bool, typer.Option("--retry", help="Do failed runs again.")]

CAUTION = "Values are pooled over replicates. The model explores and explains; it does not predict."
MOST_SHOWN = 24
SHOWN = ("true_incidents", "tension", "wellbeing")


def register(app: typer.Typer) -> None:
    """Add ``sweep``."""
    app.command()(sweep)


def sweep(
    design: DesignFile,
    *,
    out: Out = None,
    workers: Workers = None,
    executor: Kind = "threads",
    shard: Part = None,
    dry_run: DryRun = False,
    timeout: Timeout = None,
    memory: Memory = None,
    retry: Retry = False,
    json: Json = False,
) -> None:
    """Run a design: thousands of runs that survive anything.

    The same command goes on where it stopped; a design that asks for more keeps what is finished.
    """
    from experiments.sweeping.design_file import read_design

    settings = _settings(workers, executor, timeout, memory)
    part = _shard(shard)
    found = read_design(design)
    folder = out or (None if json else default_folder(found))
    if dry_run:
        _dry_run(found, folder, settings, json=json)
        return
    if part is not None and out is None:
        from experiments.usage import refusal

        raise refusal("--shard", str(shard), [], wanted="--shard together with --out DIR, the same for all")
    _run(found, folder, settings, part, retry=retry, json=json)


def default_folder(design: SweepDesign) -> Path:
    """Return ``results/sweep-NAME-SEED-DIGEST8``; a design that only asks for more has the same."""
    from experiments.results import default_folder
    from experiments.sweeping.design import digest_of

    return default_folder([f"sweep-{design.name}"], design.seed, digest_of(design.identity()))


def _settings(workers: int | None, executor: str, timeout: float | None, memory: int | None) -> Settings:
    from experiments.sweeping.engine import EXECUTORS, Settings
    from experiments.usage import refusal

    if executor not in EXECUTORS:
        raise refusal("--executor", executor, list(EXECUTORS))
    if memory is not None and executor != "processes":
        raise refusal("--memory", f"executor {executor}", [], wanted="--memory with --executor processes")
    if timeout is not None and not 0.0 < timeout < 1e9:
        raise refusal("--timeout", f"{timeout:g}", [], wanted="a number of seconds above 0")
    return Settings(workers, executor, timeout, memory)


def _shard(text: str | None) -> Shard | None:
    from experiments.sweeping.store import Shard
    from experiments.usage import refusal

    if text is None:
        return None
    index, _, count = text.partition("/")
    if not (
        text.isascii()
        and index.isdecimal()
        and count.isdecimal()
        and 1 <= int(index) <= int(count) <= 100_000
    ):
        raise refusal("--shard", text, [], wanted="I/N with I from 1 to N, such as 2/8")
    return Shard(int(index), int(count))


def _run(
    design: SweepDesign,
    folder: Path | None,
    settings: Settings,
    shard: Shard | None,
    *,
    retry: bool,
    json: bool,
) -> None:
    import tempfile

    from experiments import exits
    from experiments.compiling import ensure_compiled
    from experiments.sweeping.sweep import carry_out

    ensure_compiled()
    temporary = tempfile.TemporaryDirectory(prefix="detention-sweep-") if folder is None else None
    place = folder if folder is not None else Path(temporary.name if temporary else "")
    try:
        done = carry_out(
            design, place, settings, shard=shard, retry=retry, notify=lambda line: typer.echo(line, err=True)
        )
        summary = done.summary()
        if json:
            from experiments.answers import print_answer

            content = summary.content()
            print_answer("sweep", **{**content, "folder": None if folder is None else content["folder"]})
        else:
            typer.echo(_text(summary))
    finally:
        if temporary is not None:
            temporary.cleanup()
    if not summary.is_complete:
        raise typer.Exit(exits.INCOMPLETE)


def _dry_run(design: SweepDesign, folder: Path | None, settings: Settings, *, json: bool) -> None:
    from experiments.compiling import ensure_compiled
    from experiments.sweeping.estimating import estimate, fits

    ensure_compiled()
    found = estimate(design, folder, settings)
    if json:
        from experiments.answers import print_answer

        print_answer("sweep", folder=None if folder is None else str(folder), **found.content())
        return
    typer.echo(_dry_text(design, found))
    if folder is not None and not fits(folder, found.disk_bytes):
        typer.echo(f"{folder}: the disk does not have that much room", err=True)


def _dry_text(design: SweepDesign, found: Estimate) -> str:
    scenarios = "1 scenario" if len(design.scenarios) == 1 else f"{len(design.scenarios)} scenarios"
    points = f"{found.points:,} points ({design.table.kind}, {scenarios})"
    lines = [f"{points}: {found.runs:,} runs, {found.finished:,} of them finished"]
    if design.precision is not None:
        lines[0] += f"; a first round, at most {found.most_runs:,} runs until the precision is reached"
    lines.append(
        f"About {_duration(found.seconds)} with {found.workers} workers, {_size(found.disk_bytes)} of disk"
    )
    return "\n".join(lines)


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{max(1.0, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _size(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    raise AssertionError


def _text(summary: Summary) -> str:
    from experiments.tables import table

    names = ", ".join(summary.design["scenarios"])
    bad = ", ".join(f"{number:,} {status}" for status, number in summary.counts.items() if number)
    lines = [f"{summary.design['design']} over {names}: {summary.runs:,} runs ({bad or 'none'})"]
    if summary.precision is not None:
        asked = summary.design["precision"]
        lines.append(
            f"{asked['indicator']}: {summary.precision['reached']:,} of {summary.precision['of']:,} points "
            f"have an interval of at most +- {asked['half_width']:g}"
        )
    if summary.failures:
        shown = [
            (f["scenario"], str(f["point"]), str(f["replicate"]), f["status"], f["reason"] or "")
            for f in summary.failures[:10]
        ]
        lines += ["", table(("scenario", "point", "replicate", "status", "reason"), shown)]
    if summary.points and len(summary.points) <= MOST_SHOWN:
        lines += ["", _points(summary), "", CAUTION]
    lines += ["", f"Digest {summary.digest}", f"Rows, readable as Parquet: {summary.folder}"]
    return "\n".join(lines)


def _points(summary: Summary) -> str:
    from experiments.summaries import interval, number
    from experiments.tables import short, table

    asked = [summary.design["precision"]["indicator"]] if summary.design.get("precision") else []
    chosen = [n for n in (*asked, *SHOWN, *summary.design["outputs"]) if n in summary.design["outputs"]]
    names = list(dict.fromkeys(chosen))[:3]
    paths = list(summary.design["factors"])
    rows = []
    for point in summary.points:
        levels = (v if isinstance(v, str) else short(v) for v in (point.factors[path] for path in paths))
        values = (
            f"{number(point.indicators[n].value)} {interval(point.indicators[n])}".strip() for n in names
        )
        rows.append((point.scenario, *levels, str(point.runs), *values))
    return table(("scenario", *paths, "runs", *(n.replace("_", " ") for n in names)), rows)
