"""The starter library passes the checks."""

import pytest

from articles import checks
from articles.workflow import starter_library

GUIDES = starter_library.read_all()
ADDRESSES = {guide.key for guide in GUIDES}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: "/".join(guide.key))
def test_no_guide_has_an_error(guide):
    findings = checks.run(guide.snapshot, addresses=ADDRESSES)
    assert [(finding.check, finding.message, finding.excerpt) for finding in findings if finding.level is checks.Level.ERROR] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: "/".join(guide.key))
def test_no_guide_shames_anybody_or_promises_too_much(guide):
    findings = checks.run(guide.snapshot, only=["respectful-terms", "overclaims"])
    assert [(finding.message, finding.excerpt) for finding in findings if finding.level is not checks.Level.NOTE] == []
