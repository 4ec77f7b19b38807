"""The manifest of a sweep's folder: what was swept, and which parts hold its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.answers import as_json
from experiments.commit import commit
from experiments.sweeping.design import digest_of
from experiments.sweeping.files import write_atomically
from sim.version import SCHEMA, __version__

NAME = "manifest.json"


class DamagedError(ValueError):
    """A manifest is not what was written."""


@dataclass(slots=True)
class Manifest:
    """What a folder says about itself.

    ``identity`` may not change as long as the folder is used; ``generation`` counts how often its parts
    were written anew.  An entry of ``parts`` has the keys file, rows, sha256 and, where more was kept of
    some of its runs, ``kept`` with the same keys per file.
    """

    design: Mapping[str, Any]
    identity: Mapping[str, Any]
    generation: int = 0
    parts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def next_number(self) -> int:
        """The number of the next part."""
        return 1 + max((int(entry["file"].split("-")[-2]) for entry in self.parts), default=0)

    def write(self, folder: Path) -> None:
        """Write the manifest into its folder, whole or not at all."""
        content = {
            "schema": SCHEMA,
            "command": "sweep",
            "version": __version__,
            "commit": commit(),
            "design": self.design,
            "identity": self.identity,
            "generation": self.generation,
            "parts": self.parts,
        }
        content = json.loads(json.dumps(content))
        content["check"] = digest_of(content)
        write_atomically(folder / NAME, (as_json(content) + "\n").encode())


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a folder, ``None`` if there is none; raises ``DamagedError``."""
    path = folder / NAME
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DamagedError(f"{path}: cannot be read as JSON") from error
    if not isinstance(content, dict) or content.get("command") != "sweep":
        raise DamagedError(f"{path}: is no manifest of a sweep")
    # To the last byte: whatever touched the file, it is not what was written.
    same = text == as_json(content) + "\n"
    if content.pop("check", None) != digest_of(content) or not same:
        raise DamagedError(f"{path}: does not match its own checksum")
    return Manifest(content["design"], content["identity"], content["generation"], content["parts"])
