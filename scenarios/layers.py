"""Layers: what one file, overlay or row of ``--set`` options says, as values by path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scenarios.problems import Position, Problems, one_of
from scenarios.reading import Block, Node, Refused, Scalar, echo, read_text
from scenarios.values import ProgrammeEntry, Quantity, Switch, Value, Word
from scenarios.vocabulary import PROGRAMMES, block_names, blocks, header, key_of, settable
from scenarios.weeks import BASIC_PATH, PROGRAMME_NAME, ProgrammeShape, attributes, frame_of, path_of
from sim.inputs import RELATIONAL

SHORTHAND = "security.relational"

SET = "--set"
OFF = "--off"


@dataclass(slots=True)
class Layer:
    """What one file or row of options says; nothing is complete before layers are put together."""

    position: Position
    words: dict[str, Word] = field(default_factory=dict)
    is_overlay: bool = False
    values: dict[str, Value] = field(default_factory=dict)


def read_layer(node: Node, label: str, problems: Problems) -> Layer:
    """Return what the file with the content ``node`` says; note everything that is wrong with it."""
    layer = Layer(Position(label))
    if isinstance(node, Block):
        for name, item in node.entries:
            _read_top(layer, name, item, problems)
    elif not isinstance(node, Refused):
        problems.add(node.position, "document", echo(node), "a mapping with the keys of a scenario")
    _check_name(layer, node, problems)
    spread_shorthand(layer.values)
    spread_basic(layer.values)
    return layer


def _read_top(layer: Layer, name: Scalar, item: Node, problems: Problems) -> None:
    tops = header()
    if name.text in tops:
        value = tops[name.text].read(item, name.text, problems)
        if isinstance(value, Word):
            layer.words[name.text] = value
        elif isinstance(value, Switch):
            layer.is_overlay = value.on
    elif name.text == PROGRAMMES:
        _read_programmes(layer, item, problems)
    elif name.text in block_names():
        _read_block(layer, name.text, item, problems)
    else:
        names = [*tops, *block_names(), PROGRAMMES]
        problems.add(name.position, name.text, echo(name), one_of(names, "a known key"), name.text, names)


def _read_programmes(layer: Layer, node: Node, problems: Problems) -> None:
    if isinstance(node, Scalar) and node.is_blank:
        return
    if not isinstance(node, Block):
        if not isinstance(node, Refused):
            problems.add(node.position, PROGRAMMES, echo(node), "a mapping of names to programmes")
        return
    for name, item in node.entries:
        path = path_of(name.text)
        word = PROGRAMME_NAME.read(Scalar(name.text, name.position, quoted=True), path, problems)
        value = ProgrammeShape().read(item, path, problems)
        if word is not None and value is not None:
            layer.values[path] = value


def _check_name(layer: Layer, node: Node, problems: Problems) -> None:
    written = [name.text for name, _ in node.entries] if isinstance(node, Block) else []
    if not layer.is_overlay and "name" not in written and isinstance(node, Block):
        problems.add(node.position, "name", "nothing", header()["name"].allowed)


def _read_block(layer: Layer, block: str, node: Node, problems: Problems) -> None:
    if isinstance(node, Scalar) and node.is_blank:
        return
    if not isinstance(node, Block):
        if not isinstance(node, Refused):
            problems.add(node.position, block, echo(node), "a mapping")
        return
    for name, item in node.entries:
        inner = f"{block}.{name.text}"
        if inner in blocks():
            _read_block(layer, inner, item, problems)
        elif name.text in blocks()[block]:
            entry = blocks()[block][name.text]
            value = entry.shape.read(item, inner, problems)
            if value is not None:
                layer.values[entry.path] = value
        else:
            _refuse_key(block, name, problems)


def _refuse_key(block: str, name: Scalar, problems: Problems) -> None:
    """Note a key that its block does not have; say where it belongs if it exists elsewhere."""
    names = [*blocks()[block], *(inner.split(".")[1] for inner in blocks() if inner.startswith(f"{block}."))]
    allowed = one_of(names, _listing_of(block)) if names else _NOTHING_YET.get(block, "nothing")
    elsewhere = _elsewhere(block, name.text)
    word, near = (elsewhere, [elsewhere]) if elsewhere else (name.text, names)
    problems.add(name.position, f"{block}.{name.text}", echo(name), allowed, word, near)


_NOTHING_YET = {"practices": "nothing: no practices exist yet"}


def _listing_of(block: str) -> str:
    listing = "mechanisms" if block == "mechanisms" else "parameters"
    return f"a name listed by 'detention {listing}'"


def _elsewhere(block: str, name: str) -> str:
    """Return the key of a file under which ``name`` is known, if that is not in this block."""
    path = name if block == "parameters" else f"{block}.{name}"
    return key_of(path) if path in settable() else ""


def spread_shorthand(values: dict[str, Value]) -> None:
    """Let ``security.relational`` set attitude, alliance and presence where this layer does not."""
    shorthand = values.get(SHORTHAND)
    if isinstance(shorthand, Quantity):
        for path in RELATIONAL:
            values.setdefault(path, replace(shorthand))


def spread_basic(values: dict[str, Value]) -> None:
    """Let the calendar of the basic programme set what follows from it in the block ``programme``."""
    basic = values.get(BASIC_PATH)
    if isinstance(basic, ProgrammeEntry):
        for path, number in frame_of(basic).items():
            source = f"{BASIC_PATH}: mean of its calendar"
            values.setdefault(path, Quantity(number, basic.position, source, "D", "derived"))


def read_sets(sets: Sequence[str], problems: Problems) -> Layer:
    """Return the layer that the ``--set PATH=VALUE`` options form together, the last word on a path."""
    layer = Layer(Position(SET))
    for text in sets:
        _read_set(layer, text, problems)
    spread_shorthand(layer.values)
    spread_basic(layer.values)
    return layer


def _read_set(layer: Layer, text: str, problems: Problems) -> None:
    path, equals, written = text.partition("=")
    start = Position(SET)
    if not equals:
        problems.add(start, path or "PATH", "no equals sign", "PATH=VALUE", path, settable())
    elif path.startswith(f"{PROGRAMMES}."):
        _read_set_of_programme(layer, path, written, problems)
    elif path not in settable():
        _refuse_set_path(path, start, problems)
    else:
        node = _set_value(written, Position(SET, 1, len(path) + 2), path, problems)
        value = None if node is None else settable()[path].read(node, path, problems)
        if value is not None:
            layer.values[path] = value


def _read_set_of_programme(layer: Layer, path: str, written: str, problems: Problems) -> None:
    """Read ``programmes.NAME.ATTRIBUTE=NUMBER``; whether the programme exists is seen later."""
    start = Position(SET)
    name, _, attribute = path.removeprefix(f"{PROGRAMMES}.").partition(".")
    if attribute not in attributes():
        names = [f"{PROGRAMMES}.{name}.{known}" for known in attributes()]
        allowed = f"{PROGRAMMES}.NAME.ATTRIBUTE with one of {', '.join(attributes())}"
        problems.add(start, path, echo(Scalar(path, start)), allowed, path, names)
        return
    node = _set_value(written, Position(SET, 1, len(path) + 2), path, problems)
    number = None if node is None else attributes()[attribute].read(node, path, problems)
    if number is not None:
        earlier = layer.values.get(path_of(name))
        numbers = dict(earlier.numbers) if isinstance(earlier, ProgrammeEntry) else {}
        numbers[attribute] = number
        layer.values[path_of(name)] = ProgrammeEntry(path_of(name), start, {}, numbers, None, None)


def _refuse_set_path(path: str, start: Position, problems: Problems) -> None:
    allowed = "a path listed by 'detention parameters', a choice or a switch"
    if path.startswith("practices."):
        allowed = _NOTHING_YET["practices"]
    word = path.removeprefix("parameters.")
    problems.add(start, path or "PATH", echo(Scalar(path, start)), allowed, word, settable())


def _set_value(written: str, start: Position, path: str, problems: Problems) -> Node | None:
    found = Problems()
    node = read_text(written, start, found)
    if isinstance(node, Block):
        found.add(start, path, "a mapping", "a YAML scalar or list")
    problems.extend(replace(problem, key=path) for problem in found.entries)
    return None if found else node


def read_offs(off: Iterable[str], problems: Problems) -> Layer:
    """Return the layer in which the mechanisms named by ``--off`` are switched off."""
    layer = Layer(Position(OFF))
    names: Mapping[str, Any] = blocks()["mechanisms"]
    for name in off:
        if name in names:
            layer.values[f"mechanisms.{name}"] = Switch(Position(OFF), on=False)
        else:
            got, allowed = echo(Scalar(name, layer.position)), one_of(names, _listing_of("mechanisms"))
            problems.add(layer.position, "mechanisms", got, allowed, name, names)
    return layer
