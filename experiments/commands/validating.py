"""Does the model show what the literature shows: ``validate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments import exits
from experiments.options import Force, Json, Seed, Workers

if TYPE_CHECKING:
    from experiments.facts.fact import Fact
    from experiments.facts.validation import Validation

Chosen = Annotated[
    str | None, typer.Option("--facts", metavar="S01,S09", help="Facts to measure (default: all).")
]
Replicates = Annotated[
    int | None,
    typer.Option(min=2, max=10_000, help="Runs of the baseline (default 32); others in proportion."),
]
File = Annotated[
    Path | None, typer.Option("--file", metavar="FILE.yaml", help="Another fact file than the one shipped.")
]
Nulls = Annotated[bool, typer.Option("--nulls/--no-nulls", help="Hold the facts against null models too.")]
Signs = Annotated[
    bool, typer.Option("--signs/--no-signs", help="Search for vectors that turn the sign of contested facts.")
]
Out = Annotated[
    Path | None, typer.Option(help="Folder for results (default results/validation-SEED-DIGEST).")
]


def register(app: typer.Typer) -> None:
    """Add ``validate``."""
    app.command()(validate)


def validate(
    *,
    facts: Chosen = None,
    replicates: Replicates = None,
    seed: Seed = 1,
    workers: Workers = None,
    file: File = None,
    nulls: Nulls = True,
    signs: Signs = True,
    out: Out = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Hold the model against stylised facts; misses come first.

    A miss is a result, so the exit code is 0; 3 means that a run failed. With --json one object goes to
    stdout, and files are written only with --out.
    """
    from experiments.results import default_folder, refuse_early, write_folder

    chosen = _chosen(facts, file)
    refuse_early(out, force=force, writes=not json)
    validation = _run(chosen, replicates, seed, workers, nulls=nulls, signs=signs)
    from experiments.answers import answer, print_answer

    content = validation.content()
    # What was found goes out first: a full disk must not lose it.
    if json:
        print_answer("validate", **content)
    else:
        from experiments.facts.reporting import report

        typer.echo(report(validation))
    if not json or out is not None:
        folder = out or default_folder(["validation"], seed, validation.digest)
        whole = answer("validate", **content)

        def fill(partial: Path) -> None:
            from experiments.facts.saving import save_validation

            save_validation(partial, whole, validation)

        write_folder(folder, fill, digest=validation.digest, force=force)
        if not json:
            typer.echo(f"\nTables: {folder}")
    if validation.failures:
        raise typer.Exit(exits.INCOMPLETE)


def _chosen(names: str | None, file: Path | None) -> list[Fact]:
    from experiments.facts.loading import FACTS_FILE, load_facts
    from experiments.usage import refusal

    known = {fact.id: fact for fact in load_facts(file or FACTS_FILE)}
    if names is None:
        return list(known.values())
    asked = list(dict.fromkeys(name.strip() for name in names.split(",")))
    for name in asked:
        if name not in known:
            raise refusal("--facts", name, list(known))
    return [known[name] for name in asked]


def _run(
    chosen: list[Fact], replicates: int | None, seed: int, workers: int | None, *, nulls: bool, signs: bool
) -> Validation:
    from experiments.compiling import ensure_compiled
    from experiments.facts.validation import REPLICATES
    from experiments.facts.validation import validate as run_validation
    from experiments.progress import reporting

    ensure_compiled()
    return run_validation(
        chosen,
        seed=seed,
        replicates=replicates or REPLICATES,
        workers=workers,
        watch=reporting,
        with_nulls=nulls,
        with_reversal=signs,
    )
