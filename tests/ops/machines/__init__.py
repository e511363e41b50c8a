"""The site on several machines, as docs/several-machines.md describes it. By hand: python -m tests.ops.machines"""
