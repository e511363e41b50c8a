"""System checks of the settings: that each is one with which the site works. They run with `manage.py doctor` and `check --deploy`."""

import os
import re
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.cache import caches
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from recovery_site import helplines
from recovery_site.doctor import environment
from recovery_site.secrets import PUBLIC_SECRETS, STAFF_SECRETS

SHORTEST_SECRET = 32  # characters; ours have 64
SECRETS = {
    "secret_key": "FORM_SECRET",
    "staff_secret_key": "SECRET_KEY",
    "receipt_lookup_pepper": "RECEIPT_LOOKUP_PEPPER",
    "receipt_key_pepper": "RECEIPT_KEY_PEPPER",
    "blind_index_key": "BLIND_INDEX_KEY",
}
# Names of settings that must lie between two numbers, both allowed.
RANGES: dict[str, tuple[float, float]] = {
    "PAGE_CACHE_SECONDS": (0, 3600),
    "ROUTING_SECONDS": (0, 60),
    "PROOF_OF_WORK_FROM": (1, 1_000_000),
    "SECOND_FACTOR_DAYS": (0, 7),
    "BACKUP_KEEP_DAYS": (0, 3660),
    "HSTS_DAYS": (0, 3660),
    "TAKE_BACK_SECONDS": (0, 600),
    "PASSWORD_RESET_TIMEOUT": (3600, 30 * 86_400),
}
IN_ENVIRONMENT = {"PASSWORD_RESET_TIMEOUT": "PASSWORD_LINK_HOURS"}
URLS = ("SITE_URL", "STAFF_URL", "LEAVE_TO", "HEARTBEAT_URL")
MAY_BE_EMPTY = ("LEAVE_TO", "HEARTBEAT_URL")
EVERYDAY_SENDER = "noreply@example.org"


def _registered(function: Callable[[], list[CheckMessage]]) -> Callable[[], list[CheckMessage]]:
    """Register a check that Django calls with arguments it doesn't need."""
    register(lambda app_configs, **kwargs: function(), "doctor", deploy=True)
    return function


@_registered
def variables_are_known() -> list[CheckMessage]:
    """Check that no variable in the environment is a misspelt one of ours: then the default would hold in silence."""
    known = settings.ENVIRONMENT_NAMES | {name.upper() for name in (*PUBLIC_SECRETS, *STAFF_SECRETS)}
    found: list[CheckMessage] = []
    for name, alike in environment.misspelt(os.environ, known).items():
        meant = " or ".join(alike)
        which = "" if len(alike) == 1 else ", whichever you mean"
        words = f"The environment has {name}, which nothing reads. It looks like {meant}."
        found.append(Warning(words, hint=f"Rename it to {meant}{which}, or remove it.", id="doctor.W001"))
    return found


@_registered
def numbers_make_sense() -> list[CheckMessage]:
    """Check the settings of RANGES."""
    found: list[CheckMessage] = []
    for name, (least, most) in RANGES.items():
        if not least <= getattr(settings, name) <= most:
            shown = IN_ENVIRONMENT.get(name, name)
            unit = 3600 if shown != name else 1
            value, low, high = (f"{number / unit:g}" for number in (getattr(settings, name), least, most))
            found.append(Error(f"{shown} is {value}.", hint=f"Set it to a number from {low} to {high}.", id="doctor.E002"))
    return found


@_registered
def addresses_are_addresses() -> list[CheckMessage]:
    """Check the settings that hold an address of a web page."""
    found: list[CheckMessage] = []
    for name in URLS:
        value = getattr(settings, name)
        if not value and name in MAY_BE_EMPTY:
            continue
        try:
            parts = urlsplit(value)
            fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            fine = False
        if not fine:
            mend = "Write the whole address, beginning with https://."
            found.append(Error(f"{name} is {value!r}, which is no address.", hint=mend, id="doctor.E003"))
    return found


@_registered
def somebody_elsewhere_is_asked() -> list[CheckMessage]:
    """Check that HEARTBEAT_URL is one that housekeeping asks for (intake.health.telling)."""
    if not settings.SERVES_STAFF or not settings.HEARTBEAT_URL.startswith("http://"):
        return []
    if _host(settings.HEARTBEAT_URL) in settings.WEBHOOKS_INSIDE:
        return []
    mend = "Write it with https://, or name its host in WEBHOOKS_INSIDE if it is in your own network."
    return [Error("HEARTBEAT_URL has no https, so it is never asked for.", hint=mend, id="doctor.E019")]


@_registered
def browsers_remember_https() -> list[CheckMessage]:
    """Warn while HSTS is off, as it is on a new site."""
    if not settings.HTTPS or settings.HSTS_DAYS:
        return []
    mend = "Once everything works over https, also all hosts below this one, set it to 365 (HSTS=yes in the answers to deploy/install)."
    return [Warning("HSTS_DAYS is 0: a browser may be led to this site by plain http.", hint=mend, id="doctor.W006")]


@_registered
def names_and_hosts_fit() -> list[CheckMessage]:
    """Check that the site answers at its own address, has a name, and shows no debug pages to people."""
    found: list[CheckMessage] = []
    served = {"SITE_URL": settings.SERVES_VISITORS, "STAFF_URL": settings.SERVES_STAFF and settings.STAFF_URL != settings.SITE_URL}
    allowed = [each.lower() for each in settings.ALLOWED_HOSTS]
    for name in (name for name, is_served in served.items() if is_served):
        host = _host(getattr(settings, name))
        fits = any(each in ("*", host) or (each.startswith(".") and f".{host}".endswith(each)) for each in allowed)
        if host and not fits:
            mend = f"Add {host} to ALLOWED_HOSTS."
            # Visitors go on reading where only the staff's address is wrong.
            code = "doctor.E004" if name == "SITE_URL" or not settings.SERVES_VISITORS else "doctor.E018"
            found.append(Error(f"ALLOWED_HOSTS lacks {host}, the host of {name}: each page there is refused.", hint=mend, id=code))
    if "*" in allowed:
        found.append(Warning("ALLOWED_HOSTS has *: the site answers to any name.", hint="Name your hosts.", id="doctor.W004"))
    if not settings.SITE_NAME.strip():
        mend = "Set it to the name of your organization."
        found.append(Warning("SITE_NAME is empty: pages and mails have no name.", hint=mend, id="doctor.W005"))
    if settings.DEBUG and settings.HTTPS:
        mend = "Remove DEBUG from the environment."
        found.append(Error("DEBUG is on: pages of errors show what visitors typed.", hint=mend, id="doctor.E005"))
    if not settings.HTTPS and _host(settings.SITE_URL) not in ("127.0.0.1", "localhost", "::1"):
        mend = "Get a certificate, and write SITE_URL with https://."
        found.append(Error("SITE_URL has no https: whoever is between can read what people write.", hint=mend, id="doctor.E006"))
    return found


@_registered
def the_proxy_tells_visitors_apart() -> list[CheckMessage]:
    """Check that a site behind https reads the address of its visitors, and knows that they came by https.

    With the proxy's own address all visitors are one: the sixth form of all of them is taken for advertising, the 21st is refused.
    """
    header = settings.CLIENT_ADDRESS_HEADER
    found: list[CheckMessage] = []
    behind = settings.HTTPS or settings.SECURE_PROXY_SSL_HEADER is not None
    if behind and header == "REMOTE_ADDR":
        found.append(
            Error(
                "CLIENT_ADDRESS_HEADER is REMOTE_ADDR behind a proxy: all visitors have the proxy's address, and share one limit.",
                hint="Set CLIENT_ADDRESS_HEADER to the header that the proxy sets itself: HTTP_X_REAL_IP with deploy/nginx.",
                id="doctor.E007",
            )
        )
    elif header != "REMOTE_ADDR" and not re.fullmatch(r"HTTP_[A-Z0-9_]+", header):
        right = "HTTP_" + header.upper().replace("-", "_").removeprefix("HTTP_")
        found.append(
            Error(
                f"CLIENT_ADDRESS_HEADER is {header!r}, which no request has: all visitors share one limit.",
                hint=f"Write the header as Django names it: {right}.",
                id="doctor.E008",
            )
        )
    if settings.HTTPS and settings.SECURE_PROXY_SSL_HEADER is None:
        found.append(
            Error(
                "SITE_URL is https and BEHIND_TLS_PROXY isn't set: behind a proxy every page leads to itself.",
                hint="Set BEHIND_TLS_PROXY=true, and let the proxy set X-Forwarded-Proto itself.",
                id="doctor.E009",
            )
        )
    return found


@_registered
def helplines_are_there() -> list[CheckMessage]:
    """Check that COUNTRY has helplines: without them no page can be shown."""
    try:
        helplines.helplines(settings.COUNTRY, settings.LANGUAGE_CODE)
    except (ImproperlyConfigured, OSError, ValueError) as error:
        known = "two capital letters, such as US, with a section in recovery_site/helplines.toml"
        return [Error(f"No page can be shown: {error}", hint=f"Set COUNTRY to {known}.", id="doctor.E010")]
    return []


@_registered
def the_cache_works() -> list[CheckMessage]:
    """Check that the cache takes and gives: each page asks it."""
    may_be_away = False
    try:
        may_be_away = getattr(caches["default"], "may_be_away", False)
        caches["default"].set("doctor", "works", 10)
        if caches["default"].get("doctor") == "works":
            return []
        why = "it forgets what it is given"
    except Exception as error:  # each backend has errors of its own
        why = type(error).__name__
    if may_be_away:
        mend = "Start the server that CACHE_URL names, or remove CACHE_URL."
        return [Warning("The shared cache doesn't answer: pages take longer.", hint=mend, id="doctor.W011")]
    mend = "Start the server that CACHE_URL names, install the package for it (redis), or remove CACHE_URL."
    return [Error(f"The cache doesn't work ({why}).", hint=mend, id="doctor.E011")]


@_registered
def static_files_are_collected() -> list[CheckMessage]:
    """Check that style sheets and scripts of this release were collected: without them each page is an error."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        return []
    try:
        collected = staticfiles_storage.load_manifest()[0]
    except (OSError, ValueError):
        collected = {}
    folder = Path(settings.BASE_DIR) / "static"
    ours = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in (".css", ".js")}
    if ours <= set(collected):
        return []
    mend = "Run `manage.py collectstatic --no-input`, and restart the web server."
    return [Error(f"{settings.STATIC_ROOT} lacks files of this release, so pages can't be shown.", hint=mend, id="doctor.E012")]


@_registered
def mail_leaves() -> list[CheckMessage]:
    """Check that mail goes to a server, from an address of ours. The visitors' half sends none."""
    found: list[CheckMessage] = []
    if not settings.SERVES_STAFF:
        return found
    if settings.HTTPS and not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        mend = "Set EMAIL_URL to your mail server, such as smtp+tls://user:password@host:587."
        found.append(Error("EMAIL_URL isn't a mail server: mails go to files, and nobody is told.", hint=mend, id="doctor.E013"))
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    try:
        validate_email(sender)
    except ValidationError:
        mend = "Set it to an address of yours."
        found.append(Error(f"DEFAULT_FROM_EMAIL is {settings.DEFAULT_FROM_EMAIL!r}, which is no address.", hint=mend, id="doctor.E014"))
    else:
        if settings.HTTPS and sender == EVERYDAY_SENDER:
            mend = "Set DEFAULT_FROM_EMAIL to an address of your own domain."
            found.append(Error(f"Mails are sent from {sender}, which other servers refuse.", hint=mend, id="doctor.E015"))
    return found


@_registered
def secrets_are_long() -> list[CheckMessage]:
    """Check that nobody can guess the secrets."""
    return [
        Error(
            f"The secret {name} has less than {SHORTEST_SECRET} characters, so it can be guessed.",
            hint="Restore the right one from the backup of the keys. On a new site: remove the file and run `python -m "
            "recovery_site.secrets FOLDER`.",
            id="doctor.E016" if name in PUBLIC_SECRETS else "doctor.E017",
        )
        for name, setting in SECRETS.items()
        if (value := getattr(settings, setting)) and len(value) < SHORTEST_SECRET
    ]


@_registered
def staff_need_a_second_factor() -> list[CheckMessage]:
    """Check that a site that people reach isn't run like the demo."""
    if not settings.HTTPS or settings.REQUIRE_SECOND_FACTOR:
        return []
    return [Warning("Staff sign in with a password alone.", hint="Remove REQUIRE_SECOND_FACTOR=false.", id="doctor.W016")]


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
