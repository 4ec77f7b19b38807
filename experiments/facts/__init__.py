"""Stylised facts as data: what the literature shows, how the model shows it, and whether it does."""
