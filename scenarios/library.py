"""Where scenarios are found: the shipped library by name, files by path, and what they extend."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal

from scenarios.layers import Layer, read_layer
from scenarios.problems import Position, Problems, shown
from scenarios.reading import read_file
from scenarios.values import Word
from scenarios.weeks import path_of

PROGRAMME_FILES = Path(__file__).resolve().parent / "programmes"
"""The daily programmes that every scenario knows."""

LIBRARY = Path(__file__).resolve().parent / "library"
"""The shipped scenarios; ``overlays`` and ``bases`` lie in folders of these names."""

COMMAND_LINE = "command line"
MOST_PIECES = 32
LONGEST_CHAIN = 16

_ENDINGS = (".yaml", ".yml")
_A_SCENARIO = "a name listed by 'detention scenarios' or a FILE.yaml"

Kind = Literal["scenario", "overlay"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the library: what it is called, what it is, what it is about."""

    name: str
    kind: Kind
    title: str

    def row(self) -> dict[str, str]:
        """Return the entry as shown by ``detention scenarios --json``."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario file: where it is, how it is named in messages, how it is called in a reference.

    ``follows`` says that it stands behind a plus sign, where overlays belong.
    """

    path: Path
    label: str
    name: str
    follows: bool = False


def library() -> list[Entry]:
    """Return the shipped scenarios and overlays by name, scenarios first.

    Bases, which are only there to be extended, are not listed.
    """
    scenarios = [_entry(path, "scenario") for path in sorted(LIBRARY.glob("*.yaml"))]
    overlays = [_entry(path, "overlay") for path in sorted((LIBRARY / "overlays").glob("*.yaml"))]
    return scenarios + overlays


def _entry(path: Path, kind: Kind) -> Entry:
    problems = Problems()
    source = Source(path, _label(path), path.stem)
    layer = _read(source, problems)
    problems.raise_if_any()
    title = layer.words.get("title") if layer else None
    return Entry(path.stem, kind, title.text if title else path.stem)


@cache
def programme_layers() -> tuple[Layer, ...]:
    """Return the daily programmes that every scenario knows, as layers below all others.

    They say nothing of the frame: the registry's defaults are those of the basic calendar.
    """
    problems = Problems()
    layers = []
    for path in sorted(PROGRAMME_FILES.glob("*.yaml")):
        layer = _read(Source(path, _label(path), path.stem), problems)
        assert layer is not None
        layer.values = {key: value for key, value in layer.values.items() if key == path_of(path.stem)}
        layers.append(layer)
    problems.raise_if_any()
    return tuple(layers)


@cache
def _paths() -> dict[str, Path]:
    return {path.stem: path for path in sorted(LIBRARY.rglob("*.yaml"))}


def library_names() -> list[str]:
    """Return the names under which library files can be referred to, bases included."""
    return list(_paths())


def _label(path: Path) -> str:
    """Return a path as it is shown: relative to the current folder where it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _is_file_reference(reference: str) -> bool:
    return reference.lower().endswith(_ENDINGS) or "/" in reference or os.sep in reference


def split_reference(reference: str, problems: Problems) -> list[Source]:
    """Return the files that ``SCENARIO+OVERLAY+...`` names, the scenario first.

    A plus sign may also belong to the name of a file that exists.
    """
    pieces = reference.split("+")
    if len(pieces) > MOST_PIECES:
        problems.add(Position(COMMAND_LINE), "scenario", f"{len(pieces)} pieces", f"at most {MOST_PIECES}")
        return []
    found = [_find(piece, column, problems) for column, piece in _joined(pieces)]
    # An unknown first name does not make a scenario of the overlay behind it.
    return [replace(source, follows=index > 0) for index, source in enumerate(found) if source]


def _joined(pieces: list[str]) -> Iterator[tuple[int, str]]:
    """Yield each reference and its column, taking several pieces together where they name a file."""
    start, column = 0, 1
    while start < len(pieces):
        ends = range(len(pieces), start + 1, -1)
        end = next((end for end in ends if os.path.isfile("+".join(pieces[start:end]))), start + 1)  # noqa: PTH113
        piece = "+".join(pieces[start:end])
        yield column, piece
        start, column = end, column + len(piece) + 1


def _find(reference: str, column: int, problems: Problems) -> Source | None:
    if _is_file_reference(reference):
        return Source(Path(reference), reference, Path(reference).stem)
    return _find_by_name(reference, Position(COMMAND_LINE, 1, column), "scenario", problems)


def _find_by_name(name: str, position: Position, key: str, problems: Problems) -> Source | None:
    path = _paths().get(name)
    if path is None:
        problems.add(position, key, shown(name) or "nothing", _A_SCENARIO, name, library_names())
        return None
    return Source(path, _label(path), name)


def read_chain(source: Source, problems: Problems, *, overlay: bool) -> list[Layer]:
    """Return the layers of a file and of everything it extends, the outermost base first."""
    layers: list[Layer] = []
    trail: list[Source] = []
    current: Source | None = source
    cause: Word | None = None
    while current is not None:
        if cause is not None and _is_round(trail, current, cause, problems):
            break
        layer = _read(current, problems)
        if layer is None:
            break
        _check_kind(layer, cause, problems, overlay=overlay)
        trail.append(current)
        layers.append(layer)
        cause = layer.words.get("extends")
        current = None if cause is None else _find_parent(cause, current, problems)
    return layers[::-1]


def _read(source: Source, problems: Problems) -> Layer | None:
    node = read_file(source.path, source.label, problems)
    return None if node is None else read_layer(node, source.label, problems)


def _is_round(trail: list[Source], following: Source, cause: Word, problems: Problems) -> bool:
    seen = [_real(source.path) for source in trail]
    path = " -> ".join(source.name for source in [*trail, following])
    if _real(following.path) in seen:
        allowed = "a file that does not lead back here"
        problems.add(cause.position, "extends", f"a circle: {shown(path)}", allowed)
        return True
    if len(trail) >= LONGEST_CHAIN:
        allowed = f"at most {LONGEST_CHAIN}"
        problems.add(cause.position, "extends", f"more than {LONGEST_CHAIN} files in a row", allowed)
        return True
    return False


def _real(path: Path) -> str:
    return os.path.realpath(path)


def _check_kind(layer: Layer, cause: Word | None, problems: Problems, *, overlay: bool) -> None:
    if layer.is_overlay == overlay:
        return
    position, key = (layer.position, "overlay") if cause is None else (cause.position, "extends")
    got, allowed = ("an overlay", "a scenario here; overlays follow after +")
    if overlay:
        got, allowed = ("a scenario", "an overlay here, a file with 'overlay: true'")
    problems.add(position, key, got, allowed)


def _find_parent(cause: Word, child: Source, problems: Problems) -> Source | None:
    """Return the file that ``extends`` names: a library name, or a path below the folder of the file."""
    reference = cause.text
    if not _is_file_reference(reference) and "\\" not in reference:
        return _find_by_name(reference, cause.position, "extends", problems)
    folder = child.path.parent
    if _leaves(folder, reference):
        allowed = "a relative path below the folder of this file"
        problems.add(cause.position, "extends", shown(reference), allowed)
        return None
    path = folder / reference
    if not path.is_file():
        problems.add(cause.position, "extends", f"no such file {shown(reference)}", _A_SCENARIO)
        return None
    return Source(path, str(Path(child.label).parent / reference), path.stem)


def _leaves(folder: Path, reference: str) -> bool:
    """Say whether a reference is absolute or points outside of ``folder``, links followed."""
    if PurePosixPath(reference).is_absolute() or PureWindowsPath(reference).drive or "\\" in reference:
        return True
    home = Path(_real(folder))
    return not Path(_real(folder / reference)).is_relative_to(home)
