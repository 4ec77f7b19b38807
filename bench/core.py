"""The frozen core: the part of the model that its yardsticks (C, plain Mesa objects) repeat."""

from __future__ import annotations

from sim.inputs import CHOICES
from sim.mechanisms import NAMES
from sim.parameters import defaults
from sim.specification import GraphSpecification, Specification, UnitSpecification

CORE = ("encounters", "needs", "tension", "conflict")
"""Mechanisms that run in full; all others run in their neutral form."""

LIVELY = {
    "encounters.quarrel": 0.05,
    "encounters.friction": 0.04,
    "conflict.damage_rate": 5,
    "conflict.contraband_rate": 10,
    "conflict.refusal_rate": 5,
    "conflict.escape_rate": 2,
    "conflict.static_stops": 0.5,
    "tension.witness_arousal": 0.2,
}
"""Rates of incidents some dozen times above the defaults: weeks in a small unit fill the ledger."""


def frozen(
    places: tuple[int, ...],
    numbers: dict[str, float] | None = None,
    *,
    days: int = 28,
    burn_in: int = 0,
    double_cells: float = 0.2,
) -> Specification:
    """Return the frozen core of a facility with units of so many places that share nothing."""
    units = tuple(
        UnitSpecification(
            f"unit-{k + 1}",
            size,
            regime="remand" if k % 3 == 2 else "prison",
            double_cells=double_cells,
            openness=0.1,
        )
        for k, size in enumerate(places)
    )
    values = {**defaults(), "facility.shared": 0.0, "run.days": days, "run.burn_in_days": burn_in}
    return Specification(
        name="frozen-core",
        title="Frozen core",
        units=units,
        graph=GraphSpecification("none"),
        values=values,
        choices={name: options[0] for name, options in CHOICES.items()},
        mechanisms={name: name in CORE for name in NAMES},
    ).with_numbers(numbers or {})
