"""Workloads that measure the site as an operator runs it. `script/bench --help` lists them; README.md has the figures."""
