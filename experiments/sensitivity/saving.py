"""What a sensitivity analysis leaves in its folder: the answer, one table, the report, figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.answers import as_json
from experiments.results import ANSWER_FILE, write_csv, write_json
from experiments.sensitivity.analysis import Sensitivity
from experiments.sensitivity.reporting import flat_rows, report


def save_sensitivity(folder: Path, answer: dict[str, Any], result: Sensitivity) -> None:
    """Write the folder of a sensitivity analysis."""
    from experiments.figures.sensitivity import draw_sensitivity

    write_json(folder / ANSWER_FILE, as_json(answer))
    write_csv(folder / "sensitivity.csv", *flat_rows(result))
    (folder / "report.txt").write_text(report(result) + "\n", encoding="utf-8")
    draw_sensitivity(result, folder / "figures")
