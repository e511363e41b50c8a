"""What is free: staff say it in one press, visitors read it for a day."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from lxml import html

from intake.admission import openings
from intake.models import Availability
from recovery_site.verbs import NotAllowed, Refused

pytestmark = pytest.mark.django_db
SAY = "/admin/intake/centre/openings/"


@pytest.fixture
def offering(riverside):
    """Riverside, which offers detox and outpatient treatment."""
    riverside.levels = ["detox", "outpatient"]
    riverside.save()
    return riverside


def shown(client, path="/centers/riverside/"):
    section = html.fromstring(client.get(path).content).cssselect("section[aria-labelledby=openings]")
    return " ".join(section[0].text_content().split()) if section else ""


def test_amara_says_in_one_press_that_a_bed_is_free_and_visitors_read_it(client, offering, amara):
    client.force_login(amara)
    panel = html.fromstring(client.get("/admin/").content).cssselect("section[aria-labelledby=panel-openings]")[0]
    form = next(form for form in panel.cssselect("form") if "Detox" in form.text_content())
    pressed = {field.get("name"): field.get("value") for field in form.cssselect("input[type=hidden]")} | {"state": "today"}
    answer = client.post(form.get("action"), pressed, follow=True)
    assert "Visitors now read: Detox, a place today." in answer.content.decode()
    text = shown(client)
    assert "Detox: a place today (said Wednesday, November 25, 11:01 a.m.)" in text
    assert "Outpatient" not in text
    assert "only say after we have talked" in text
    assert "Detox: a place today" in client.get("/centers/").content.decode()


def test_it_is_gone_after_a_day(client, offering, amara):
    openings.say(offering, "detox", "today", by=amara)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=23, minutes=59)):
        assert "a place today" in shown(client)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=24, minutes=1)):
        assert shown(client) == ""


def test_the_last_word_counts_and_every_word_stays_on_record(client, offering, amara, luisa):
    for person, state in ((amara, "today"), (luisa, "waiting")):
        openings.say(offering, "detox", state, by=person)
    assert "Detox: a waiting list" in shown(client)
    openings.say(offering, "detox", "", by=luisa)
    assert shown(client) == ""
    said = list(Availability.objects.values_list("said_by__username", "state"))
    assert said == [("amara", "today"), ("luisa", "waiting"), ("luisa", "")]


def test_noor_can_not_speak_for_another_centre(client, offering, noor):
    with pytest.raises(NotAllowed):
        openings.say(offering, "detox", "today", by=noor)
    client.force_login(noor)
    assert client.post(SAY, {"centre": offering.pk, "level": "detox", "state": "today"}).status_code == 403
    assert not Availability.objects.exists()


@pytest.mark.parametrize(("level", "state"), [("residential", "today"), ("detox", "soon"), ("", "")])
def test_what_the_centre_does_not_offer_can_not_be_said(client, offering, amara, level, state):
    with pytest.raises(Refused):
        openings.say(offering, level, state, by=amara)
    client.force_login(amara)
    page = client.post(SAY, {"centre": offering.pk, "level": level, "state": state}, follow=True).content.decode()
    assert "Choose one of the levels of care that your center offers." in page
    assert not Availability.objects.exists()


def test_a_centre_that_offers_no_level_is_not_asked(client, riverside, amara):
    client.force_login(amara)
    assert "panel-openings" not in client.get("/admin/").content.decode()
