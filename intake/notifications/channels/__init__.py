"""The ways of notifying somebody, a package each in this folder.

A new channel is a new package with a subclass of `Channel` that is registered; CONTRIBUTING.md has an example. The outbox, the
admin and the system checks find it here.
"""

import datetime as dt
import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.checks import CheckMessage
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.models import Inquiry, Notification, WebhookEndpoint
from intake.notifications.kinds import Kind


class NotYet(Exception):
    """This notification may not be sent now; `until` is the first moment at which it may. It is not counted as a try."""

    def __init__(self, until: dt.datetime) -> None:
        super().__init__()
        self.until = until


class UnknownChannel(LookupError):
    """No channel of this code is registered."""


@dataclass(frozen=True)
class Recipient:
    """One notification that a channel wants to send: to a member of staff, to a webhook, or (neither) to who needs no row.

    It is sent from `not_before` on, None: at once.
    """

    user: User | None = None
    endpoint: WebhookEndpoint | None = None
    not_before: dt.datetime | None = None


class Channel:
    """A way of notifying somebody. `code` is stored in Notification.channel (at most 32 characters)."""

    code: str
    label: Promise | str
    # Sending needs the private key of a centre, so a public server leaves it to the staff's.
    needs_case_key = False
    # Of one inquiry's notifications those with the lowest number are sent first. Servers of others may be slow: 1.
    order = 0

    def recipients(self, inquiry: Inquiry, kind: Kind, now: dt.datetime) -> Iterable[Recipient]:
        """Return whom this channel notifies of `kind`; nobody when it doesn't concern this channel."""
        raise NotImplementedError

    def send(self, notification: Notification, now: dt.datetime) -> None:
        """Send one notification, or return without sending when it is no longer wanted.

        `notification` comes with inquiry, centre, recipient and endpoint loaded, but without the inquiry's sealed column.
        Raises NotYet, http_client.Undeliverable, or any other exception for a failure after which the outbox tries again. Only the class of
        an exception is kept.
        """
        raise NotImplementedError

    def given_up(self, notification: Notification, why: str, now: dt.datetime) -> Kind | None:
        """Store what follows from a notification that will not be delivered; `why` is a code of http_client.Why.

        Return the kind of the notification to send because of it, if any. Called inside a transaction.
        """
        return None

    def checks(self) -> list[CheckMessage]:
        """Return what is wrong with the settings of this channel, for `manage.py check`."""
        return []


# The value of Notification.channel that stands for all channels: the outbox replaces it by one row a recipient.
ALL = "all"

_registered: dict[str, Channel] = {}


def register(channel: type[Channel]) -> type[Channel]:
    """Class decorator: make `channel` known by its code. Raises ValueError when another class has that code."""
    known = _registered.get(channel.code)
    if channel.code == ALL or (known is not None and type(known).__qualname__ != channel.__qualname__):
        raise ValueError(f"There is a channel {channel.code!r} already.")
    _registered[channel.code] = channel()
    return channel


def unregister(code: str) -> None:
    """Forget a channel. For tests."""
    del _registered[code]


def get(code: str) -> Channel:
    """Return the channel of this code; raise UnknownChannel."""
    try:
        return _registered[code]
    except KeyError:
        raise UnknownChannel(code) from None


def all_channels() -> list[Channel]:
    """Return the channels in the order in which they send."""
    return sorted(_registered.values(), key=lambda channel: (channel.order, channel.code))


def labels() -> dict[str, Promise | str]:
    """Return the label of each code that Notification.channel may have."""
    return {ALL: _("everyone concerned")} | {channel.code: channel.label for channel in all_channels()}


def autodiscover() -> None:
    """Import every package in this folder, so that they register themselves. Called once, when the app is ready."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
