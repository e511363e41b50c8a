"""Looks into the migrated database of an earlier release; a process of its own, for it has settings of its own.

Reads the facts of the release (script/make_release_database.py) from standard input and prints what it saw as JSON.
"""

import json
import sys
from typing import Any

import django


def look(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what visitors and staff see, and the rows that are there before anybody looks."""
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.test import Client

    from accounts.models import User
    from script.release_data import rows

    seen: dict[str, Any] = {"rows": rows()}
    tamsin = User.objects.get(username="demo-triage")
    seen["password"] = Argon2PasswordHasher().verify(facts["password"], tamsin.password)

    visitor = Client(headers={"sec-fetch-site": "same-origin"})
    seen["guide"] = visitor.get(f"/guides/{facts['guide']}/").content.decode()
    visitor.post("/mailbox/", {"words": facts["receipt"]})
    seen["mailbox"] = visitor.get("/mailbox/open/").content.decode()

    staff = Client()
    staff.force_login(tamsin)
    seen["queue"] = staff.get("/admin/intake/inquiry/").content.decode()
    seen["case"] = staff.get(f"/admin/intake/inquiry/{facts['reference']}/").content.decode()
    return seen


if __name__ == "__main__":
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    json.dump(look(json.load(sys.stdin)), sys.stdout)
