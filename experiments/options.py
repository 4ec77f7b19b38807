"""Options that several commands share, declared once."""

from __future__ import annotations

from typing import Annotated

import typer

LARGEST_SEED = 2**63 - 1

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]

Sets = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Set one number, choice or switch; may be repeated.",
        default_factory=list,
        show_default=False,
    ),
]

Off = Annotated[
    list[str],
    typer.Option(
        "--off",
        metavar="MECHANISM",
        help="Switch a mechanism off; may be repeated.",
        default_factory=list,
        show_default=False,
    ),
]

Reference = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="NAME, FILE.yaml or SCENARIO+OVERLAY+..."),
]

References = Annotated[
    list[str],
    typer.Argument(metavar="SCENARIO", help="NAME, FILE.yaml or SCENARIO+OVERLAY+..."),
]

Seed = Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="First seed; same seed, same bits.")]

Days = Annotated[int | None, typer.Option(min=1, max=36_500, help="Recorded days (default: the scenario's).")]

BurnIn = Annotated[
    int | None, typer.Option("--burn-in", min=0, max=3_650, help="Days before recording starts.")
]

Workers = Annotated[int | None, typer.Option(min=1, max=1024, help="Threads (default: all cores).")]

Force = Annotated[bool, typer.Option("--force", help="Replace the results of another run in that folder.")]


def spans(days: int | None, burn_in: int | None) -> dict[str, float]:
    """Return the numbers of a scenario that ``--days`` and ``--burn-in`` set."""
    chosen = {"run.days": days, "run.burn_in_days": burn_in}
    return {path: float(number) for path, number in chosen.items() if number is not None}
