"""Every number knows who set it and on which ground."""

from scenarios import provenance


def rows(reference, **options):
    return {row.path: row for row in provenance(reference, **options)}


def test_a_number_with_a_source_carries_it(write, minimal):
    write(minimal + "residents:\n  occupancy: {value: 0.9, source: own count, grade: C, basis: read}\n")
    row = rows("a.yaml")["residents.occupancy"]
    assert (row.value, row.unit, row.set_by) == (0.9, "share of places", "a.yaml:4:22")
    assert (row.source, row.grade, row.basis) == ("own count", "C", "read")


def test_a_plain_number_that_differs_from_the_default_is_an_assumption_without_source(write, minimal):
    write(minimal + "residents: {occupancy: 0.5}\n")
    row = rows("a.yaml")["residents.occupancy"]
    assert (row.source, row.grade, row.basis) == ("not stated", "D", "assumed")


def test_a_plain_number_equal_to_the_default_has_the_provenance_of_the_default(write, minimal):
    write(minimal + "residents: {stay_mean_days: 110}\n")
    found = rows("a.yaml")
    assert found["residents.stay_mean_days"].source.startswith("DJI")
    assert found["residents.stay_mean_days"].set_by == "a.yaml:3:29"
    assert found["residents.age_mean"].set_by == "default"


def test_the_shorthand_hands_its_provenance_on(write, minimal):
    write(minimal + "security: {relational: {value: 0.7, source: a visit, grade: D, basis: read}}\n")
    assert {rows("a.yaml")[f"security.{name}"].source for name in ("attitude", "alliance", "presence")} == {
        "a visit"
    }


def test_options_are_named_as_the_ones_who_set(write, minimal):
    write(minimal)
    found = rows("a.yaml", sets=["run.days=3"], off=["strain"])
    assert found["run.days"].set_by == "--set"
    assert (found["mechanisms.strain"].value, found["mechanisms.strain"].set_by) == (False, "--off")


def test_the_numbers_of_units_are_listed_entry_by_entry(write):
    write("name: a\nfacility: {units: [{name: a, places: {value: 3, source: plan}, count: 2}]}\n")
    found = rows("a.yaml")
    assert (found["facility.units[0].places"].value, found["facility.units[0].places"].source) == (3, "plan")
    assert found["facility.units[0].name"].value == "a"


def test_a_parameter_of_a_mechanism_is_named_by_path_and_by_its_key_in_a_file():
    row = rows("dutch-prison")["flow.expected_fairness"]
    assert row.key == "parameters.flow.expected_fairness"
