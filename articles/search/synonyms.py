"""Loads the list of search synonyms that comes with the site. Editors extend it in the admin."""

import tomllib
from pathlib import Path

from django.db import transaction

from articles.models import Synonym

FILE = Path(__file__).parent.parent / "data" / "synonyms.toml"


class BadSynonymFile(Exception):
    """A synonym file is invalid. The message says where."""


@transaction.atomic
def load(file: Path = FILE) -> int:
    """Add the synonyms in `file` that don't exist yet. Return how many. Existing ones are kept as they are."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSynonymFile(f"{file.name}: {error}") from None
    existing = set(Synonym.objects.values_list("language", "term"))
    new = []
    for language, terms in content.items():
        if not isinstance(terms, dict) or not all(isinstance(means, str) for means in terms.values()):
            raise BadSynonymFile(f"{file.name}: [{language}] must hold lines such as “dope” = “heroin”.")
        new += [Synonym(language=language, term=term, means=means) for term, means in terms.items() if (language, term) not in existing]
    return len(Synonym.objects.bulk_create(new))
