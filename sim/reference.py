"""Reference points: the values at which a rule's other terms count as middling.

They are no parameters: moving one is the same as moving the rule's base, which is in the registry.
"""

from __future__ import annotations

ORIENTATION = 0.5
SKILL = 0.5
VIGILANCE = 0.15
EXHAUSTION = 0.3
RESTRICTIVENESS = 0.45
FAMILIARITY = 0.4
SECURITY = 0.5
DOSE = 0.4
NEED = 0.5
TENSION = 0.4
DISTRESS = 0.3
HOPE = 0.5
MOTIVATION = 0.5
SELF_RELIANCE = 0.5
CASELOAD = 1.7
PROSPECT = 0.5
