"""Bases, overlays, --set and --off: who has the last word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import dump, load
from sim.inputs import RELATIONAL
from sim.parameters import registry

DIMENSIONS = [path.split(".")[1] for path in RELATIONAL]


def relational(specification):
    return [specification.values[path] for path in RELATIONAL]


def test_the_shorthand_sets_attitude_alliance_and_presence(write, minimal):
    write(minimal + "security: {relational: 0.7}\n")
    assert relational(load("a.yaml")) == [0.7, 0.7, 0.7]


def test_what_a_layer_sets_explicitly_the_shorthand_leaves_alone(write, minimal):
    write(minimal + "security: {presence: 0.1, relational: 0.7}\n")
    assert relational(load("a.yaml")) == [0.7, 0.7, 0.1]


def test_a_later_shorthand_overrides_what_an_earlier_layer_set_explicitly(write, minimal):
    write(minimal + "security: {presence: 0.1}\n")
    assert relational(load("a.yaml+relational")) == [0.8, 0.8, 0.8]


def test_several_set_options_are_one_layer(write, minimal):
    write(minimal)
    found = load("a.yaml", sets=["security.attitude=0.2", "security.relational=0.6"])
    assert relational(found) == [0.2, 0.6, 0.6]


@settings(deadline=None)
@given(
    layers=st.lists(
        st.dictionaries(st.sampled_from([*DIMENSIONS, "relational"]), st.sampled_from([0.1, 0.2, 0.3, 0.9])),
        max_size=4,
    )
)
def test_layers_of_shorthand_and_explicit_doses_follow_one_rule(tmp_path_factory, layers):
    folder = tmp_path_factory.mktemp("layers")
    (folder / "a.yaml").write_text("name: a\nfacility: {units: [{name: a, places: 1}]}\n")
    reference = str(folder / "a.yaml")
    expected = {path: registry()[path].default for path in RELATIONAL}
    for number, layer in enumerate(layers):
        inside = ", ".join(f"{name}: {dose}" for name, dose in layer.items())
        (folder / f"o{number}.yaml").write_text(f"overlay: true\nsecurity: {{{inside}}}\n")
        reference += f"+{folder / f'o{number}.yaml'}"
        for name in DIMENSIONS:
            if name in layer or "relational" in layer:
                expected[f"security.{name}"] = layer.get(name, layer.get("relational"))
    assert dict(zip(RELATIONAL, relational(load(reference)), strict=True)) == expected


@settings(deadline=None)
@given(order=st.permutations(["a", "b", "c"]), option=st.booleans())
def test_the_last_overlay_has_the_last_word_and_set_comes_after_all(tmp_path_factory, order, option):
    folder = tmp_path_factory.mktemp("order")
    (folder / "s.yaml").write_text("name: s\nfacility: {units: [{name: a, places: 1}]}\n")
    for name, share in {"a": 0.1, "b": 0.2, "c": 0.3}.items():
        other = f"residents: {{reactivity_mean: {share}}}" if name == "a" else ""
        (folder / f"{name}.yaml").write_text(f"overlay: true\nfacility: {{shared: {share}}}\n{other}\n")
    reference = "+".join([str(folder / "s.yaml"), *(str(folder / f"{name}.yaml") for name in order)])
    found = load(reference, sets=["facility.shared=0.9"] if option else [])
    assert found.values["facility.shared"] == (0.9 if option else {"a": 0.1, "b": 0.2, "c": 0.3}[order[-1]])
    assert found.values["residents.reactivity_mean"] == 0.1
    assert found.name == "+".join(["s", *order])


def test_mappings_are_merged_and_lists_replaced(write):
    write("name: a\nfacility: {units: [{name: a, places: 1}, {name: b, places: 2}], shared: 0.3}\n")
    write("name: b\nextends: a.yaml\nfacility: {units: [{name: c, places: 3}]}\n", "b.yaml")
    found = load("b.yaml")
    assert [unit.name for unit in found.units] == ["c"]
    assert found.values["facility.shared"] == 0.3


def test_a_title_is_not_inherited(write):
    write("name: a\ntitle: The first\nfacility: {units: [{name: a, places: 1}]}\n")
    write("name: b\nextends: a.yaml\n", "b.yaml")
    assert load("b.yaml").title == "b"


def test_overlays_may_replace_the_units(write, minimal):
    write(minimal)
    write("overlay: true\nfacility: {units: [{name: c, places: 3}]}\n", "bigger.yaml")
    assert load("a.yaml+bigger.yaml").places == 3


def test_a_plus_sign_may_belong_to_a_file(write, minimal):
    write(minimal, "c++/a+b.yaml")
    assert load("c++/a+b.yaml+relational").name == "tiny+relational"


def test_everything_settable_is_set_by_its_path(write, minimal):
    write(minimal)
    found = load(
        "a.yaml",
        sets=[
            "flow.expected_fairness=0.5",
            "run.days=30",
            "staffing.unstaffed=open",
            "mechanisms.strain=false",
            "facility.graph.generator=clusters",
            "facility.graph.degree=3",
            "promotion.policy=none",
            "run.days= 31 ",
        ],
    )
    assert found.values["flow.expected_fairness"] == 0.5
    assert found.values["run.days"] == 31
    assert found.choices["staffing.unstaffed"] == "open"
    assert found.mechanisms["strain"] is False
    assert (found.graph.generator, found.graph.degree) == ("clusters", 3)


SOMEWHERE = "a path listed by 'detention parameters', a choice or a switch"
A_SHARE = "a number from 0 to 1 (share of places)"


@pytest.mark.parametrize(
    ("text", "column", "got", "allowed"),
    [
        ("residents.occupancy=2", 21, "2", A_SHARE),
        ("residents.occupancy='1'", 21, '"1"', A_SHARE),
        ("residents.occupancy={value: 1}", 21, "a mapping", "a YAML scalar or list"),
        ("residents.occupancy=[1", 23, "expected ',' or ']', but got '<stream end>'", "YAML 1.2"),
        ("residents.occupancy=&a 1", 21, "anchor &a", "values without anchors"),
        ("residents.occupancy", 1, "no equals sign", "PATH=VALUE; nearest residents.occupancy"),
        ("residents.occupency=1", 1, "residents.occupency", f"{SOMEWHERE}; nearest residents.occupancy"),
        ("flow.fear_on_entri=1", 1, "flow.fear_on_entri", f"{SOMEWHERE}; nearest flow.fear_on_entry"),
        ("nonsense=1", 1, "nonsense", SOMEWHERE),
        ("staffing.unstaffed=opne", 20, "opne", "locked, open, shared_cover; nearest open"),
        ("practices.own_key=1", 1, "practices.own_key", "nothing: no practices exist yet"),
    ],
)
def test_a_wrong_set_option_is_named_with_its_column(errors, text, column, got, allowed):
    key = text.partition("=")[0]
    assert errors("dutch-prison", sets=[text]) == [f"--set:1:{column}: {key}: got {got}; allowed {allowed}"]


def test_a_set_option_without_a_path_and_a_path_that_is_no_number_or_choice_are_refused(errors):
    assert errors("dutch-prison", sets=["=1"]) == [f"--set:1:1: PATH: got nothing; allowed {SOMEWHERE}"]
    (line,) = errors("dutch-prison", sets=["facility.units=[]"])
    assert line.startswith(f"--set:1:1: facility.units: got facility.units; allowed {SOMEWHERE}")


def test_several_wrong_options_are_reported_in_their_order(errors):
    found = errors("dutch-prison", sets=["run.days=x", "a=1", "run.days=y"], off=["nothing"])
    assert [line.split(": ")[0] for line in found] == ["--set:1:10", "--set:1:1", "--set:1:10", "--off:1:1"]


def test_off_switches_a_mechanism_off_whatever_was_set_before(write, minimal):
    write(minimal + "mechanisms: {strain: true, flow: false}\n")
    found = load("a.yaml", sets=["mechanisms.roster=true"], off=["strain", "roster"])
    assert [name for name, on in found.mechanisms.items() if not on] == ["flow", "strain", "roster"]


def test_an_unknown_mechanism_is_refused_with_the_nearest(errors):
    (line,) = errors("dutch-prison", off=["strian"])
    assert line.startswith("--off:1:1: mechanisms: got strian; allowed flow, ")
    assert line.endswith("; nearest strain")


def test_a_scenario_is_no_overlay_and_an_overlay_no_scenario(errors):
    (line,) = errors("dutch-prison+detention-house")
    assert line.endswith("overlay: got a scenario; allowed an overlay here, a file with 'overlay: true'")
    (line,) = errors("relational")
    assert line.endswith("overlay: got an overlay; allowed a scenario here; overlays follow after +")


def test_an_unknown_scenario_does_not_put_the_overlay_behind_it_in_its_place(errors):
    (line,) = errors("dutch-prisn+relational")
    assert line.startswith("command line:1:1: scenario: got dutch-prisn; ")


def test_an_empty_key_is_shown_as_one(write, errors, minimal):
    write(f'{minimal}"": 3\n')
    (line,) = errors("a.yaml")
    assert ':1: "": got ""; allowed name, title, ' in line


def test_an_unknown_name_is_refused_at_its_column_with_the_nearest(errors):
    where = "allowed a name listed by 'detention scenarios' or a FILE.yaml"
    assert errors("dutch-prison+relatonal") == [
        f"command line:1:14: scenario: got relatonal; {where}; nearest relational",
    ]
    assert errors("") == [f"command line:1:1: scenario: got nothing; {where}"]
    assert errors("dutch-prison+") == [f"command line:1:14: scenario: got nothing; {where}"]
    assert errors("+".join(["x"] * 100)) == ["command line:1:1: scenario: got 100 pieces; allowed at most 32"]


def test_a_name_made_of_too_many_overlays_is_refused(write, errors, minimal):
    write(minimal)
    (line,) = errors("a.yaml" + "+unstaffed-shared-cover" * 6)
    assert "got 142 characters: tiny+unstaffed" in line


def test_dumping_a_changed_scenario_keeps_the_changes(write):
    write(dump(load("dutch-prison+relational", sets=["run.days=30"], off=["strain"])))
    found = load("a.yaml")
    assert found.values["run.days"] == 30
    assert found.mechanisms["strain"] is False
    assert found.name == "dutch-prison+relational"
