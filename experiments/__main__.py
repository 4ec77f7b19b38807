"""``python -m experiments`` is the command ``detention``."""

from experiments.cli import main

main()
