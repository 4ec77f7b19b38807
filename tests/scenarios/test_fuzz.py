"""Whatever a file holds, it is either accepted or refused with plain lines; nothing else escapes."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from scenarios import ScenarioError, dump, load
from scenarios.library import LIBRARY

SEEDS = [path.read_bytes() for path in sorted(LIBRARY.rglob("*.yaml"))] + [
    dump(load("detention-house")).encode()
]

TROUBLE = [
    b"&a ", b"*a", b"!!int ", b"!", b"%YAML 1.1\n", b"%TAG ! x\n", b"---\n", b"...\n", b"? ", b"- ",
    b": ", b"{", b"}", b"[", b"]", b"|\n", b">\n", b"\t", b"'", b'"', b'"\\', b'"\\x', b'"\\U0011ffff"',
    b"#", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xc2\x85", b"\xe2\x80\xa8", b"\r", b"null", b"~", b"true",
    b"nan", b".nan", b"-.inf", b"1e999", b"1_000", b"0o7", b"0x1f", b"2001-01-01", b"12:30:45", b"<<: ",
    b"=", b"@", b"`", b"9" * 400,
]  # fmt: skip


def outcome(path):
    """Load a file; return the lines with which it is refused, if it is."""
    try:
        load(str(path))
    except ScenarioError as error:
        lines = str(error).split("\n")
        assert 1 <= len(lines) <= 50
        assert all(": got " in line and "; allowed " in line for line in lines), lines
        return lines
    return []


@st.composite
def damaged(draw):
    content = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 30))
        piece = draw(st.sampled_from(TROUBLE) | st.binary(max_size=6))
        content[start : start + length] = piece
    return bytes(content)


@st.composite
def shuffled(draw):
    lines = draw(st.sampled_from(SEEDS)).splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 8))):
        source, target = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        action = draw(st.sampled_from(["copy", "drop", "indent", "swap"]))
        if action == "copy":
            lines.insert(target, lines[source])
        elif action == "drop" and len(lines) > 1:
            del lines[target]
        elif action == "indent":
            lines[target] = b" " * draw(st.integers(1, 6)) + lines[target].lstrip(b" ")
        else:
            lines[source], lines[target] = lines[target], lines[source]
    return b"".join(lines)


@settings(max_examples=300, deadline=None)
@given(content=damaged() | shuffled())
def test_a_damaged_scenario_is_accepted_or_refused_in_plain_lines(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "a.yaml"
    path.write_bytes(content)
    outcome(path)


@settings(max_examples=200, deadline=None)
@given(content=st.lists(st.sampled_from(TROUBLE) | st.binary(max_size=4), max_size=12).map(b"".join))
@example(content=b'"\\U0011ffff"')
@example(content=b"%TAG ! x\n--- !a b\n")
@example(content=b"? ? ? a")
def test_yaml_made_of_trouble_is_refused_in_plain_lines(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("trouble") / "a.yaml"
    path.write_bytes(content)
    assert outcome(path)


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(max_size=40)
    | st.sampled_from(["run.days=", "facility.graph.edges="]).flatmap(
        lambda p: st.text(max_size=12).map(p.__add__)
    )
)
def test_any_set_option_is_accepted_or_refused_in_plain_lines(text):
    try:
        load("detention-house", sets=[text])
    except ScenarioError as error:
        refused = str(error).split("\n")
    else:
        refused = []
    assert all(line.startswith("--set:") for line in refused)


@settings(max_examples=200, deadline=None)
@given(reference=st.text(max_size=40) | st.text(max_size=10).map(lambda text: f"dutch-prison+{text}.yaml"))
def test_any_reference_is_accepted_or_refused_in_plain_lines(reference):
    try:
        load(reference)
    except ScenarioError as error:
        refused = str(error).split("\n")
    else:
        refused = []
    assert all("; allowed " in line for line in refused)
