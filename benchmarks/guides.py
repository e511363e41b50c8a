"""Search and the admin when there are many guides."""

from argparse import Namespace
from functools import partial
from urllib.parse import quote_plus

from benchmarks.sites import Client, bench_site, timed
from tests.support.site import PASSWORD

# A plain word, a misspelt one, a question, two words, a synonym, and a query without results.
QUESTIONS = (
    "naloxone",
    "withdrawl",
    "how long does heroin withdrawal last",
    "alcohol seizures",
    "suboxone",
    "harbor zebra lantern",
    "detox",
)


def run(options: Namespace) -> None:
    """Create `options.rows` guides with five editions each, then search them and open them in the admin."""
    with bench_site(options, fill=("guides", str(options.rows)), PAGE_CACHE_SECONDS="0") as site:
        visitor = Client(site)
        for question in QUESTIONS:
            timed(f"search: {question}", partial(visitor.get, f"/search/?q={quote_plus(question)}"), 40)
        timed("suggest: withd", lambda: visitor.get("/search/suggest/?q=withd"), 40)
        timed("list of guides", lambda: visitor.get("/guides/"), 20)
        editor = Client(site)
        editor.sign_in("demo-editor", PASSWORD)
        timed("admin: list of guides", lambda: editor.get("/admin/articles/guide/"), 40)
        timed("admin: list, page 50", lambda: editor.get("/admin/articles/guide/?p=50"), 40)
        timed("admin: find a title", lambda: editor.get("/admin/articles/guide/?q=fentanyl"), 40)
        timed("admin: open a guide", lambda: editor.get("/admin/articles/guide/1/change/"), 40)
