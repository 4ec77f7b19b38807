"""Policies of promotion and demotion as a layer over scenarios: ``compare --policies a,b``."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.specification import Specification

KEY = "promotion.policy"
OPTION = "--policies"


@dataclass(frozen=True, slots=True)
class Layer:
    """What one policy changes: its settings, and what is added to the name of a scenario."""

    name: str = ""

    @property
    def sets(self) -> list[str]:
        """The settings, as ``--set`` takes them."""
        return [f"{KEY}={self.name}"] if self.name else []


def policy_layers(listed: str | None) -> list[Layer]:
    """Return one layer per policy of a list with commas; without a list one that changes nothing.

    Raises ``ScenarioError`` for a name that no policy has (with the nearest one) or that is there twice.
    """
    if listed is None:
        return [Layer()]
    from experiments.usage import refusal
    from scenarios import vocabulary

    names = [name.strip() for name in listed.split(",")]
    known = list(vocabulary.POLICIES)
    for name in names:
        if name not in known:
            raise refusal(OPTION, name, known)
        if names.count(name) > 1:
            raise refusal(OPTION, f"{name} twice", [], wanted="each policy once")
    return [Layer(name) for name in names]


def under_policy(specification: Specification, layer: Layer) -> Specification:
    """Return the specification under a name that says which policy it has."""
    if not layer.name:
        return specification
    return replace(specification, name=f"{specification.name}+{layer.name}")
