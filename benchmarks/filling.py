"""Fills a site's database with test data and verifies it. Run it in the environment of that site, never in production."""

import json
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from intake.models import Inquiry


def tokens(count: str, path: str) -> None:
    """Write `count` form tokens to `path`, percent-encoded, one per line."""
    from urllib.parse import quote

    from intake.submission import form_tokens

    Path(path).write_text("".join(quote(form_tokens.issue(), safe="") + "\n" for _ in range(int(count))))


def verify(path: str) -> None:
    """Open each acknowledged inquiry with its receipt. Fails if one is missing or duplicated.

    Then send what the killed workers left, as the next worker does when their leases are over; fail when something isn't sent.
    """
    from django.utils import timezone

    from intake.models import Inquiry, Notification
    from intake.notifications import outbox

    _open_each(json.loads(Path(path).read_text()))
    stored = Inquiry.objects.count()
    notified = Inquiry.objects.filter(notifications__isnull=False).distinct().count()
    print(f"    {stored} are stored, {notified} of them with a notification")
    assert notified == stored
    later = timezone.now() + outbox.LEASE
    before = Notification.objects.filter(state=Notification.State.SENT).count()
    outbox.send_all_due(later)
    sent = Notification.objects.filter(state=Notification.State.SENT).count()
    left = Notification.objects.exclude(state=Notification.State.SENT).filter(next_attempt_at__lte=later).count()
    print(f"    {sent} notifications sent, {sent - before} of them after the last kill; {left} that are due not sent")
    assert not left


def _open_each(acknowledged: list[dict[str, str]]) -> None:
    from intake.crypto import receipts, sealing
    from intake.models import Receipt
    from intake.submission import receipt_cookie

    opened: Counter[str] = Counter()
    for form in acknowledged:
        sent = receipt_cookie.unpack(form["sent"])
        assert sent is not None, "the cookie after sending can't be read"
        lookup, key = receipts.derive(tuple(sent.words))
        row = Receipt.objects.select_related("inquiry").get(lookup=lookup)
        case_key = receipts.unwrap(row.wrapped, row.inquiry_id, key)
        payload = sealing.open_sealed("inquiry", row.inquiry_id, row.inquiry.sealed, case_key)
        assert payload["message"] == form["message"], "another inquiry's words"
        opened[form["message"]] += 1
    twice = [message for message, times in opened.items() if times > 1]
    print(f"    all {len(opened)} are there and open with their receipts, {len(twice)} of them twice")
    assert not twice


def people(count: str) -> None:
    """Create `count` staff of the first centre with sessions, listed in the file "people" of the data folder."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils import timezone

    from accounts.models import User
    from accounts.sessions.store import DEVICE, SIGNED_IN_AT, USED_AT, WAY, SessionStore
    from intake.models import Centre, Inquiry, Membership

    centre = Centre.objects.get(is_default=True)
    Inquiry.objects.filter(centre=centre).exclude(state="closed").update(state="closed", outcome="informed", closed_at=timezone.now())
    signed_in = []
    for number in range(int(count)):
        person = User.objects.create(username=f"crowd-{number}", display_name=f"Crowd {number}", is_staff=True)
        Membership.objects.create(user=person, centre=centre, notify=False)
        session = SessionStore()
        now = timezone.now().timestamp()
        session.update(
            {
                SIGNED_IN_AT: now,
                USED_AT: now,
                WAY: "password",
                DEVICE: "computer",
                SESSION_KEY: str(person.pk),
                BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                HASH_SESSION_KEY: person.get_session_auth_hash(),
            }
        )
        session.create()
        signed_in.append({"name": person.username, "session": session.session_key})
    Path(settings.DATA_DIR, "people").write_text(json.dumps(signed_in))


def verify_crowd(path: str) -> None:
    """Compare the stored data with the acknowledged writes, case by case: nothing may be missing or duplicated."""
    from benchmarks.many_inquiries import SAMPLES
    from intake.models import Inquiry

    record = json.loads(Path(path).read_text())
    _open_each(record["arrived"])
    stored = Inquiry.objects.filter(submission__isnull=False).count() - SAMPLES
    assert stored == len(record["arrived"]), f"{stored} inquiries are stored"
    cases: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for write in record["writes"]:
        cases[write["case"]].append(write)
    for reference, writes in cases.items():
        _verify_case(Inquiry.objects.get(reference=reference), writes)
    kinds = Counter(write["kind"] for write in record["writes"])
    print(f"    in {len(cases)} cases nothing is lost and nothing there twice: " + ", ".join(f"{n} x {kind}" for kind, n in kinds.items()))


def _verify_case(case: "Inquiry", writes: list[dict[str, str]]) -> None:
    from intake.cases import case_keys
    from intake.crypto import sealing

    key = case_keys.for_indexing(case)
    acknowledged = {kind: sorted(write["text"] for write in writes if write["kind"] == kind) for kind in ("note", "attempt", "reply")}
    rows: dict[str, Iterable[Any]] = {
        "note": case.internal_notes.all(),
        "attempt": case.attempts.all(),
        "reply": case.messages.filter(sender="staff"),
    }
    for kind, found in rows.items():
        sealed_as = "message" if kind == "reply" else kind
        stored = sorted(sealing.open_sealed(sealed_as, row.pk, bytes(row.sealed), key)["text"] for row in found)
        assert stored == acknowledged[kind], f"{case.reference}: {kind}s are {stored}, acknowledged were {acknowledged[kind]}"
    owners = [write["by"] for write in writes if write["kind"] == "claim"]
    assert len(owners) == 1, f"{case.reference} was won by {owners}"
    owner = case.claimed_by.username if case.claimed_by else "nobody"
    assert owner == owners[0], f"{case.reference} is with {owner}, not {owners[0]}"
    events = Counter(case.events.values_list("kind", flat=True))
    counted = (events["claimed"], events["note_added"], events["attempted"], events["replied"])
    assert counted == (1, *(len(texts) for texts in acknowledged.values())), f"{case.reference}: the events are {dict(events)}"
    attempts, replies = len(acknowledged["attempt"]), len(acknowledged["reply"])
    assert case.attempts_made == attempts, f"{case.reference}: {case.attempts_made} attempts counted"
    # Each of these increments the version, so an overwritten change would leave the version too low.
    assert case.version == 1 + 1 + attempts + replies, f"{case.reference}: version {case.version}"


def guides(count: str) -> None:
    """Create `count` guides with five editions each, with texts derived from the starter guides."""
    from django.db import transaction
    from django.utils import timezone

    from articles.models import Address, Edition, Guide
    from articles.search import index

    chance = random.Random(7)
    originals = list(Guide.objects.filter(live_edition__isnull=False, language="en").select_related("live_edition"))
    texts = Edition.objects.filter(guide__in=originals)
    words = sorted({word for edition in texts for word in edition.html.split() if word.isalpha() and len(word) > 3})
    guides = []
    for number in range(int(count) - Guide.objects.count()):
        original = originals[number % len(originals)]
        title = f"{original.title.split(':')[0]} {' '.join(chance.sample(words, 2))} {number}"[:150]
        guides.append((original, Guide(**_values(original, Guide), slug=f"{original.slug[:60]}-{number}", title=title)))
    for part in range(0, len(guides), 500):
        with transaction.atomic():
            rows = Guide.objects.bulk_create([guide for _original, guide in guides[part : part + 500]])
            editions = []
            for (original, _guide), row in zip(guides[part : part + 500], rows, strict=True):
                live = original.live_edition
                assert live
                extra = "<p>" + " ".join(chance.sample(words, 60)) + ".</p>"
                for number in range(1, 6):
                    values = _values(live, Edition) | {"guide_id": row.pk, "number": number, "slug": row.slug, "title": row.title}
                    values |= {"html": live.html + extra, "published_at": timezone.now()}
                    editions.append(Edition(**values))
            newest = {edition.guide_id: edition for edition in Edition.objects.bulk_create(editions) if edition.number == 5}
            for row in rows:
                row.live_edition = newest[row.pk]
            Guide.objects.bulk_update(rows, ["live_edition"])
            Address.objects.bulk_create([Address(language=row.language, slug=row.slug, guide=row) for row in rows])
    index.rebuild()


def _values(row, model):
    """Return the fields of a row to copy: all except its identity."""
    left_out = {"id", "slug", "title", "live_edition_id", "guide_id", "number", "html", "published_at", "starter_digest", "original_id"}
    fields = [field for field in model._meta.concrete_fields if not field.generated and field.attname not in left_out]
    return {field.attname: getattr(row, field.attname) for field in fields}


def text(slug: str, path: str) -> None:
    """Write the content of the English guide `slug` to `path` as JSON, for another system to show."""
    from articles.models import Edition

    edition = Edition.objects.live().get(language="en", slug=slug)
    names = ("title", "slug", "summary", "html", "at_a_glance", "sources")
    Path(path).write_text(json.dumps({name: getattr(edition, name) for name in names}))


def drain(count: str) -> None:
    """Receive `count` inquiries and send the notifications of all of them as a worker does; print how long that took."""
    from django.utils import timezone

    from intake.cases.inquiry_data import InquiryData
    from intake.models import Notification
    from intake.notifications import outbox
    from intake.submission import receive

    outbox.send_all_due()
    for number in range(int(count)):
        receive.receive(InquiryData(message=f"message {number}"), form_token=os.urandom(16))
    sent = Notification.objects.filter(state=Notification.State.SENT).exclude(channel="all")
    before, wall, processor = sent.count(), time.perf_counter(), time.process_time()
    outbox.send_all_due()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(
        f"  {count} inquiries, {sent.count() - before} mails: {int(count) / wall:.0f} inquiries a second; "
        f"processor time of the worker {processor * 1000 / int(count):.2f} ms an inquiry"
    )
    assert not outbox.due(timezone.now()).exists()


def inquiries(count: str) -> None:
    """Create `count` inquiries in 20 centres. Those that can be opened are listed in the file "samples" of the data folder."""
    from benchmarks.many_inquiries import make

    make(int(count))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
    django.setup()
    TASKS: dict[str, Callable[..., None]] = {
        "tokens": tokens,
        "verify": verify,
        "drain": drain,
        "guides": guides,
        "text": text,
        "inquiries": inquiries,
        "people": people,
        "verify_crowd": verify_crowd,
    }
    TASKS[sys.argv[1]](*sys.argv[2:])
