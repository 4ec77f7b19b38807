"""Yardsticks for speed: the frozen core in C and as plain Mesa objects. Not part of the package."""
