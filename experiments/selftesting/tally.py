"""What a check found: how often harm was tried, and what it cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scenarios.problems import printable

MOST_FINDINGS = 20
"""Findings of a check that are told; all of them count."""

Tell = Callable[[int], None]
"""Is told how many more attempts are done."""


@dataclass(slots=True)
class Tally:
    """The count of one check.

    ``planned`` and ``tried`` count attempts; ``lost`` finished runs that were gone or done again,
    ``duplicated`` rows too many, ``silent`` damage or changes of meaning that nobody noticed,
    ``traceback`` attempts that ended in a traceback instead of a clear line, ``orphans`` processes that
    outlived their sweep (``None`` where the system does not show that).  ``worst_seconds`` is the longest
    time that one attempt took.  ``findings`` say in words what went wrong.
    """

    id: str
    planned: int
    tried: int = 0
    lost: int = 0
    duplicated: int = 0
    silent: int = 0
    traceback: int = 0
    orphans: int | None = 0
    worst_seconds: float = 0.0
    findings: list[str] = field(default_factory=list)
    found: int = 0

    def took(self, seconds: float) -> None:
        """Note how long one attempt took."""
        self.worst_seconds = max(self.worst_seconds, seconds)

    def wrong(self, finding: str, **counts: int | None) -> None:
        """Note something wrong, and add to the counts given by name."""
        for name, number in counts.items():
            if number is not None:
                setattr(self, name, (getattr(self, name) or 0) + number)
        self.found += 1
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(printable(" ".join(finding.split())))

    @property
    def passed(self) -> bool:
        """Whether everything planned was tried and nothing went wrong."""
        return self.tried >= max(1, self.planned) and self.found == 0

    def row(self) -> dict[str, Any]:
        """Return the entry of the answer."""
        return {
            "id": self.id,
            "tried": self.tried,
            "lost": self.lost,
            "duplicated": self.duplicated,
            "silent": self.silent,
            "traceback": self.traceback,
            "orphans": self.orphans,
            "worst_seconds": round(self.worst_seconds, 3),
            "passed": self.passed,
        }
