"""Sound scenario and design files, from which broken ones are made."""

from __future__ import annotations

from scenarios.library import LIBRARY

HOUSE = """\
name: house
title: "Two groups, 12 + 8 places"
extends: detention-house
facility:
  units:
    - {name: front, places: 12, regime: prison, openness: 0.9, programme: plus}
    - {name: back, places: 8, count: 2, regime: remand, double_cells: 0.25}
  graph: {edges: [[front, back-1], [back-1, back-2]]}
  shared: {value: 0.5, source: "a kitchen", grade: D, basis: assumed}
residents:
  occupancy: 0.95
  stay_mean_days: 180
security: {static: 0.2, relational: .7}
staffing: {unstaffed: locked, residents_per_employee: 1.4}
promotion: {policy: nl-2014}
mechanisms: {strain: false}
run: {days: 60, burn_in_days: 30}
"""

DESIGNS = (
    """\
scenarios: [detention-house]
days: 3
burn_in_days: 2
design: grid
factors: {staffing.residents_per_employee: [1.2, 1.7, 2.4], mechanisms.strain: [true, false]}
replicates: 4
""",
    """\
# a range with a scale, and one that the registry knows
scenarios:
  - detention-house
  - detention-house+relational
days: 3
burn_in_days: 2
seed: 12
design: lhs
samples: 8
factors:
  security.relational: {low: 0.2, high: 0.8}
  staffing.residents_per_employee: {low: 1.0, high: 3.0, scale: log}
  staffing.unstaffed:
precision: {indicator: tension, half_width: 0.05, relative: true, first: 4, most: 20}
outputs: [true_incidents, tension]
""",
    """\
scenarios: detention-house
days: 3
burn_in_days: 2
start: warm
points:
  - {security.relational: 0.4}
  - {security.relational: 0.7, response.ordering: relational_first}
replicates: 3
outputs: [tension, wellbeing]
keep: {daily: {points: [0, 1], replicates: 2}, ledger: [0, 2]}
""",
    """\
scenarios: [detention-house]
days: 3
burn_in_days: 2
design: morris
samples: 4
factors: {security.static: , security.procedural: , residents.reactivity_mean: }
replicates: 2
""",
)


def scenario_texts() -> list[str]:
    """Return the shipped scenarios and one that uses more of the format."""
    return [HOUSE, *(path.read_text(encoding="utf-8") for path in sorted(LIBRARY.glob("*.yaml")))]
