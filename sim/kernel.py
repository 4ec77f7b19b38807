"""Kernels: plain Python functions that can also be compiled.

A function marked with :func:`kernel` stays an ordinary function: it can be called in a test, stepped
through in a debugger, or run as part of a whole simulation without a compiler.  :func:`compiled`
gives the machine-code twin of the same text.  Nothing here imports numba until a compiled function is
asked for, so that listings and help pages start at once.

Why it is done this way (measured with numba 0.68): one explicit signature per function, taken from the
annotations, keeps a cold compile several times shorter than letting each call site decide; and the
cache of numba does not notice a change in an *imported* module, so the cache folder carries a digest
of every source file of the package.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeAlias, TypeVar

import numpy as np

f8: TypeAlias = float
i8: TypeAlias = int
u8: TypeAlias = np.uint64
Table: TypeAlias = Any
"""A NumPy record array; the declared columns are in :mod:`sim.state`."""

F = TypeVar("F", bound=Callable[..., Any])
Progress: TypeAlias = Callable[[int, int, str], None]

_KERNELS: list[FunctionType] = []
_COMPILED: dict[str, Any] = {}
_RECORDS: dict[str, np.dtype[Any]] = {}

CACHE_VARIABLE = "DETENTION_CACHE_DIR"
_COMPLETE = "complete"
_ONE_AT_A_TIME = threading.RLock()


def kernel(function: F) -> F:
    """Mark ``function`` as compilable and return it unchanged.

    Every argument and the result must carry an annotation: ``f8``, ``i8``, ``u8``, the name of a
    record (``Resident``) or of a table (``Residents``) declared with :func:`declare_record`.
    Kernels must be defined before the kernels that call them.
    """
    assert isinstance(function, FunctionType)
    _KERNELS.append(function)
    return function


def declare_record(row: str, table: str, dtype: np.dtype[Any]) -> None:
    """Make ``row`` and ``table`` usable as annotations in kernels."""
    _RECORDS[row] = dtype
    _RECORDS[table] = dtype
    _TABLE_NAMES.add(table)


_TABLE_NAMES: set[str] = set()


def qualified(function: Callable[..., Any]) -> str:
    """Return the name under which a kernel is filed: ``module:function``."""
    return f"{function.__module__}:{function.__name__}"


def source_digest() -> str:
    """Return a digest of every source file of the package, of numba, numpy and the processor.

    A change of one character anywhere in ``sim/`` gives another digest and so another cache folder.
    """
    import platform
    from importlib.metadata import version

    root = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    facts = (
        version("numba"),
        version("llvmlite"),
        np.__version__,
        sys.version.split()[0],
        platform.machine(),
        _processor(),
        os.environ.get("NUMBA_BOUNDSCHECK", ""),
        os.environ.get("NUMBA_OPT", ""),
    )
    digest.update("\n".join(facts).encode())
    return digest.hexdigest()[:20]


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith(("model name", "flags")):
                    return line.strip()
    except OSError:
        pass
    import platform

    return platform.processor()


def cache_folder() -> Path:
    """Return the folder for compiled code of exactly this source (it may not exist yet)."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        base = Path(chosen)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "detention-climate"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "detention-climate"
    return base / f"kernels-{source_digest()}"


def is_cached() -> bool:
    """Say whether every kernel of this source has been compiled and stored before."""
    return (cache_folder() / _COMPLETE).exists()


def compiled(function: Callable[..., Any], progress: Progress | None = None) -> Any:
    """Return the compiled twin of a kernel.

    With a complete cache only the asked-for function is loaded (a fraction of a second); without one
    all kernels are compiled in the order of their definition, and ``progress(done, total, name)`` is
    called before each.
    """
    name = qualified(function)
    if name in _COMPILED:
        return _COMPILED[name]
    with _ONE_AT_A_TIME:  # numba cannot compile or load in two threads at once
        if name not in _COMPILED:
            folder = _prepare()
            if folder is None or not (folder / _COMPLETE).exists() or not _load(function):
                compile_all(progress)
    return _COMPILED[name]


def kernel_count() -> int:
    """Return how many kernels there are to compile."""
    return len(_KERNELS)


def compile_all(progress: Progress | None = None) -> float:
    """Compile every kernel, store the result, and return the seconds it took."""
    started = time.perf_counter()
    folder = _prepare()
    total = len(_KERNELS)
    for done, function in enumerate(_KERNELS):
        if progress is not None:
            progress(done, total, function.__name__)
        _COMPILED[qualified(function)] = _jit(function, _linked_globals(function), cache=folder is not None)
    if progress is not None:
        progress(total, total, "")
    if folder is not None:
        marker = folder / _COMPLETE
        marker.write_text("every kernel of this source is stored here\n", encoding="utf-8")
    return time.perf_counter() - started


def _prepare() -> Path | None:
    """Point numba at the cache folder; ``None`` where no folder can be written."""
    os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")
    with _without("scipy"):
        import numba
        from numba.core.registry import cpu_target

        # Loads everything numba knows now, while SciPy is out of sight.
        cpu_target.typing_context.refresh()
        cpu_target.target_context.refresh()

    folder: Path | None = cache_folder()
    try:
        assert folder is not None
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_text("", encoding="utf-8")
        probe.unlink()
        numba.config.CACHE_DIR = str(folder)
    except OSError:
        folder = None
    return folder


@contextmanager
def _without(package: str) -> Iterator[None]:
    """Hide a package that is not loaded yet.

    numba loads SciPy's linear algebra where it finds it: 0.15 s and 20 MiB that no kernel uses.
    """
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # makes its import fail
    try:
        yield
    finally:
        del sys.modules[package]


def _numba_type(annotation: str) -> Any:
    import numba
    from numba import types

    simple = {"f8": types.float64, "i8": types.int64, "u8": types.uint64, "None": types.none}
    if annotation in simple:
        return simple[annotation]
    if annotation not in _RECORDS:
        raise TypeError(f"kernel annotation {annotation!r} is neither a number nor a declared record")
    record = numba.from_dtype(_RECORDS[annotation])
    if annotation in _TABLE_NAMES:
        return types.Array(record, 1, "C", aligned=True)
    return record


def _signature(function: Callable[..., Any]) -> Any:
    notes = dict(function.__annotations__)
    result = _numba_type(str(notes.pop("return")))
    return result(*[_numba_type(str(note)) for note in notes.values()])


def _linked_globals(function: FunctionType) -> dict[str, Any]:
    """Return the globals of a kernel with every other kernel replaced by its compiled twin."""
    linked = dict(function.__globals__)
    for name in function.__code__.co_names:
        value = linked.get(name)
        if isinstance(value, FunctionType) and qualified(value) in _COMPILED:
            linked[name] = _COMPILED[qualified(value)]
        elif isinstance(value, ModuleType) and value.__name__.startswith("sim."):
            linked[name] = _linked_module(value)
    return linked


def _linked_module(module: ModuleType) -> ModuleType:
    """Return a double of a module whose kernels are compiled: for calls like ``streams.draw(...)``."""
    double = ModuleType(module.__name__)
    double.__dict__.update(module.__dict__)
    for name, value in module.__dict__.items():
        if isinstance(value, FunctionType) and qualified(value) in _COMPILED:
            setattr(double, name, _COMPILED[qualified(value)])
    return double


def _jit(function: FunctionType, names: dict[str, Any], *, cache: bool) -> Any:
    import numba

    twin = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    twin.__module__ = function.__module__
    twin.__qualname__ = function.__qualname__
    return numba.njit(_signature(function), nogil=True, cache=cache, error_model="numpy")(twin)


def _load(function: Callable[..., Any]) -> bool:
    """Load the twin of a kernel from the cache and say whether it was there.

    Numba files code by the path of the source file (before 0.68 also by its time), so the same text in
    another checkout is not found; a kernel that calls others cannot be compiled alone: this fails.
    """
    from numba.core.errors import NumbaError

    assert isinstance(function, FunctionType)
    try:
        _COMPILED[qualified(function)] = _jit(function, dict(function.__globals__), cache=True)
    except NumbaError:
        return False
    return True
