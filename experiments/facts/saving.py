"""What a validation leaves in its folder: the answer, a table of facts, the report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.answers import as_json
from experiments.facts.reporting import report
from experiments.facts.validation import Validation
from experiments.results import ANSWER_FILE, write_csv, write_json

HEADINGS = (
    "fact",
    "use",
    "number",
    "measure",
    "unit",
    "value",
    "low",
    "high",
    "replicates",
    "target_low",
    "target_high",
    "direction",
    "verdict",
    "seen_in_development",
)


def save_validation(folder: Path, answer: dict[str, Any], validation: Validation) -> None:
    """Write the folder of a validation."""
    write_json(folder / ANSWER_FILE, as_json(answer))
    write_csv(folder / "facts.csv", HEADINGS, _rows(answer))
    (folder / "report.txt").write_text(report(validation) + "\n", encoding="utf-8")


def _rows(answer: dict[str, Any]) -> Iterator[list[Any]]:
    for fact in answer["facts"]:
        for entry in fact["numbers"]:
            yield [
                fact["id"],
                fact["use"],
                entry["name"],
                *(entry[name] for name in ("measure", "unit", "value", "low", "high", "n")),
                *(entry[name] for name in ("target_low", "target_high", "direction", "verdict")),
                fact["seen_in_development"],
            ]
