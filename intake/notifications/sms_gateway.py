"""The service that carries text messages: the operator names it, and it takes the form that many such services understand."""

import base64
import urllib.parse

from django.conf import settings

from intake.notifications import http_client

# Beside all of 5xx: what the operator can set right (the address, the password, the account), and what passes by itself.
_MAY_PASS = {401, 403, 404, 408, 425, 429}
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


class NotTaken(Exception):
    """The gateway did not take the message now; later it may."""


class NotSetUp(Exception):
    """There is no gateway, or its settings are not whole."""


def missing() -> list[str]:
    """Return the names of the settings that a gateway still needs; the password only where messages are sent from."""
    names = ["TEXT_GATEWAY_URL", "TEXT_GATEWAY_USER", "TEXT_FROM"]
    if settings.SERVES_STAFF:
        names.append("TEXT_GATEWAY_PASSWORD")
    return [name for name in names if not getattr(settings, name)]


def is_private(url: str) -> bool:
    """Tell whether nobody can listen on the way to `url`: https, or this machine itself."""
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE))


def is_set_up() -> bool:
    """Tell whether text messages can be sent, so whether visitors are offered any."""
    return not missing() and is_private(settings.TEXT_GATEWAY_URL)


def send(number: str, text: str) -> None:
    """Have `text` sent to `number` (E.164).

    Raises NotSetUp, http_client.Undeliverable (such as after the person answered STOP), NotTaken, http_client.Unanswered or the network's
    errors; none of them contains the number.
    """
    if not is_set_up():
        raise NotSetUp
    form = urllib.parse.urlencode({"To": number, "From": settings.TEXT_FROM, "Body": text})
    login = base64.b64encode(f"{settings.TEXT_GATEWAY_USER}:{settings.TEXT_GATEWAY_PASSWORD}".encode()).decode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {login}"}
    status = http_client.post(settings.TEXT_GATEWAY_URL, form.encode(), headers, inside=True)
    if 200 <= status < 300:
        return
    if 400 <= status < 500 and status not in _MAY_PASS:
        raise http_client.Undeliverable
    raise NotTaken
