"""The periodic jobs of the guides."""

import datetime as dt

from articles.models import Presence
from articles.rendering import guide_page
from articles.search import index
from articles.workflow import publishing, reminders, share_links
from recovery_site.periodic import periodic
from recovery_site.staff import presence

periodic("publish guides whose time has come")(publishing.publish_due)
periodic("remind of reviews")(reminders.send_due)
periodic("forget expired share links")(share_links.forget_old)


@periodic("render pages that a day or a release changed")
def render_pages(now: dt.datetime) -> dict[str, int]:
    """Render the pages that a new day or a new release has changed; return their number."""
    return {"pages_rendered": guide_page.store_stale(now)}


@periodic("measure the search tables")
def measure_search_tables(now: dt.datetime) -> dict[str, int]:
    """Let the database measure the tables of the search index when it must; return how often."""
    return {"search_tables_measured": index.tidy()}


@periodic("forget who had a guide open")
def forget_presences(now: dt.datetime) -> dict[str, int]:
    """Remove the presences that are no longer shown; return their number."""
    return presence.forget_old(Presence.objects, now)
