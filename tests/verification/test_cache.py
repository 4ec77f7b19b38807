"""The cache of compiled code notices every edit."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parents[1]

SMALL = """
from sim import kernel, rules
from sim.mechanisms import strain
kernel._KERNELS[:] = [rules.bounded, strain.own_level]
was_cached = kernel.is_cached()
print(kernel.cache_folder().name, was_cached, kernel.compiled(strain.own_level)(0.4, 0.1, 9.0))
"""
"""Compiles one kernel and the rule of another module that it calls, instead of all of them."""


@pytest.fixture
def package(tmp_path):
    """Return a copy of the package, and a function that asks it in a fresh process."""
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))

    def ask(folder=tmp_path):
        environment = {
            **os.environ,
            "PYTHONPATH": str(folder),
            "DETENTION_CACHE_DIR": str(tmp_path / "cache"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            [sys.executable, "-c", SMALL],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            cwd=folder,
        )
        name, cached, value = done.stdout.split()
        return name, cached == "True", float(value)

    return tmp_path / "sim", ask


def test_an_edited_rule_in_another_module_is_noticed(package):
    """An edit of a rule that a kernel of another module calls gives other code, at once."""
    folder, ask = package
    first, again = ask(), ask()
    rules = folder / "rules.py"
    text = rules.read_text(encoding="utf-8")
    assert "return low if value < low else (min(value, high))" in text
    rules.write_text(text.replace("min(value, high)", "min(value, 0.5 * high)"), encoding="utf-8")
    edited = ask()
    rules.write_text(text, encoding="utf-8")
    restored = ask()
    assert first[1:] == (False, 0.98)
    assert again == (first[0], True, 0.98)
    assert edited == (edited[0], False, 0.49)
    assert edited[0] != first[0]
    assert restored == again


def test_any_edit_moves_the_cache(package):
    """A comment added to a mechanism that is not even used gives another cache folder."""
    folder, ask = package
    first = ask()
    with (folder / "mechanisms" / "needs.py").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    assert ask()[0] != first[0]


def test_the_same_source_in_another_folder_is_compiled_again(package, tmp_path):
    """Two checkouts of one version share a cache folder; the second finds no code there, and compiles."""
    folder, ask = package
    first = ask()
    other = tmp_path / "elsewhere"
    shutil.copytree(folder, other / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    second = ask(other)
    assert first[2] == second[2] == 0.98
    assert second[0] == first[0]
