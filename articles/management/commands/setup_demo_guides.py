"""manage.py setup_demo_guides: give the demo's editor and reviewer something to do."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.models import User
from articles import events, snapshots
from articles.models import Guide, GuideEvent
from articles.workflow import comments, review

# Title, text, whether it is in review.
DRAFTS = (
    ("Your first visit (demo draft)", "<h2>What to bring</h2><p>Bring your medicines in their boxes, if you have any.</p>", True),
    ("Sleeping again (demo draft)", "<h2>The first weeks</h2><p>Sleep is often short in the first weeks. It gets better.</p>", False),
)
COMMENT = "Could we say how long this lasts for most people? (demo)"


class Command(BaseCommand):
    help = "Add two drafts and an open comment for demo-editor and demo-reviewer. Does nothing without them, or a second time."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        editor, reviewer = (User.objects.filter(username=name).first() for name in ("demo-editor", "demo-reviewer"))
        if editor is None or reviewer is None or Guide.objects.filter(created_by=editor).exists():
            return
        for number, (title, body, in_review) in enumerate(DRAFTS, start=1):
            guide = Guide.objects.create(
                title=title, slug=f"demo-draft-{number}", language="en", body=body, created_by=editor, last_edited_by=editor, owner=editor
            )
            events.record(guide, GuideEvent.Kind.CREATED, by=editor, digest=snapshots.digest_of(guide))
            if in_review:
                review.submit(guide, by=editor)
        live = Guide.objects.live().filter(language="en").order_by("title").first()
        if live is not None:
            comments.add(live, by=reviewer, text=COMMENT, section=next(iter(comments.sections(live)), ""))
