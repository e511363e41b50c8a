"""Registry of the periodic jobs that `manage.py housekeeping` runs.

Each app registers its jobs in a `periodic` module with `@periodic("what it does")`. A job takes the current time (aware)
and returns counts of what it processed, or None. It must be safe to repeat, to skip, and to run twice at once.

What a job does by a wrong clock and nobody can take back, such as deleting or publishing, needs `needs_clock=True`: it is then left
out while the clock can't be believed.
"""

import datetime as dt
import functools
from collections.abc import Callable, Mapping

from django.conf import settings
from django.utils.module_loading import autodiscover_modules, import_string

Job = Callable[[dt.datetime], dict[str, int] | None]


class NotHere(Exception):
    """A job is another process's: this one's account may not do it. Left out of a round; it fails when it was asked for by its name.

    Its text is a sentence for the operator.
    """


_JOBS: dict[str, Job] = {}
_ON_EACH_MACHINE: set[str] = set()


def periodic(name: str, *, needs_clock: bool = False, on_each_machine: bool = False) -> Callable[[Job], Job]:
    """Register a function as the job `name`, which is shown in logs. Raises ValueError if the name is taken.

    With `needs_clock` it is run only while settings.CLOCK says that the current time is right.
    Of several housekeeping processes one does the jobs. Those `on_each_machine` are done by all, because they look at what the machine has.
    """

    def register(job: Job) -> Job:
        if name in _JOBS:
            raise ValueError(f"There is a periodic job {name!r} already.")
        _JOBS[name] = _by_a_right_clock(job) if needs_clock else job
        if on_each_machine:
            _ON_EACH_MACHINE.add(name)
        return job

    return register


def _by_a_right_clock(job: Job) -> Job:
    @functools.wraps(job)
    def checked(now: dt.datetime) -> dict[str, int] | None:
        return job(now) if import_string(settings.CLOCK)(now) else {}

    return checked


def jobs() -> Mapping[str, Job]:
    """Return the jobs of all installed apps by name, in the order of INSTALLED_APPS."""
    autodiscover_modules("periodic")
    return _JOBS


def on_each_machine() -> Mapping[str, Job]:
    """Return the jobs that each housekeeping process does, whichever does the others."""
    return {name: job for name, job in jobs().items() if name in _ON_EACH_MACHINE}
