"""What a parameter and a mechanism *are*: the declarations that all listings are made from.

A number that shapes behaviour is declared once, as a :class:`Parameter`, in the module that uses it.
Nothing here imports numba, Mesa or SciPy.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Grade = Literal["A", "B", "C", "D"]
Basis = Literal["read", "abstract", "recalled", "derived", "assumed"]

GRADES = {
    "A": "meta-analysis, randomised trial or national administrative data",
    "B": "several studies, or one large multilevel or longitudinal study",
    "C": "one study or an expert's claim",
    "D": "assumption",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that shapes behaviour.

    ``low``/``high`` bound what the model accepts; ``plausible_low``/``plausible_high`` bound what a
    sweep or a calibration varies.  ``feedback`` marks the gains of loops in which an event changes the
    chance of later events: with all of them at 0 no event has a cause inside the model.
    """

    path: str
    default: float
    unit: str
    low: float
    high: float
    plausible_low: float
    plausible_high: float
    meaning: str
    source: str
    grade: Grade
    basis: Basis
    feedback: bool = False
    integer: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.plausible_low <= self.plausible_high <= self.high:
            raise ValueError(f"{self.path}: the plausible range must lie inside the admissible range")
        if not self.low <= self.default <= self.high:
            raise ValueError(f"{self.path}: the default must lie inside the admissible range")

    @property
    def section(self) -> str:
        """Name before the dot: a mechanism, or a block of a scenario file."""
        return self.path.split(".", 1)[0]

    @property
    def name(self) -> str:
        """Name after the dot."""
        return self.path.split(".", 1)[1]

    def row(self) -> dict[str, Any]:
        """Return the entry as shown by ``detention parameters --json``."""
        return asdict(self)


class Section:
    """Collects the parameters of one mechanism or block: call it once per number.

    >>> declare = Section("needs")
    >>> declare("tau", 12, "days", (1, 90), (6, 25), "speed of needs", "assumption")
    >>> declare.parameters[0].path
    'needs.tau'
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: list[Parameter] = []

    def __call__(
        self,
        name: str,
        default: float,
        unit: str,
        admissible: tuple[float, float],
        plausible: tuple[float, float],
        meaning: str,
        source: str,
        grade: Grade = "D",
        basis: Basis = "assumed",
        *,
        feedback: bool = False,
        integer: bool = False,
    ) -> None:
        """Declare one parameter of this section."""
        self._entries.append(
            Parameter(
                f"{self.name}.{name}",
                float(default),
                unit,
                float(admissible[0]),
                float(admissible[1]),
                float(plausible[0]),
                float(plausible[1]),
                meaning,
                source,
                grade,
                basis,
                feedback,
                integer,
            )
        )

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Everything declared so far, in order."""
        return tuple(self._entries)


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One process of the model: what it is about, what it reads and writes, what "off" means."""

    name: str
    title: str
    theory: str
    source: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    neutral: str
    parameters: tuple[Parameter, ...] = ()

    def row(self) -> dict[str, Any]:
        """Return the entry as shown by ``detention mechanisms --json``."""
        return {
            "name": self.name,
            "title": self.title,
            "theory": self.theory,
            "source": self.source,
            "reads": list(self.reads),
            "writes": list(self.writes),
            "neutral": self.neutral,
            "parameters": [parameter.path for parameter in self.parameters],
        }
