"""Writes the parts of the documentation that are made from the code.

``python docs/generate.py`` rewrites what stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``
in the Markdown files beside this one; ``--check`` changes nothing and fails when something is stale.
The schedule is read from the source of :mod:`sim.schedule`, everything else from the declarations.
"""  # noqa: INP001 - a script of the documentation, not part of a package

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from scenarios import library
from scenarios.frameworks import policy_names, shipped
from sim import inputs, ledger, parameters, reference, schedule, state, streams
from sim.indicators import INDICATORS
from sim.mechanisms import all_mechanisms
from sim.policy import Condition, PolicySpecification
from sim.registry import GRADES, Parameter

DOCS = Path(__file__).resolve().parent
BLOCK = re.compile(r"(<!-- generated: (?P<name>[\w -]+) -->\n).*?(<!-- end -->)", re.DOTALL)


# --- Markdown -------------------------------------------------------------------------------------------


def cell(value: object) -> str:
    """Return a value as the text of a table cell: one line, nothing that ends the cell."""
    return re.sub(r"\s+", " ", str(value)).replace("|", "\\|").replace("<", "&lt;")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [" | ".join(headings), " | ".join("---" for _ in headings)]
    lines += [" | ".join(cell(value) for value in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def code(text: str) -> str:
    """Return a name as code."""
    return f"`{text}`"


def codes(names: Iterable[str]) -> str:
    """Return names as code, with commas."""
    return ", ".join(code(name) for name in names)


def counted(number: int, whole: int) -> str:
    """Return a count with its share of the whole."""
    return f"{number} ({100 * number / whole:.0f} %)"


# --- the schedule ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One call in the schedule: the function, under which conditions, after which comment."""

    function: str
    when: str
    switch: str
    comment: str


def _comments(source: str) -> dict[int, str]:
    """Return the comments that fill a line of their own, by line."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ")
        for token in tokens
        if token.type == tokenize.COMMENT and token.line.strip().startswith("#")
    }


class _Reader:
    """Walks through the body of the schedule's loop and collects the steps in order."""

    def __init__(self, comments: dict[int, str]) -> None:
        self._comments = comments
        self._reached = 0
        self.steps: list[Step] = []

    def read(self, body: Sequence[ast.stmt], when: str = "", switch: str = "") -> None:
        """Collect the calls of some statements and of what is inside them."""
        for statement in body:
            if isinstance(statement, ast.If):
                self._read_if(statement, when, switch)
            elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                function = ast.unparse(statement.value.func)
                self.steps.append(Step(function, when, switch, self._comment_before(statement.lineno)))

    def _read_if(self, statement: ast.If, when: str, switch: str) -> None:
        test = ast.unparse(statement.test)
        switched = re.fullmatch(r"on\.(\w+) == 1( and happened)?", test)
        if switched:
            self.read(statement.body, "after events" if switched[2] else when, f"{switched[1]} on")
            self.read(statement.orelse, when, f"{switched[1]} off")
        elif test == "control[0].quarrel_count > 0":
            self.read(statement.body, "after quarrels", switch)
        elif test == "part % PARTS == 0":
            self.read(statement.body, "morning", switch)
        elif test == "part % PARTS == NIGHT":
            self.read(statement.body, "night", switch)
            self.read(statement.orelse, "by day", switch)
        elif any(isinstance(inner, ast.Expr) for inner in ast.walk(statement)):
            raise ValueError(
                f"sim/schedule.py:{statement.lineno}: a condition that is not understood: {test}"
            )

    def _comment_before(self, line: int) -> str:
        """Return the comment lines since the last call."""
        found = [text for at, text in sorted(self._comments.items()) if self._reached < at < line]
        self._reached = line
        return " ".join(found)


def schedule_steps(source: str) -> list[Step]:
    """Return the steps of ``run`` in the source of the schedule, in order."""
    run = next(
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == "run"
    )
    loop = next(node for node in run.body if isinstance(node, ast.For))
    comments = {line: text for line, text in _comments(source).items() if line > loop.lineno}
    reader = _Reader(comments)
    reader.read(loop.body)
    return reader.steps


def schedule_table() -> str:
    """Return the process overview: every step of a day-part, in order, with the reason for its place."""
    rows = []
    for number, step in enumerate(schedule_steps(Path(schedule.__file__).read_text(encoding="utf-8")), 1):
        function = getattr(schedule, step.function)
        owner = function.__module__.rsplit(".", 1)[1]
        does = (function.__doc__ or "").strip().split("\n")[0].rstrip(".").replace("``", "`")
        named = f"{code(owner)} {code(step.function)}"
        rows.append((number, step.when or "always", named, step.switch, does, step.comment))
    return table(("", "when", "step", "only with", "what it does", "why here"), rows)


# --- declarations ---------------------------------------------------------------------------------------


def mechanism_table() -> str:
    """Return one line per mechanism."""
    rows = [
        (f"[{code(m.name)}](#{m.name})", m.title, m.theory, m.source, m.neutral, len(m.parameters))
        for m in all_mechanisms()
    ]
    return table(("name", "title", "theory", "source", 'what "off" means', "parameters"), rows)


def column_table() -> str:
    """Return what every mechanism declares to read and to write."""
    rows = [(code(m.name), codes(m.reads), codes(m.writes)) for m in all_mechanisms()]
    return table(("mechanism", "reads", "writes"), rows)


def state_table(name: str) -> str:
    """Return the columns of one table of the state."""
    rows = [
        (code(column.name), column.meaning, column.unit, _range(column.low, column.high))
        for column in state.TABLES[name][2]
    ]
    return table(("column", "meaning", "unit", "range"), rows)


def _range(low: float, high: float) -> str:
    if low == -state.INFINITE and high == state.INFINITE:
        return ""
    if high == state.INFINITE:
        return f"from {low:g}"
    return f"{low:g} to {high:g}" if low != -state.INFINITE else f"up to {high:g}"


def reference_table() -> str:
    """Return the values at which the terms of rules count as middling."""
    rows = [(code(name), value) for name, value in vars(reference).items() if name.isupper()]
    return table(("reference point", "value"), rows)


def parameter_rows(entries: Iterable[Parameter], *, short: bool = False) -> Iterator[Sequence[object]]:
    """Return the table rows of parameters; ``short`` leaves the section away."""
    for p in entries:
        whole = " (whole number)" if p.integer else ""
        yield (
            code(p.name if short else p.path),
            f"{p.default:g}",
            p.unit + whole,
            f"{p.low:g} to {p.high:g}",
            f"{p.plausible_low:g} to {p.plausible_high:g}",
            p.meaning + (" **(feedback)**" if p.feedback else ""),
            f"{p.source} ({p.basis})",
            p.grade,
        )


PARAMETER_HEADINGS = ("path", "default", "unit", "admissible", "plausible", "meaning", "source", "grade")


@cache
def sections() -> dict[str, list[Parameter]]:
    """Return the parameters by section, in the order of the registry."""
    found: dict[str, list[Parameter]] = {}
    for parameter in parameters.registry().values():
        found.setdefault(parameter.section, []).append(parameter)
    return found


def registry_tables() -> str:
    """Return the whole registry, one table per section."""
    titles = {m.name: m.title for m in all_mechanisms()}
    blocks = {section.name for section in inputs.SECTIONS}
    parts = []
    for name, entries in sections().items():
        kinds = [
            kind
            for kind, applies in (("block of a scenario file", name in blocks), (titles.get(name), True))
            if kind and applies
        ]
        parts.append(
            f"## {name}\n\n{'; '.join(kinds)}\n\n{table(PARAMETER_HEADINGS, parameter_rows(entries))}"
        )
    return "\n\n".join(parts)


def coupling_table() -> str:
    """Return the named extensive couplings."""
    return table(PARAMETER_HEADINGS, parameter_rows(sections()["coupling"]))


def choice_table() -> str:
    """Return the named alternatives, the default first."""
    rows = [(code(path), code(names[0]), codes(names[1:])) for path, names in inputs.CHOICES.items()]
    return table(("choice", "default", "alternatives"), rows)


def grade_table() -> str:
    """Return how many parameters rest on which grade of evidence."""
    entries = list(parameters.registry().values())
    grades = Counter(p.grade for p in entries)
    rows = [
        (grade, meaning, counted(grades[grade], len(entries)), _bases(p for p in entries if p.grade == grade))
        for grade, meaning in GRADES.items()
    ]
    rows.append(("all", "", str(len(entries)), _bases(entries)))
    return table(("grade", "the source is", "parameters", "how we know the number"), rows)


def _bases(entries: Iterable[Parameter]) -> str:
    found = Counter(p.basis for p in entries)
    return ", ".join(f"{number} {basis}" for basis, number in found.most_common())


def grades_by_section() -> str:
    """Return the grades within every section of the registry."""
    rows = []
    for name, entries in sections().items():
        grades = Counter(p.grade for p in entries)
        rows.append((code(name), len(entries), *(grades[grade] or "" for grade in GRADES)))
    return table(("section", "parameters", *GRADES), rows)


def feedback_list() -> str:
    """Return the gains of loops in which events change the chance of later events."""
    entries = [p for p in parameters.registry().values() if p.feedback]
    return f"{len(entries)} parameters: {codes(p.path for p in entries)}."


def structural_list() -> str:
    """Return the numbers that are called unidentified structural choices."""
    entries = [p for p in parameters.registry().values() if "unidentified" in p.source]
    return "\n".join(f"- {code(p.path)}: {p.meaning}" for p in entries)


def indicator_table() -> str:
    """Return every indicator with what ``detention indicators --json`` says of it."""
    items = [indicator.row() for indicator in INDICATORS]
    headings = tuple(items[0])
    rows = [tuple(code(item[name]) if name == "name" else item[name] for name in headings) for item in items]
    return table(headings, rows)


def code_table() -> str:
    """Return the names that stand for the codes of the ledger."""
    rows = [
        (code(column), ", ".join(f"{name} ({number})" for number, name in names.items()))
        for column, names in (
            ("kind", ledger.KINDS),
            ("place", ledger.PLACES),
            ("answer", ledger.ANSWERS),
            ("sanction", ledger.SANCTIONS),
            ("containment", ledger.CONTAINMENTS),
            ("channel", ledger.CHANNELS),
        )
    ]
    return table(("column", "names (codes)"), rows)


def library_table() -> str:
    """Return the shipped scenarios and overlays."""
    rows = [(code(entry.name), entry.kind, entry.title) for entry in library()]
    return table(("name", "kind", "title"), rows)


def purpose_table() -> str:
    """Return the purposes of random draws."""
    numbers = {
        name: value for name, value in vars(streams).items() if name.isupper() and isinstance(value, int)
    }
    public = {name: value for name, value in numbers.items() if not name.startswith("_")}
    by_number = sorted(public.items(), key=lambda item: item[1])
    return ", ".join(f"{value} {code(name)}" for name, value in by_number) + "."


def policy_table(of: type) -> str:
    """Return the keys of one record of a promotion policy."""
    rows = []
    for entry in fields(of):
        about = entry.metadata
        if not about:
            continue
        if about["form"] == "number":
            allowed = f"{about['low']:g} to {about['high']:g} {about['unit']}"
            usual = f"{entry.default:g}"
        elif about["form"] == "switch":
            allowed, usual = "true or false", "true" if entry.default else "false"
        elif about["form"] in {"choice", "choices"}:
            listed = about["names"]
            allowed = codes(listed) if len(listed) < 8 else "a kind of conduct or incident"
            usual = "none" if about["form"] == "choices" else code(str(entry.default))
        elif about["form"] in {"list", "block"}:
            allowed = "a list" if about["form"] == "list" else "a mapping"
            usual = "none" if about["form"] == "list" else "as below"
        else:
            allowed, usual = "a name" if about["form"] == "name" else "a list of names", "none"
        rows.append((code(entry.name), about["meaning"], allowed, usual))
    return table(("key", "meaning", "allowed", "default"), rows)


def policy_records() -> str:
    """Return the tables of every record of a promotion policy, the whole first."""
    parts = [f"**The policy**, beside `name` and `title`:\n\n{policy_table(PolicySpecification)}"]
    for entry in fields(PolicySpecification):
        of = entry.metadata.get("of")
        if of is not None:
            parts.append(f"**{code(entry.name)}**: {entry.metadata['meaning']}.\n\n{policy_table(of)}")
    parts.append(f"**`conditions`** (in `promotion`).\n\n{policy_table(Condition)}")
    return "\n\n".join(parts)


def policy_comparison() -> str:
    """Return the shipped policies side by side."""
    chosen = [shipped(entry) for entry in policy_names()]
    rows: list[Sequence[object]] = [
        ("levels", *(", ".join(level.name for level in policy.levels) or "one" for policy in chosen)),
        ("parts", *(", ".join(domain.name for domain in policy.domains) for policy in chosen)),
        (
            "classes",
            *(", ".join(f"{c.name} ({c.standing})" for c in policy.classes) for policy in chosen),
        ),
        ("reporters", *(", ".join(one.name for one in policy.reporters) for policy in chosen)),
    ]
    for block in ("plan", "review", "promotion", "demotion", "scope", "case_law"):
        for entry in fields(getattr(chosen[0], block)):
            values = [getattr(getattr(policy, block), entry.name) for policy in chosen]
            if any(
                policy.has_scheme and value != values[0] for policy, value in zip(chosen, values, strict=True)
            ):
                cells = [
                    _policy_value(value) if p.has_scheme else ""
                    for p, value in zip(chosen, values, strict=True)
                ]
                rows.append((f"{block}: {code(entry.name)}", *cells))
    return table(("rule", *(code(policy.name) for policy in chosen)), rows)


def _policy_value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(str(getattr(one, "name", one)) for one in value)
    return f"{value:g}" if isinstance(value, int | float) else str(value)


MAKERS: dict[str, Callable[[], str]] = {
    "policy records": policy_records,
    "policies side by side": policy_comparison,
    "schedule": schedule_table,
    "mechanisms": mechanism_table,
    "columns": column_table,
    "reference": reference_table,
    "registry": registry_tables,
    "couplings": coupling_table,
    "choices": choice_table,
    "grades": grade_table,
    "grades by section": grades_by_section,
    "feedback": feedback_list,
    "structural": structural_list,
    "indicators": indicator_table,
    "ledger codes": code_table,
    "library": library_table,
    "purposes": purpose_table,
}


def content_of(name: str) -> str:
    """Return the text of a generated part; ``state TABLE`` and ``parameters SECTION`` are made on demand."""
    kind, _, rest = name.partition(" ")
    if kind == "state" and rest in state.TABLES:
        return state_table(rest)
    if kind == "parameters" and rest in sections():
        return table(PARAMETER_HEADINGS, parameter_rows(sections()[rest], short=True))
    if name not in MAKERS:
        raise ValueError(f"there is no generated part called {name!r}")
    return MAKERS[name]()


def refreshed(text: str) -> str:
    """Return a Markdown text with every generated part made anew."""
    return BLOCK.sub(lambda found: f"{found[1]}\n{content_of(found['name'])}\n\n{found[3]}", text)


def stale(folder: Path = DOCS) -> list[Path]:
    """Return the files in which a generated part is not what the code says."""
    files = sorted(folder.glob("*.md"))
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    return [path for path, text in texts.items() if refreshed(text) != text]


def main(arguments: Sequence[str]) -> int:
    """Rewrite what is stale, or with ``--check`` only say so; return the exit code."""
    if list(arguments) not in ([], ["--check"]):
        sys.stderr.write("usage: python docs/generate.py [--check]\n")
        return 2
    found = stale()
    for path in found:
        if arguments:
            sys.stderr.write(f"docs/{path.name}: stale; run python docs/generate.py\n")
        else:
            path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")
            sys.stdout.write(f"docs/{path.name}: rewritten\n")
    return 1 if arguments and found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
