"""Run one scenario, compare several, compile ahead: ``run``, ``compare`` and ``compile``."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.options import (
    BurnIn,
    Days,
    Force,
    Json,
    Off,
    Reference,
    References,
    Seed,
    Sets,
    Workers,
    spans,
)

if TYPE_CHECKING:
    from experiments.comparing import Comparison
    from experiments.decomposing import Decomposition
    from experiments.runner import Keeping, Runs
    from experiments.worlds import Worlds
    from sim.specification import Specification

Replicates = Annotated[int, typer.Option(min=1, max=100_000, help="Runs with other random numbers.")]
Out = Annotated[Path | None, typer.Option(help="Folder for results (default results/SCENARIO-SEED-DIGEST).")]

NetworkDay = Annotated[
    int | None, typer.Option(min=0, help="Day whose networks are written (default: the last).")
]
People = Annotated[
    int, typer.Option(min=0, max=1000, help="Places whose residents are written down day by day.")
]

Decompose = Annotated[
    bool, typer.Option("--decompose", help="Equalise every difference of two scenarios in turn.")
]
Policies = Annotated[
    str | None,
    typer.Option(metavar="NAME,...", help="Promotion policies to put side by side on every scenario."),
]

NumberOfWorlds = Annotated[
    int | None,
    typer.Option(
        "--worlds",
        min=0,
        max=1000,
        help="Plausible sets of assumptions for the assumption intervals, 8 or more; 0: none "
        "(default: 40 where a calibrated set is shipped).",
    ),
]


def register(app: typer.Typer) -> None:
    """Add ``run``, ``compare`` and ``compile``."""
    app.command()(run)
    app.command()(compare)
    app.command("compile")(compile_kernels)


def run(
    reference: Reference,
    *,
    replicates: Replicates = 10,
    seed: Seed = 1,
    days: Days = None,
    burn_in: BurnIn = None,
    workers: Workers = None,
    sets: Sets,
    off: Off,
    network_day: NetworkDay = None,
    people: People = 0,
    out: Out = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Run a scenario; print a summary and write tables and figures.

    With --json one object goes to stdout, and files are written only with --out.
    """
    from experiments.results import default_folder, refuse_early, write_folder

    specification = _loaded(reference, sets, off, days, burn_in)
    refuse_early(out, force=force, writes=not json)
    _check_network_day(network_day, specification)
    writes = not json or out is not None
    runs = _run_with_progress(
        specification, seed, replicates, workers, _keeping(network_day, people) if writes else None
    )
    from experiments.answers import answer, print_answer
    from experiments.estimates import estimate_all

    estimates = estimate_all(runs)
    content: dict[str, Any] = {
        "scenario": specification.name,
        "seed": seed,
        "days": int(specification.values["run.days"]),
        "burn_in_days": int(specification.values["run.burn_in_days"]),
        "replicates": replicates,
        "resident_days": runs.resident_days,
        "digest": runs.digest(),
        "indicators": {name: estimate.row() for name, estimate in estimates.items()},
    }
    if json and out is None:
        print_answer("run", **content)
        return
    folder = out or default_folder([specification.name], seed, content["digest"])
    whole = answer("run", **content)

    def fill(partial: Path) -> None:
        from experiments.saving import save_run

        save_run(partial, whole, runs, estimates)

    # What was found goes out first: a full disk must not lose it.
    if json:
        print_answer("run", **content)
    else:
        from experiments.summaries import run_summary

        typer.echo(run_summary(runs, estimates))
    write_folder(folder, fill, digest=content["digest"], force=force)
    if not json:
        typer.echo(f"\nTables, networks and figures: {folder}")


def compare(
    references: References,
    *,
    replicates: Replicates = 10,
    seed: Seed = 1,
    days: Days = None,
    burn_in: BurnIn = None,
    workers: Workers = None,
    sets: Sets,
    off: Off,
    policies: Policies = None,
    decompose: Decompose = False,
    worlds: NumberOfWorlds = None,
    out: Out = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Compare scenarios: same people, same chance, equal exposure.

    A small facility is repeated with other people until resident-days agree within 5 %. Every contrast
    gets its run-to-run interval, and over plausible worlds its assumption interval. With --policies
    every scenario runs under each of these frameworks of promotion and demotion.
    """
    from experiments.results import default_folder, refuse_early, write_folder
    from experiments.usage import refusal

    specifications = _all_loaded(references, sets, off, days, burn_in, policies)
    if decompose and len(specifications) != 2:
        raise refusal("--decompose", f"{len(specifications)} scenarios", [], wanted="two scenarios")
    refuse_early(out, force=force, writes=not json)
    assumptions = _worlds(worlds, specifications, references, sets, off)
    from experiments.answers import answer, print_answer

    comparison = _compared(specifications, assumptions, seed, replicates, workers)
    first = next(iter(specifications.values()))
    digest = _joint_digest([runs.digest() for runs in comparison.runs.values()])
    content: dict[str, Any] = {
        "scenarios": list(specifications),
        "seed": seed,
        "days": int(first.values["run.days"]),
        "burn_in_days": int(first.values["run.burn_in_days"]),
        "replicates": replicates,
        "exposure": comparison.exposure,
        "digest": digest,
        "worlds": comparison.worlds.row(),
        "indicators": {
            name: {key: estimate.row() for key, estimate in entries.items()}
            for name, entries in comparison.indicators.items()
        },
        "contrasts": [contrast.row() for contrast in comparison.contrasts],
    }
    made_of = None
    if decompose:
        from experiments.decomposing import MOST_WORLDS

        some = assumptions.first(MOST_WORLDS) if worlds is None else assumptions
        made_of = _decomposed(specifications, some, seed, replicates, workers)
    if made_of is not None:
        content["decomposition"] = made_of.row()
    if json and out is None:
        print_answer("compare", **content)
        return
    folder = out or default_folder(list(specifications), seed, digest)
    whole = answer("compare", **content)

    def fill(partial: Path) -> None:
        from experiments.saving import save_comparison

        save_comparison(partial, whole, comparison, made_of)

    # What was found goes out first: a full disk must not lose it.
    if json:
        print_answer("compare", **content)
    else:
        from experiments.summaries import comparison_summary

        typer.echo(comparison_summary(comparison))
        if made_of is not None:
            from experiments.summaries import decomposition_summary

            typer.echo("\n" + decomposition_summary(made_of))
    write_folder(folder, fill, digest=digest, force=force)
    if not json:
        typer.echo(f"\nTables and figures: {folder}")


def compile_kernels(*, json: Json = False) -> None:
    """Compile the model ahead of the first run."""
    from experiments.compiling import ensure_compiled
    from sim.kernel import cache_folder

    seconds = ensure_compiled(quiet=json)
    if json:
        from experiments.answers import print_answer

        print_answer("compile", seconds=round(seconds, 2), cached=seconds == 0.0, folder=str(cache_folder()))
    elif seconds == 0.0:
        typer.echo("The model is compiled already.")
    else:
        typer.echo(f"Compiled in {seconds:.0f} s.")


def _loaded(
    reference: str, sets: list[str], off: list[str], days: int | None, burn_in: int | None
) -> Specification:
    from scenarios import load

    return load(reference, sets=sets, off=off).with_numbers(spans(days, burn_in))


def _all_loaded(
    references: list[str],
    sets: list[str],
    off: list[str],
    days: int | None,
    burn_in: int | None,
    policies: str | None = None,
) -> dict[str, Specification]:
    """Load the scenarios of a comparison; refuse doubles and unequal spans."""
    from experiments.policies import policy_layers, under_policy
    from experiments.usage import refusal

    layers = policy_layers(policies)
    if len(references) * len(layers) < 2:
        wanted = "two or more scenarios, or --policies with two or more names"
        raise refusal("SCENARIO", " ".join(references), [], wanted=wanted)
    found: dict[str, Specification] = {}
    for reference, layer in product(references, layers):
        specification = _loaded(reference, [*sets, *layer.sets], off, days, burn_in)
        specification = under_policy(specification, layer)
        if specification.name in found:
            raise refusal("SCENARIO", specification.name, [], wanted="scenarios of different names")
        found[specification.name] = specification
    for path in ("run.days", "run.burn_in_days"):
        lengths = {name: int(s.values[path]) for name, s in found.items()}
        if len(set(lengths.values())) > 1:
            option = "--days" if path == "run.days" else "--burn-in"
            listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
            raise refusal(path, listed, [], wanted=f"the same for all; {option} sets it")
    return found


def _check_network_day(day: int | None, specification: Specification) -> None:
    from experiments.usage import refusal

    last = int(specification.values["run.days"])
    if day is not None and day > last:
        raise refusal("--network-day", str(day), [], wanted=f"0 to {last}, the recorded days")


def _keeping(day: int | None, people: int) -> Keeping:
    from experiments.runner import Keeping

    return Keeping(moment=True, day=day, people=people)


def _worlds(
    number: int | None,
    specifications: dict[str, Specification],
    references: list[str],
    sets: list[str],
    off: list[str],
) -> Worlds:
    """Return the worlds that were asked for; by default none, with the reason, where no set is usable."""
    from experiments.assumptions import FEWEST_WORLDS
    from experiments.usage import refusal
    from experiments.worlds import DEFAULT_WORLDS, Worlds, plausible_worlds

    if number == 0:
        return Worlds(note="switched off with --worlds 0")
    if number is not None and number < FEWEST_WORLDS:
        raise refusal("--worlds", str(number), [], wanted=f"0, or {FEWEST_WORLDS} and more")
    from experiments.calibration.plausible import Refused, load_plausible

    try:
        plausible = load_plausible()
    except Refused as refused:
        if number is not None:
            raise
        return Worlds(note=_why_no_set(str(refused)))
    set_here = {path for reference in references for path in _paths_set(reference, sets, off)}
    return plausible_worlds(
        DEFAULT_WORLDS if number is None else number, plausible, specifications.values(), set_here
    )


def _why_no_set(reason: str) -> str:
    """Return why the shipped set cannot be used, without where it lies on this machine."""
    from experiments.calibration.plausible import SHIPPED

    if not SHIPPED.exists():
        return "no calibrated set of plausible vectors is shipped with this version"
    return "the shipped set of plausible vectors cannot be used: " + reason.removeprefix(f"{SHIPPED}: ")


def _paths_set(reference: str, sets: list[str], off: list[str]) -> set[str]:
    """Return what ``--set`` and overlays say: conditions of a comparison, which no world changes."""
    from scenarios import provenance
    from scenarios.library import split_reference
    from scenarios.problems import Problems

    overlays = {source.label for source in split_reference(reference, Problems())[1:]}
    return {
        row.path
        for row in provenance(reference, sets=sets, off=off)
        if row.set_by == "--set" or row.set_by.rsplit(":", 2)[0] in overlays
    }


def _compared(
    specifications: dict[str, Specification],
    worlds: Worlds,
    seed: int,
    replicates: int,
    workers: int | None,
) -> Comparison:
    """Run a comparison, then the same scenarios in plausible worlds."""
    from experiments.comparing import compare, equal_exposure, expected_residents, over_worlds
    from experiments.compiling import ensure_compiled
    from experiments.progress import reporting
    from experiments.runner import work_of
    from experiments.worlds import REPLICATES

    ensure_compiled()
    copies = equal_exposure([expected_residents(s) for s in specifications.values()])
    once = sum(work_of(s, n, 1) for s, n in zip(specifications.values(), copies, strict=True))
    with reporting("comparing", once * replicates) as tell:
        comparison = compare(
            specifications, seed=seed, replicates=replicates, workers=workers, tell=tell, copies=copies
        )
    with reporting(f"comparing in {len(worlds)} plausible worlds", once * REPLICATES * len(worlds)) as tell:
        return over_worlds(comparison, worlds, seed=seed, workers=workers, tell=tell)


def _decomposed(
    specifications: dict[str, Specification], worlds: Worlds, seed: int, replicates: int, workers: int | None
) -> Decomposition:
    from experiments.decomposing import decompose, work_of_decomposition
    from experiments.progress import reporting

    a, b = specifications.values()
    work = work_of_decomposition(a, b, replicates, worlds)
    with reporting("equalising one difference after the other", work) as tell:
        return decompose(a, b, seed=seed, replicates=replicates, workers=workers, worlds=worlds, tell=tell)


def _joint_digest(digests: list[str]) -> str:
    import hashlib

    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _run_with_progress(
    specification: Specification, seed: int, replicates: int, workers: int | None, keep: Keeping | None
) -> Runs:
    from experiments.compiling import ensure_compiled
    from experiments.progress import reporting
    from experiments.runner import run_replicates, work_of

    ensure_compiled()
    with reporting(specification.name, work_of(specification, 1, replicates)) as tell:
        return run_replicates(
            specification, seed=seed, replicates=replicates, workers=workers, tell=tell, keep=keep
        )
