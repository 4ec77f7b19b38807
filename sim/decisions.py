"""Decisions on somebody's status: how they are written down and explained, and what they leave behind."""

from __future__ import annotations

from sim import streams
from sim.kernel import f8, i8, kernel, u8
from sim.ledger import DEMOTED, OFFICE, PROMOTED, REFUSED_PROMOTION, aggrieve, append
from sim.reference import FAMILIARITY
from sim.rules import bounded
from sim.tables import ControlTable, Ledger, Memories, Parameters, Places, Policy, Resident, Residents


@kernel
def decision_event(
    kind: i8, row_r: i8, cause: i8, part: i8, residents: Residents, ledger: Ledger, control: ControlTable
) -> i8:
    """Write down what follows from judging conduct; return the row."""
    r = residents[row_r]
    row = append(ledger, control, part, kind, r.unit, OFFICE)
    event = ledger[row]
    event.target = row_r
    event.seen = 1
    event.recorded = 1
    event.cause = cause
    if kind == PROMOTED or kind == REFUSED_PROMOTION or kind == DEMOTED:
        r.decision = event.event
    return row


@kernel
def explained(r: Resident, part: i8, must: i8, seed: u8, p: Parameters) -> i8:
    """Return 1 where a decision comes with written reasons that the mentor explains.

    ``must`` is 1 where the rules allow the decision only with reasons.
    """
    if must == 1:
        return 1
    knows = r.best_familiarity if r.best_post >= 0 else 0.0
    chance = p.promotion.reasons_told + p.promotion.reasons_familiarity * (knows - FAMILIARITY)
    return 1 if streams.draw(seed, streams.REASONS, part, r.key, streams.NOBODY, 0) < chance else 0


@kernel
def resent(
    r: Resident,
    impulse: f8,
    reasons: i8,
    strict: f8,
    wrong: f8,
    event: i8,
    part: i8,
    places: Places,
    memories: Memories,
    p: Parameters,
) -> None:
    """Let a decision against somebody leave grievance, more without reasons and where lines differ."""
    share = strict / wrong if wrong > 0.0 else 0.0
    more = p.promotion.unexplained * (1 - reasons) + p.promotion.inconsistent * bounded(share, 0.0, 1.0)
    aggrieve(r, r.place, event, part, bounded(impulse * (1.0 + more), 0.0, 1.0), places, memories)


@kernel
def lose_hope(r: Resident, share: f8, policy: Policy, p: Parameters) -> None:
    """Take a share of hope away; an agreed way back keeps some of it."""
    kept = 1.0 - p.promotion.way_back if policy.way_back == 1 else 1.0
    r.hope *= 1.0 - share * kept
