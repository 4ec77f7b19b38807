"""A file to start from: ``new``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add ``new``."""
    app.command()(new)


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the scenario; the file is NAME.yaml.")],
    *,
    base: Annotated[
        str, typer.Option("--from", metavar="SCENARIO", help="Scenario to start from.")
    ] = "dutch-prison",
) -> None:
    """Write a scenario file to start from.

    The file is NAME.yaml in the current folder; an existing file is never overwritten.
    """
    text = _starter(_admissible(name), base)
    path = Path(f"{name}.yaml")
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise _unwritable(path, error) from error
    typer.echo(path)
    if name in _library_names():
        typer.echo(f"note: the library has a scenario {name} too; refer to this file as {path}", err=True)


def _library_names() -> list[str]:
    from scenarios.library import library_names

    return library_names()


def _admissible(name: str) -> str:
    """Return the name if a scenario may have it; raise ``ScenarioError`` if not."""
    from scenarios.problems import Position, Problems
    from scenarios.reading import Scalar
    from scenarios.shapes import NAME

    problems = Problems()
    NAME.read(Scalar(name, Position("command line"), quoted=True), "name", problems)
    problems.raise_if_any()
    return name


def _unwritable(path: Path, error: OSError) -> Exception:
    from experiments.usage import refusal

    if isinstance(error, FileExistsError):
        return refusal(
            "name", f"{path}, which exists", [], wanted="the name of a file that does not exist yet"
        )
    return refusal("name", f"{path}: {error.strerror}", [], wanted="a file that can be written here")


def _starter(name: str, base: str) -> str:
    """Return the text of a new scenario: it extends a library scenario, or repeats any other in full."""
    from scenarios import dump, load
    from scenarios.library import library_names

    specification = load(base)
    if base not in library_names():
        _, _, rest = dump(specification).partition("\n")
        return f"# Written out in full from {base!r}; every number may be changed.\nname: {name}\n{rest}"
    return _EXTENDING.format(name=name, base=base, places=specification.units[0].places)


_EXTENDING = """\
name: {name}
title: My variant of {base}
extends: {base}

# Below: what you may want to change. Take away the "# " before a line to use it; what stays commented
# out is as in {base}. All keys: detention parameters. Check the file: detention check {name}.yaml

# facility:
#   units: # the whole list is replaced
#     - name: unit
#       places: {places}
#       count: 2
#       regime: prison # or remand
#   graph: {{generator: ring, degree: 4}} # or none, complete, clusters; or edges: [[unit-1, unit-2]]
#   shared: 0.2

# A number may be written plain, or with where it comes from:
# residents:
#   occupancy: {{value: 0.9, source: "own count, 2024", grade: C, basis: read}}

# staffing:
#   residents_per_employee: 1.7
#   rotation_share: 0 # 0: every unit has a team of its own
#   unstaffed: locked # or open, shared_cover

# security:
#   static: 0.7
#   procedural: 0.6
#   relational: 0.4 # sets attitude, alliance and presence together

# programme:
#   weekday_evening_hours: 2 # of the basic programme
#   work_places: 0.8 # below 1 places are scarce; also education_places, training_places
#   prison: plus # the programme of newcomers on prison units; or programme: plus at a unit

# programmes: # what a file says of a programme replaces what was said before, the week as a whole
#   plus:
#     choice: 0.5 # also out_of_cell, responsibility, visits, leave_days_per_month, priority_days
#   remand-week:
#     regimes: [remand]
#     week:
#       weekdays: # or monday .. sunday, weekend, every_day
#         morning: {{work: 2, education: 0.5, air: 1}} # training, sport, library, recreation, visits

# mechanisms:
#   strain: false
"""
