"""The mechanisms, in the order in which a day-part meets them.

One module each: what it is about, its parameters, its kernels, what it reads and writes and what
"off" means.  Mechanisms never import each other; they meet in the state.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from sim.registry import Mechanism

NAMES = (
    "flow",
    "strain",
    "roster",
    "programme",
    "encounters",
    "alliance",
    "conflict",
    "response",
    "coercion",
    "promotion",
    "justice",
    "tension",
    "needs",
    "wellbeing",
)
"""Names of the mechanisms that exist, in schedule order."""


@cache
def all_mechanisms() -> tuple[Mechanism, ...]:
    """Return the description of every mechanism in schedule order."""
    return tuple(import_module(f"sim.mechanisms.{name}").MECHANISM for name in NAMES)
