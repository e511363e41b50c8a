"""Benchmarks of a site that runs as in production. `script/bench --help` lists them; README.md has the results."""
