"""Legal groups, earlier sentences and what else rules refer to, by hand."""

import math

import numpy as np
import pytest

from sim import streams
from sim.mechanisms.flow import chance, give_profile, group_at, profile, sentences_at, trait
from tests.builders import numbers, row
from tests.scenes import JUST

SHARES = {
    "residents.offender_measure_share": 0.125,
    "residents.measure_sought_share": 0.25,
    "residents.psychiatric_share": 0.0625,
    "residents.control_share": 0.125,
    "residents.extra_secured_share": 0.1875,
}
"""Cumulated, these are .125, .375, .4375, .5625 and .75: exact in binary."""


@pytest.fixture(autouse=True)
def _wrap():
    """Let whole numbers of keys wrap around, as in compiled code."""
    with np.errstate(over="ignore"):
        yield


@pytest.mark.parametrize(
    ("group", "first", "end"),
    [
        (1, 0, 0.125),
        (2, 0.125, 0.375),
        (3, 0.375, 0.4375),
        (4, 0.4375, 0.5625),
        (5, 0.5625, 0.75),
        (0, 0.75, 1),
    ],
)
def test_legal_groups_take_their_shares_one_after_the_other(group, first, end):
    """Each group has the quantiles from the end of the one before to its own; the rest is in none."""
    p = numbers(SHARES)
    assert {group_at(u, p) for u in (first, (first + end) / 2, end - 1e-9)} == {group}


@pytest.mark.parametrize(
    ("mean", "u", "number"),
    [(1, 0.49, 0), (1, 0.51, 1), (1, 0.74, 1), (1, 0.76, 2), (3, 0.24, 0), (3, 0.26, 1), (3, 0.44, 2)],
)
def test_earlier_sentences_are_geometric(mean, u, number):
    """With a mean of 1 every further sentence has a chance of 1/2, with a mean of 3 of 3/4."""
    assert sentences_at(u, float(mean)) == number


def test_with_a_mean_of_nought_nobody_has_earlier_sentences():
    """First offenders only: even the highest quantile has none."""
    assert sentences_at(0.999999, 0.0) == 0


def test_earlier_sentences_have_their_mean():
    """Over evenly spread quantiles the mean is the one asked for, within the grid's error in the tail."""
    assert np.mean([sentences_at((k + 0.5) / 20_000, 2.0) for k in range(20_000)]) == pytest.approx(
        2, abs=2e-3
    )


def profiled(remand=0, key=7, **values):
    """Return somebody with a profile in which nothing is left to luck but what ``values`` say."""
    spreads = ("residents.self_reliance_sd", "promotion.causality_sd", "promotion.motivation_sd")
    r = row("residents", key=np.uint64(key), remand=remand)
    given = {path.replace("__", "."): value for path, value in values.items()}
    give_profile(r, np.uint64(11), numbers({**dict.fromkeys(spreads, 0), **given}))
    return r


def test_the_middling_profile_by_hand():
    """Without spread everybody has the mean self-reliance, middling motivation, causality and hope."""
    r = profiled(residents__lvb_share=0, residents__self_reliance_mean=0.6)
    assert (r.lvb, r.self_reliance) == (0, 0.6)
    assert (r.causality, r.hope) == (0.5, 0.5)
    assert (r.start_autonomous, r.motivation_autonomous) == (0.5, 0.5)
    assert (r.start_controlled, r.motivation_controlled) == (0.5, 0.5)


def test_a_mild_intellectual_disability_lowers_self_reliance():
    """It takes .25 off a mean of .6; of a mean of .1 it leaves the least there is, .02."""
    with_lvb = {"residents__lvb_share": 1, "residents__self_reliance_lvb": 0.25}
    r = profiled(residents__self_reliance_mean=0.6, **with_lvb)
    assert (r.lvb, r.self_reliance) == (1, pytest.approx(0.35))
    assert profiled(residents__self_reliance_mean=0.1, **with_lvb).self_reliance == 0.02


def test_nobody_reports_to_a_remand_unit():
    """Self-reporters are sentenced: where all would report themselves, those who await judgment do not."""
    assert profiled(residents__self_reporter_share=1).self_reporter == 1
    assert profiled(residents__self_reporter_share=1, remand=1).self_reporter == 0
    assert profiled(residents__self_reporter_share=0).self_reporter == 0


def test_spread_comes_from_the_persons_own_normal_numbers():
    """Each feature is its mean plus its spread times its own number; motives start as they are on entry."""
    seed, key = np.uint64(11), np.uint64(7)
    r = profiled(
        residents__lvb_share=0,
        residents__self_reliance_mean=0.5,
        residents__self_reliance_sd=0.05,
        promotion__causality_sd=0.06,
        promotion__motivation_sd=0.07,
    )
    z = [streams.normal(profile(seed, key, k)) for k in range(8)]
    assert len({round(number, 9) for number in z}) == 8
    assert r.self_reliance == pytest.approx(0.5 + 0.05 * z[2])
    assert r.causality == pytest.approx(0.5 + 0.06 * z[5])
    assert r.start_autonomous == r.motivation_autonomous == pytest.approx(0.5 + 0.07 * z[6])
    assert r.start_controlled == r.motivation_controlled == pytest.approx(0.5 + 0.07 * z[7])


def test_no_feature_leaves_its_scale():
    """With a spread of a hundred everybody is at .02 or .98, by the sign of the own number."""
    spreads = ("residents__self_reliance_sd", "promotion__causality_sd", "promotion__motivation_sd")
    ends = set()
    for key in range(7, 15):
        r = profiled(key=key, **dict.fromkeys(spreads, 100))
        found = {2: r.self_reliance, 5: r.causality, 6: r.start_autonomous, 7: r.start_controlled}
        for k, value in found.items():
            positive = streams.normal(profile(np.uint64(11), np.uint64(key), k)) > 0
            assert value == (0.98 if positive else 0.02)
            ends.add((k, positive))
    assert len(ends) == 8  # each of the four was met at both ends
    highest = profiled(residents__self_reliance_mean=1, residents__lvb_share=0)
    assert highest.self_reliance == 0.98


@JUST
def test_disability_and_self_report_come_from_draws_of_their_own(nudge, happens):
    """Shares a hair above the first and second draw make both so, a hair below neither."""
    lvb, reports = (streams.uniform(profile(np.uint64(11), np.uint64(7), k)) for k in (0, 1))
    r = profiled(residents__lvb_share=lvb + nudge, residents__self_reporter_share=reports + nudge)
    assert (r.lvb, r.self_reporter) == (int(happens), int(happens))


@JUST
def test_the_legal_group_and_the_record_come_from_draws_of_their_own(nudge, happens):
    """A share a hair above the fourth draw puts people in the first group.

    A chance of a further sentence a hair above 1 less the fifth draw gives one earlier sentence.
    """
    seed, key = np.uint64(11), np.uint64(7)
    group, record = (streams.uniform(profile(seed, key, k)) for k in (3, 4))
    further = 1 - record + nudge
    assert further**2 < 1 - record  # so that it is not two
    nobody = {path.replace(".", "__"): 0 for path in SHARES}
    r = profiled(
        **{**nobody, "residents__offender_measure_share": group + nudge},
        residents__prior_sentences_mean=further / (1 - further),
    )
    assert (r.legal_group, r.prior_sentences) == (int(happens), int(happens))


def test_traits_and_chances_of_a_person_differ_from_each_other_and_between_people():
    """Ten numbers of two people are twenty numbers, and asking again gives the same ones."""
    seed = np.uint64(11)
    drawn = [draw(seed, np.uint64(key), k) for draw in (trait, chance) for key in (7, 8) for k in range(10)]
    again = [draw(seed, np.uint64(key), k) for draw in (trait, chance) for key in (7, 8) for k in range(10)]
    assert len(set(drawn)) == 40
    assert drawn == again
    assert all(0 <= number < 1 for number in drawn[20:])
    assert all(math.isfinite(number) for number in drawn)
