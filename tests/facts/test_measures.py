"""Measures on toy data with values done by hand."""

import math

import numpy as np
import pytest

from experiments.facts import logistic
from experiments.facts.measures import common, contrasts, levels, persons, sizes, units
from sim import ledger as codes
from tests.facts import toys

YEAR_OF_1000 = 365_000.0
PHYSICAL, SERIOUS, THREAT, VERBAL = codes.PHYSICAL, codes.SERIOUS, codes.THREAT, codes.VERBAL


def incident(actor=0, day=10, kind=VERBAL, **columns):
    return {"actor": actor, "day": day, "kind": kind, **columns}


def there(**columns):
    return {"arrival": -100, "release": 1000, "exposure_days": 365, **columns}


def test_events_are_chosen_by_kind_and_filter():
    h = toys.harvest(counts={(PHYSICAL, 0, 1, 1, 0): 3, (PHYSICAL, 1, 1, 0, 0): 2, (SERIOUS, 0, 0, 0, 0): 1})
    assert common.events(h, common.ASSAULTS) == 6
    assert common.events(h, common.ASSAULTS, against_staff=0) == 4
    assert common.events(h, common.ASSAULTS, seen=1, recorded=0) == 2


def test_levels_are_pooled_over_replicates():
    panel = toys.baseline(
        toys.harvest({"recorded_assaults_on_staff": (30, 0.2), "staff_absence_rate": (7, 100)}),
        toys.harvest({"recorded_assaults_on_staff": (10, 0.2), "staff_absence_rate": (9, 100)}),
    )
    assert levels.recorded_violence_on_staff(panel).value == pytest.approx(100.0)
    assert levels.staff_absence(panel).value == pytest.approx(0.08)


def test_serious_share_counts_recorded_assaults():
    h = toys.harvest(counts={(PHYSICAL, 0, 1, 1, 0): 18, (SERIOUS, 1, 1, 1, 0): 2, (SERIOUS, 0, 0, 0, 0): 9})
    assert levels.serious_share(toys.baseline(h, h)).value == pytest.approx(0.1)


def test_absence_is_compared_over_the_first_ninety_days():
    def staffed(sick):
        return toys.harvest(people=toys.people(absent=[sick] * 90 + [50] * 30, employed=[100] * 120))

    panel = toys.panel(shocked=[staffed(9), staffed(9)], baseline=[staffed(6), staffed(6)])
    assert levels.absence_after_severe_incident(panel).value == pytest.approx(0.5)


def test_the_top_tenth_of_ten_persons_is_one():
    rows = [there(incidents=n) for n in (11, 1, 1, 1, 1, 1, 1, 1, 1, 1)] + [
        there(incidents=90, exposure_days=89)
    ]
    h = toys.harvest(people=toys.people(persons=rows))
    assert persons.top_tenth_share(toys.baseline(h, h, h)).value == pytest.approx(11 / 20)


def test_the_last_ninety_days_count_for_those_present_throughout():
    rows = [there(), there(), there(release=300), there(arrival=300)]
    log = [
        incident(0, day=280, recorded=1),
        incident(0, day=100, recorded=1),
        incident(1, day=300, recorded=0),
        incident(2, day=290, recorded=1),
    ]
    h = toys.harvest(people=toys.people(log, rows))
    assert persons.window_counts(h, recorded=True).tolist() == [1, 0]
    assert persons.window_counts(h, recorded=False).tolist() == [1, 1]
    panel = toys.baseline(*[h] * 20)
    assert persons.no_recorded_incident_share(panel).value == pytest.approx(0.5)
    assert persons.no_incident_share(panel).value == pytest.approx(0.0)


def test_dispersion_of_counts_by_moments():
    # Counts 0, 0, 0, 4: mean 1, variance 3, so k = 1 / (3 - 1).
    rows = [there() for _ in range(4)]
    h = toys.harvest(people=toys.people([incident(3, day=300)] * 4, rows))
    assert persons.count_dispersion(toys.baseline(h, h, h)).value == pytest.approx(0.5)


def test_logistic_regression_finds_known_odds():
    x = np.array([[0.0]] * 100 + [[1.0]] * 100)
    y = np.array([1.0] * 20 + [0.0] * 80 + [1.0] * 50 + [0.0] * 50)
    intercept, slope = logistic.fit(x, y)
    assert intercept == pytest.approx(math.log(0.25), abs=1e-3)
    assert slope == pytest.approx(math.log(4.0), abs=1e-3)


def test_area_under_the_curve_counts_ties_half():
    assert logistic.area_under_curve([1, 2, 3, 4], [0, 0, 1, 1]) == 1.0
    assert logistic.area_under_curve([1, 1], [0, 1]) == 0.5
    assert math.isnan(logistic.area_under_curve([1, 2], [1, 1]))


def test_risk_is_judged_on_recorded_misconduct_of_the_next_half_year():
    rows = [there(age=20), there(age=30), there(age=40, release=200)]
    log = [
        incident(0, day=50, recorded=1),
        incident(0, day=60, recorded=0),
        incident(1, day=200, recorded=1),
        incident(1, day=50, recorded=1, kind=codes.SELF_HARM),
    ]
    features, outcome = persons.risk_table(toys.harvest(people=toys.people(log, rows)))
    assert features[:, 0].tolist() == pytest.approx([math.log(2), 0.0])
    assert features[:, 1].tolist() == [20, 30]
    assert outcome.tolist() == [0.0, 1.0]


def test_the_share_of_the_situation_is_that_of_explained_variance():
    random = np.random.default_rng(1)

    def place(level):
        z = random.normal(size=400)
        rates = 50 + 10 * z + level
        rows = [there(reactivity=a, incidents=b, exposure_days=100) for a, b in zip(z, rates, strict=True)]
        return toys.harvest(people=toys.people(persons=rows))

    # Traits and places each have a variance of about 100.
    assert persons.environment_share([place(-10), place(10)]) == pytest.approx(0.5, abs=0.05)
    assert persons.environment_share([place(0), place(0)]) == pytest.approx(0.0, abs=0.02)


def test_the_share_of_the_situation_is_no_larger_where_much_is_left_unexplained():
    random = np.random.default_rng(2)

    def place(level):
        z = random.normal(size=2000)
        rates = 50 + 10 * z + level + random.normal(0, 20, size=2000)
        rows = [there(reactivity=a, incidents=b, exposure_days=100) for a, b in zip(z, rates, strict=True)]
        return toys.harvest(people=toys.people(persons=rows))

    # Traits and places have a variance of about 100 each, chance of 400: a sixth and a sixth.
    assert persons.environment_share([place(-10), place(10)]) == pytest.approx(0.5, abs=0.06)


def test_the_share_of_the_situation_between_prisons_is_that_of_log_rates():
    def arm(number):
        return toys.harvest({"true_incidents": (number, 1.0)})

    # Situations a factor e apart, intakes a factor e squared: variances 1 to 4.
    row = (arm(100), arm(100 * math.e), arm(100), arm(100 * math.e**2))
    assert persons.share_of_variance([row, row]) == pytest.approx(0.2)

    def pooled(*pairs):
        return tuple(toys.harvest({"true_incidents": pair}) for pair in pairs)

    # Rates of 50 and 100, intakes of 1 and 4: replicates are pooled before logs are taken, by exposure.
    first, second = pooled((60, 1), (400, 2), (1, 1), (6, 1)), pooled((140, 3), (400, 6), (2, 2), (2, 1))
    assert persons.share_of_variance([first, second]) == pytest.approx(0.2)


def test_climate_and_misconduct_of_persons_by_hand():
    rows = [there(exposure_days=100) for _ in range(3)] + [there(exposure_days=50)]
    seen = [{"resident": k, "day": d, "climate": 4 - k} for k in range(4) for d in (0, 30, 60)]
    log = [incident(1)] + [incident(2)] * 2 + [incident(3)] * 9 + [incident(0, kind=codes.SELF_HARM)]
    h = toys.harvest(people=toys.people(log, rows, seen))
    found = persons.climate_and_misconduct_of_persons(toys.baseline(h, h))
    assert found.value == pytest.approx(-1.0, abs=1e-5)


def test_the_climate_of_a_person_is_the_mean_over_looks():
    seen = [{"resident": 0, "climate": c} for c in (2.0, 4.0)] + [{"resident": 2, "climate": 3.5}]
    climate, looks = persons.person_climate(toys.people(persons=[there()] * 3, survey=seen))
    assert climate.tolist() == [3.0, 0.0, 3.5]
    assert looks.tolist() == [2, 0, 1]


def risky(number=60, seed=1):
    """Return a place where those with a recorded history of two incidents do it again, whatever their age."""
    random = np.random.default_rng(seed)
    rows = [there(age=20 + 40 * random.random(), reactivity=0.0) for _ in range(number)]
    log = []
    for k in range(number):
        if k % 2:
            log += [incident(k, day=d, recorded=1) for d in (10, 20, 250)]
    return toys.harvest(people=toys.people(log, rows))


def test_a_score_fitted_on_half_of_the_replicates_finds_those_at_risk_in_the_other():
    found = persons.risk_score_auc(toys.baseline(*[risky(seed=seed) for seed in range(4)]))
    assert (found.value, found.n) == (pytest.approx(1.0), 4)
    assert persons.risk_score_auc(toys.baseline(risky())).value is None


def test_history_is_held_against_youth():
    lead = persons.history_over_age_auc(toys.baseline(*[risky(seed=seed) for seed in range(4)]))
    assert 0.3 < lead.value < 0.7  # history finds all, youth as many as chance


def test_later_wellbeing_is_read_off_the_same_person():
    seen = [
        {"resident": k, "day": d, "autonomy": k if d == 0 else 0, "wellbeing": -k if d == 90 else k}
        for k in range(4)
        for d in (0, 90)
    ]
    h = toys.harvest(people=toys.people(survey=seen))
    assert persons.autonomy_and_later_wellbeing(toys.baseline(h, h)).value == pytest.approx(-1.0, abs=1e-5)


def test_time_served_counts_newcomers_who_stay():
    rows = [there(arrival=0, release=200), there(arrival=0, release=100), there(arrival=-300, release=900)]
    log = [incident(2, day=-240)]
    log += [incident(0, day=10), incident(0, day=89), incident(0, day=90), incident(0, day=200)]
    log += [incident(1, day=20), incident(2, day=20)]
    log += [incident(0, day=100, kind=kind) for kind in (codes.SELF_HARM, codes.COMPLAINT)]
    h = toys.harvest(people=toys.people(log, rows))
    assert persons.misconduct_after_three_months(toys.baseline(h, h)).value == pytest.approx(0.5)


def test_units_are_compared_within_a_prison():
    seen = [{"unit": u, "climate": c} for u, c in ((0, 2.0), (1, 3.0), (2, 4.0))]
    teams = [{"unit": u, "staff": 2, "orientation": o} for u, o in ((0, 0.8), (1, 1.0), (2, 1.2))]
    rows = [{"residents": 100}] * 3
    log = [incident(unit=0)] * 3 + [incident(unit=1)] * 2 + [incident(unit=2)]
    h = toys.harvest(people=toys.people(log, [there()], seen, teams, rows))
    panel = toys.baseline(h, h)
    assert units.team_mean(h.detail, "orientation").tolist() == pytest.approx([0.4, 0.5, 0.6])
    assert units.supportive_staff_and_climate(panel).value == pytest.approx(1.0, abs=1e-5)
    assert units.climate_and_misconduct_of_units(panel).value == pytest.approx(-1.0, abs=1e-5)


def test_units_are_compared_per_resident_hour_and_contact():
    """Three units that differ in size: rates and shares order them one way, plain sums another."""
    seen = [{"unit": u, "climate": c} for u, c in ((0, 2.0), (1, 3.0), (2, 4.0))]
    needs = ({"autonomy": a, "competence": a, "relatedness": a} for a in (0.4, 1.0, 1.8))
    exhaustion = (0.8, 1.0, 0.9)
    teams = [
        {"unit": u, "staff": n, "exhaustion": e, **need}
        for u, n, need, e in zip(range(3), (1, 2, 3), needs, exhaustion, strict=True)
    ]
    rows = [
        {"residents": n, "procedure_time": p, "duty_time": t, "met": m, "met_alliance": a}
        for n, p, t, m, a in ((10, 3, 4, 10, 1), (100, 8, 16, 50, 25), (1000, 16, 64, 2, 1.8))
    ]
    log = [incident(unit=0)] * 3 + [incident(unit=1)] * 20 + [incident(unit=2)] * 100
    h = toys.harvest(people=toys.people(log, [there()], seen, teams, rows))
    panel = toys.baseline(h, h)
    assert units.workload(h.detail).tolist() == [0.75, 0.5, 0.25]
    assert units.workload_and_climate(panel).value == pytest.approx(-1.0, abs=1e-5)
    assert units.team_mean(h.detail, "relatedness").tolist() == pytest.approx([0.4, 0.5, 0.6])
    assert units.coworker_support_and_climate(panel).value == pytest.approx(1.0, abs=1e-5)
    # A quarter of the three needs and of what is not exhaustion: (1.2 + .2) / 4 and so on.
    assert units.staff_climate(h.detail).tolist() == pytest.approx([0.35, 0.5, 0.625])
    assert units.climate_and_misconduct_of_units(panel).value == pytest.approx(-1.0, abs=1e-5)


def test_formal_answers_of_the_poorest_third_over_the_best():
    rows = [{"met": 10, "met_alliance": a} for a in (1, 5, 9)]
    formal = {"seen": 1, "answer": codes.REPORT}
    log = [incident(unit=0, **formal)] * 6 + [incident(unit=0, seen=1)] * 4
    log += [incident(unit=1, **formal)] * 5
    log += [incident(unit=2, **formal)] * 3 + [incident(unit=2, seen=1)] * 7 + [incident(unit=2)] * 20
    h = toys.harvest(people=toys.people(log, [there()], units=rows))
    assert units.formal_answers_by_unit_relations(toys.baseline(h, h)).value == pytest.approx(2.0)


def test_climate_gaps_are_in_standard_deviations_between_persons():
    def surveyed(level):
        seen = [{"day": d, "climate": level + s} for d in (0, 30) for s in (-1.0, 1.0)]
        return toys.harvest(people=toys.people(survey=seen))

    panel = toys.panel(house=[surveyed(4.0)] * 2, baseline=[surveyed(3.0)] * 2)
    # Two values one apart from their mean: variance 2 with one degree of freedom.
    assert contrasts.open_against_closed_climate(panel).value == pytest.approx(1.0 / math.sqrt(2.0))


def test_conflict_takes_in_quarrels_that_were_settled():
    def arm(seen, defused, unseen=50):
        counts = {
            (THREAT, 0, 1, 0, 0): seen,
            (codes.DEFUSED, 0, 1, 0, 0): defused,
            (THREAT, 0, 0, 0, 0): unseen,
        }
        return toys.harvest(counts=counts)

    panel = toys.panel(relational=[arm(70, 20)] * 2, baseline=[arm(80, 20)] * 2)
    assert contrasts.conflict_after_relational_step(panel).value == pytest.approx(-0.1)
    assert contrasts.noticed_incidents_after_relational_step(panel).value == pytest.approx(-0.125)


def test_more_staff_is_read_at_equal_presence():
    def arm(common, distress):
        return toys.harvest(
            {"common_room_share": (common, 1.0), "distress": (distress, 1.0)}, resident_days=1.0
        )

    rows = [(arm(3.0, 0.2), arm(1.0, 0.4), arm(2.0, 0.35))]
    assert contrasts.at_equal_presence(rows, "distress") == pytest.approx(0.3)


def test_scale_is_read_as_a_rate_ratio():
    def arm(number):
        return toys.harvest(counts={(PHYSICAL, 0, 1, 1, 0): number}, resident_days=YEAR_OF_1000)

    panel = toys.panel(**{"houses-30x12": [arm(80)] * 2, "campus-30x12": [arm(100)] * 2})
    assert sizes.violence_in_houses_against_campus(panel).value == pytest.approx(0.8)


def test_small_groups_are_held_against_middling_ones_together():
    def arm(tension):
        return toys.harvest({"tension": (tension * 100, 100)})

    arms = {f"groups-of-{n}": [arm(t)] * 2 for n, t in ((3, 0.6), (8, 0.4), (12, 0.5), (20, 0.45))}
    assert sizes.tension_in_very_small_groups(toys.panel(**arms)).value == pytest.approx(0.15)
