"""What people would answer to a questionnaire: state, style and noise."""

import numpy as np
import pytest

from sim import survey
from sim.streams import mix

KEYS = mix(np.arange(4000, dtype=np.uint64))


def test_one_normal_number_per_key_and_question():
    """Mean 0, variance 1, no skew, normal tails; two questions to the same people are unrelated.

    False-alarm rate 1 in 2,000 in all (five checks at 1 in 10,000), once: the keys are fixed.
    """
    one, other = survey._normal(KEYS, 0), survey._normal(KEYS, 1)
    n = len(KEYS)
    assert abs(one.mean()) < 3.891 / np.sqrt(n)
    assert abs(one.var() - 1) < 3.891 * np.sqrt(2 / n)
    assert abs((one**3).mean()) < 3.891 * np.sqrt(15 / n)
    assert abs((np.abs(one) > 1.959964).mean() - 0.05) < 3.891 * np.sqrt(0.05 * 0.95 / n)
    assert abs(np.corrcoef(one, other)[0, 1]) < 3.891 / np.sqrt(n)


def test_answers_spread_by_a_lasting_style_and_by_noise_of_their_own():
    """Around a middling score: the declared spread, and as much agreement between days as style explains.

    False-alarm rate 1 in 3,000 in all (three checks at 1 in 10,000), once: the keys are fixed.
    """
    one, other = (survey.answers(np.full(4000, 3.0), KEYS, day, 0) for day in (10, 40))
    variance = survey.STYLE_SD**2 + survey.ANSWER_SD**2
    assert abs(one.mean() - 3.0) < 3.891 * np.sqrt(variance / 4000)
    assert abs(one.var() / variance - 1.0) < 3.891 * np.sqrt(2 / 4000)
    agreement = survey.STYLE_SD**2 / variance
    assert abs(np.corrcoef(one, other)[0, 1] - agreement) < 3.891 * (1 - agreement**2) / np.sqrt(4000)


def test_each_scale_and_occasion_has_noise_of_its_own():
    """Another scale or another day gives another answer, also in the burn-in; the same gives the same."""
    asked = [(day, scale) for day in (-40, 0, 1) for scale in (0, 1, 7)]
    found = {survey.answers([3.0], KEYS[:1], day, scale)[0] for day, scale in asked}
    assert len(found) == len(asked)
    assert survey.answers([3.0], KEYS[:1], 1, 7) == survey.answers([3.0], KEYS[:1], 1, 7)


def test_a_favourable_style_raises_the_good_scales_and_lowers_repression():
    """Turned round, style acts with the other sign and noise with the same: the mean has noise alone."""
    plain, turned = (survey.answers(np.full(50, 3.0), KEYS[:50], 5, 2, reverse=r) for r in (False, True))
    style = survey.STYLE_SD * survey._normal(KEYS[:50], 0)
    assert plain - turned == pytest.approx(2 * style)


def test_answers_stay_on_the_scale():
    """Nobody answers below one or above five."""
    found = survey.answers(np.tile([1.0, 5.0], 100), KEYS[:200], 0, 0)
    assert (found.min(), found.max()) == (1.0, 5.0)
