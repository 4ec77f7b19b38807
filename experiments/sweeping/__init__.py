"""Sweeps: thousands of runs over a design, stored so that nothing finished is ever lost.

A design file becomes a plan (which runs, under which ids), a crew of workers performs the runs, a store
writes finished rows as Parquet parts.  Everything that a row says depends on the run alone, never on
workers, order, sharding or on how often the command was interrupted.
"""
