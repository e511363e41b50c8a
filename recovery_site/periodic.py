"""Periodic jobs: what `manage.py housekeeping` runs.

Each app has a module `periodic` whose functions are registered with `@periodic("what it does")`. A job takes the present
moment (aware) and returns how many of what it dealt with, or None. A job must be safe to repeat, to miss, and to run
twice at once.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from django.utils.module_loading import autodiscover_modules

Job = Callable[[dt.datetime], dict[str, int] | None]

_JOBS: dict[str, Job] = {}


def periodic(name: str) -> Callable[[Job], Job]:
    """Register a function as the job `name`, in the words of the log. Raises ValueError for a name that is taken."""

    def register(job: Job) -> Job:
        if name in _JOBS:
            raise ValueError(f"There is a periodic job {name!r} already.")
        _JOBS[name] = job
        return job

    return register


def jobs() -> Mapping[str, Job]:
    """Return the jobs of all installed apps by name, in the order of the apps and their modules."""
    autodiscover_modules("periodic")
    return _JOBS
