"""The self-test: faults done to real sweeps on this machine, and a count of what they cost.

Each check does one kind of harm many times (kills, cuts, flipped bits, hung runs, broken files) and
counts what went wrong.  A check that finds nothing wrong has passed; one that did nothing has not.
"""
