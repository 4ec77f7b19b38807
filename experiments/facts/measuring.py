"""What a measure is: a named function of the panel, with the arms it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from experiments.facts.panel import Panel
from experiments.facts.readings import Reading

Function = Callable[[Panel], Reading]


@dataclass(frozen=True, slots=True)
class Measure:
    """One way to read a number with its interval off a panel."""

    name: str
    arms: tuple[str, ...]
    function: Function

    @property
    def meaning(self) -> str:
        """The first line of the function's docstring."""
        return (self.function.__doc__ or "").partition("\n")[0]


MEASURES: dict[str, Measure] = {}


def measure(*arms: str) -> Callable[[Function], Function]:
    """Register a function as the measure of its own name, which needs ``arms``."""

    def register(function: Function) -> Function:
        assert function.__name__ not in MEASURES
        MEASURES[function.__name__] = Measure(function.__name__, arms, function)
        return function

    return register


def all_measures() -> dict[str, Measure]:
    """Return every measure by name."""
    from importlib import import_module

    for module in ("levels", "persons", "units", "contrasts", "sizes", "justice", "promotion"):
        import_module(f"experiments.facts.measures.{module}")
    return MEASURES


def arms_of(names: Iterable[str]) -> list[str]:
    """Return the arms that some measures need, each once."""
    found = all_measures()
    return list(dict.fromkeys(arm for name in names for arm in found[name].arms))
