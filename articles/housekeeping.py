"""What time brings for guides. Called again and again by `manage.py housekeeping`; safe to call at any moment."""

import datetime as dt

from articles.search import index
from articles.workflow import presence, publishing, reminders, share_links


def run(now: dt.datetime) -> dict[str, int]:
    """Publish what was set for a time that has come, remind of reviews, forget what has expired; return the counts."""
    return {
        "guides published": publishing.publish_due(now),
        "review digests sent": reminders.send_due(now),
        "share links forgotten": share_links.forget_old(now),
        "presences forgotten": presence.forget_old(now),
        "search tables measured": index.tidy(),
    }
