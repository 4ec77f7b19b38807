"""Calibration by history matching: which parameter vectors the facts do not rule out.

The result is a *set*, not a point (Craig et al. 1997; Vernon, Goldstein & Bower 2010): a vector stays
unless some fact lies implausibly far from what the model gives there, measured against every source of
doubt that is declared (the fact's own range, the model's discrepancy, the emulator, run-to-run noise).

- :mod:`.settings`   what is calibrated on what: ``calibration.yaml`` and the facts marked Cal
- :mod:`.simulating` what the model gives at a vector: a few runs, read by the measures of the facts
- :mod:`.emulator`   a Gaussian process that stands in for the runs, and knows how well it does
- :mod:`.matching`   implausibility, waves, sampling what is left, which facts fight each other
- :mod:`.procedure`  the whole: waves, verification by running, medoid, what the data say nothing about
- :mod:`.plausible`  the shipped set: written with its provenance, refused by another model
- :mod:`.recovery`   does it find the truth: synthetic facts from known vectors
"""
