"""Where messages to staff wait until the next page: in a cookie, or in the session if they are long."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class _Cookie(CookieStorage):
    cookie_name = settings.SESSION_COOKIE_NAME.replace("staff", "messages")


class Messages(FallbackStorage):
    """Django's own storage, whose cookie has the prefix of the other cookies."""

    storage_classes = (_Cookie, SessionStorage)
