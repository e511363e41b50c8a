"""The named people and things of both halves of the site, for tests that attack it."""

from tests.articles.conftest import ada, approved, draft, edda, emil, opal, published, rafael, ruth, silent_checks, tom
from tests.intake.conftest import (
    amara,
    arrives,
    ben,
    centre_keys,
    edith,
    harbor,
    inquiry,
    luisa,
    noor,
    olga,
    riverside,
    said,
)

__all__ = [
    "ada",
    "amara",
    "approved",
    "arrives",
    "ben",
    "centre_keys",
    "draft",
    "edda",
    "edith",
    "emil",
    "harbor",
    "inquiry",
    "luisa",
    "noor",
    "olga",
    "opal",
    "published",
    "rafael",
    "riverside",
    "ruth",
    "said",
    "silent_checks",
    "tom",
]
