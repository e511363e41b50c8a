"""What follows from Django's signals of signing in and out: the session's own data, the record, and a mail after a new place.

Django sends them whichever way somebody signs in, so this is the one place that sees all of them.
"""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts import sign_in
from accounts.models import User
from accounts.sessions import new_place
from accounts.sessions.store import DEVICE, SIGNED_IN_AT, USED_AT, WAY
from recovery_site.staff import audit

# What a browser says of itself without being asked (Sec-CH-UA-Mobile). Others say nothing, and nothing is stored.
DEVICES = {"?1": "phone", "?0": "computer"}


@receiver(user_logged_in, dispatch_uid="accounts.sessions.signed_in")
def signed_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    now = timezone.now()
    way = getattr(request, "sign_in_way", "password")
    device = DEVICES.get(request.headers.get("Sec-CH-UA-Mobile", ""), "")
    request.session.update({SIGNED_IN_AT: now.timestamp(), USED_AT: now.timestamp(), WAY: way, DEVICE: device})
    audit.record("signed_in", by=user, way=way)
    if sign_in.remember_place(request, user, now):
        new_place.tell(user, now)


@receiver(user_logged_out, dispatch_uid="accounts.sessions.signed_out")
def signed_out(request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    if isinstance(user, User):
        why = getattr(request, "session_ended_because", "")
        if why:
            audit.record("session_ended", by="system", user=user.pk, count=1, why=why)
        else:
            audit.record("signed_out", by=user)


@receiver(user_login_failed, dispatch_uid="accounts.sessions.sign_in_failed")
def sign_in_failed(credentials: dict[str, Any], **_kwargs: Any) -> None:
    sign_in.record_failure(str(credentials.get(User.USERNAME_FIELD, "")), timezone.now())
