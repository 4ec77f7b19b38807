"""Sobol: known answers, noise taken out, failed runs."""

import numpy as np
import pytest
from SALib.analyze import sobol as salib

from experiments.designs import make_design
from experiments.sensitivity.morris import TooFewError
from experiments.sensitivity.sobol import sobol
from tests.sensitivity.toys import ISHIGAMI_FIRST, ISHIGAMI_TOTAL, factors, ishigami, names, noisy

DESIGN = make_design("saltelli", factors(3), samples=1024, seed=1)
VALUES = ishigami(DESIGN.shares)


def by_name(found):
    return {row.factor: row for row in found.rows}


def test_ishigami_without_noise():
    rows = by_name(sobol(names(3), VALUES[:, None]))
    for name, first, total in zip(names(3), ISHIGAMI_FIRST, ISHIGAMI_TOTAL, strict=True):
        row = rows[name]
        assert row.first.value == pytest.approx(first, abs=0.03)
        assert row.total.value == pytest.approx(total, abs=0.03)
        assert row.first.low < first < row.first.high
        assert row.total.low < total < row.total.high


def test_complete_runs_give_what_salib_gives():
    problem = {"num_vars": 3, "names": list(names(3)), "bounds": [[0, 1]] * 3}
    wanted = salib.analyze(problem, VALUES, calc_second_order=False, num_resamples=1000, seed=1)
    rows = by_name(sobol(names(3), VALUES[:, None]))
    for k, name in enumerate(names(3)):
        assert (rows[name].first.value, rows[name].total.value) == pytest.approx(
            (float(wanted["S1"][k]), float(wanted["ST"][k]))
        )
        half = (rows[name].total.high - rows[name].total.low) / 2
        assert half == pytest.approx(float(wanted["ST_conf"][k]), rel=0.15)


@pytest.mark.parametrize("shared", [0.0, 3.0], ids=["separate random numbers", "shared random numbers"])
def test_the_correction_takes_noise_out(shared):
    found = sobol(names(3), noisy(VALUES, 3, 2.5, shared=shared))
    for row, first, total in (
        (by_name(found)[name], first, total)
        for name, first, total in zip(names(3), ISHIGAMI_FIRST, ISHIGAMI_TOTAL, strict=True)
    ):
        assert row.first_corrected.value == pytest.approx(first, abs=0.06)
        assert row.total_corrected.value == pytest.approx(total, abs=0.06)
        assert row.total.value > row.total_corrected.value - 0.02
    # 2.5^2 / 3 beside the variance of the function, 13.84.
    assert found.noise.share.value == pytest.approx(0.1309, abs=0.015)


def test_a_factor_without_effect_has_the_noise_share_as_raw_total_and_nothing_corrected():
    design = make_design("saltelli", factors(2), samples=1024, seed=1)
    # Variance 1/12 of the effect, 1/8 / 6 = 1/48 of noise in a mean: a share of 0.2.
    found = sobol(names(2), noisy(design.shares[:, 0], 6, np.sqrt(1 / 8)))
    idle, acting = by_name(found)["x1"], by_name(found)["x0"]
    assert found.noise.share.value == pytest.approx(0.2, abs=0.02)
    assert found.noise.share_of_run.value == pytest.approx(0.6, abs=0.02)
    assert idle.total.value == pytest.approx(0.2, abs=0.03)
    assert idle.total.low > 0.1, "raw, the factor looks as if it mattered"
    assert idle.total_corrected.value == pytest.approx(0.0, abs=0.02)
    assert (idle.clear, acting.clear) == (False, True)
    assert acting.total_corrected.value == pytest.approx(1.0, abs=0.05)
    assert acting.first.value == pytest.approx(0.8, abs=0.06)


def test_pure_noise_is_not_shared_out():
    design = make_design("saltelli", factors(2), samples=64, seed=1)
    found = sobol(names(2), noisy(np.zeros(len(design)), 3, 1.0))
    assert found.noise.share.value > 0.5
    assert all(row.total_corrected.value is None and row.clear is None for row in found.rows)


def test_with_one_replicate_there_is_nothing_corrected():
    found = sobol(names(3), VALUES[:, None])
    assert found.noise.share.value is None
    assert all(row.total_corrected.value is None and row.clear is None for row in found.rows)


def test_with_two_replicates_the_correction_has_no_interval():
    row = sobol(names(3), noisy(VALUES, 2, 0.5)).rows[0]
    assert row.total_corrected.value is not None
    assert (row.total_corrected.low, row.clear) == (None, None)


def test_the_interval_of_a_correction_knows_that_replicates_are_shared():
    # What a replicate does depends on one factor alone, so that few replicates know the noise badly.
    def found(replicates, seed):
        design = make_design("saltelli", factors(2), samples=128, seed=1)
        u = design.shares
        slopes = np.random.default_rng(seed).normal(0.0, 1.0, replicates)
        return sobol(names(2), (u[:, 0] + 0.5 * u[:, 1])[:, None] + slopes * u[:, :1], resamples=200)

    def width(row):
        return row.total_corrected.high - row.total_corrected.low

    few = [found(4, seed) for seed in range(8)]
    many = [found(64, seed) for seed in range(8)]
    separable = [run for run in few if run.rows[0].total_corrected.low is not None]
    # True variances: 1/12 and 1/48.
    hits = [by_name(run)["x0"].total_corrected for run in separable + many]
    assert sum(hit.low < 0.8 < hit.high for hit in hits) >= 0.85 * len(hits)
    assert np.mean([width(by_name(run)["x0"]) for run in separable]) > 2 * np.mean(
        [width(by_name(run)["x0"]) for run in many]
    )


def test_base_rows_with_a_failed_point_are_dropped_whole():
    values = VALUES[:, None].copy()
    values[[3, 4, 12]] = np.nan  # two points of the first base row, one of the third
    found = sobol(names(3), values)
    assert (found.base_rows, found.dropped) == (1022, 2)
    left = np.delete(VALUES.reshape(-1, 5), [0, 2], axis=0).ravel()
    assert by_name(found)["x0"].total == by_name(sobol(names(3), left[:, None]))["x0"].total


def test_a_base_row_goes_on_with_the_replicates_that_are_whole():
    values = noisy(VALUES, 3, 0.5)
    values[0, 0] = values[2, 1] = np.nan
    found = sobol(names(3), values)
    assert found.dropped == 0
    assert by_name(found)["x1"].total_corrected.value == pytest.approx(ISHIGAMI_TOTAL[1], abs=0.03)


def test_too_few_base_rows_are_refused_with_their_number():
    values = VALUES[:50, None].copy()
    values[::12] = np.nan
    with pytest.raises(TooFewError, match="5 of 10 base rows are complete, at least 8"):
        sobol(names(3), values)


def test_what_does_not_vary_has_no_indices():
    found = sobol(names(3), np.full((80, 2), 0.3))
    assert all((row.first.value, row.total.value) == (0.0, 0.0) for row in found.rows)
