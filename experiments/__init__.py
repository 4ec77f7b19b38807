"""Experiments: everything that asks the model for runs or listings, and the command ``detention``."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.sweeping.sweep import Sweep, load_sweep, sweep

__all__ = ["Sweep", "load_sweep", "sweep"]


def __getattr__(name: str) -> Any:
    """Load what a notebook asks for when it asks: listings and help never need it."""
    if name in __all__:
        from experiments.sweeping import sweep as module

        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
