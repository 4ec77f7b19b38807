"""From a specification to the tables."""

import math

import numpy as np
import pytest

from sim.build import build, posts_of
from sim.networks import edge_indices
from sim.simulation import Simulation
from sim.specification import GraphSpecification, UnitSpecification
from tests.builders import facility


@pytest.mark.parametrize(
    ("places", "ratio", "share", "number"),
    [(12, 1.7, 0.5, 4), (24, 1.7, 0.5, 8), (34, 1.7, 0.5, 10), (12, 1.0, 1.0, 12), (1, 20.0, 0.5, 1)],
)
def test_posts_are_whole_and_keep_the_ratio(places, ratio, share, number):
    """Whole posts share exactly places times unit share over the ratio, none larger than full time."""
    found, size = posts_of(places, ratio, share)
    assert found == number
    assert found * size == pytest.approx(places * share / ratio)
    assert 0 < size <= 1


def test_no_share_no_posts():
    """Without employees on the units there are no posts."""
    assert posts_of(12, 1.7, 0.0) == (0, 0.0)


def test_double_cells_hold_neighbours():
    """Half of ten places in cells for two: cells 0-1, 2-3 and, rounded to even, no more."""
    world = Simulation(facility((10, {"double_cells": 0.4})), 1, use_compiler=False).world
    assert world.places.cellmate.tolist() == [1, 0, 3, 2, -1, -1, -1, -1, -1, -1]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("places", [1, 2, 7, 12])
def test_cellmates_are_mutual(share, places):
    """Whoever shares a cell is shared with, in any unit."""
    world = Simulation(facility(3, (places, {"double_cells": share})), 1, use_compiler=False).world
    mate = world.places.cellmate
    shared = np.flatnonzero(mate >= 0)
    assert np.array_equal(mate[mate[shared]], shared)
    assert np.all(world.places.unit[mate[shared]] == world.places.unit[shared])


def test_units_of_a_site_stand_together():
    """Sites named in turns are put in order of their first unit; pools stay within a site."""
    units = [UnitSpecification(n, 4, site=s) for n, s in (("a", "x"), ("b", "y"), ("c", "x"), ("d", "y"))]
    pools = {"staffing.rotation_share": 0.5, "staffing.rotation_cluster": 3}
    world = Simulation(facility(*units, numbers=pools), 1, use_compiler=False).world
    assert world.units.site.tolist() == [0, 0, 1, 1]
    assert world.units.pool_first.tolist() == [0, 0, 2, 2]
    assert world.units.pool_end.tolist() == [2, 2, 4, 4]


def test_people_are_numbered_in_file_order():
    """Places and posts are numbered through, from the first numbers that are given."""
    world = Simulation(facility(3, 4), 1, use_compiler=False, first_place=10, first_post=20).world
    assert world.places.number.tolist() == list(range(10, 17))
    assert world.posts.number.tolist() == list(range(20, 20 + len(world.posts)))


@pytest.mark.parametrize(
    ("graph", "edges"),
    [
        (GraphSpecification("none"), []),
        (GraphSpecification("complete"), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]),
        (GraphSpecification("ring", 2), [(0, 1), (0, 3), (1, 2), (2, 3)]),
        (GraphSpecification("clusters", 1), [(0, 1), (2, 3)]),
        (GraphSpecification(edges=(("d", "a"), ("b", "c"))), [(0, 3), (1, 2)]),
    ],
)
def test_unit_graphs(graph, edges):
    """Each generator gives the edges that its name promises; explicit edges replace it."""
    units = tuple(UnitSpecification(name, 4) for name in "abcd")
    assert edge_indices(units, graph) == edges


def test_generators_stay_within_sites():
    """Two sites in a complete graph share no edge."""
    units = tuple(
        UnitSpecification(n, 4, site=s) for n, s in (("a", "x"), ("b", "x"), ("c", "y"), ("d", "y"))
    )
    assert edge_indices(units, GraphSpecification("complete")) == [(0, 1), (2, 3)]


def test_unknown_units_and_generators_are_refused():
    """A graph that names something unknown is refused with its name."""
    units = (UnitSpecification("a", 4), UnitSpecification("b", 4))
    with pytest.raises(ValueError, match="unknown unit"):
        edge_indices(units, GraphSpecification(edges=(("a", "z"),)))
    with pytest.raises(ValueError, match="star"):
        edge_indices(units, GraphSpecification("star"))


def test_cultures_differ_as_declared():
    """Units start with cultures spread as the parameter says.

    False-alarm rate 1 in 10,000, once: the seed is fixed.
    """
    spread = 0.1
    world = build(facility(*[1] * 400, coercion__culture_sd=spread), 1)
    found = np.asarray(world.units.culture)
    assert abs(found.mean()) < 3.891 * spread / math.sqrt(400)
    assert abs(found.std() / spread - 1) < 3.891 / math.sqrt(2 * 400)
