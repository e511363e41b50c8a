"""Finds Chromium, and the options to start it with."""

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Only the site's own host can be resolved, so that requests to other hosts fail.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def chromium_path() -> str | None:
    """Return the path of Chromium: the CHROMIUM environment variable or the first one on PATH. None if there is none.

    The headless shell is the same engine without the windows around it, which a whole Chromium also draws when nobody sees
    them: two thirds of its work in a test.
    """
    if chosen := os.environ.get("CHROMIUM"):
        return shutil.which(chosen)
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)
