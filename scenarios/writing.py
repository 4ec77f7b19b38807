"""Writes a specification as a scenario file in which nothing is left to a default."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scenarios.frameworks import KEY as POLICY
from scenarios.frameworks import dumped
from scenarios.shapes import written
from scenarios.vocabulary import blocks
from sim.specification import Specification, UnitSpecification


def dump(specification: Specification) -> str:
    """Return the full, explicit YAML of a specification; loading it gives an equal specification."""
    lines = [f"name: {_quoted(specification.name)}", f"title: {_quoted(specification.title)}"]
    for block in blocks():
        if "." not in block:
            lines += _block_lines(block, specification)
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
        f"regime: {unit.regime}, double_cells: {written(float(unit.double_cells))}, "
        f"openness: {written(float(unit.openness))}}}"
    )


def _quoted(text: str) -> str:
    """Return ``text`` as a JSON string, which is a YAML string too."""
    return json.dumps(text, ensure_ascii=False)
