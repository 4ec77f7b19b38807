"""What there is: ``parameters``, ``mechanisms``, ``indicators``, ``practices``, ``scenarios``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from experiments.options import Json


def register(app: typer.Typer) -> None:
    """Add the listings."""
    for command in (scenarios, parameters, mechanisms, practices, indicators):
        app.command()(command)


def parameters(*, json: Json = False) -> None:
    """List the numbers: range, meaning, evidence."""
    from experiments.tables import short
    from sim.parameters import registry

    found = list(registry().values())
    rows = [
        (p.path, short(p.default), f"{short(p.low)}..{short(p.high)}", p.grade, f"{p.meaning} ({p.unit})")
        for p in found
    ]
    headings = ("path", "default", "range", "grade", "meaning")
    _show("parameters", [parameter.row() for parameter in found], headings, rows, json=json)


def mechanisms(*, json: Json = False) -> None:
    """List the mechanisms and their stand-ins when off."""
    from sim.mechanisms import all_mechanisms

    found = all_mechanisms()
    rows = [(m.name, m.title, f"off: {m.neutral}") for m in found]
    _show("mechanisms", [m.row() for m in found], ("name", "title", "without it"), rows, json=json)


def indicators(*, json: Json = False) -> None:
    """List what a run reports."""
    from sim.indicators import INDICATORS

    items = [indicator.row() for indicator in INDICATORS]
    rows = [(item["name"], item["unit"], item["better"], item["meaning"]) for item in items]
    _show("indicators", items, ("name", "unit", "better", "meaning"), rows, json=json)


def practices(*, json: Json = False) -> None:
    """List the practices of house life."""
    from scenarios.vocabulary import PRACTICES

    items = [{"name": name} for name in PRACTICES]
    if not items and not json:
        typer.echo(
            "No practices exist yet: house life (group meetings, shared cooking, own key) is not modelled."
        )
        return
    _show("practices", items, ("name",), [(name,) for name in PRACTICES], json=json)


def scenarios(
    *,
    json: Json = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of scenario files, for editors.")
    ] = False,
) -> None:
    """List the scenarios and overlays of the library."""
    from scenarios import json_schema, library

    if schema:
        from experiments.answers import as_json

        typer.echo(as_json(json_schema()))
        return
    entries = library()
    rows = [(entry.name, entry.kind, entry.title) for entry in entries]
    _show("scenarios", [entry.row() for entry in entries], ("name", "kind", "title"), rows, json=json)


def _show(
    command: str,
    items: list[dict[str, Any]],
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    json: bool,
) -> None:
    if json:
        from experiments.answers import print_answer

        print_answer(command, items=items)
    else:
        from experiments.tables import table

        typer.echo(table(headings, rows))
