"""Is it right, and what does it say: ``check`` and ``show``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments import exits
from experiments.options import Json, Off, Reference, References, Sets

if TYPE_CHECKING:
    from scenarios import Row
    from sim.specification import Specification, UnitSpecification


def register(app: typer.Typer) -> None:
    """Add ``check`` and ``show``."""
    app.command()(check)
    app.command()(show)


def check(references: References, *, sets: Sets, off: Off, json: Json = False) -> None:
    """Check scenarios and options; name every error.

    Each error is one line: file, line, column, key, what was found, what is allowed.
    """
    checked = [_checked(reference, sets, off) for reference in references]
    for item in checked:
        for problem in item.pop("messages"):
            typer.echo(problem, err=True)
    if json:
        from experiments.answers import print_answer

        print_answer("check", items=checked)
    else:
        for item in checked:
            if item["valid"]:
                typer.echo(f"{item['reference']}: fine, {item['units']} units, {item['places']} places")
    if not all(item["valid"] for item in checked):
        raise typer.Exit(exits.BAD_INPUT)


def _checked(reference: str, sets: list[str], off: list[str]) -> dict[str, Any]:
    from scenarios import ScenarioError, load

    try:
        found = load(reference, sets=sets, off=off)
    except ScenarioError as error:
        rows = [problem.row() for problem in error.problems]
        messages = [str(problem) for problem in error.problems]
        return {"reference": reference, "valid": False, "errors": rows, "messages": messages}
    size = {"units": len(found.units), "places": found.places}
    return {"reference": reference, "valid": True, "errors": [], "messages": [], **size}


def show(
    reference: Reference,
    *,
    sets: Sets,
    off: Off,
    json: Json = False,
    yaml: Annotated[bool, typer.Option("--yaml", help="Print a scenario file without defaults.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show the numbers left at default too.")] = False,
) -> None:
    """Show a scenario and where its numbers come from."""
    from experiments.usage import refusal
    from scenarios import dump, load, provenance

    if json and yaml:
        raise refusal("--yaml", "--json and --yaml", [], wanted="one of them")
    specification = load(reference, sets=sets, off=off)
    if yaml:
        typer.echo(dump(specification).rstrip())
        return
    rows = provenance(reference, sets=sets, off=off)
    if json:
        from experiments.answers import print_answer

        described = {**specification.canonical(), "title": specification.title}
        print_answer("show", specification=described, items=[row.row() for row in rows])
    else:
        typer.echo(_summary(specification, rows, everything=everything))


def _summary(specification: Specification, rows: list[Row], *, everything: bool) -> str:
    from scenarios.provenance import DEFAULT

    chosen = [row for row in rows if everything or row.set_by != DEFAULT]
    hidden = len(rows) - len(chosen)
    closing = [f"{hidden} more numbers have their default; --all shows them."] if hidden else []
    return "\n".join([*_head(specification), "", _numbers(chosen), *closing])


def _head(specification: Specification) -> list[str]:
    sites = len({unit.site for unit in specification.units})
    off = [name for name, on in specification.mechanisms.items() if not on]
    choices = ", ".join(f"{path} {name}" for path, name in specification.choices.items())
    size = f"{_counted(len(specification.units), 'unit')} on {_counted(sites, 'site')}"
    return [
        f"{specification.name}: {specification.title}",
        f"{specification.places} places in {size}",
        *(f"  {line}" for line in _units(specification)),
        f"shared spaces: {_graph(specification)}",
        f"programmes: {_programmes(specification)}",
        f"choices: {choices}",
        f"promotion policy: {_policy(specification)}",
        f"mechanisms off: {', '.join(off) or 'none'}",
    ]


def _policy(specification: Specification) -> str:
    policy = specification.policy
    if not policy.has_scheme:
        return policy.name or "none"
    review = policy.review
    return (
        f"{policy.name}: levels {', '.join(level.name for level in policy.levels)}; first review by day "
        f"{review.first_days}, then every {review.cycle_days} days"
    )


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _units(specification: Specification) -> list[str]:
    """Describe the units, neighbours that are alike in one line."""
    lines = []
    for alike, group in groupby(specification.units, key=_likeness):
        units = list(group)
        names = units[0].name if len(units) == 1 else f"{units[0].name} .. {units[-1].name}"
        places, regime, double_cells, openness, programme = alike
        lines.append(
            f"{names}: {places} places, {regime} regime, {programme} programme, "
            f"double cells {double_cells:g}, openness {openness:g}"
        )
    return lines


def _likeness(unit: UnitSpecification) -> tuple[int, str, float, float, str]:
    return unit.places, unit.regime, unit.double_cells, unit.openness, unit.programme


def _programmes(specification: Specification) -> str:
    """Say how many hours a week every programme has here, and in which regimes it is lived."""
    from sim.week import week_hours

    return "; ".join(
        f"{programme.name} {hours:.1f} hours a week ({', '.join(programme.regimes)})"
        for programme, hours in zip(specification.programmes, week_hours(specification), strict=True)
    )


def _graph(specification: Specification) -> str:
    graph = specification.graph
    if graph.edges:
        return f"{_counted(len(graph.edges), 'pair')} of units"
    return f"{graph.generator}, degree {graph.degree}" if graph.generator == "ring" else graph.generator


def _numbers(rows: list[Row]) -> str:
    from experiments.tables import table

    headings = ("path", "value", "unit", "grade", "set by", "source")
    return table(
        headings,
        [
            (row.path, _written(row.value), row.unit, row.grade or "", row.set_by, _source(row))
            for row in rows
        ],
    )


def _written(value: float | str) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else value


def _source(row: Row) -> str:
    return f"{row.source} ({row.basis})" if row.basis else ""
