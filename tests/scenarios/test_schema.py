"""The JSON Schema for editors agrees with the loader."""

import json

import jsonschema
import pytest
from ruamel.yaml import YAML

from scenarios import dump, json_schema, library, load
from scenarios.library import LIBRARY
from sim.parameters import registry

VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def plain(text):
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))


def test_it_is_a_valid_schema_and_plain_json():
    jsonschema.Draft202012Validator.check_schema(json.loads(json.dumps(json_schema(), allow_nan=False)))


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_library_file_conforms(path):
    VALIDATOR.validate(plain(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", [entry.name for entry in library() if entry.kind == "scenario"])
def test_every_scenario_written_out_conforms(name):
    VALIDATOR.validate(plain(dump(load(name))))


@pytest.mark.parametrize(
    "text",
    [
        "name: a\nresidents: {occupancy: 2}",
        "name: a\nresidents: {occupancy: true}",
        "name: a\nresidents: {occupency: 1}",
        "name: a\nresidents: {occupancy: {source: x}}",
        "name: a\nfacility: {units: []}",
        "name: a\nrun: {days: 1.5}",
        "name: a\nparameters: {residents.occupancy: 1}",
        "residents: {occupancy: 1}",
        "name: a b",
    ],
)
def test_what_the_loader_refuses_in_one_key_the_schema_refuses_too(text):
    assert not VALIDATOR.is_valid(plain(text))


def test_an_overlay_needs_no_name():
    VALIDATOR.validate({"overlay": True})


def test_every_parameter_is_described_with_meaning_unit_and_range():
    properties = json_schema()["properties"]
    for path, parameter in registry().items():
        section, name = path.split(".", 1)
        block = properties[section]["properties"] if section in properties else {}
        entry = block.get(name) or properties["parameters"]["properties"][path]
        assert parameter.meaning in entry["description"]
        assert parameter.unit in entry["description"]
        assert (entry["anyOf"][0]["minimum"], entry["anyOf"][0]["maximum"]) == (parameter.low, parameter.high)
