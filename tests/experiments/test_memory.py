"""Memory that a run frees serves the next run."""

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
from experiments.memory import keep_freed_memory
import numpy as np

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    tables = [np.zeros(3_000_000, np.uint8) for _ in range(20)]
    for table in tables:
        table[::4096] = 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

if sys.argv[1] == "keep":
    assert keep_freed_memory()
print(*[faults() for _ in range(4)])
"""


def fetched(how):
    """Return how many pages four rounds with 60 MB of tables fetch from the system."""
    command = [sys.executable, "-c", FAULTS, how]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(number) for number in done.stdout.split()]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked")
def test_freed_memory_is_not_fetched_anew():
    """Kept, the pages of the first round serve the others; left to itself the library fetches them again."""
    first, *others = fetched("keep")
    assert max(others) < first / 10
    left = fetched("leave")
    assert sum(left[1:]) > 10 * sum(others) + first / 2


def test_a_library_that_cannot_be_asked_is_left_alone(monkeypatch):
    """Without mallopt nothing happens, and the answer says so."""
    from experiments import memory

    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _name: object())
    assert memory.keep_freed_memory() is False
