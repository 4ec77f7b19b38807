"""Kernels are compiled or loaded once, before the first test and outside its time limit; the command as users
run it.
"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim import kernel

try:
    import fcntl
except ImportError:  # Windows: two workers may compile the same thing twice, which is only slower
    fcntl = None

ROOT = Path(__file__).resolve().parent.parent
LONGEST_COMMAND_SECONDS = 240

PLAIN = ("scenarios", "unit")
"""Folders whose tests call kernels as plain Python, if at all."""


@contextlib.contextmanager
def only_one_at_a_time(path):
    """Hold a lock on ``path``; the system releases it if the process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def needs_kernels(item):
    """Say whether a test may run compiled code."""
    parts = Path(item.path).relative_to(Path(__file__).parent).parts
    return len(parts) > 1 and parts[0] not in PLAIN


def pytest_collection_finish(session):
    """Compile the kernels, or wait for the worker that does, if a collected test needs them.

    With xdist this runs in the workers: the controller collects nothing.
    """
    if not any(needs_kernels(item) for item in session.items) or session.config.option.collectonly:
        return
    from sim import schedule, simulation  # noqa: F401 - declares the records that kernels take

    with only_one_at_a_time(kernel.cache_folder().with_suffix(".lock")):
        kernel.compiled(schedule.begin)
        kernel.compiled(schedule.run)


@pytest.fixture
def detention(tmp_path):
    """Run the command in an empty folder, with variables set on request; return the finished process."""
    folders = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    usual = {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}

    def detention(*arguments, **variables):
        return subprocess.run(
            [sys.executable, "-m", "experiments", *map(str, arguments)],
            cwd=tmp_path,
            env={**usual, **variables},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=LONGEST_COMMAND_SECONDS,
        )

    return detention


@pytest.fixture
def refused(detention):
    """Run a command that must be refused; return its error lines."""

    def refused(*arguments):
        done = detention(*arguments)
        assert done.returncode == 2, done
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        return done.stderr.rstrip("\n").split("\n")

    return refused
