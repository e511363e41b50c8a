"""Settings for the tests: the real ones, with a data folder and secrets of their own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from recovery_site import secrets

if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="recovery-site-test-")
    # Only the process that made it removes it: those it starts have DATA_DIR in their environment.
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
_folder = Path(os.environ["DATA_DIR"])
_folder.mkdir(parents=True, exist_ok=True)
secrets.create_missing(_folder / "secrets")

from recovery_site.settings import *  # noqa: E402, F403

# A test that changes something wants to see it at once; tests of what is kept turn it on.
PAGE_CACHE_SECONDS = 0
ROUTING_SECONDS = 0
TAKE_BACK_SECONDS = 0
# Tests sign in without a second factor; those of tests/accounts/factors turn this on.
REQUIRE_SECOND_FACTOR = False
# Fast on purpose: tests sign in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests read templates and static files as they are in the tree.
STORAGES = {
    "default": {"BACKEND": "articles.rendering.picture_files.PictureStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Heads that one test signed are none of the next one's database.
AUDIT_HEADS_FILE = Path(os.devnull)
ERASED_LIST_FILE = Path(os.devnull)
# Receivers of the tests are on this machine.
WEBHOOKS_INSIDE = ["127.0.0.1"]
