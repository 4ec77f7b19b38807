"""The model: state, mechanisms, schedule, ledger and indicators of a detention climate."""

from sim.version import __version__

__all__ = ["__version__"]
