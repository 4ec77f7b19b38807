"""Time: the step is one day-part of six hours; days start at 0 after the burn-in, on a Monday."""

from __future__ import annotations

MORNING, AFTERNOON, EVENING, NIGHT = 0, 1, 2, 3
PARTS = 4
PART_HOURS = 6.0
PART_NAMES = ("morning", "afternoon", "evening", "night")
DAYS_PER_YEAR = 365.0
DAYS_PER_MONTH = DAYS_PER_YEAR / 12.0
WEEK = 7
FIRST_WEEKEND_DAY = 5
