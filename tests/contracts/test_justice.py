"""Complaints and reasons in whole runs, and a year without the mechanism."""

import numpy as np

from sim import ledger as codes
from sim.policy import PolicySpecification
from sim.simulation import Simulation
from tests.builders import lively, off

GROUNDS = (codes.SANCTION, codes.REFUSED_PROMOTION, codes.DEMOTED, codes.OVERDUE)


def test_a_run_without_the_mechanism_has_no_complaints_and_no_reasons():
    """Off: no complaint, no explanation, no anger from injustice; justice is felt fairness."""
    simulation = Simulation(off(lively(policy=PolicySpecification()), "justice"), 1).run(60)
    events = simulation.used("ledger")
    assert (events.kind == codes.SANCTION).sum() > 5
    assert not np.any((events.kind >= codes.COMPLAINT) & (events.kind <= codes.APPEAL_DISMISSED))
    assert events.reasons.sum() == events.reversed.sum() == 0
    residents = simulation.used("residents")
    here = residents[residents.present == 1]
    assert np.array_equal(here.justice, here.felt_fairness)
    assert np.all(here.anger_from_injustice + here.anger_from_decisions == 0)


def test_complaints_of_a_run_follow_their_grounds():
    """In a busy run every complaint has a ground, every ruling its complaint, and no row lacks a cause."""
    simulation = Simulation(lively(), 1).run(120)
    events = simulation.used("ledger")
    complaints = events[(events.kind >= codes.COMPLAINT) & (events.kind <= codes.APPEAL_DISMISSED)]
    assert {codes.COMPLAINT, codes.COMPLAINT_UPHELD, codes.COMPLAINT_DISMISSED, codes.APPEAL} <= set(
        complaints.kind.tolist()
    )
    contested = events[complaints.cause - 1]
    assert set(contested.kind.tolist()) <= set(GROUNDS)
    assert np.array_equal(contested.target, complaints.actor)
    assert np.all(complaints.cause < complaints.event)
    per_case = np.bincount(complaints.cause)
    assert per_case.max() <= 4
    rulings = events[events.kind == codes.COMPLAINT_UPHELD]
    # A decision that never came cannot be undone.
    assert np.array_equal(rulings.reversed == 1, events[rulings.cause - 1].kind != codes.OVERDUE)
