"""Fills a site's database, and looks into it afterwards. Run with the environment of that site; not for a site in use."""

import json
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import django


def tokens(count: str, path: str) -> None:
    """Write `count` form tokens to `path`, percent-encoded, one a line."""
    from urllib.parse import quote

    from intake import form_tokens

    Path(path).write_text("".join(quote(form_tokens.issue(), safe="") + "\n" for _ in range(int(count))))


def verify(path: str) -> None:
    """Open each acknowledged inquiry with the receipt that its visitor was shown; fail when one is missing or there twice."""
    from collections import Counter

    from intake import receipts, sealing, sent_cookie
    from intake.models import Inquiry, Receipt

    opened: Counter[str] = Counter()
    for one in json.loads(Path(path).read_text()):
        sent = sent_cookie.unpack(one["sent"])
        assert sent is not None, "the cookie after sending can't be read"
        lookup, key = receipts.derive(tuple(sent.words))
        row = Receipt.objects.select_related("inquiry").get(lookup=lookup)
        case_key = receipts.unwrap(row.wrapped, row.inquiry_id, key)
        payload = sealing.open_sealed("inquiry", row.inquiry_id, row.inquiry.sealed, case_key)
        assert payload["message"] == one["message"], "another inquiry's words"
        opened[one["message"]] += 1
    twice = [message for message, times in opened.items() if times > 1]
    stored = Inquiry.objects.count()
    notified = Inquiry.objects.filter(deliveries__isnull=False).distinct().count()
    print(f"    all {len(opened)} are there and open with their receipts, {len(twice)} of them twice")
    print(f"    {stored} are stored, {notified} of them with a notification")
    assert not twice
    assert notified == stored


def guides(count: str) -> None:
    """Make `count` guides in all, each with five editions, with the texts of the starter guides in other words and order."""
    from django.db import transaction
    from django.utils import timezone

    from articles.models import Address, Edition, Guide
    from articles.searching import index

    chance = random.Random(7)
    originals = list(Guide.objects.filter(live_edition__isnull=False, language="en").select_related("live_edition"))
    texts = Edition.objects.filter(guide__in=originals)
    words = sorted({word for edition in texts for word in edition.html.split() if word.isalpha() and len(word) > 3})
    made = []
    for number in range(int(count) - Guide.objects.count()):
        original = originals[number % len(originals)]
        title = f"{original.title.split(':')[0]} {' '.join(chance.sample(words, 2))} {number}"[:150]
        made.append((original, Guide(**_values(original, Guide), slug=f"{original.slug[:60]}-{number}", title=title)))
    for part in range(0, len(made), 500):
        with transaction.atomic():
            rows = Guide.objects.bulk_create([guide for _original, guide in made[part : part + 500]])
            editions = []
            for (original, _guide), row in zip(made[part : part + 500], rows, strict=True):
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
    """Return the fields of a row that a copy takes over: all but its identity."""
    left_out = {"id", "slug", "title", "live_edition_id", "guide_id", "number", "html", "published_at", "starter_digest", "original_id"}
    fields = [field for field in model._meta.concrete_fields if not field.generated and field.attname not in left_out]
    return {field.attname: getattr(row, field.attname) for field in fields}


def inquiries(count: str) -> None:
    """Make `count` inquiries in 20 centres; those that open are named in the file "samples" of the data folder."""
    from benchmarks.many_inquiries import make

    make(int(count))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
    django.setup()
    TASKS: dict[str, Callable[..., None]] = {
        "tokens": tokens,
        "verify": verify,
        "guides": guides,
        "inquiries": inquiries,
    }
    TASKS[sys.argv[1]](*sys.argv[2:])
