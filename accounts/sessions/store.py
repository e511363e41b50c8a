"""The session engine of staff pages (settings.SESSION_ENGINE).

A cookie holds the session's key. The database holds its SHA-256, and what the session contains encrypted with another digest of it:
whoever reads the database can neither take part in a session nor read one. Django keeps secrets there for a while, such as the token of a
link to choose a password. The site has no asynchronous views, so the asynchronous methods are Django's own and find nothing.
"""

import base64
import datetime as dt
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from accounts.models import Session

# What a signed-in session contains besides Django's own; times are seconds since 1970.
SIGNED_IN_AT, USED_AT, WAY, DEVICE = "signed_in_at", "last_act", "way", "device"
# How long after signing in a row is kept. A session ends earlier (accounts.sessions.limits); until the row goes, what is sent
# from a page that was left open is kept as a draft.
KEPT = dt.timedelta(hours=24)
USED_TO = 15 * 60  # seconds; the list of sessions says no more precisely when one was used


def digest(session_key: str) -> str:
    """Return what stands in the database for a key."""
    return hashlib.sha256(session_key.encode()).hexdigest()


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        row = Session.objects.filter(session_key=digest(self.session_key or ""), expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(digest(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(digest(key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row, with the columns by which somebody's sessions are listed and ended."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.session_key = digest(row.session_key)
        if SIGNED_IN_AT in data and SESSION_KEY in data:
            row.user_id = int(data[SESSION_KEY])
            row.signed_in_at = _moment(data[SIGNED_IN_AT])
            row.used_at = _moment(data[USED_AT] // USED_TO * USED_TO)
            row.way, row.device = data[WAY], data[DEVICE]
        return row

    def get_expiry_date(self, **kwargs: Any) -> dt.datetime:
        if SIGNED_IN_AT in self:
            return _moment(self[SIGNED_IN_AT]) + KEPT
        return super().get_expiry_date(**kwargs)

    def encode(self, session_dict: dict[str, Any]) -> str:
        return self._cipher().encrypt(super().encode(session_dict).encode()).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            return super().decode(self._cipher().decrypt(session_data).decode())
        except InvalidToken:
            return {}

    def _cipher(self) -> Fernet:
        key = hashlib.blake2b((self.session_key or "").encode(), digest_size=32, person=b"staff session").digest()
        return Fernet(base64.urlsafe_b64encode(key))


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
