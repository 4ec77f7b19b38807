"""Keyed random numbers: known answers, uniformity, independence."""

import math

import numpy as np
import pytest

from sim import streams
from sim.streams import draw, mix, normal, of_person, person_key, stream, uniform, with_counterpart

pytestmark = pytest.mark.usefixtures("wrapping")


@pytest.fixture
def wrapping():
    """Let 64-bit numbers wrap around, as they do in compiled code."""
    with np.errstate(over="ignore"):
        yield


def key(number):
    """Return a 64-bit key."""
    return np.uint64(number)


# The first outputs of SplitMix64 as its authors published it, for the seeds 0 and 1234567
# (a state advances by the golden gamma, which `mix` adds itself).
KNOWN = {
    0: (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC),
    1234567: (
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ),
}


@pytest.mark.parametrize("seed", KNOWN)
def test_mix_is_splitmix64(seed):
    """The mixer gives the published outputs of SplitMix64."""
    gamma = 0x9E3779B97F4A7C15
    states = [(seed + k * gamma) % 2**64 for k in range(len(KNOWN[seed]))]
    assert [int(mix(key(state))) for state in states] == list(KNOWN[seed])


def test_mix_is_one_to_one():
    """No two of a hundred thousand neighbouring words are mixed into the same one."""
    words = np.arange(100_000, dtype=np.uint64)
    assert len(np.unique(mix(words))) == len(words)


def test_uniform_spans_the_half_open_interval():
    """The smallest key gives 0, the largest the last number below 1."""
    assert uniform(key(0)) == 0.0
    assert uniform(key(2**64 - 1)) == 1 - 2.0**-53
    assert uniform(key(2**63)) == 0.5


def numbers(count, **fixed):
    """Return draws for ``count`` values of the one argument that is not given."""
    whole = {"seed": key(7), "purpose": 41, "part": 12, "person": key(99), "counterpart": key(5), "k": 0}
    (varied,) = [name for name in whole if name not in fixed]
    found = []
    for n in range(count):
        value = mix(key(n)) if varied in {"seed", "person", "counterpart"} else n
        found.append(float(draw(**{**whole, **fixed, varied: value})))
    return np.array(found)


ARGUMENTS = ("seed", "purpose", "part", "person", "counterpart", "k")
WHOLE = {"seed": key(7), "purpose": 41, "part": 12, "person": key(99), "counterpart": key(5), "k": 0}


@pytest.mark.parametrize("varied", ARGUMENTS)
def test_draws_are_uniform_in_every_argument(varied):
    """Along each argument of the key draws are uniform (chi-square, 50 cells).

    False-alarm rate 1 in 10,000 per argument, once: the seed is fixed.
    """
    found = numbers(4000, **{name: WHOLE[name] for name in ARGUMENTS if name != varied})
    counts = np.histogram(found, bins=50, range=(0, 1))[0]
    chi_square = ((counts - 80) ** 2 / 80).sum()
    # Wilson and Hilferty 1931: the cube root of chi-square over 49 degrees of freedom is about normal.
    limit = 49 * (1 - 2 / (9 * 49) + 3.719 * math.sqrt(2 / (9 * 49))) ** 3
    assert chi_square < limit


@pytest.mark.parametrize("varied", ARGUMENTS)
def test_neighbouring_draws_are_uncorrelated(varied):
    """Along each argument of the key, a draw says nothing about the next.

    False-alarm rate 1 in 10,000 per argument, once: the seed is fixed.
    """
    found = numbers(4000, **{name: WHOLE[name] for name in ARGUMENTS if name != varied})
    correlation = np.corrcoef(found[:-1], found[1:])[0, 1]
    assert abs(correlation) < 3.891 / math.sqrt(len(found))


def test_purposes_are_independent():
    """Two purposes give uncorrelated numbers for the same people at the same moments.

    False-alarm rate 1 in 10,000, once: the seed is fixed.
    """
    fixed = {name: WHOLE[name] for name in ARGUMENTS if name not in {"purpose", "person"}}
    one = numbers(4000, purpose=streams.SEEN, **fixed)
    other = numbers(4000, purpose=streams.RECORDED, **fixed)
    assert abs(np.corrcoef(one, other)[0, 1]) < 3.891 / math.sqrt(4000)
    assert not np.any(one == other)


def test_no_purpose_number_is_used_twice():
    """Every purpose has a number of its own."""
    purposes = {
        name: value
        for name, value in vars(streams).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, int)
    }
    assert len(set(purposes.values())) == len(purposes) > 30


def test_negative_time_is_time():
    """Day-parts of the burn-in have draws of their own, unlike those of recorded days."""
    parts = range(-2000, 2000)
    found = {float(draw(key(1), streams.MEET, part, key(2), key(3), 0)) for part in parts}
    assert len(found) == len(parts)


def test_the_order_of_two_people_matters():
    """What a does to b is another decision than what b does to a."""
    one = draw(key(1), streams.QUARREL, 5, key(10), key(20), 0)
    other = draw(key(1), streams.QUARREL, 5, key(20), key(10), 0)
    assert one != other


def test_a_draw_is_the_chain_of_its_keys():
    """Hoisting the stream and the person's key out of a loop gives the same number."""
    base = stream(key(3), streams.CHAT, 17)
    chained = uniform(with_counterpart(of_person(base, key(8)), key(9), 2))
    assert chained == draw(key(3), streams.CHAT, 17, key(8), key(9), 2)


def test_people_have_keys_of_their_own():
    """Occupants of places and holders of posts never share a key, within a run or between numberings."""
    keys = {
        int(person_key(key(1), purpose, number, occupant))
        for purpose in (streams.PERSON, streams.STAFF, streams.UNIT)
        for number in range(100)
        for occupant in range(20)
    }
    assert len(keys) == 3 * 100 * 20


def test_normal_numbers_have_the_moments_of_the_standard_normal():
    """Mean 0, variance 1, no skew, normal tails.

    False-alarm rate 1 in 2,500 in all (four checks at 1 in 10,000), once: the keys are fixed.
    """
    found = np.array([normal(mix(key(n))) for n in range(20_000)])
    n = len(found)
    assert abs(found.mean()) < 3.891 / math.sqrt(n)
    assert abs(found.var() - 1) < 3.891 * math.sqrt(2 / n)
    assert abs((found**3).mean()) < 3.891 * math.sqrt(15 / n)
    tail = (np.abs(found) > 1.959964).mean()
    assert abs(tail - 0.05) < 3.891 * math.sqrt(0.05 * 0.95 / n)
