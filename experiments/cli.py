"""The command ``detention``: reads the command line, runs one command, and ends with its exit code.

The commands are in :mod:`experiments.commands`; what they need they import when they run, so that
``detention --help`` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Annotated, NoReturn

import typer

from experiments import commands, exits
from experiments.usage import USAGE_ERROR, Commands, from_usage_error, refusal

DEBUG = "DETENTION_DEBUG"
"""Set to any text, this variable makes internal errors show where they happened."""

app = typer.Typer(
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
    help="Explore how the climate of a place of detention comes about, with an agent-based model.",
    epilog="Exit codes: 0 done, 1 internal error, 2 bad input, 3 finished incompletely, 4 folder in use.",
)


@app.callback(invoke_without_command=True)
def top(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Show version and commit.")] = False,
) -> None:
    """Explore how the climate of a place of detention comes about, with an agent-based model."""
    if version:
        _print_version()
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise refusal("command", "", list(context.command.commands))  # type: ignore[attr-defined]


commands.register(app)


def _print_version() -> None:
    from experiments.commit import commit
    from sim.version import __version__

    typer.echo(f"detention-climate {__version__} (commit {commit() or 'unknown'})")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave the process with the exit code of INTERFACE ``EXIT``."""
    _prepare_streams()
    signal.signal(signal.SIGTERM, _terminate)
    code = run(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_flushed(code))


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; errors are told on stderr, in one line each."""
    command = typer.main.get_command(app)
    try:
        with command.make_context("detention", list(arguments)) as context:
            command.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return exits.INTERRUPTED
    except BrokenPipeError:
        return _nobody_reads()
    except Exception as error:  # noqa: BLE001 - the outermost place: whatever is left becomes one line
        return _told(error)
    return exits.DONE


def _told(error: Exception) -> int:
    """Tell an error on stderr and return the exit code that belongs to it."""
    from scenarios.problems import ScenarioError

    if isinstance(error, USAGE_ERROR):
        error = from_usage_error(error)
    if isinstance(error, ScenarioError):
        code = exits.BAD_INPUT
    elif isinstance(error, exits.Failure):
        code = error.code
    else:
        return _told_internal(error)
    typer.echo(str(error), err=True)
    return code


def _told_internal(error: Exception) -> int:
    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exception(error)
    summary = " ".join(f"{type(error).__name__}: {error}".split())
    typer.echo(f"internal error: {summary} ({DEBUG}=1 shows where)", err=True)
    return exits.INTERNAL


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    # Leaves through every `finally`, so that temporary files and locks are tidied away.
    sys.exit(exits.TERMINATED)


def _prepare_streams() -> None:
    """Write UTF-8 whatever the locale; what is no text (broken file names) is written as escapes."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def _flushed(code: int) -> int:
    """Write out what is buffered; a result that could not be written is no success."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _nobody_reads()
    except OSError as error:
        _discard_output()
        typer.echo(f"internal error: cannot write the result: {error.strerror}", err=True)
        return exits.INTERNAL
    return code


def _nobody_reads() -> int:
    """Go quietly when the reader of a pipe has seen enough (``detention parameters | head``)."""
    _discard_output()
    return exits.DONE


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
