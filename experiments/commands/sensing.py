"""Which factors matter: ``sensitivity``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.options import LARGEST_SEED, Force, Json

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="Folder of 'detention sweep ... --out DIR'.", show_default=False)
]
Method = Annotated[
    str | None,
    typer.Option(
        metavar="METHOD", help="morris, sobol, pawn or one-at-a-time (default: the usual one of the design)."
    ),
]
Indicators = Annotated[
    list[str],
    typer.Option(
        "--indicator",
        metavar="NAME",
        help="Indicator to analyse (default: the main ones); may be repeated.",
        default_factory=list,
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(help="Folder for results (default results/sensitivity-METHOD-SCENARIO-SEED-DIGEST)."),
]
Resamples = Annotated[
    int, typer.Option(min=100, max=100_000, help="Bootstrap resamples behind the intervals.")
]
Seed = Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the resampling.")]


def register(app: typer.Typer) -> None:
    """Add ``sensitivity``."""
    app.command()(sensitivity)


def sensitivity(
    folder: Folder,
    *,
    method: Method = None,
    indicators: Indicators,
    resamples: Resamples = 1000,
    seed: Seed = 1,
    out: Out = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Say which factors of a sweep matter, and what is noise.

    Failed runs are left out and counted. With --json one object goes to stdout, and files are written only
    with --out.
    """
    from experiments.results import default_folder, refuse_early, write_folder

    refuse_early(out, force=force, writes=not json)
    from experiments.answers import answer, print_answer
    from experiments.sensitivity.analysis import analyse_table
    from experiments.sensitivity.reading import read_table
    from experiments.sensitivity.reporting import content, report

    table = read_table(folder)
    result = analyse_table(table, method=method, indicators=indicators, resamples=resamples, seed=seed)
    found = content(result)
    # What was found goes out first: a full disk must not lose it.
    if json:
        print_answer("sensitivity", **found)
    else:
        typer.echo(report(result))
    if json and out is None:
        return
    whole = answer("sensitivity", **found)
    names = [f"sensitivity-{result.method}-{'-'.join(table.scenarios)}"]
    place = out or default_folder(names, seed, result.digest)

    def fill(partial: Path) -> None:
        from experiments.sensitivity.saving import save_sensitivity

        save_sensitivity(partial, whole, result)

    write_folder(place, fill, digest=result.digest, force=force)
    if not json:
        typer.echo(f"\nTables and figures: {place}")
