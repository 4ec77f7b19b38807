"""The JSON Schema of scenario files, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from scenarios.vocabulary import PROGRAMMES, blocks, header
from scenarios.weeks import programmes_schema


def json_schema() -> dict[str, Any]:
    """Return a JSON Schema (2020-12) of scenario files and overlays, made from the registry.

    It knows every key with meaning, unit and range; what concerns several keys together (the median
    stay is below the mean, edges name units) only the loader checks.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:detention-climate:scenario",
        "title": "detention-climate scenario or overlay",
        "type": "object",
        "properties": {
            **{key: shape.schema() for key, shape in header().items()},
            **{name: _block_schema(name) for name in blocks() if "." not in name},
            PROGRAMMES: programmes_schema(),
        },
        "additionalProperties": False,
        "if": {"properties": {"overlay": {"const": True}}, "required": ["overlay"]},
        "else": {"required": ["name"]},
    }


def _block_schema(block: str) -> dict[str, Any]:
    inner = [name for name in blocks() if name.startswith(f"{block}.")]
    properties = {key: field.shape.schema() for key, field in blocks()[block].items()}
    properties |= {name.split(".", 1)[1]: _block_schema(name) for name in inner}
    # An empty block is read as nothing said.
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}
