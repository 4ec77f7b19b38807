"""Experiments: everything that asks the model for runs or listings, and the command ``detention``."""
