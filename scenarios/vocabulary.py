"""Which keys a scenario file has: made from the registry, so that nothing is declared twice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from scenarios.frameworks import KEY as POLICY
from scenarios.frameworks import PolicyShape
from scenarios.shapes import (
    NAME,
    REFERENCE,
    TITLE,
    UNIT_NAME,
    ChoiceShape,
    EdgesShape,
    NumberShape,
    Shape,
    SwitchShape,
    UnitsShape,
)
from scenarios.weeks import PROGRAMME_NAME
from sim import inputs, mechanisms
from sim.parameters import registry
from sim.specification import GraphSpecification, UnitSpecification

PRACTICES: tuple[str, ...] = ()
"""Names of the practices of house life that a scenario can dose; none exist yet."""

PROGRAMMES = "programmes"
"""The block of daily programmes: its keys are names that the file gives."""

LARGEST_UNIT = 500
MOST_PLACES = 20000
EACH = "each"
"""The site that gives every unit a site of its own."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a block: the path under which its value is known, and what it accepts.

    ``path`` is what ``--set``, designs and the registry use; in a file the key is found in a block.
    """

    path: str
    shape: Shape[Any]


def header() -> dict[str, Shape[Any]]:
    """Return the keys at the top of a file that are not blocks."""
    return {
        "name": NAME,
        "title": TITLE,
        "extends": REFERENCE,
        "overlay": SwitchShape("true for a file that changes a scenario instead of being one"),
    }


@cache
def blocks() -> dict[str, dict[str, Field]]:
    """Return, for every block in the order in which files show them, its fields by key."""
    found: dict[str, dict[str, Field]] = {
        "facility": {"units": Field("facility.units", UnitsShape(unit_fields()))},
        "facility.graph": _graph_fields(),
    }
    for section in inputs.SECTIONS:
        block = found.setdefault(section.name, {})
        for parameter in section.parameters:
            block[parameter.name] = Field(parameter.path, NumberShape.of(parameter))
    for path, names in inputs.CHOICES.items():
        section_name, key = path.split(".", 1)
        found.setdefault(section_name, {})[key] = Field(path, ChoiceShape(names))
    for regime in inputs.REGIMES:
        found["programme"][regime] = Field(f"programme.{regime}", PROGRAMME_NAME)
    found["promotion"] = {"policy": Field(POLICY, PolicyShape())}
    found["practices"] = {name: Field(f"practices.{name}", _DOSE) for name in PRACTICES}
    found["mechanisms"] = {name: Field(f"mechanisms.{name}", _SWITCH) for name in mechanisms.NAMES}
    found["parameters"] = {
        path: Field(path, NumberShape.of(parameter))
        for path, parameter in registry().items()
        if path not in _block_paths()
    }
    return found


_DOSE = NumberShape(0, 1, "dose, 0-1", "how fully the practice is in use")
_SWITCH = SwitchShape("false replaces the mechanism by its neutral stand-in")


@cache
def _block_paths() -> frozenset[str]:
    return frozenset(parameter.path for section in inputs.SECTIONS for parameter in section.parameters)


def _graph_fields() -> dict[str, Field]:
    degree = NumberShape(
        0,
        1000,
        "units",
        "neighbours of a unit in a ring or cluster",
        integer=True,
        default=GraphSpecification().degree,
    )
    generator = ChoiceShape(inputs.GRAPH_GENERATORS, "which units share spaces")
    return {
        "generator": Field("facility.graph.generator", generator),
        "degree": Field("facility.graph.degree", degree),
        "edges": Field("facility.graph.edges", EdgesShape()),
    }


def unit_fields() -> dict[str, Shape[Any]]:
    """Return the keys of one entry of ``facility.units``."""
    usual = UnitSpecification("", 1)
    return {
        "name": UNIT_NAME,
        "places": NumberShape(1, LARGEST_UNIT, "places", "places of each of these units", integer=True),
        "count": NumberShape(1, MOST_PLACES, "units", "how many such units", integer=True, default=1),
        "site": UNIT_NAME,
        "regime": ChoiceShape(inputs.REGIMES, "whom the unit holds"),
        "programme": PROGRAMME_NAME,
        "double_cells": NumberShape(
            0, 1, "share of places", "places in cells for two", default=usual.double_cells
        ),
        "openness": NumberShape(
            0, 1, "share of time", "unprogrammed daytime out on the unit", default=usual.openness
        ),
    }


def block_names() -> list[str]:
    """Return the names of the blocks at the top level."""
    return [name for name in blocks() if "." not in name]


@cache
def settable() -> dict[str, Shape[Any]]:
    """Return everything that ``--set`` accepts, by path."""
    return {
        field.path: field.shape
        for fields in blocks().values()
        for field in fields.values()
        if field.path != "facility.units"
    }


def key_of(path: str) -> str:
    """Return the key under which a file writes what is known as ``path``."""
    return f"parameters.{path}" if path in blocks()["parameters"] else path
