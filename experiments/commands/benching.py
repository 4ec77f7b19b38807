"""Speed and memory: ``bench``."""

from __future__ import annotations

import typer

from experiments.options import Json


def register(app: typer.Typer) -> None:
    """Add ``bench``."""
    app.command()(bench)


def bench(*, json: Json = False) -> None:
    """Measure speed and memory on this machine (about two minutes)."""
    from experiments.benching import measure
    from experiments.compiling import ensure_compiled

    ensure_compiled()
    found = measure(lambda what: typer.echo(f"measuring {what}", err=True))
    if json:
        from experiments.answers import print_answer

        print_answer("bench", **found)
        return
    for name, value in found.items():
        if isinstance(value, dict):
            for part, number in value.items():
                typer.echo(f"{name} {part}: {number}")
        else:
            typer.echo(f"{name}: {'not measured yet' if value is None else value}")
