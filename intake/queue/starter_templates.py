"""The reply templates that ship with the site, for all centres, in every language that has them."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from intake.models import ReplyTemplate

FILE = Path(__file__).parents[1] / "data" / "reply_templates.toml"


def shipped() -> Iterator[ReplyTemplate]:
    """Yield the templates of the file, not saved."""
    for template in tomllib.loads(FILE.read_text(encoding="utf-8"))["template"]:
        for language, words in template.items():
            yield ReplyTemplate(language=language, title=words["title"], body=words["body"].strip())


@transaction.atomic
def load() -> int:
    """Add the templates whose title no template for all centres has in that language; return how many. What staff changed stays."""
    present = set(ReplyTemplate.objects.filter(centre=None).values_list("language", "title"))
    new = [template for template in shipped() if (template.language, template.title) not in present]
    ReplyTemplate.objects.bulk_create(new)
    return len(new)
