"""Writes a design that was read as a new file: reading that must give an equal design."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from experiments.designs import Factor
from experiments.sweeping.design import Sample, SweepDesign
from scenarios import dump


def rewrite(design: SweepDesign, folder: Path) -> Path:
    """Write a design and its scenarios into ``folder`` and return the path of the design.

    Nothing of the file it was read from is used.  The text is JSON, which YAML contains.
    """
    folder.mkdir(exist_ok=True)
    names = []
    for index, specification in enumerate(design.scenarios.values()):
        names.append(f"scenario-{index}.yaml")
        (folder / names[-1]).write_text(dump(specification), encoding="utf-8")
    path = folder / f"{design.name}.yaml"
    path.write_text(json.dumps({"scenarios": names, **_keys(design)}, indent=1), encoding="utf-8")
    return path


def _keys(design: SweepDesign) -> dict[str, Any]:
    table = design.table
    keys: dict[str, Any] = {"seed": design.seed, "start": design.start, "design": table.kind}
    if table.kind == "list":
        keys["points"] = table.points
    elif table.factors:
        keys["factors"] = {factor.path: _written(factor) for factor in table.factors}
        if table.samples and table.kind != "one-at-a-time":
            keys["samples"] = table.samples
    if design.precision is None:
        keys["replicates"] = design.replicates
    else:
        keys["precision"] = design.precision.row()
    keys["outputs"] = list(design.outputs)
    kept = {"daily": _sample(design.keep.daily), "ledger": _sample(design.keep.ledger)}
    chosen = {name: sample for name, sample in kept.items() if sample is not None}
    if chosen:
        keys["keep"] = chosen
    return keys


def _written(factor: Factor) -> Any:
    if factor.levels:
        return list(factor.levels)
    return {"low": factor.low, "high": factor.high, "scale": factor.scale}


def _sample(sample: Sample) -> Any:
    if not sample.replicates:
        return None
    replicates = sorted(sample.replicates)
    if sample.points is None:
        return replicates
    return {"points": sorted(sample.points), "replicates": replicates}


def is_same(one: SweepDesign, other: SweepDesign) -> bool:
    """Say whether two designs ask for the same runs."""
    return (
        one.description() == other.description()
        and one.identity() == other.identity()
        and one.table.points == other.table.points
    )
