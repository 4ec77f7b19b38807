"""Whether a design may go on in the folder of an earlier one: it may ask for more, not for less."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments import exits
from experiments.sweeping.design import SweepDesign


def refuse_shrunk(root: Path, earlier: Mapping[str, Any], design: SweepDesign) -> None:
    """Raise ``Failure`` with exit code 4 when a design asks for less than the folder was made for.

    Otherwise the folder would hold runs that are no part of its design.  That all earlier points are
    still there is checked where the runs are read.
    """
    less = _less(earlier, design) if earlier else ""
    if less:
        raise exits.Failure(f"{root}: {less}; use another --out", exits.IN_USE)


def _less(earlier: Mapping[str, Any], design: SweepDesign) -> str:
    replicates, precision = earlier.get("replicates"), earlier.get("precision")
    if design.precision is None:
        asked = design.replicates or 0
        had = int(precision["first"] if precision else replicates or 0)
        return f"holds a sweep of {had} replicates, this design has {asked}" if asked < had else ""
    if precision is None:
        first = design.precision.first
        if first < int(replicates or 0):
            return f"holds a sweep of {replicates} replicates, this design begins with {first}"
        return ""
    now = design.precision.row()
    for key in ("indicator", "relative", "first"):
        if precision[key] != now[key]:
            return (
                f"holds a sweep whose precision has another {key} ({precision[key]} there, {now[key]} here)"
            )
    if now["half_width"] > precision["half_width"] or now["most"] < precision["most"]:
        return "holds a sweep that asked for a higher precision"
    return ""
