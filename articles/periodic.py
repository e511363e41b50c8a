"""The periodic jobs of the guides."""

import datetime as dt

from articles.models import Presence
from articles.search import index
from articles.workflow import publishing, reminders, share_links
from recovery_site.periodic import periodic
from recovery_site.staff import presence

periodic("publish guides whose time has come")(publishing.publish_due)
periodic("remind of reviews")(reminders.send_due)
periodic("forget expired share links")(share_links.forget_old)


@periodic("measure the search tables")
def measure_search_tables(now: dt.datetime) -> dict[str, int]:
    """Let the database measure the tables of the search index when it must; return how often."""
    return {"search_tables_measured": index.tidy()}


@periodic("forget who had a guide open")
def forget_presences(now: dt.datetime) -> dict[str, int]:
    """Remove the presences that are no longer shown; return their number."""
    return presence.forget_old(Presence.objects, now)
