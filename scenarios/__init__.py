"""Scenarios: what a facility is, as YAML files with a strict loader and a library.

Nothing in here moves: a scenario becomes a :class:`sim.specification.Specification`, and every number
in it knows where it comes from.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.assembly import assemble, specification_of
from scenarios.library import Entry, library
from scenarios.problems import Position, Problem, ScenarioError
from scenarios.provenance import Row, rows_of
from scenarios.schema import json_schema
from scenarios.writing import dump
from sim.specification import Specification

__all__ = [
    "Entry",
    "Position",
    "Problem",
    "Row",
    "ScenarioError",
    "dump",
    "json_schema",
    "library",
    "load",
    "provenance",
]


def load(reference: str, *, sets: Sequence[str] = (), off: Sequence[str] = ()) -> Specification:
    """Return the specification of ``NAME``, ``FILE.yaml`` or ``SCENARIO+OVERLAY+...``.

    Overlays apply from left to right, then ``sets`` (each ``PATH=VALUE``, together one layer), then
    ``off`` (names of mechanisms).  Raises :class:`ScenarioError` with every problem that was found.
    """
    return specification_of(assemble(reference, sets, off))


def provenance(reference: str, *, sets: Sequence[str] = (), off: Sequence[str] = ()) -> list[Row]:
    """Return, for every value of a scenario, who set it, its source, grade and basis.

    Raises :class:`ScenarioError` like :func:`load`.
    """
    return rows_of(assemble(reference, sets, off))
