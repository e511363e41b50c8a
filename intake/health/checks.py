"""System checks of what the running site needs: keys, secrets, clock, processes, mail. They run with `manage.py doctor`."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection
from django.utils import timezone

from intake.crypto import fingerprints, key_files, keyring
from intake.health import state
from intake.models import Centre, CentreKey, Event, Heartbeat, Notification, WebhookEndpoint
from intake.notifications import heartbeats, recipients
from intake.scheduling import clock
from recovery_site.doctor import machine
from recovery_site.secrets import PUBLIC_SECRETS

LOST = {
    "receipt_lookup_pepper": "no receipt finds its request",
    "receipt_key_pepper": "no receipt opens its request",
    "blind_index_key": "nobody is found by phone or e-mail, and blocks of abusers don't hold",
}


def _registered(function: Callable[[], list[CheckMessage]]) -> Callable[[], list[CheckMessage]]:
    """Register a check that runs only where the database may be asked and has our tables."""

    def checked(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
        if not databases:
            return []
        try:
            if Heartbeat._meta.db_table not in connection.introspection.table_names():
                return []
            return function()
        except DatabaseError:  # doctor.E020 to E024 say what is wrong with it
            return []

    register(checked, Tags.database, deploy=True)
    return function


@_registered
def keys_open_what_is_sealed_to_them() -> list[CheckMessage]:
    """Seal a canary to each active key, and open it with the private half. Reads the files again."""
    if not settings.SERVES_STAFF:
        return []
    if key_files.are_locked():
        mend = "Run `manage.py keys unlock`."
        return [Error("The centres' keys are locked: nobody can open a request.", hint=mend, id="intake.E031")]
    return [
        Error(
            f"The private key of {key.centre.name} (key {key.pk}) isn't here: what people write there can't be opened.",
            hint=f"Restore {key.pk}.key into {settings.CENTRE_KEYS_DIR} from the backup of the keys, or carry it from another of the "
            "staff's machines (`manage.py keys import`). `manage.py keys list` shows all.",
            id="intake.E030",
        )
        for key in CentreKey.objects.filter(retired_at=None).select_related("centre").order_by("pk")
        if not keyring.opens_canary(key)
    ]


@_registered
def secrets_are_those_of_the_data() -> list[CheckMessage]:
    """Compare the secrets with the fingerprints in the database."""
    found: list[CheckMessage] = []
    for name in fingerprints.strangers():
        mend = f"Restore the secret {name} from the backup of the keys. If it was changed on purpose: `manage.py accept_secret {name}`."
        if name in LOST:
            code = "intake.E050" if name in PUBLIC_SECRETS else "intake.E051"
            found.append(Error(f"The secret {name} isn't the one of this database: {LOST[name]}.", hint=mend, id=code))
        else:
            words = f"The secret {name} isn't the one of this database: open forms must be sent again, or staff sign in again."
            found.append(Warning(words, hint=mend, id="intake.W050"))
    return found


@_registered
def the_clock_goes_on() -> list[CheckMessage]:
    """Check that the newest event isn't in the future: then this clock, or the one of another machine, is wrong."""
    now = timezone.now()
    newest = Event.objects.order_by("-id").values_list("at", flat=True).first()
    ahead = newest - now if newest else dt.timedelta()
    set_it = "Set the clock by the network (timedatectl set-ntp true) on each machine."
    found: list[CheckMessage] = []
    if ahead > clock.SKEW:
        found.append(Error(f"The newest event is {ahead.total_seconds() / 60:.0f} minutes in the future.", hint=set_it, id="intake.E032"))
    if settings.SERVES_STAFF and clock.jumped(now):
        seen = clock.last_known()
        words = f"The clock says {now:%Y-%m-%d %H:%M} UTC, and was last believed at {seen:%Y-%m-%d %H:%M}: erasing and publishing wait."
        mend = f"Is that the time? Then say so: `manage.py clock --is-right --by NAME`. If not: {set_it[0].lower()}{set_it[1:]}"
        found.append(Error(words, hint=mend, id="intake.E036"))
    return found


@_registered
def everything_is_at_work() -> list[CheckMessage]:
    """Check the signs of life."""
    mends = {
        heartbeats.Part.WORKER: "Start the worker (systemctl restart recovery-worker), and read its log.",
        heartbeats.Part.HOUSEKEEPING: "Start housekeeping (systemctl restart recovery-housekeeping), and read its log.",
        heartbeats.Part.MAIL: "Try the mail server with `manage.py doctor --send-test-mail ADDRESS`.",
    }
    return [
        Error(f"Silent for too long: {part.label}. Pages for visitors promise no time.", hint=mends[part], id="intake.E033")
        for part in heartbeats.silent(timezone.now())
    ]


@_registered
def messages_leave() -> list[CheckMessage]:
    """Check that no notification waits for an hour, and that none was given up in the last day."""
    found: list[CheckMessage] = []
    now = timezone.now()
    mend = "Try the mail server with `manage.py doctor --send-test-mail ADDRESS`; “Notifications” in the admin lists them."
    if late := state.late_notifications(now):
        found.append(Error(f"{late} messages have waited for more than an hour.", hint=mend, id="intake.E034"))
    dead = Notification.objects.filter(state=Notification.State.DEAD, next_attempt_at__gte=now - dt.timedelta(days=1)).count()
    if dead:
        found.append(Warning(f"{dead} messages were given up in the last day.", hint=mend, id="intake.W034"))
    return found


@_registered
def an_operator_is_told() -> list[CheckMessage]:
    """Check that an operator has the e-mail address to which alarms that no centre answers, and errors of these checks, are sent."""
    if not settings.SERVES_STAFF or not Centre.objects.filter(accepts_inquiries=True).exists():
        return []
    if any(operator.email for operator in recipients.reachable_operators()):
        return []
    words = "No operator has an e-mail address, so nobody is told of an alarm that a centre doesn't answer, or of what is wrong here."
    kind, code = (Error, "intake.E037") if settings.HTTPS else (Warning, "intake.W004")
    return [kind(words, hint="Give one superuser an e-mail address.", id=code)]


@_registered
def there_is_a_second_way_to_tell() -> list[CheckMessage]:
    """Check that somebody is told when the mail server, or the whole machine, is what is dead."""
    if not settings.HTTPS or not settings.SERVES_STAFF or settings.SECOND_EMAIL or settings.HEARTBEAT_URL:
        return []
    if WebhookEndpoint.objects.filter(is_active=True).exclude(sealed_secret=b"").exists():
        return []
    mend = "Set HEARTBEAT_URL, EMAIL_URL_2 or both (docs/operations.md, Watching), or add a webhook in the admin."
    return [Warning("When the mail server is dead nobody is told: there is no second way.", hint=mend, id="intake.W037")]


@_registered
def new_keys_are_backed_up() -> list[CheckMessage]:
    """Check that the keys were backed up since the newest one was made."""
    made = machine.backup_times().get("keys")
    newest = CentreKey.objects.order_by("-created_at").first()
    if not settings.HTTPS or made is None or newest is None or newest.created_at <= made:
        return []
    mend = "Back up the keys now: without its file nobody opens what is sealed to it."
    return [Error(f"Key {newest.pk} is newer than the last backup of the keys.", hint=mend, id="intake.E035")]
