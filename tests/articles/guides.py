"""Texts that the editorial checks let through, for guides of opioids and withdrawal too, and a guide made of one."""

from articles.models import Guide, Source

# What an approval asks of a guide about opioids: an emergency part, naloxone, that tolerance falls, and the crisis line.
EMERGENCY = (
    "<aside class='callout callout-emergency'><p class='callout-title'>Get help now</p>"
    "<p>Call 911 when someone can’t be woken, and give naloxone.</p></aside>"
)
SAFETY = "<p>Tolerance falls within days: a dose that was usual before can kill. Call or text 988 when you think of dying.</p>"


def sourced(title, slug, body="<p>It passes.[1]</p>", **fields) -> Guide:
    """Make a draft in which nothing is found: `body` (with the number [1]) and what it says about safety, and its one source."""
    safety = EMERGENCY + SAFETY if fields.get("language", "en") == "en" else ""
    guide = Guide.objects.create(title=title, slug=slug, body=body + safety, **fields)
    Source.objects.create(
        guide=guide, number=1, title="A handbook", publisher="Example Press", year=2024, url="https://example.org/handbook"
    )
    return guide
