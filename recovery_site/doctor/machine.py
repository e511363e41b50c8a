"""System checks of the machine: folders and disk, the backup's age, and the certificates."""

import datetime as dt
import json
import shutil
import socket
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils import timezone
from django.utils.dateparse import parse_datetime

MB = 1_000_000
TIGHT, FULL = 1_000 * MB, 100 * MB  # free bytes
BACKUPS = "backups.json"  # in DATA_DIR: {"data": time of the last backup, "keys": the same}, written by `manage.py backup`
LATE, TOO_LATE = dt.timedelta(hours=26), dt.timedelta(days=3)
CERTIFICATE_DAYS, LAST_DAYS = 14, 10
TLS_SECONDS = 3


def _registered(function: Callable[[], list[CheckMessage]]) -> Callable[[], list[CheckMessage]]:
    """Register a check of what changes while the site runs: it keeps no process from starting (diagnosis.BLOCKS)."""
    register(lambda app_configs, **kwargs: function(), "doctor", deploy=True)
    return function


@_registered
def folders_can_be_written() -> list[CheckMessage]:
    """Check that the data folder takes files and has room. The visitors' half writes none."""
    if not settings.SERVES_STAFF:
        return []
    folder = Path(settings.DATA_DIR)
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        mend = "Give it to the user that runs the site, or correct DATA_DIR."
        return [Error(f"{folder} can't be written to ({error.strerror}).", hint=mend, id="doctor.E030")]
    mend = "Free some space: remove old backups, or give the disk more room."
    if free < FULL:
        return [Error(f"The disk of {folder} is full: {free // MB} MB are free.", hint=mend, id="doctor.E031")]
    if free < TIGHT:
        return [Warning(f"The disk of {folder} fills up: {free // MB} MB are free.", hint=mend, id="doctor.W031")]
    return []


@_registered
def backups_are_made() -> list[CheckMessage]:
    """Check when the last backups of data and keys were made. A site without https has nothing to lose yet."""
    if not settings.HTTPS or not settings.SERVES_STAFF:
        return []
    found: list[CheckMessage] = []
    made = backup_times()
    for what in ("data", "keys"):
        at, mend = made.get(what), "Make one now, and let a timer make it daily (docs/operations.md, Backup)."
        if at is None:
            found.append(Warning(f"No backup of the {what} is known.", hint=mend, id="doctor.W032"))
            continue
        age = timezone.now() - at
        if what == "data" and age > LATE:
            kind, code = (Error, "doctor.E033") if age > TOO_LATE else (Warning, "doctor.W033")
            found.append(kind(f"The last backup of the data is {age.days * 24 + age.seconds // 3600} hours old.", hint=mend, id=code))
    return found


def backup_times() -> dict[str, dt.datetime]:
    """Return when the last backup of "data" and of "keys" was made, as far as it is known."""
    try:
        written = json.loads((Path(settings.DATA_DIR) / BACKUPS).read_text(encoding="utf-8"))
        times = {what: parse_datetime(str(written.get(what, ""))) for what in ("data", "keys")}
    except (OSError, ValueError, AttributeError):
        return {}
    return {what: at if at.tzinfo else at.replace(tzinfo=dt.UTC) for what, at in times.items() if at is not None}


def certificate() -> list[CheckMessage]:
    """Return what is wrong with the certificates that are shown at SITE_URL and STAFF_URL, each at its own address, where it has https.

    The visitors' half asks for its own alone: the staff's address may be out of its reach. Not a system check: it waits for the network.
    """
    urls = [settings.SITE_URL, settings.STAFF_URL] if settings.SERVES_STAFF else [settings.SITE_URL]
    places = dict.fromkeys(parts.netloc for parts in map(urlsplit, urls) if parts.scheme == "https")
    return [message for place in places for message in _certificate_at(place)]


def _certificate_at(place: str) -> list[CheckMessage]:
    """Return what is wrong with the certificate at `place`, a host with or without a port."""
    parts = urlsplit(f"//{place}")
    host = parts.hostname or ""
    try:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # one that has ended must be read, too
        with (
            socket.create_connection((host, parts.port or 443), timeout=TLS_SECONDS) as stream,
            context.wrap_socket(stream, server_hostname=host) as shown,
        ):
            shown_certificate = x509.load_der_x509_certificate(shown.getpeercert(binary_form=True) or b"")
    except (OSError, ValueError) as error:
        mend = f"Does the name lead to the web server, seen from here, and is it on? Try: curl -v https://{place}/"
        return [Warning(f"The certificate of {host} could not be read ({type(error).__name__}).", hint=mend, id="doctor.W035")]
    days = (shown_certificate.not_valid_after_utc - timezone.now()).days
    if days >= CERTIFICATE_DAYS:
        return []
    kind, code = (Error, "doctor.E034") if days < LAST_DAYS else (Warning, "doctor.W034")
    mend = "Renew it (certbot renew), reload nginx, and look why its timer didn't."
    words = f"The certificate of {host} ends in {days} days." if days >= 0 else f"The certificate of {host} has ended."
    return [kind(words, hint=mend, id=code)]


def send_test_mail(address: str) -> list[CheckMessage]:
    """Send a mail to `address` by each way that mail leaves, and return what failed."""
    from recovery_site.doctor import mail

    found: list[CheckMessage] = []
    for name, way in mail.ways().items():
        try:
            mail.send(way, address, "Test of the mail server", "This mail was sent by manage.py doctor. Nothing is to be done.")
        except Exception as error:  # whatever a mail server does
            mend = f"Look at {name}: the host, the port, the name and the password."
            found.append(Error(f"A mail by {name} could not be sent ({type(error).__name__}).", hint=mend, id="doctor.E035"))
    return found
