"""Options that several commands share, declared once."""

from __future__ import annotations

from typing import Annotated

import typer

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
