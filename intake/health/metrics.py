"""The figures of the site for Prometheus: a few gauges, none of a person, a centre or a case."""

import datetime as dt

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from intake.health import state


def text(now: dt.datetime) -> bytes:
    """Return the exposition of all gauges. About eight queries."""
    registry = CollectorRegistry()  # not the library's own, which tells of Python and of the process
    found = state.look(now)
    Gauge("recovery_ok", "1 while nothing is wrong.", registry=registry).set(found.ok)
    issues = Gauge("recovery_issue", "1 for each thing that is wrong, by its code.", ["code"], registry=registry)
    for code in found.codes:
        issues.labels(code).set(1)
    if found.codes != ("database",):
        for name, number in state.figures(now).items():
            Gauge(name, name.removeprefix("recovery_").replace("_", " ") + ".", registry=registry).set(number)
    return generate_latest(registry)
