"""The list of lay words that search understands, as it comes with the product. Editors go on from there."""

import tomllib
from pathlib import Path

from django.db import transaction

from articles.models import Synonym

FILE = Path(__file__).parent.parent / "data" / "synonyms.toml"


class BadSynonymFile(Exception):
    """The file is no list of synonyms; the message says where."""


@transaction.atomic
def load(file: Path = FILE) -> int:
    """Add the synonyms of `file` that aren't there yet, and return how many that were. What editors changed stays."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSynonymFile(f"{file.name}: {error}") from None
    there = set(Synonym.objects.values_list("language", "term"))
    new = []
    for language, terms in content.items():
        if not isinstance(terms, dict) or not all(isinstance(means, str) for means in terms.values()):
            raise BadSynonymFile(f"{file.name}: [{language}] must hold lines such as “dope” = “heroin”.")
        new += [Synonym(language=language, term=term, means=means) for term, means in terms.items() if (language, term) not in there]
    return len(Synonym.objects.bulk_create(new))
