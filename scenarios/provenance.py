"""Where every number of a scenario comes from: the file that set it, its source, grade and basis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from scenarios.assembly import Assembled
from scenarios.library import programme_layers
from scenarios.problems import Position
from scenarios.values import (
    PolicyChoice,
    ProgrammeEntry,
    Quantity,
    Switch,
    UnitEntry,
    UnitList,
    Value,
    Word,
)
from scenarios.vocabulary import blocks, key_of, unit_fields
from scenarios.weeks import attributes
from sim.parameters import registry
from sim.registry import Parameter

DEFAULT = "default"
"""Stands for the registry as the one who set a number."""

NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a scenario: what it is, who set it, on which ground.

    ``set_by`` is ``FILE:LINE:COL``, ``--set``, ``--off`` or ``default``; ``grade`` and ``basis`` are
    ``None`` for words and switches, which are choices rather than estimates.
    """

    path: str
    key: str
    value: float | str | bool
    unit: str
    set_by: str
    source: str
    grade: str | None
    basis: str | None

    def row(self) -> dict[str, Any]:
        """Return the entry as shown by ``detention show --json``."""
        return asdict(self)


def rows_of(scenario: Assembled) -> list[Row]:
    """Return a row for every number of the registry and everything else that was set."""
    rows = [row for entry in _entries(scenario) for row in _unit_rows(entry)]
    for fields in blocks().values():
        for field in fields.values():
            rows += _rows_of_path(field.path, scenario.values.get(field.path))
    for entry in scenario.programmes.values():
        rows += _programme_rows(entry)
    return rows


def _programme_rows(entry: ProgrammeEntry) -> Iterator[Row]:
    """Yield a row per number of a programme; what the shipped programmes say counts as default."""
    shipped = {layer.position.path for layer in programme_layers()}
    hours = {
        f"week.{day}.{part}.{activity}": (quantity, "hours")
        for (day, part), plan in (entry.week.hours if entry.week else {}).items()
        for activity, quantity in plan.items()
    }
    numbers = {name: (quantity, attributes()[name].unit) for name, quantity in entry.numbers.items()}
    for name, (quantity, unit) in {**numbers, **hours}.items():
        row = _number_row(f"{entry.key}.{name}", quantity, unit, None)
        yield replace(row, set_by=DEFAULT) if quantity.position.path in shipped else row


def _entries(scenario: Assembled) -> tuple[UnitEntry, ...]:
    return scenario.units.entries if scenario.units else ()


def _unit_rows(entry: UnitEntry) -> list[Row]:
    rows = [_word_row(f"{entry.key}.{name}", word) for name, word in entry.words.items()]
    for name, quantity in entry.quantities.items():
        unit = getattr(unit_fields()[name], "unit", "")
        rows.append(_number_row(f"{entry.key}.{name}", quantity, unit, None))
    return rows


def _rows_of_path(path: str, value: Value | None) -> list[Row]:  # noqa: PLR0911 - one line per kind
    parameter = registry().get(path)
    if value is None:
        return [_default_row(parameter)] if parameter else []
    if isinstance(value, Quantity):
        return [_number_row(path, value, parameter.unit if parameter else "", parameter)]
    if isinstance(value, Word):
        return [_word_row(path, value)]
    if isinstance(value, Switch):
        return [Row(path, path, value.on, "", _place(value.position), "", None, None)]
    if isinstance(value, PolicyChoice):
        chosen = _word_row(path, Word(value.text, value.position))
        numbers = [_number_row(inner, quantity, unit, None) for inner, quantity, unit in value.numbers]
        return [chosen, *numbers]
    if isinstance(value, UnitList | ProgrammeEntry):
        return []
    return [
        _word_row(f"{path}[{index}]", Word(f"{first.text} - {second.text}", first.position))
        for index, (first, second) in enumerate(value.pairs)
    ]


def _default_row(parameter: Parameter) -> Row:
    path = parameter.path
    return Row(
        path, key_of(path), parameter.default, parameter.unit, DEFAULT,
        parameter.source, parameter.grade, parameter.basis,
    )  # fmt: skip


def _number_row(path: str, quantity: Quantity, unit: str, parameter: Parameter | None) -> Row:
    source, grade, basis = quantity.source, quantity.grade, quantity.basis
    if not quantity.has_provenance and parameter is not None and quantity.number == parameter.default:
        # The same number as the registry's has the registry's provenance.
        source, grade, basis = parameter.source, parameter.grade, parameter.basis
    return Row(
        path, key_of(path), quantity.number, unit, _place(quantity.position),
        source or NOT_STATED, grade or "D", basis or "assumed",
    )  # fmt: skip


def _word_row(path: str, word: Word) -> Row:
    return Row(path, key_of(path), word.text, "", _place(word.position), "", None, None)


def _place(position: Position) -> str:
    return position.path if position.path.startswith("--") else str(position)
