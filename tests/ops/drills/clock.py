"""Drill: the clock of the server jumps, and is set right later."""

import json

from tests.ops.drills import hurry
from tests.ops.drills.registry import Scene, drill, now
from tests.ops.drills.stage import Stage

JUMPED = "The clock of the server jumped"
DAYS_AHEAD, DAYS_DUE = 40, 30
LOOKS = 30  # each takes a second or more
# A closed case whose keeping ends, and an approved guide that is published, before the clock's new time.
DUE = f"""
import datetime as dt
from django.utils import timezone
from accounts.models import User
from articles.workflow import publishing, review
from intake.models import Inquiry, RetentionRule
from tests.articles.guides import approve, sourced

closed = Inquiry.objects.order_by("received_at").first()
RetentionRule.objects.update_or_create(centre=closed.centre, outcome="spam", defaults={{"days": {DAYS_DUE}}})
Inquiry.objects.filter(pk=closed.pk).update(
    state="closed", outcome="spam", closed_at=timezone.now(), claimed_by=None, has_unread_message=False, version=closed.version + 1
)
editor, reviewer = (User.objects.get(username=f"demo-{{role}}") for role in ("editor", "reviewer"))
guide = sourced("Sleeping again", f"sleeping-again-{{closed.pk}}"[:50], created_by=editor, last_edited_by=editor, owner=editor)
review.submit(guide, by=editor)
approve(guide, by=reviewer)
publishing.schedule(guide, by=editor, publish_at=timezone.now() + dt.timedelta(days={DAYS_DUE}))
print(closed.pk, guide.pk)
"""
STATE = """
import datetime as dt, json
from django.utils import timezone
from articles.models import Guide
from intake.models import ErasingRound, Inquiry, Notification

closed, guide = "{0}", Guide.objects.get(pk="{1}")
late = timezone.now() + dt.timedelta(days=1)
print(json.dumps({{
    "erased": Inquiry.objects.filter(pk=closed).exclude(erased_at=None).count(),
    "erasing waits": ErasingRound.objects.filter(state="waits", why="clock").count(),
    "guide": [guide.state, guide.live_edition_id, guide.publish_at is not None],
    "of the future": Inquiry.objects.filter(received_at__gt=late).count()
    + Notification.objects.filter(state="pending", next_attempt_at__gt=late).count(),
}}))
"""


@drill(
    "clock-jump",
    happens=f"The clock of the machine jumps {DAYS_AHEAD} days ahead under all processes, with a closed case that is to be erased and a "
    f"guide that is to be published in {DAYS_DUE} days. Later it is set right. (PostgreSQL keeps the true time.)",
    sees="A mail “The site needs you: the clock of the server jumped”, the same line on the staff pages, /health/ says “clock_jumped”, and "
    "the dead man's switch misses its pings. Forms are taken; nothing is erased or published. Staff are signed out.",
    does="timedatectl set-ntp true. Within a minute all goes on by itself. Only if the new time is the true one: manage.py clock "
    "--is-right --by USERNAME.",
)
def clock_jump(scene: Scene) -> None:
    stage = scene.stage
    scene.opens()
    ids = stage.shell(DUE).split()
    scene.breaks()
    stage.clock.set_ahead(days=DAYS_AHEAD)
    try:
        after = hurry.really(scene.watch.mailed(JUMPED), hurry.ROUND_OF_HOUSEKEEPING)
        scene.watch.on_health("clock_jumped")
        scene.watch.switch_silent()
        scene.is_told("the operator by mail; after a minute also /health/ and the switch", after)
        scene.more()
        _is_untouched(stage, ids, waiting=1)
    finally:
        mended = now()
        stage.clock.set_ahead(days=0)
    scene.recovers(mended)
    stage.wait_until_well()
    _is_untouched(stage, ids, waiting=0)


def _is_untouched(stage: Stage, ids: list[str], *, waiting: int) -> None:
    """Check that nothing was erased or published, in each round of housekeeping until one noted that so many rounds of erasing wait."""
    for _look in range(LOOKS):
        state = json.loads(stage.shell(STATE.format(*ids)))
        waits = state.pop("erasing waits")
        assert state == {"erased": 0, "guide": ["approved", None, True], "of the future": 0}
        if waits == waiting:
            return
    raise AssertionError(f"{waits} rounds of erasing wait instead of {waiting}")
