"""The model: state, mechanisms, schedule, ledger and indicators of a detention climate."""

from typing import TYPE_CHECKING, Any

from sim.version import __version__

if TYPE_CHECKING:
    from sim.model import DetentionModel

__all__ = ["DetentionModel", "__version__"]


def __getattr__(name: str) -> Any:
    """Load the Mesa model when somebody asks for it: Mesa takes a second to import."""
    if name == "DetentionModel":
        from sim.model import DetentionModel

        return DetentionModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
