"""Fault drills: something breaks while visitors send the form, and it is written down what was lost, what they saw, and who was told.

`script/drill --help` runs them as a program, which keeps docs/drills.md; tests/ops/test_drills.py runs each once, in a short form.
"""
