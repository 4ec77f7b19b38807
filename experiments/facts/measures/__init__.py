"""How facts are measured: small pure functions of the panel, grouped by what they look at."""
