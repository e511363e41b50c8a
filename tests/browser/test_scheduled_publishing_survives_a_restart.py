"""A guide scheduled for a time when the site is down is published when the site runs again."""

import time
import urllib.error
import urllib.request

import pytest

from tests.support.site import site_like

pytestmark = pytest.mark.browser

PATIENCE = 300  # seconds
SCHEDULE = """
import datetime as dt
from django.utils import timezone
from accounts.models import User
from articles.models import Guide
from articles.workflow import publishing, review, review_gate
from tests.articles.guides import approve
editor, reviewer = (User.objects.get(username=name) for name in ("demo-editor", "demo-reviewer"))
guide = Guide.objects.create(
    title="Rest", slug="rest", summary="Why rest helps.", body="<h2>Rest</h2><p>Lie down when you can.</p>", created_by=editor
)
for one in review_gate.reviewed_findings(guide):
    if one.wants_reason:
        review_gate.justify(guide, by=editor, key=one.finding.key, reason="A guide for a test.")
guide = approve(review.submit(guide, by=editor), by=reviewer)
publishing.schedule(guide, by=editor, publish_at=timezone.now() + dt.timedelta(hours=1))
"""
AN_HOUR_PASSES = """
import datetime as dt
from django.db.models import F
from articles.models import Guide
Guide.objects.filter(slug="rest").update(publish_at=F("publish_at") - dt.timedelta(hours=1))
"""


def status(url):
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=PATIENCE) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_guide_scheduled_during_downtime_is_published_after_the_restart(tmp_path, site_template, static_folder, live_cluster):
    with site_like(site_template, tmp_path / "data", static_folder, live_cluster) as site:
        site.manage("shell", "-c", SCHEDULE)
        assert status(f"{site.url}/guides/rest/") == 404
        site.stop()
        site.manage("shell", "-c", AN_HOUR_PASSES)
        site.start()
        deadline = time.monotonic() + PATIENCE
        while (answer := status(f"{site.url}/guides/rest/")) != 200 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert answer == 200
