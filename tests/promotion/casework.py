"""A worked case: one resident, a policy, and a script of what is noted when.

The script is fed to the kernels that the schedule uses; what a meeting may or may not do is fixed by setting
the policy's chances to 0 or 1, so that every date and outcome can be worked out by hand.
"""

from dataclasses import replace

import numpy as np

from scenarios.frameworks import shipped
from sim import judging
from sim.ledger import (
    ESCAPE,
    JUDGED,
    KINDS,
    PHYSICAL,
    PLACE_MEMORY,
    SERIOUS,
    THREAT,
    append,
)
from sim.mechanisms import promotion
from sim.policy_tables import policy_tables
from tests.builders import numbers, rows

SEVERITY = {THREAT: 2, PHYSICAL: 3, SERIOUS: 4, ESCAPE: 4}
DECISIONS = range(60, 70)


def framework(name, **blocks):
    """Return a shipped framework in which some numbers of some blocks are others."""
    policy = shipped(name)
    for block, changes in blocks.items():
        policy = replace(policy, **{block: replace(getattr(policy, block), **changes)})
    return policy


class Case:
    """One resident who enters on day 0; everything else follows from the script."""

    def __init__(self, policy, *, stay=1000, remand_unit=0, reviews_held=True, **resident):
        self.tables = policy_tables(policy, ("basic", "plus"))
        self.policy = self.tables["policy"][0]
        self.held = reviews_held
        features = {"self_reliance": 0.5, "causality": 0.5, "hope": 0.5, "best_post": -1, "keep_grievance": 1}
        self.residents = rows("residents", 1, release=stay, **{**features, **resident})
        self.r = self.residents[0]
        self.places = rows("places", 1)
        self.units = rows("units", 2, place_first=[0, 1], place_end=[1, 1], remand=[remand_unit, 0])
        self.memories = rows("memories", PLACE_MEMORY)
        self.ledger = rows("ledger", 400)
        self.control = rows("control", 1)
        self.daily = rows("daily", 1)
        self.p = numbers(promotion__consistency=1, promotion__prosecuted=0)
        self.day = 0
        self._morning()

    def _morning(self):
        t = self.tables
        promotion.receive(self.day, self.residents, self.places, self.units, t["policy"], t["levels"])

    @np.errstate(over="ignore")  # keys of random numbers wrap around
    def _night(self):
        t = self.tables
        promotion.keep_file(
            0, 4 * self.day + 3, int(self.held), 0.0, self.residents, self.places, self.memories, self.ledger,
            self.policy, t["levels"], t["domains"], self.daily[0], self.control, self.p,
        )  # fmt: skip

    def until(self, day):
        """Let time pass up to the morning of ``day``."""
        while self.day < day:
            self._night()
            self.day += 1
            self._morning()
        return self

    @np.errstate(over="ignore")
    def note(self, day, *kinds, excused=False, weight=1.0):
        """Have conduct of some kinds noted on ``day``; ``excused``: recognised as due to a disability."""
        self.until(day)
        for kind in kinds:
            gravest = judging.take_note(
                self.r, JUDGED[kind], weight, int(excused), promotion.ALL_DOMAINS, self.tables["conducts"]
            )
            promotion.after_note(
                gravest, 0, 0, 4 * day + 1, self.residents, self.places, self.memories, self.ledger,
                self.control, self.policy, self.p,
            )  # fmt: skip
        return self

    @np.errstate(over="ignore")
    def incident(self, day, kind, **event):
        """Let an incident of a kind be seen and recorded on ``day``."""
        self.until(day)
        part = 4 * day + 1
        first = append(self.ledger, self.control, part, JUDGED[kind], 0, 1)
        seen = {"actor": 0, "seen": 1, "recorded": 1, "severity": SEVERITY.get(JUDGED[kind], 1), **event}
        for name, value in seen.items():
            self.ledger[first][name] = value
        promotion.note_incidents(
            first, part, self.residents, self.places, self.memories, self.ledger, self.tables["policy"],
            self.tables["conducts"], self.control, self.p,
        )  # fmt: skip
        return self

    def promoted(self, day):
        """Bring the resident to the next level on ``day`` by decree, with clocks as after a review."""
        self.until(day)
        self.r.conditions = self.policy.conditions
        judging.carry_out(self.r, judging.PROMOTE, day, self.tables["domains"], self.policy)
        self._morning()
        return self

    def history(self, until):
        """Return the decisions up to the night of ``until``: (day, what)."""
        self.until(until + 1)
        used = self.ledger[: int(self.control[0].event_count)]
        return [(int(event.day), KINDS[int(event.kind)]) for event in used if event.kind in DECISIONS]

    def outcomes(self, until):
        """Return the decisions without the settled plan."""
        return [entry for entry in self.history(until) if entry[1] != "plan_settled"]
