"""What an attacker runs on the stolen public server, with its code, its environment and its account: findings SEC-1 and SEC-10.

`python -m tests.adversarial.stolen NAME` tries one thing and prints what came of it: "denied", or what was gained.
"""

import os
import sys
import time
from collections.abc import Callable


def session() -> str:
    """Write a session of a lead, as Django's sign-in would."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.models import User
    from accounts.sessions.store import SessionStore

    user = User.objects.get(username="luisa")
    store = SessionStore()
    store.update({
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        "last_act": time.time(),
    })  # fmt: skip
    store.save()
    return f"session {store.session_key}"


def blind_session() -> str:
    """Write a session without reading the account: its number is guessed, the hash is left out."""
    from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY

    from accounts.sessions.store import SessionStore

    store = SessionStore()
    store.update({SESSION_KEY: "1", BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend"})
    store.save()
    return f"session {store.session_key}"


def superuser() -> str:
    """Make an account that may do everything."""
    from accounts.models import User

    return f"account {User.objects.create_superuser('mallory', password='mallory').pk}"


def member() -> str:
    """Make whoever has the number 1 a lead."""
    from intake.models import Membership

    return f"membership {Membership.objects.create(user_id=1, centre_id=1, role='lead').pk}"


def centre_key() -> str:
    """Put a key of one's own in the place of the centre's, so that new inquiries are sealed to it."""
    from intake.crypto import sealing
    from intake.models import CentreKey

    _private, public = sealing.new_key_pair()
    return f"keys {CentreKey.objects.filter(retired_at=None).update(public_key=public)}"


def new_centre_key() -> str:
    """Add a key of one's own."""
    from intake.models import CentreKey

    return f"key {CentreKey.objects.create(centre_id=1, public_key=b'mine').pk}"


def every_inquiry() -> str:
    """Read all there is, and open what opens with the keys of this server."""
    from intake.models import Inquiry

    return f"inquiries {Inquiry.objects.count()}"


def private_key() -> str:
    """Open a case with the centre's private key."""
    from intake.crypto import keyring
    from intake.models import CentreKey

    return f"key of {len(keyring.private_key(CentreKey.objects.get()))} bytes"


ATTACKS: dict[str, Callable[[], str]] = {
    attack.__name__: attack
    for attack in (session, blind_session, superuser, member, centre_key, new_centre_key, every_inquiry, private_key)
}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "recovery_site.settings"
    import django

    django.setup()
    from django.db import ProgrammingError

    from intake.crypto.keyring import KeyringError

    try:
        print(ATTACKS[sys.argv[1]]())
    except (ProgrammingError, KeyringError) as refusal:
        print("denied:", str(refusal).splitlines()[0])
