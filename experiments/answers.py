"""The JSON answers of all commands: one object that says what produced it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import typer

from experiments.commit import commit
from sim.version import SCHEMA, __version__


def answer(command: str, **content: Any) -> dict[str, Any]:
    """Return ``content`` with the schema number, command, version and commit before it."""
    return {
        "schema": SCHEMA,
        "command": command,
        "version": __version__,
        "commit": commit(),
        **finite(content),
    }


def as_json(value: Any) -> str:
    """Return a value as indented JSON text; infinite and missing numbers become ``null``."""
    return json.dumps(finite(value), ensure_ascii=False, allow_nan=False, indent=1)


def print_answer(command: str, **content: Any) -> None:
    """Print the JSON answer of ``command`` to stdout."""
    typer.echo(as_json(answer(command, **content)))


def finite(value: Any) -> Any:
    """Return ``value`` with every number that JSON cannot express replaced by ``None``."""
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return finite(value.item()) if hasattr(value, "item") else value
