"""Version of the model; saved results carry it."""

__version__ = "0.1.0"

SCHEMA = 2
"""Number of the format of saved files and JSON answers; raised when a name or meaning changes."""
