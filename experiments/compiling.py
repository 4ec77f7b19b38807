"""Compiling the model once, with a notice and progress, before anything runs."""

from __future__ import annotations

import typer

from experiments.progress import reporting

NOTICE = "Compiling the model once for this machine (half a minute to a minute); later runs start at once."


def ensure_compiled(*, quiet: bool = False) -> float:
    """Compile every kernel unless that was done before; return the seconds it took (0 if cached)."""
    from sim import kernel, schedule  # noqa: F401 - the schedule brings every kernel

    if kernel.is_cached():
        return 0.0
    if not quiet:
        typer.echo(NOTICE, err=True)
    with reporting("compiling", kernel.kernel_count()) as report:
        return kernel.compile_all(lambda _done, _total, name: report(1 if name else 0))
