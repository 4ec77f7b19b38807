"""Which arm each contrast sets against which, in what, and with which sign."""

import math

import numpy as np
import pytest

from experiments.facts.arms import BASELINE
from experiments.facts.measures import contrasts, persons, sizes
from sim import ledger as codes
from tests.facts import toys

HOUSES = sizes.HOUSES
CONDITIONS = [
    # measure, arm, reference, indicator
    (contrasts.containment_after_relational_step, "relational", BASELINE, "containments"),
    (contrasts.incidents_under_more_restriction, "restrictive", BASELINE, "true_incidents"),
    (contrasts.incidents_with_more_presence, "present", BASELINE, "true_incidents"),
    (contrasts.self_harm_under_lock_up, "locked", BASELINE, "self_harm"),
]
SHIFTS = [
    (contrasts.relatedness_with_more_presence, "present", BASELINE, "relatedness"),
    (contrasts.familiarity_with_more_presence, "present", BASELINE, "familiarity_on_duty"),
    (contrasts.wellbeing_under_lock_up, "locked", BASELINE, "wellbeing"),
    (contrasts.distress_under_lock_up, "locked", BASELINE, "distress"),
    (sizes.formal_answers_at_scale, "prison-3x120", HOUSES, "formal_response_share"),
    (sizes.familiarity_at_scale, "prison-3x120", HOUSES, "familiarity_on_duty"),
    (sizes.formal_answers_under_one_roof, "campus-30x12", HOUSES, "formal_response_share"),
]
GAPS = [
    (contrasts.open_against_closed_climate, "house", BASELINE),
    (contrasts.open_against_closed_climate_same_mix, "house-same-mix", BASELINE),
    (sizes.climate_of_small_prisons, "small", "large"),
    (sizes.climate_of_small_against_medium_prisons, "small", "medium"),
]
RATIOS = [
    # measure, arm, reference, and the ratio of violence of any kind, among residents, against staff
    (sizes.violence_in_houses_against_campus, HOUSES, "campus-30x12", 0.5),
    (sizes.violence_in_houses_against_units_of_24, HOUSES, "prison-15x24", 0.5),
    (sizes.violence_in_houses_against_units_of_120, HOUSES, "prison-3x120", 0.5),
    (sizes.resident_violence_in_houses, HOUSES, "prison-15x24", 0.75),
    (sizes.staff_violence_in_houses, HOUSES, "prison-15x24", 0.25),
    (sizes.violence_in_very_small_groups, "groups-of-3", "groups-of-12", 0.75),
]


def ids(cases):
    return [case[0].__name__ for case in cases]


def two(arm, reference, here, there):
    """Return a panel with two replicates of an arm and of what it is held against."""
    return toys.panel(**{arm: [here] * 2, reference: [there] * 2})


@pytest.mark.parametrize(("measure", "arm", "reference", "name"), CONDITIONS, ids=ids(CONDITIONS))
def test_relative_changes_are_from_the_reference_to_the_arm(measure, arm, reference, name):
    panel = two(arm, reference, toys.harvest({name: (6, 2)}), toys.harvest({name: (8, 2)}))
    assert measure(panel).value == pytest.approx(-0.25)


@pytest.mark.parametrize(("measure", "arm", "reference", "name"), SHIFTS, ids=ids(SHIFTS))
def test_shifts_are_the_arm_less_the_reference(measure, arm, reference, name):
    panel = two(arm, reference, toys.harvest({name: (3, 10)}), toys.harvest({name: (5, 10)}))
    assert measure(panel).value == pytest.approx(-0.2)


@pytest.mark.parametrize(("measure", "arm", "reference"), GAPS, ids=ids(GAPS))
def test_climate_gaps_are_the_arm_less_the_reference_in_standard_deviations(measure, arm, reference):
    def surveyed(level):
        return toys.harvest(people=toys.people(survey=[{"climate": level - 1.0}, {"climate": level + 1.0}]))

    assert measure(two(arm, reference, surveyed(2.0), surveyed(3.0))).value == pytest.approx(
        -1 / math.sqrt(2)
    )


@pytest.mark.parametrize(("measure", "arm", "reference", "ratio"), RATIOS, ids=ids(RATIOS))
def test_ratios_of_violence_are_the_arm_over_the_reference(measure, arm, reference, ratio):
    def harvest(residents, staff):
        counts = {(codes.PHYSICAL, 0, 0, 0, 0): residents, (codes.SERIOUS, 1, 1, 1, 1): staff}
        return toys.harvest(counts=counts)

    assert measure(two(arm, reference, harvest(30, 10), harvest(40, 40))).value == pytest.approx(ratio)


def test_conflict_under_presence_is_what_staff_noticed_settled_quarrels_included():
    def harvest(seen, settled):
        counts = {(codes.VERBAL, 0, 1, 0, 0): seen, (codes.DEFUSED, 0, 1, 0, 0): settled}
        return toys.harvest(counts={**counts, (codes.VERBAL, 0, 0, 0, 0): 999})

    panel = two("present", BASELINE, harvest(50, 70), harvest(60, 40))
    assert contrasts.conflict_with_more_presence(panel).value == pytest.approx(0.2)


def test_assaults_under_lock_up_are_those_on_record():
    def harvest(recorded, others):
        return toys.harvest(
            counts={(codes.PHYSICAL, 0, 1, 1, 0): recorded, (codes.SERIOUS, 0, 1, 0, 0): others}
        )

    panel = two("locked", BASELINE, harvest(15, 3), harvest(10, 90))
    assert contrasts.assaults_under_lock_up(panel).value == pytest.approx(0.5)


def test_distress_when_crowded_is_in_standard_deviations_of_the_usual_prison():
    def harvest(level, step):
        survey = [{"distress": 0.4 - step}, {"distress": 0.4 + step}]
        return toys.harvest({"distress": (level, 1.0)}, people=toys.people(survey=survey))

    panel = two("crowded", BASELINE, harvest(0.5, 0.4), harvest(0.4, 0.1))
    assert contrasts.distress_when_crowded(panel).value == pytest.approx(0.1 / (0.1 * math.sqrt(2)))


def test_more_staff_on_paper_is_read_at_the_usual_presence():
    def arm(common, level):
        sums = {"common_room_share": (common, 1.0), "distress": (level, 1.0), "self_harm": (level, 1.0)}
        people = toys.people(survey=[{"distress": 0.3}, {"distress": 0.5}])
        return toys.harvest(sums, resident_days=1.0, people=people)

    arms = {"more-staff": arm(3.0, 0.2), "more-staff-withdrawn": arm(1.0, 0.4), BASELINE: arm(2.0, 0.4)}
    panel = toys.panel(**{name: [harvest] * 3 for name, harvest in arms.items()})
    # Half way between 3 and 1 hours there is .3, against .4: a fall of .1, or a quarter.
    assert contrasts.self_harm_with_more_staff_on_paper(panel).value == pytest.approx(-0.25)
    spread = math.sqrt(0.02)
    assert contrasts.distress_with_more_staff_on_paper(panel).value == pytest.approx(-0.1 / spread)


@pytest.mark.parametrize(
    ("measure", "size"), [(sizes.tension_in_groups_of_five, 5), (sizes.tension_in_large_groups, 40)]
)
def test_groups_are_held_against_the_middling_ones_together(measure, size):
    levels = {size: 0.6, 8: 0.4, 12: 0.5, 20: 0.45}
    arms = {f"groups-of-{n}": [toys.harvest({"tension": (t * 100, 100)})] * 2 for n, t in levels.items()}
    assert measure(toys.panel(**arms)).value == pytest.approx(0.15)


def test_correlations_of_autonomy_have_the_signs_of_their_names():
    x = np.array([1.0, 2.0, 3.0, 4.0])
    mixed = np.array([1.0, -1.0, -1.0, 1.0])  # unrelated to x
    rows = [
        {
            "resident": k,
            "autonomy": x[k],
            "wellbeing": x[k],
            "climate_growth": x[k],
            "climate_repression": -x[k],
            "competence": mixed[k],
            "relatedness": -x[k],
        }
        for k in range(4)
    ]
    panel = toys.baseline(*[toys.harvest(people=toys.people(survey=rows))] * 2)
    for measure in (
        persons.autonomy_and_wellbeing,
        persons.autonomy_and_growth,
        persons.autonomy_and_freedom_from_repression,
        persons.autonomy_leads,
    ):
        assert measure(panel).value == pytest.approx(1.0, abs=1e-5), measure.__name__
