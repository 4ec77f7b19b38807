"""Policies of promotion and demotion as a layer over scenarios: ``compare --policies a,b``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sim.specification import Specification

KEY = "promotion.policy"
OPTION = "--policies"


@dataclass(frozen=True, slots=True)
class Layer:
    """What one policy changes: its settings, and what is added to the name of a scenario.

    ``name`` is the name of a shipped policy or the path of a file.
    """

    name: str = ""

    @property
    def sets(self) -> list[str]:
        """The settings, as ``--set`` takes them."""
        return [f"{KEY}={self.name}"] if self.name else []


def policy_layers(listed: str | None) -> list[Layer]:
    """Return one layer per policy of a list with commas; without a list one that changes nothing.

    A file (``FILE.yaml``) is taken as it is; what is wrong in it is told when scenarios are loaded.  Raises
    ``ScenarioError`` for a name that no policy has (with the nearest one) or that is there twice.
    """
    if listed is None:
        return [Layer()]
    from experiments.usage import refusal
    from scenarios.frameworks import policy_names

    names = [name.strip() for name in listed.split(",")]
    known = list(policy_names())
    for name in names:
        if name not in known and not is_file(name):
            raise refusal(OPTION, name, known)
        if names.count(name) > 1:
            raise refusal(OPTION, f"{name} twice", [], wanted="each policy once")
    return [Layer(name) for name in names]


def label(name: str) -> str:
    """Return what a policy adds to the name of a scenario."""
    return Path(name).stem if is_file(name) else name


def is_file(name: str) -> bool:
    """Say whether a policy is named by its file."""
    return Path(name).suffix in {".yaml", ".yml"}


def under_policy(specification: Specification, layer: Layer) -> Specification:
    """Return the specification under a name that says which policy it has."""
    if not layer.name:
        return specification
    return replace(specification, name=f"{specification.name}+{label(layer.name)}")
