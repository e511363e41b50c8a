"""Running all checks, so that one that fails keeps no other from running."""

from django.core.checks import CheckMessage, Error
from django.core.checks.registry import registry

from recovery_site.doctor import machine

# With these any process would do harm: the database isn't of this release.
_OF_ALL = frozenset({"doctor.E022", "doctor.E023", "doctor.E024"})
# With these a web server would: refuse or misfile people, make receipts that open nothing, show what was typed, or fail on each page,
# where a proxy shows the pages that it kept while nothing answers. All others, such as a database that is away, a key that is missing,
# or whatever only staff need, keep nobody from starting: what still works is better than nothing.
_OF_WEB = frozenset(
    {
        *("doctor.E004", "doctor.E005", "doctor.E007", "doctor.E008", "doctor.E009", "doctor.E010", "doctor.E012", "doctor.E016"),
        *("intake.E001", "intake.E050"),
        *("recovery_site.E001", "recovery_site.E002", "recovery_site.E003"),
    }
)
# By the process that is about to start. The worker and housekeeping show no pages and take no forms.
BLOCKS = {"web": _OF_ALL | _OF_WEB, "worker": _OF_ALL, "housekeeping": _OF_ALL}


def diagnose(*, with_certificate: bool = False) -> list[CheckMessage]:
    """Return what all system checks find, Django's included, the most serious first. Silenced ones are left out."""
    found: list[CheckMessage] = []
    for check in registry.get_checks(include_deployment_checks=True):
        try:
            found += check(app_configs=None, databases=["default"])
        except Exception as error:  # such as a table that isn't there yet; the check of the schema says so
            name = getattr(check, "__name__", "a check")
            mend = "Mend what stands above first. If nothing does, tell those who make the software."
            found.append(Error(f"The check {name} could not run ({type(error).__name__}).", hint=mend, id="doctor.E001"))
    if with_certificate:
        found += machine.certificate()
    return sorted((message for message in found if not message.is_silenced()), key=lambda message: (-message.level, str(message.id)))


def blocking(found: list[CheckMessage], process: str) -> list[CheckMessage]:
    """Return those errors with which `process`, a key of BLOCKS, would do harm, or nothing at all."""
    return [message for message in found if message.is_serious() and message.id in BLOCKS[process]]
