"""The commands of ``detention``, one module per theme.

A module of this package has a function ``register(app)`` that adds its commands with
``app.command()``.  To add a module, write its name into :data:`MODULES`; the help page shows the
commands in this order.  A module is imported for every call, so it imports what it needs inside its
commands: nothing here may import NumPy, numba, Mesa or the loader at the top.
"""

from __future__ import annotations

from importlib import import_module

import typer

MODULES = (
    "running",
    "checking",
    "listings",
    "creating",
    "validating",
    "benching",
    "ablating",
    "calibrating",
    "sweeping",
    "sensing",
    "needing",
    "selftesting",
)


def register(app: typer.Typer) -> None:
    """Add the commands of every module to ``app``."""
    for name in MODULES:
        import_module(f"{__name__}.{name}").register(app)
