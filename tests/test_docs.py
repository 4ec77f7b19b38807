"""The documentation: made parts are fresh, mechanisms are complete, links and command lines work."""

import importlib.util
import re
import shlex
import sys
from pathlib import Path

import pytest
import typer

from experiments.cli import app
from scenarios import ScenarioError, load
from sim import state
from sim.indicators import BY_NAME as INDICATORS
from sim.inputs import CHOICES
from sim.mechanisms import NAMES, all_mechanisms
from sim.parameters import registry

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
READ_BY_USERS = [ROOT / "README.md", *PAGES]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in READ_BY_USERS}
GENERATED = re.compile(r"<!-- generated: .*?<!-- end -->", re.DOTALL)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def generate():
    found = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    yield module
    del sys.modules[found.name]


# --- generated parts ------------------------------------------------------------------------------------


def test_generated_parts_are_fresh(generate, capsys):
    assert generate.main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_part_is_found(generate, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- generated: grades -->\n\nold\n\n<!-- end -->\n", encoding="utf-8")
    assert generate.stale(tmp_path) == [page]
    page.write_text(generate.refreshed(page.read_text(encoding="utf-8")), encoding="utf-8")
    assert generate.stale(tmp_path) == []


def test_an_unknown_part_is_an_error(generate):
    with pytest.raises(ValueError, match="nonsense"):
        generate.refreshed("<!-- generated: nonsense -->\n<!-- end -->\n")


def test_every_marker_is_closed():
    for name, text in TEXTS.items():
        marks = re.findall(r"<!-- (generated: [\w -]+|end) -->", text)
        assert [mark == "end" for mark in marks] == [False, True] * (len(marks) // 2), name


def test_the_schedule_table_has_every_step(generate):
    source = (ROOT / "sim" / "schedule.py").read_text(encoding="utf-8")
    loop = source[source.index("for part in range(start, stop)") :]
    called = re.findall(r"^ +(\w+)\($|^ +(\w+)\(.*\)$", loop, re.MULTILINE)
    assert [step.function for step in generate.schedule_steps(source)] == [a or b for a, b in called]


# --- the model page -------------------------------------------------------------------------------------


def handwritten(text):
    return GENERATED.sub("", text)


def section_of(name):
    """Return the text of the submodel of a mechanism."""
    text = handwritten(TEXTS["docs/model.md"])
    submodels = text[text.index("\n## Submodels") : text.index("\n## What is read and written")]
    found = re.search(rf"^### {name}\n(.*?)(?=^### |\Z)", submodels, re.DOTALL | re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


@pytest.mark.parametrize("name", NAMES)
def test_every_mechanism_has_a_section(name):
    text = section_of(name)
    assert text.strip().startswith(f"**`{name}`"), "a section opens with the name of the mechanism"
    assert "*Off*" in text
    assert "*Source*" in text


@pytest.mark.parametrize("mechanism", all_mechanisms(), ids=lambda mechanism: mechanism.name)
def test_a_section_names_every_parameter(mechanism):
    submodels = "".join(section_of(name) for name in NAMES)
    own = section_of(mechanism.name)
    missing = [
        parameter.path
        for parameter in mechanism.parameters
        if not re.search(rf"(?<![\w.]){parameter.name}(?!\w)", own) and parameter.path not in submodels
    ]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_a_section_names_nothing_that_is_gone(name):
    known = {parameter.name for parameter in registry().values()} | {"per_head_or_count"}
    known |= {column.name for _, _, columns in state.TABLES.values() for column in columns}
    known |= {choice for choices in CHOICES.values() for choice in choices}
    known |= set(INDICATORS)
    words = re.findall(r"(?<![\w.])[a-z]+(?:_[a-z]+)+(?![\w])", section_of(name))
    assert [word for word in words if word not in known] == []


def test_every_path_in_the_text_exists():
    paths = set(registry()) | {
        f"{table}.{column.name}" for table, (_, _, columns) in state.TABLES.items() for column in columns
    }
    others = {"staffing.unstaffed", "response.ordering", "promotion.policy", "mechanisms.strain"}
    others |= {"facility.units", "facility.graph", "facility.graph.generator"}
    others |= {"programme.prison", "programme.remand", "programmes.plus.choice"}
    others |= {"promotion.md"}
    first = {path.split(".")[0] for path in paths | others}
    unknown = [
        f"{page}: {word}"
        for page, text in TEXTS.items()
        for word in re.findall(
            r"(?<![\w./-])[a-z_]+(?:\.[a-z_]+)+(?![\w./])", without_examples(handwritten(text))
        )
        if word.split(".")[0] in first and word not in paths | others and not word.endswith(".csv")
    ]
    assert unknown == []


def without_examples(text):
    """Return a text without blocks that show files, commands or errors."""
    return FENCE.sub(lambda found: "" if found[1] in {"yaml", ""} or "got " in found[2] else found[2], text)


# --- links ----------------------------------------------------------------------------------------------


def anchors_of(text):
    """Return the anchors that GitHub gives to the headings of a page."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(plain)
    return found


@pytest.mark.parametrize("page", TEXTS)
def test_every_internal_link_resolves(page):
    folder = (ROOT / page).parent
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", TEXTS[page])):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (folder / path).resolve() if path else ROOT / page
        there = file.is_relative_to(ROOT) and file.exists()
        if not there or (anchor and anchor not in anchors_of(file.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", TEXTS)
def test_no_page_names_a_machine_or_an_index(page):
    secret = (
        r"/(?:work|home|root|tmp|Users|var)/|localhost|index-url|find-links|" + "py" + "pi|python" + "hosted"
    )
    assert re.findall(secret, TEXTS[page]) == []


# --- command lines and examples ---------------------------------------------------------------------------


def command_lines():
    """Return every command line shown in the pages."""
    shown = []
    for text in TEXTS.values():
        shown += [line for kind, block in FENCE.findall(text) if not kind for line in block.split("\n")]
        shown += re.findall(r"`((?:detention|make) [^`]+)`", FENCE.sub("", text))
    lines = {tuple(shlex.split(line.strip(), comments=True)) for line in shown}
    return sorted(words for words in lines if words and words[0] in {"detention", "make"})


COMMAND_LINES = command_lines()


def example_files():
    """Return the example files in the pages by name, with the errors that the page says they have."""
    found = {}
    for text in TEXTS.values():
        blocks = FENCE.findall(text)
        for kind, block in blocks:
            name = re.match(r"# ([\w-]+\.yaml)\n", block)
            if kind == "yaml" and name:
                said = [other for _, other in blocks if other.startswith(f"{name[1]}:")]
                found[name[1]] = (block, said[0].strip().split("\n") if said else [])
    return found


EXAMPLES = example_files()
WRONG = {name for name, (_, said) in EXAMPLES.items() if said}


@pytest.fixture
def examples(tmp_path, monkeypatch):
    """Work in a folder that has the example files and nothing else."""
    for name, (text, _) in EXAMPLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_there_are_command_lines_and_examples():
    assert len(COMMAND_LINES) > 20
    assert {"town-prison.yaml", "evening.yaml", "bad-prison.yaml"} <= set(EXAMPLES)


def is_stand_in(word):
    """Say whether a word stands for another: ``SCENARIO``, ``PATH=VALUE``, ``my-prison``."""
    return word.upper() == word or word.startswith("my-")


def named(values):
    """Return the scenarios that the values of a command line name."""
    found = [*(values.get("references") or ()), values.get("reference"), values.get("base")]
    return [reference for reference in found if reference and not is_stand_in(reference)]


@pytest.mark.parametrize("words", COMMAND_LINES, ids=" ".join)
@pytest.mark.usefixtures("examples")
def test_a_command_line_is_one_that_works(words):
    if words[0] == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert all(word in targets or "=" in word for word in words[1:])
        return
    group = typer.main.get_command(app)
    if words[1].startswith("-"):
        assert words[1] in {"--help", "--version"}
        return
    command = group.commands[words[1]]
    if len(words) == 2:  # a command that is mentioned
        return
    values = command.make_context(words[1], list(words[2:])).params
    changes = {
        key: [word for word in values.get(key) or () if not is_stand_in(word)] for key in ("sets", "off")
    }
    for reference in named(values):
        if reference not in WRONG:
            load(reference, **changes)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_file_is_what_the_page_says(name, examples):
    text, said = EXAMPLES[name]
    reference = f"dutch-prison+{name}" if "overlay: true" in text else name
    if not said:
        load(reference)
        return
    with pytest.raises(ScenarioError) as refused:
        load(reference)
    assert [str(problem) for problem in refused.value.problems] == said


# --- figures --------------------------------------------------------------------------------------------


def test_every_picture_of_the_readme_exists_and_one_target_draws_them_all():
    shown = set(re.findall(r"\]\(docs/images/([\w-]+)\.png\)", TEXTS["README.md"]))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    drawn = set(re.search(r"^FIGURES := (.+)$", makefile, re.MULTILINE)[1].split())
    assert shown == drawn == {path.stem for path in (DOCS / "images").iterdir()}
    recipe = re.search(r"^figures:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]
    assert "$(FIGURES:%=" in recipe
    assert "docs/images/" in recipe
