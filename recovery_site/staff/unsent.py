"""What a refused request carries is kept all the same: apps register how (intake.admin, articles.admin)."""

from collections.abc import Callable

from django.http import HttpRequest

# Called with a POST request of a signed-in member of staff that is refused before any view sees it.
keepers: list[Callable[[HttpRequest], None]] = []


def keep(request: HttpRequest) -> None:
    """Keep what was typed into the form that was sent, to be offered on its page.

    Only for a form of this site, by the browser's own word: another site must not put words into somebody's drafts.
    """
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
        for keeper in keepers:
            keeper(request)
