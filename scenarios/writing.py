"""Writes a specification as a scenario file in which nothing is left to a default."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from scenarios.frameworks import KEY as POLICY
from scenarios.frameworks import dumped
from scenarios.shapes import written
from scenarios.vocabulary import blocks
from scenarios.weeks import DAY_NAMES, attributes
from sim.clock import PART_NAMES
from sim.inputs import ACTIVITIES
from sim.specification import ProgrammeSpecification, Specification, UnitSpecification


def dump(specification: Specification) -> str:
    """Return the full, explicit YAML of a specification; loading it gives an equal specification."""
    lines = [f"name: {_quoted(specification.name)}", f"title: {_quoted(specification.title)}"]
    for block in blocks():
        if "." not in block:
            lines += _block_lines(block, specification)
        if block == "programme":
            lines += _programme_lines(specification.programmes)
    return "\n".join(lines) + "\n"


def _block_lines(block: str, specification: Specification) -> list[str]:
    inside = list(_facility_lines(specification)) if block == "facility" else []
    for key, field in blocks()[block].items():
        text = _written_value(field.path, specification)
        if text is not None:
            inside.append(f"{key}: {text}")
    return ["", f"{block}:", *(f"  {line}" for line in inside)] if inside else []


def _written_value(path: str, specification: Specification) -> str | None:
    if path in specification.values:
        return written(float(specification.values[path]))
    if path == POLICY:
        return dumped(specification.policy)
    if path in specification.choices:
        return specification.choices[path]
    section, _, name = path.partition(".")
    if section == "mechanisms":
        return "true" if specification.mechanisms[name] else "false"
    if section == "practices" and name in specification.practices:
        return written(float(specification.practices[name]))
    return None


def _facility_lines(specification: Specification) -> Iterator[str]:
    yield "units:"
    yield from (f"  - {_unit_line(unit)}" for unit in specification.units)
    graph = specification.graph
    if graph.edges or (graph.generator, graph.degree) == ("none", 0):
        pairs = ", ".join(f"[{_quoted(first)}, {_quoted(second)}]" for first, second in graph.edges)
        yield f"graph: {{edges: [{pairs}]}}"
    else:
        yield f"graph: {{generator: {graph.generator}, degree: {graph.degree}}}"


def _unit_line(unit: UnitSpecification) -> str:
    return (
        f"{{name: {_quoted(unit.name)}, places: {unit.places}, site: {_quoted(unit.site)}, "
        f"regime: {unit.regime}, programme: {_quoted(unit.programme)}, "
        f"double_cells: {written(float(unit.double_cells))}, openness: {written(float(unit.openness))}}}"
    )


def _programme_lines(programmes: Iterable[ProgrammeSpecification]) -> Iterator[str]:
    yield from ("", "programmes:")
    for programme in programmes:
        yield f"  {_quoted(programme.name)}:"
        yield f"    regimes: [{', '.join(programme.regimes)}]"
        for name in attributes():
            number = getattr(programme, name)
            if number is not None:
                yield f"    {name}: {written(float(number))}"
        yield "    week:"
        for day, name in enumerate(DAY_NAMES):
            parts = [_part(programme, day, part) for part in range(len(PART_NAMES))]
            said = ", ".join(text for text in parts if text)
            if said:
                yield f"      {name}: {{{said}}}"


def _part(programme: ProgrammeSpecification, day: int, part: int) -> str:
    """Return the hours of a day-part as an entry of a day, or nothing if nothing is scheduled."""
    slot = programme.week[len(PART_NAMES) * day + part] if programme.week else ()
    hours = [f"{name}: {written(h)}" for name, h in zip(ACTIVITIES, slot, strict=False) if h]
    return f"{PART_NAMES[part]}: {{{', '.join(hours)}}}" if hours else ""


def _quoted(text: str) -> str:
    """Return ``text`` as a JSON string, which is a YAML string too."""
    return json.dumps(text, ensure_ascii=False)
