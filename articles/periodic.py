"""Periodic jobs of the articles app."""

import datetime as dt

from articles.models import Presence
from articles.rendering import picture_files
from articles.safety import link_checks
from articles.search import index
from articles.workflow import publishing, reminders, share_links, unsaved
from recovery_site.periodic import periodic
from recovery_site.staff import presence

periodic("publish guides whose time has come", needs_clock=True)(publishing.publish_due)
periodic("remind of reviews", needs_clock=True)(reminders.send_due)
periodic("look at the addresses of sources")(link_checks.look_at_due)
periodic("forget what editors did not save", needs_clock=True)(unsaved.forget_old)
periodic("copy pictures that are files into the database")(picture_files.store_old_files)
periodic("forget expired share links", needs_clock=True)(share_links.forget_old)


@periodic("end share links of people who no longer write guides")
def end_share_links(_now: dt.datetime) -> dict[str, int]:
    """Withdraw links whose maker lost the role of an editor. Whoever is switched off loses theirs at once."""
    return {"share_links_ended": share_links.end_those_of_former_editors()}


@periodic("measure the search tables")
def measure_search_tables(now: dt.datetime) -> dict[str, int]:
    """Update the database's statistics of the search tables if they are out of date. Return 1 if so."""
    return {"search_tables_measured": index.tidy()}


@periodic("forget who had a guide open")
def forget_presences(now: dt.datetime) -> dict[str, int]:
    """Delete presences that are no longer shown. Return how many."""
    return presence.forget_old(Presence.objects, now)
