"""Drills: the mail server refuses, or takes the connection and answers nothing."""

from tests.ops.drills import hurry
from tests.ops.drills.registry import Scene, drill, now
from tests.ops.drills.telling import LEAD, OPERATOR
from tests.support.drills import Visitors

STUCK = "Messages to staff don"  # an apostrophe follows
DANGER = "I want to die tonight, says"


@drill(
    "mail-refused",
    happens="The mail server refuses every mail, and somebody writes that they want to die.",
    sees="A mail “The site needs you” by the second mail server (EMAIL_URL_2). The dead man's switch misses its pings, and pages say "
    "whom to call.",
    does="manage.py doctor --send-test-mail you@example.org, then mend EMAIL_URL or the server. What waits leaves by itself, danger first.",
)
def mail_refused(scene: Scene) -> None:
    scene.begins()
    scene.watch.mail.refuse_with = "421 4.3.2 not today"
    try:
        _is_told_by_the_second(scene)
    finally:
        scene.watch.mail.refuse_with = ""
    _leaves(scene)


@drill(
    "mail-hangs",
    happens="The mail server takes connections and doesn't answer, and somebody writes that they want to die.",
    sees="The same as when it refuses.",
    does="The same as when it refuses.",
)
def mail_hangs(scene: Scene) -> None:
    scene.begins()
    scene.watch.mail.hangs = True
    try:
        _is_told_by_the_second(scene)
    finally:
        scene.watch.mail.hangs = False
    _leaves(scene)


def _is_told_by_the_second(scene: Scene) -> None:
    with Visitors(scene.stage.addresses, threads=1, number=1, words=DANGER) as somebody:
        somebody.wait_for(1)
    # Danger leaves by the second server: that the first takes nothing is seen by all other messages.
    with Visitors(scene.stage.addresses, threads=1, number=1) as another:
        another.wait_for(1)
    told = max(scene.watch.mailed(STUCK, by=scene.watch.second_mail, to=each) for each in (OPERATOR, LEAD))
    scene.watch.on_health("mail_stuck")
    scene.watch.switch_silent()
    spans = (hurry.part("mail"), hurry.ROUND_OF_HOUSEKEEPING)
    scene.is_told("operator and lead by the second mail server; also /health/ and the switch", hurry.really(told, *spans))
    assert not somebody.lost()
    assert not another.lost()


def _leaves(scene: Scene) -> None:
    """Wait until staff were told of the danger by the server that works again; note how long it took."""
    mended = now()
    scene.recovered = scene.watch.well(mended) - mended
