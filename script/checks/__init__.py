"""The project's own lint rules. `python -m script.checks` runs them all."""
