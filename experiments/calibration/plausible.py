"""The shipped set of plausible vectors: written with its provenance, refused by another model.

A set belongs to the model that made it.  It carries a fingerprint of the model's program text (comments,
docstrings, layout and the meaning and source of parameters do not count) and of the scenarios it was
fitted on.  The defaults of the calibrated
parameters are left out of it: each vector sets them all, and the registry takes its defaults from the set.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments import exits
from experiments.calibration.procedure import Calibration, learned, ties
from experiments.calibration.settings import Settings, share_of
from sim.version import SCHEMA, __version__

SHIPPED = Path(__file__).with_name("plausible.json")
KIND = "plausible-vectors"
SIM = Path(__file__).resolve().parents[2] / "sim"
SCENARIOS = ("dutch-prison", "detention-house")
NOT_THE_MODEL = ("__init__.py", "kernel.py", "version.py", "model.py", "agents.py")
"""Files of ``sim`` in which nothing happens to anybody: exports, compiler, version, the face for Mesa."""


class Refused(exits.Failure):
    """A file of plausible vectors cannot be used; the message is one line."""

    def __init__(self, message: str) -> None:
        super().__init__(message, exits.BAD_INPUT)


@dataclass(frozen=True, slots=True)
class Plausible:
    """The vectors that the facts do not rule out, and where they come from."""

    vectors: tuple[dict[str, float], ...]
    medoid: dict[str, float]
    about: dict[str, Any]

    def some(self, number: int) -> tuple[dict[str, float], ...]:
        """Return up to ``number`` vectors, the medoid first, each as far as can be from those before.

        The same vectors whatever is asked beyond them: fewer are a prefix of more.
        """
        paths = list(self.medoid)
        table = np.array([[vector[path] for path in paths] for vector in self.vectors])
        spread = np.ptp(table, axis=0)
        scaled = table / np.where(spread > 0.0, spread, 1.0)
        first = self.vectors.index(self.medoid)
        chosen = [first]
        nearest = ((scaled - scaled[first]) ** 2).sum(axis=1)
        while len(chosen) < min(number, len(self.vectors)):
            chosen.append(int(nearest.argmax()))
            nearest = np.minimum(nearest, ((scaled - scaled[chosen[-1]]) ** 2).sum(axis=1))
        return tuple(self.vectors[k] for k in chosen[: max(0, number)])


def fingerprint(paths: Iterable[str]) -> str:
    """Return the SHA-256 of the model, with the defaults of the parameters ``paths`` left out."""
    left_out = frozenset(paths)
    digest = hashlib.sha256()
    for path in sorted(SIM.rglob("*.py")):
        name = path.relative_to(SIM).as_posix()
        if name not in NOT_THE_MODEL:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            text = "\n".join(_spelled(tree, path.stem, left_out))
            digest.update(f"{name}\n{text}\n".encode())
    for reference in SCENARIOS:
        digest.update(_facility(reference, left_out).encode())
    return digest.hexdigest()


def _facility(reference: str, left_out: frozenset[str]) -> str:
    import scenarios

    described = scenarios.load(reference).canonical()
    described["values"] = {p: v for p, v in described["values"].items() if p not in left_out}
    return json.dumps(described, sort_keys=True)


def _spelled(node: Any, module: str, left_out: frozenset[str]) -> Iterator[str]:
    """Yield what a program says, node by node, in a form that is the same for all Python versions."""
    if isinstance(node, ast.AST):
        node = _declaration(node, module, left_out)
        yield type(node).__name__
        for name, value in ast.iter_fields(node):
            if name == "body" and isinstance(value, list):
                value = [item for item in value if not _is_text(item)]  # noqa: PLW2901 - docstrings do not count
            if value is None or value == [] or name in ("ctx", "kind", "type_comment", "type_params"):
                continue
            yield f".{name}"
            yield from _spelled(value, module, left_out)
    elif isinstance(node, list):
        for item in node:
            yield from _spelled(item, module, left_out)
    else:
        yield repr(node)


def _is_text(node: Any) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _declaration(node: ast.AST, module: str, left_out: frozenset[str]) -> ast.AST:
    """Return the declaration of a parameter as far as it matters, anything else as it is.

    Name, unit and ranges do; meaning and source do not, nor does the default of a calibrated parameter.
    """
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or len(node.args) < 5:
        return node
    first = node.args[0]
    is_declaration = node.func.id == "declare" or module == "inputs"
    if not is_declaration or not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return node
    section = module if node.func.id == "declare" else node.func.id
    start = 2 if f"{section}.{first.value}" in left_out else 1
    marks = [keyword for keyword in node.keywords if keyword.arg in ("feedback", "integer")]
    return ast.Call(node.func, [first, *node.args[start:5]], marks)


def described(
    calibration: Calibration, simulated: dict[str, Any] | None = None, *, quick: bool = False
) -> dict[str, Any]:
    """Return the set as the JSON object that is shipped; ``simulated`` is what the medoid gives."""
    from experiments.commit import commit

    settings = calibration.settings
    vectors = calibration.vectors
    outcomes = [
        [float(f"{o.straight(float(v)):.4g}") for o, v in zip(settings.outputs, row, strict=True)]
        for row in calibration.outcomes
    ]
    return {
        "schema": SCHEMA,
        "kind": KIND,
        "version": __version__,
        "commit": commit(),
        "fingerprint": fingerprint(settings.paths),
        "quick": quick,
        "method": "history matching on Gaussian process emulators; every vector verified by running it",
        "seed": settings.seed,
        "scenarios": list(SCENARIOS),
        "design": {
            "points_per_wave": settings.points,
            "waves": settings.waves,
            "replicates": settings.replicates,
            "copies": settings.copies,
            "verified": len(vectors),
            "tried": calibration.tried,
        },
        "targets": [output.row() for output in settings.outputs],
        "waves": [wave.row() for wave in calibration.waves],
        "parameters": [
            {**entry.row(), "plausible_low": f.low, "plausible_high": f.high, "scale": f.scale}
            for entry, f in zip(learned(settings, calibration.shares), settings.factors, strict=True)
        ],
        "tied": [list(pair) for pair in ties(settings, calibration.shares)],
        "medoid": calibration.medoid,
        "medoid_simulated": simulated,
        "columns": settings.paths,
        "vectors": [[vector[path] for path in settings.paths] for vector in vectors],
        "outcome_columns": [output.measure for output in settings.outputs],
        "outcomes": outcomes,
        "implausibility": [round(float(value), 3) for value in calibration.implausibility],
    }


def as_text(data: dict[str, Any]) -> str:
    """Return the set as JSON text with one line per vector: readable, and small in a repository."""
    from experiments.answers import finite

    plain = finite(data)
    rows = {key: plain[key] for key in ("vectors", "outcomes")}
    text = json.dumps({**plain, **dict.fromkeys(rows, "@")}, ensure_ascii=False, allow_nan=False, indent=1)
    for key, table in rows.items():
        lines = ",\n  ".join(json.dumps(row) for row in table)
        text = text.replace(f'"{key}": "@"', f'"{key}": [\n  {lines}\n ]')
    return text + "\n"


def load_plausible(path: Path = SHIPPED) -> Plausible:
    """Return the vectors of a file made by this very model.

    Raises :class:`Refused` with one line for a file that is missing, no such set, or of another model.
    """
    data = _read(path)
    if data.get("schema") != SCHEMA or data.get("version") != __version__:
        raise Refused(
            f"{path}: made by model version {data.get('version')} (schema {data.get('schema')}), "
            f"this is version {__version__} (schema {SCHEMA}): run 'detention calibrate --ship' again"
        )
    columns = data["columns"]
    if data.get("fingerprint") != fingerprint(columns):
        raise Refused(
            f"{path}: made by another model version (its program or its reference scenarios have changed "
            f"since commit {str(data.get('commit'))[:8]}): run 'detention calibrate --ship' again"
        )
    vectors = tuple(dict(zip(columns, map(float, row), strict=True)) for row in data["vectors"])
    about = {key: value for key, value in data.items() if key not in ("vectors", "outcomes")}
    return Plausible(vectors, vectors[int(data["medoid"])], about)


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError:
        raise Refused(f"{path}: not a JSON file") from None
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise Refused(f"{path}: not a set of plausible vectors")
    missing = [key for key in ("columns", "vectors", "medoid", "fingerprint") if key not in data]
    if missing or not _is_table(data["columns"], data["vectors"], data["medoid"]):
        what = f"{', '.join(missing)} missing" if missing else "columns, vectors and medoid do not fit"
        raise Refused(f"{path}: damaged ({what})")
    return data


def _is_table(columns: Any, vectors: Any, medoid: Any) -> bool:
    if not isinstance(columns, list) or not isinstance(vectors, list) or not isinstance(medoid, int):
        return False
    rows_fit = all(isinstance(row, list) and len(row) == len(columns) for row in vectors)
    numbers = rows_fit and all(isinstance(x, (int, float)) for row in vectors for x in row)
    return numbers and 0 <= medoid < len(vectors)


def defaults_to_change(settings: Settings, vector: dict[str, float]) -> list[dict[str, Any]]:
    """Return, per calibrated parameter, the registry's default and what the vector has instead."""
    from sim.parameters import registry

    return [
        {
            "path": factor.path,
            "default": (now := registry()[factor.path].default),
            "medoid": vector[factor.path],
            "shift_of_range": round(share_of(factor, vector[factor.path]) - share_of(factor, now), 3),
        }
        for factor in settings.factors
    ]
