"""Which parameter vectors the facts do not rule out: ``calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.options import LARGEST_SEED, Force, Json, Workers

if TYPE_CHECKING:
    from experiments.calibration.procedure import Calibration
    from experiments.calibration.settings import Settings

Out = Annotated[
    Path | None, typer.Option(help="Folder for the set (default results/calibration-SEED-DIGEST).")
]
Waves = Annotated[int | None, typer.Option(min=1, max=10, help="Waves of runs (default 3).")]
Points = Annotated[int | None, typer.Option(min=8, max=5000, help="Vectors per wave (default 300).")]
Wanted = Annotated[int | None, typer.Option(min=1, max=5000, help="Vectors to confirm (default 200).")]
Seed = Annotated[int | None, typer.Option(min=0, max=LARGEST_SEED, help="First seed; same seed, same bits.")]
Quick = Annotated[
    bool, typer.Option("--quick", help="A trial on small facilities and short spans; good for nothing else.")
]
Ship = Annotated[
    bool, typer.Option("--ship", help="Also replace the set that is part of the program (for developers).")
]

MEDOID_REPLICATES = 20
SET_FILE = "plausible.json"


def register(app: typer.Typer) -> None:
    """Add ``calibrate``."""
    app.command()(calibrate)


def calibrate(
    *,
    out: Out = None,
    waves: Waves = None,
    points: Points = None,
    wanted: Wanted = None,
    seed: Seed = None,
    workers: Workers = None,
    quick: Quick = False,
    ship: Ship = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Find the parameter vectors that the facts do not rule out.

    With --json one object goes to stdout, and files are written only with --out.
    """
    from experiments import exits
    from experiments.calibration.procedure import NothingLeft
    from experiments.compiling import ensure_compiled
    from experiments.results import refuse_early
    from experiments.usage import refusal

    if ship and quick:
        raise refusal("--ship", "--quick as well", [], wanted="a full calibration")
    refuse_early(out, force=force, writes=not json)
    settings = _settings(waves, points, wanted, seed, quick=quick)
    ensure_compiled()
    try:
        found, medoid_values = _run(settings, workers)
    except NothingLeft as outcome:
        raise exits.Failure(str(outcome), exits.INCOMPLETE) from None
    content = _content(found, medoid_values, quick=quick)
    # What was found goes out first: a full disk must not lose it.
    if json:
        from experiments.answers import print_answer

        print_answer("calibrate", **{k: v for k, v in content.items() if k not in _OF_THE_ANSWER})
    else:
        typer.echo(_text(found, content))
    _keep(content, found, out, force=force, ship=ship, writes=not json or out is not None)
    if len(found.shares) < settings.wanted:
        message = f"calibration: only {len(found.shares)} of {settings.wanted} vectors were confirmed"
        raise exits.Failure(message, exits.INCOMPLETE)


_OF_THE_ANSWER = ("schema", "version", "commit")
_TRIAL = {"run.days": 120.0, "run.burn_in_days": 60.0}


def _settings(
    waves: int | None, points: int | None, wanted: int | None, seed: int | None, *, quick: bool
) -> Settings:
    from dataclasses import replace

    from experiments.calibration.settings import read_settings

    settings = read_settings()
    if quick:
        copies = dict.fromkeys(settings.copies, 2)
        settings = replace(
            settings, replicates=2, copies=copies, waves=1, points=60, wanted=5, numbers=_TRIAL, units=5
        )
    return settings.changed(waves=waves, points=points, wanted=wanted, seed=seed)


def _run(settings: Settings, workers: int | None) -> tuple[Calibration, list[dict[str, Any]]]:
    from experiments.calibration.procedure import calibrate as run_calibration
    from experiments.calibration.simulating import simulator
    from experiments.progress import reporting

    total = settings.waves * settings.points + round(1.3 * settings.wanted)
    with reporting("calibrating", total) as tell:
        simulate = simulator(settings, workers=workers, tell=tell)
        found = run_calibration(
            settings, simulate, workers=workers, log=lambda line: typer.echo(line, err=True)
        )
    typer.echo("running the medoid", err=True)
    closer = settings.changed(replicates=settings.replicates if settings.numbers else MEDOID_REPLICATES)
    outcome = simulator(closer, workers=workers)([found.vectors[found.medoid]], 10_000_000)[0]
    values = [
        {
            "fact": output.fact,
            "measure": output.measure,
            "value": output.straight(float(value)),
            "target_low": output.low,
            "target_high": output.high,
            "inside": bool(output.low <= output.straight(float(value)) <= output.high),
        }
        for output, value in zip(settings.outputs, outcome.values, strict=True)
    ]
    return found, values


def _content(found: Calibration, medoid_values: list[dict[str, Any]], *, quick: bool) -> dict[str, Any]:
    import numpy as np

    from experiments.calibration.matching import CUT, implausibility
    from experiments.calibration.plausible import defaults_to_change, described

    settings = found.settings
    changes = defaults_to_change(settings, found.vectors[found.medoid])
    shifts = np.array([row["shift_of_range"] for row in changes])
    now = np.array([settings.shares({row["path"]: row["default"] for row in changes})])
    predicted = [emulator.predict(now) for emulator in found.emulators]
    scores = implausibility(
        np.array([[mean[0] for mean, _ in predicted]]),
        np.array([[variance[0] for _, variance in predicted]]),
        settings.targets,
    )[0]
    worst = int(scores.argmax())
    return {
        **described(found, {"outcomes": medoid_values}, quick=quick),
        "defaults": {
            "distance": float(np.sqrt(np.mean(shifts**2))),
            "ruled_out": bool(scores[worst] > CUT),
            "worst": {"fact": settings.outputs[worst].fact, "implausibility": round(float(scores[worst]), 2)},
            "changes": changes,
        },
    }


def _keep(
    content: dict[str, Any], found: Calibration, out: Path | None, *, force: bool, ship: bool, writes: bool
) -> None:
    """Write the set into its folder and, on request, where the program looks for it."""
    import hashlib

    from experiments.answers import answer
    from experiments.calibration.plausible import SHIPPED, as_text
    from experiments.results import ANSWER_FILE, default_folder, write_folder, write_json
    from experiments.sweeping.files import write_atomically

    digest = hashlib.sha256(found.shares.tobytes() + found.outcomes.tobytes()).hexdigest()
    rest = {k: v for k, v in content.items() if k not in _OF_THE_ANSWER}

    def fill(partial: Path) -> None:
        from experiments.answers import as_json

        write_json(partial / ANSWER_FILE, as_json({**answer("calibrate", **rest), "digest": digest}))
        (partial / SET_FILE).write_text(as_text(content), encoding="utf-8")

    if writes:
        folder = out or default_folder(["calibration"], found.settings.seed, digest)
        write_folder(folder, fill, digest=digest, force=force)
        typer.echo(f"set: {folder / SET_FILE}", err=True)
    if ship:
        write_atomically(SHIPPED, as_text(content).encode())
        typer.echo(f"shipped: {SHIPPED}", err=True)


def _text(found: Calibration, content: dict[str, Any]) -> str:
    from experiments.summaries import number
    from experiments.tables import table

    kept, tried = len(found.shares), found.tried
    left = found.waves[-1].share_left
    head = f"{kept} vectors not ruled out, confirmed by running the model ({tried} tried)"
    parts = [f"{head}; {left:.2g} of the space is left"]
    facts = [
        (
            row["fact"],
            row["measure"].replace("_", " "),
            number(row["value"]),
            f"[{number(row['target_low'])}, {_end(row['target_high'])}]",
            "inside" if row["inside"] else "outside",
        )
        for row in content["medoid_simulated"]["outcomes"]
    ]
    headings: tuple[str, ...] = ("fact", "measure", "medoid", "accepted", "")
    parts.append("The medoid, run more often\n" + table(headings, facts))
    known = [row for row in content["parameters"] if row["informed"]]
    unknown = [row for row in content["parameters"] if not row["informed"]]
    rows = [
        (
            row["path"],
            f"[{number(row['plausible_low'])}, {number(row['plausible_high'])}]",
            f"[{number(row['low'])}, {number(row['high'])}]",
            f"{row['width_against_before']:.0%}",
        )
        for row in known
    ]
    headings = ("parameter", "plausible", "middle 90 % of what is left", "width against before")
    parts.append("What the facts inform\n" + table(headings, rows))
    silent = ", ".join(row["path"] for row in unknown) or "none of the calibrated parameters"
    parts.append(f"The facts say nothing about: {silent}")
    if content["tied"]:
        tied = "\n".join(f"  {a} with {b}: {r:+.2f}" for a, b, r in content["tied"])
        parts.append(f"Tied together by the facts (rank correlation)\n{tied}")
    parts.append(_defaults_text(content["defaults"]))
    return "\n\n".join(parts)


def _end(value: float) -> str:
    from experiments.summaries import number

    return number(value) if value < float("inf") else "..."


def _defaults_text(defaults: dict[str, Any]) -> str:
    from experiments.tables import short, table

    worst = defaults["worst"]
    verdict = "are ruled out" if defaults["ruled_out"] else "are not ruled out"
    head = (
        f"The registry's defaults {verdict} (implausibility {worst['implausibility']} at {worst['fact']}); "
        f"the medoid is {defaults['distance']:.2f} plausible ranges away (root mean square)"
    )
    rows = [
        (row["path"], short(row["default"]), short(row["medoid"]), f"{row['shift_of_range']:+.2f}")
        for row in defaults["changes"]
    ]
    return f"{head}\n" + table(("parameter", "default", "medoid", "shift in plausible ranges"), rows)
