"""Memory that a run frees serves the next run."""

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource
from experiments.memory import keep_freed_memory
import numpy as np

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        tables = [np.zeros(6_000_000, np.uint8) for _ in range(4)]
        for table in tables:
            table[::4096] = 1
        del table, tables
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(keep_freed_memory(), faults() > 4000, faults() < 400)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked")
def test_freed_memory_is_not_fetched_anew():
    """Tables of 24 MB are fetched once, page by page (5,900 pages); later rounds fetch next to nothing."""
    done = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True"]


def test_a_library_that_cannot_be_asked_is_left_alone(monkeypatch):
    """Without mallopt nothing happens, and the answer says so."""
    from experiments import memory

    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _name: object())
    assert memory.keep_freed_memory() is False
