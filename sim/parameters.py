"""The parameter registry: every number of every scenario block and mechanism, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from sim import inputs
from sim.kernel import declare_record
from sim.mechanisms import all_mechanisms
from sim.registry import Parameter


@cache
def registry() -> dict[str, Parameter]:
    """Return every parameter by path: scenario blocks first, then mechanisms in schedule order."""
    entries: dict[str, Parameter] = {}
    for section in inputs.SECTIONS:
        entries.update({parameter.path: parameter for parameter in section.parameters})
    for mechanism in all_mechanisms():
        for parameter in mechanism.parameters:
            if parameter.path in entries:
                raise ValueError(f"{parameter.path} is declared twice")
            entries[parameter.path] = parameter
    return entries


def defaults() -> dict[str, float]:
    """Return the default of every parameter by path."""
    return {path: parameter.default for path, parameter in registry().items()}


@cache
def parameter_dtype() -> np.dtype[Any]:
    """Return the nested record type in which kernels read parameters: ``p.needs.tau``."""
    sections: dict[str, list[tuple[str, type]]] = {}
    for parameter in registry().values():
        sections.setdefault(parameter.section, []).append((parameter.name, np.float64))
    return np.dtype([(name, np.dtype(fields)) for name, fields in sections.items()])


def parameter_record(values: Mapping[str, float]) -> Any:
    """Return ``values`` as a record array of length 1 for the kernels."""
    return np.array([values[path] for path in _paths()]).view(parameter_dtype()).view(np.recarray)


@cache
def _paths() -> tuple[str, ...]:
    """Return the paths of all parameters as they lie in a record."""
    dtype = parameter_dtype()
    return tuple(f"{name}.{field}" for name in dtype.names or () for field in dtype[name].names or ())


def declare() -> None:
    """Make the annotations ``Parameters`` (row) and ``ParameterTable`` known to the compiler."""
    declare_record("Parameters", "ParameterTable", parameter_dtype())
