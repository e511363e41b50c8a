"""What a monitor is told, and nobody else."""

import json
import re

import pytest
import yaml
from django.test import Client
from django.utils import timezone

from intake.health import metrics
from intake.models import Heartbeat
from intake.notifications import heartbeats
from tests.intake.health.test_watch import silence
from tests.support.site import ROOT

pytestmark = pytest.mark.django_db
TOKEN = "c" * 64


@pytest.mark.parametrize("address", ["/health/", "/metrics"])
def test_a_program_on_this_machine_may_ask_and_nobody_through_the_proxy(address):
    client = Client()
    assert client.get(address).status_code in (200, 503)
    assert client.get(address, REMOTE_ADDR="203.0.113.9").status_code == 404
    assert client.get(address, HTTP_X_REAL_IP="203.0.113.9").status_code == 404
    assert client.get(address, HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 404
    assert client.post(address).status_code == 405


def test_a_monitor_elsewhere_brings_the_token(settings):
    def ask(header):
        return Client().get("/health/", REMOTE_ADDR="203.0.113.9", HTTP_X_REAL_IP="203.0.113.9", HTTP_AUTHORIZATION=header).status_code

    assert ask("Bearer ") == 404, "no token is set, so none opens"
    settings.HEALTH_TOKEN = TOKEN
    assert ask(f"Bearer {TOKEN}") == 503
    assert ask("Bearer " + "d" * 64) == 404
    assert ask("Bearer ñ") == 404


def test_it_says_ok_or_what_is_wrong_and_no_cache_keeps_it(settings, riverside):
    settings.PAGE_CACHE_SECONDS = 10
    silence("", 0)
    answer = Client().get("/health/")
    assert (answer.status_code, json.loads(answer.content)) == (200, {"ok": True, "issues": []})
    assert "no-store" in answer["Cache-Control"]
    silence("worker", 6)
    answer = Client().get("/health/")
    assert (answer.status_code, json.loads(answer.content)) == (503, {"ok": False, "issues": ["worker_silent"]})


def test_a_database_that_is_away_is_said_too(monkeypatch):
    from django.db import OperationalError

    def away(*arguments):
        raise OperationalError

    monkeypatch.setattr("intake.health.state._codes", away)
    assert json.loads(Client().get("/health/").content) == {"ok": False, "issues": ["database"]}


def test_the_figures_are_of_the_site_and_of_nobody(inquiry, luisa):
    silence("worker", 6)
    text = Client().get("/metrics").content.decode()
    assert "recovery_ok 0.0" in text
    assert 'recovery_issue{code="worker_silent"} 1.0' in text
    assert "recovery_worker_silent_seconds 360" in text
    text += metrics.text(timezone.now()).decode()  # the visitors' half, which answers here, doesn't know what waits
    assert "recovery_notifications_waiting 1.0" in text
    for word in (inquiry.reference, "luisa", "Riverside", "riverside", "python_info", "process_"):
        assert word not in text


def test_a_site_behind_https_answers_its_own_machine_without_it(settings):
    settings.SECURE_SSL_REDIRECT = True
    Heartbeat.objects.all().delete()
    heartbeats.beat(Heartbeat.Part.WORKER, timezone.now())
    assert Client().get("/health/").status_code == 200


def test_each_alert_asks_for_figures_that_the_half_shows_which_it_is_asked_of(site, monkeypatch):
    """And rings when they aren't there: an alert without a series says nothing, for ever."""
    shown = {"staff": metrics.text(timezone.now()).decode()}
    monkeypatch.setattr("intake.health.state.roles.is_restricted", lambda: True)
    shown["visitors"] = metrics.text(timezone.now()).decode()
    text = (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text()
    scraped = yaml.safe_load(re.search(r"^# (scrape_configs:\n(?:#   .*\n)+)", text, re.MULTILINE)[1].replace("\n#", "\n"))
    [job] = scraped["scrape_configs"]
    assert {half["labels"]["half"] for half in job["static_configs"]} == set(shown)

    for rule in yaml.safe_load(text)["groups"][0]["rules"]:
        selectors = re.findall(r"\b(up|recovery_\w+)\b(\{[^}]*\})?", rule["expr"])
        assert selectors, rule["alert"]
        for name, labels in selectors:
            halves = re.findall(r'half="(\w+)"', labels) or list(shown)
            if name != "up":  # Prometheus's own
                assert [half for half in halves if not re.search(rf"^{name}[ {{]", shown[half], re.MULTILINE)] == [], (rule["alert"], name)
            assert f"absent({name}" in rule["expr"], rule["alert"]


def test_a_site_without_a_backup_shows_no_age_of_one(site):
    (site.DATA_DIR / "backups.json").unlink()
    assert "recovery_backup_data_age_seconds" not in metrics.text(timezone.now()).decode(), "so the alert asks for absent()"
