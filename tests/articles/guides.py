"""Texts that the editorial checks let through, for guides of opioids and withdrawal too, and a guide made of one."""

from typing import Any

from accounts.models import User
from articles.models import Guide, Source
from articles.safety import must_carry
from articles.workflow import publishing, review

# What an approval asks of a guide about opioids: an emergency part with signs, naloxone, that tolerance falls, what must not be
# mixed, pregnancy, and the crisis line.
EMERGENCY = (
    "<aside class='callout callout-emergency'><p class='callout-title'>Get help now</p>"
    "<p>Call 911 if someone can’t be woken, breathes slowly or has blue lips, and give naloxone.</p></aside>"
)
SAFETY = (
    "<p>Tolerance falls within days: a dose that was usual before can kill. Call or text 988 when you think of dying.</p>"
    "<p>Never take opioids together with alcohol, benzodiazepines, gabapentin or muscle relaxants: that can stop the breathing. "
    "If you are pregnant, don’t stop suddenly: call a clinic first.</p>"
)

# What it asks of a guide about overdose on top of that.
STEPS = (
    "<h2>What to do</h2><ol><li>Call 911.</li><li>Give naloxone.</li><li>Give breaths, or CPR.</li><li>Turn them on their side.</li>"
    "<li>Stay with them.</li><li>Give a second dose after three minutes.</li></ol>"
    "<p>Never put them in a cold shower, and don’t let them sleep it off.</p>"
)


def sourced(title, slug, body="<p>It passes.[1]</p>", **fields) -> Guide:
    """Make a draft in which nothing is found: `body` (with the number [1]) and what it says about safety, and its one source."""
    safety = EMERGENCY + SAFETY if fields.get("language", "en") == "en" else ""
    guide = Guide.objects.create(title=title, slug=slug, body=body + safety, **fields)
    Source.objects.create(
        guide=guide, number=1, title="A handbook", publisher="Example Press", year=2024, url="https://example.org/handbook"
    )
    return guide


def ticked(guide: Guide) -> dict[str, must_carry.Answer]:
    """Return what a reviewer answers who finds each fact where its words stand, or else in the first section."""
    facts = must_carry.fact_list(guide)
    return {one.fact.id: must_carry.Answer(ticked=True, place=one.proposed or facts.sections[0]) for one in facts.asked}


def approve(guide: Guide, *, by: User, **given: Any) -> Guide:
    """Approve a guide in review with every fact ticked."""
    return review.approve(guide, by=by, **{"answers": ticked(guide), **given})


def approve_and_publish(guide: Guide, *, by: User) -> Any:
    """Approve a guide in review with every fact ticked, and publish it."""
    return publishing.approve_and_publish(guide, by=by, answers=ticked(guide))


def confirm_unchanged(guide: Guide, *, by: User) -> Guide:
    """Confirm a live guide with every fact ticked."""
    return review.confirm_unchanged(guide, by=by, answers=ticked(guide))


def review_form(guide: Guide, verb: str, **more: Any) -> dict[str, Any]:
    """Return what the browser of a reviewer sends who ticks every fact and presses the button `verb`."""
    guide.refresh_from_db()
    form: dict[str, Any] = {"verb": verb, "version": guide.version}
    for name, answer in ticked(guide).items():
        form |= {f"tick:{name}": "1", f"place:{name}": answer.place, f"reason:{name}": ""}
    return form | more
