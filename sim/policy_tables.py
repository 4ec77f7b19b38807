"""From a policy of promotion to the tables that kernels read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sim import state
from sim.kernel import Table
from sim.ledger import JUDGED
from sim.policy import GROUPS, STANDINGS, PolicySpecification

TABLES = ("policy", "levels", "domains", "conducts", "reporters")
"""Names of the tables that a policy becomes, in the order of :func:`policy_tables`."""

OWN_PROGRAMME = -1
"""Row of the programme of a level that names none: people live the programme of their unit."""


def policy_tables(policy: PolicySpecification, programmes: Sequence[str] = ()) -> dict[str, Table]:
    """Return the tables of a policy by name; a policy without levels has one that gives nothing.

    ``programmes`` are the names of the programmes of the scenario, in the order of their rows.  Raises
    ``ValueError`` if a level lives another one.
    """
    return {name: table.copy() for name, table in _tables_of(policy, tuple(programmes)).items()}


# Runs of a sweep mostly share their policy: its tables are filled once, and copied.
@lru_cache(maxsize=16)
def _tables_of(policy: PolicySpecification, programmes: tuple[str, ...]) -> dict[str, Table]:
    return {
        "policy": _rules(policy),
        "levels": _levels(policy, programmes),
        "domains": _domains(policy),
        "conducts": _conducts(policy),
        "reporters": _reporters(policy),
    }


def _rules(policy: PolicySpecification) -> Table:
    table = state.new_table("policy", 1)
    row = table[0]
    row.acts = int(policy.acts)
    row.scheme = int(policy.has_scheme)
    row.by_meeting = int(policy.decides == "mdo")
    parts = (policy.plan, policy.review, policy.promotion, policy.demotion, policy.scope)
    columns = set(table.dtype.names or ())
    for part in parts:
        # Numbers and switches have the same names in the policy and in the table.
        for key in part.__slots__:
            if key in columns and isinstance(getattr(part, key), int | float):
                row[key] = getattr(part, key)
    conditions = policy.promotion.conditions
    row.conditions = len(conditions)
    row.condition_days = sum(entry.days for entry in conditions) / max(1, len(conditions))
    row.to_lowest = int(policy.demotion.falls == "lowest")
    row.groups_out = sum(1 << GROUPS.index(group) for group in policy.scope.groups_out)
    row.convicted_out = int(policy.scope.convicted_out and policy.case_law.conviction_excludes)
    row.effort_alone_suffices = int(policy.case_law.effort_alone_suffices)
    return table


def _levels(policy: PolicySpecification, programmes: Sequence[str]) -> Table:
    table = state.new_table("levels", max(1, len(policy.levels)))
    table.periods[:] = 1
    table.programme[:] = OWN_PROGRAMME
    for row, level in zip(table, policy.levels, strict=False):
        if level.programme:
            row.programme = programmes.index(level.programme)
        row.plus = int(level.plus)
        row.periods = level.periods
        row.visits = level.visits
    return table


def _domains(policy: PolicySpecification) -> Table:
    table = state.new_table("domains", len(policy.domains))
    for row, domain in zip(table, policy.domains, strict=True):
        row.weight = domain.weight
        row.effort = int(domain.effort)
        row.desired_needed = domain.desired_needed
        row.warning_from = domain.warning_from
        row.undesired_from = domain.undesired_from
    return table


def _conducts(policy: PolicySpecification) -> Table:
    standing = {entry.name: STANDINGS.index(entry.standing) for entry in policy.classes}
    place = {domain.name: k for k, domain in enumerate(policy.domains)}
    table = state.new_table("conducts", len(policy.conduct))
    for row, entry in zip(table, policy.conduct, strict=True):
        row.kind = JUDGED[entry.kind]
        row.domain = place.get(entry.domain, -1)
        row.standing = standing[entry.judged]
        row.weight = entry.weight
    return table


def _reporters(policy: PolicySpecification) -> Table:
    place = {domain.name: k for k, domain in enumerate(policy.domains)}
    everything = (1 << len(policy.domains)) - 1
    table = state.new_table("reporters", len(policy.reporters))
    for row, reporter in zip(table, policy.reporters, strict=True):
        row.attention = reporter.attention
        row.weight = reporter.weight
        row.on_unit = int(reporter.on_unit)
        row.domains = sum(1 << place[domain] for domain in reporter.domains) or everything
    return table
