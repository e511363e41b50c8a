"""Rules of this project that no linter knows. `python -m script.checks` applies them all."""
