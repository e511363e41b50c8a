"""Whom to call, and whether somebody is there: the same words in the foot of every page, on the centre's page and beside the form."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import OperationalError
from django.utils.translation import override
from lxml import html

from intake.models import Event, Holiday, Inquiry, OpeningHours
from intake.notifications.escalation import escalate
from intake.scheduling import response_times
from intake.scheduling.front_desk import open_state
from intake.scheduling.opening_hours import CentreHours

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")


def at(day, hour, minute=0, month=11):
    """Return a time in 2026 in New York; November 25 is a Wednesday."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK)


def raise_operational_error(now):
    raise OperationalError


def words(centre, moment, language="en"):
    with override(language):
        return open_state(centre, moment).words


@pytest.mark.parametrize(
    ("moment", "english", "spanish"),
    [
        (at(25, 11), "open until 5 p.m. (EST)", "abierto hasta las 5:00 p.\u00a0m. (EST)"),
        (at(25, 7), "closed now, opens at 9 a.m. (EST)", "cerrado ahora, abre a las 9:00 a.\u00a0m. (EST)"),
        (at(25, 17), "closed now, opens tomorrow at 9 a.m. (EST)", "cerrado ahora, abre mañana a las 9:00 a.\u00a0m. (EST)"),
        (at(27, 20), "closed now, opens Monday at 9 a.m. (EST)", "cerrado ahora, abre el lunes a las 9:00 a.\u00a0m. (EST)"),
    ],
)
def test_riverside_says_whether_somebody_is_there_and_until_when(riverside, moment, english, spanish):
    assert words(riverside, moment) == english
    assert words(riverside, moment, "es") == spanish


def test_day_and_night_is_one_tick(riverside):
    riverside.always_open = True
    riverside.save()
    assert words(riverside, at(29, 3)) == "open day and night"
    assert {day.name: day.hours for day in CentreHours(riverside).week()}["Sunday"] == ["day and night"]
    Holiday.objects.create(centre=riverside, day=dt.date(2026, 11, 29))
    assert words(riverside, at(29, 3)) == "closed now, opens tomorrow at midnight (EST)"


def test_a_night_shift_closes_in_the_morning(riverside):
    OpeningHours.objects.all().delete()
    for weekday, opens, closes in ((2, dt.time(22), dt.time(23, 59)), (3, dt.time(0), dt.time(6))):
        OpeningHours.objects.create(centre=riverside, weekday=weekday, opens=opens, closes=closes)
    assert words(riverside, at(25, 23)) == "open until 6 a.m. (EST)"


def test_a_half_day_counts_instead_of_the_usual_hours(riverside):
    Holiday.objects.create(centre=riverside, day=dt.date(2026, 11, 25), opens=dt.time(10), closes=dt.time(13), name="Before Thanksgiving")
    assert words(riverside, at(25, 9, 30)) == "closed now, opens at 10 a.m. (EST)"
    assert words(riverside, at(25, 12)) == "open until 1 p.m. (EST)"
    assert CentreHours(riverside).minutes_between(at(25, 0), at(26, 0)) == 180
    assert response_times.response_due_at(riverside, 60, at(25, 12, 30)) == at(26, 9, 30)


def test_a_centre_without_hours_claims_nothing(harbor):
    assert words(harbor, at(25, 12)) == ""


def test_hours_that_were_stored_twice_count_once(riverside):
    OpeningHours.objects.all().delete()
    for opens, closes in ((9, 13), (12, 17)):
        OpeningHours.objects.create(centre=riverside, weekday=2, opens=dt.time(opens), closes=dt.time(closes))
    assert response_times.response_due_at(riverside, 120, at(25, 12)) == at(25, 14)
    assert CentreHours(riverside).minutes_between(at(25, 12), at(25, 17)) == 300


class TestWhenRiversideIsClosedForWeeks:
    @pytest.fixture
    def closed(self, riverside):
        riverside.phone = "+1 202 555 0143"
        riverside.save()
        return Holiday.objects.create(
            centre=riverside, day=dt.date(2026, 11, 25), last_day=dt.date(2026, 12, 20), name="Moving", answered_by="Hillside, 202-555-0199"
        )

    def test_it_says_until_when_and_who_answers(self, client, closed, riverside):
        assert words(riverside, at(25, 11)) == "closed now, opens Monday, December 21, at 9 a.m. (EST)"
        page = html.fromstring(client.get("/centers/riverside/").content)
        assert "November 25 – December 20 (Moving): closed." in " ".join(page.text_content().split())
        assert page.cssselect('main a[href="tel:+12025550199"]')

    def test_the_form_lists_no_hours_that_are_not_kept(self, client, closed):
        main = html.fromstring(client.get("/contact/").content).cssselect("main")[0]
        text = " ".join(main.text_content().split())
        assert "the next opening is Monday, December 21, 9 a.m." in text
        assert "Who answers meanwhile: Hillside, 202-555-0199" in text
        assert "9 a.m. – 5 p.m." not in text

    def test_search_lists_none_either(self, client, closed):
        card = html.fromstring(client.get("/search/?q=opening+hours").content).cssselect(".centre-answer")[0].text_content()
        assert "Closed now, opens Monday, December 21" in card
        assert "9 a.m. – 5 p.m." not in card

    def test_a_request_has_a_promise_and_the_person_on_call_learns_of_it_after_reopening(self, closed, riverside, arrives, luisa):
        due = response_times.response_due_at(riverside, 60, at(25, 12))
        assert due == at(21, 10, month=12)
        case = arrives(received_at=at(25, 12), answer_by=due)
        escalate(at(18, 12, month=12))
        assert Inquiry.objects.get(pk=case.pk).escalated_at is None
        escalate(at(21, 9, 31, month=12))
        assert Inquiry.objects.get(pk=case.pk).escalated_at == at(21, 9, 31, month=12)
        assert case.events.filter(kind__in=(Event.Kind.ESCALATED, Event.Kind.NOBODY_TOLD)).exists()


class TestTheFootOfEveryPage:
    @pytest.fixture
    def called(self, riverside):
        riverside.phone = "+1 (202) 555-0143"
        riverside.save()
        return riverside

    def foot(self, client, path):
        [paragraph] = html.fromstring(client.get(path).content).cssselect("footer .front-desk")
        return paragraph

    @pytest.mark.parametrize("path", ["/", "/guides/", "/contact/", "/search/?q=heroin", "/no-such-page/", "/mailbox/"])
    def test_has_the_phone_and_whether_it_is_open(self, client, called, path):
        foot = self.foot(client, path)
        assert " ".join(foot.text_content().split()) == "Riverside +1 (202) 555-0143 Open until 5 p.m. (EST)."
        assert foot.cssselect('a[href="tel:+12025550143"]')

    def test_names_the_main_centre_and_leads_to_the_others(self, client, called, harbor):
        assert [link.get("href") for link in self.foot(client, "/").cssselect("a")] == [
            "/centers/riverside/",
            "tel:+12025550143",
            "/centers/",
        ]

    def test_is_missing_where_no_centre_is(self, client):
        assert not html.fromstring(client.get("/").content).cssselect("footer .front-desk")

    def test_changes_with_the_clock_and_no_copy_outlives_the_change(self, client, called, settings):
        settings.PAGE_CACHE_SECONDS = 10
        with time_machine.travel(at(25, 16, 58), tick=False) as clock:
            kept = client.get("/about/")
            assert kept.headers["Cache-Control"] == "public, max-age=120"
            clock.move_to(at(25, 17, 0))
            assert "Closed now, opens tomorrow at 9 a.m." in self.foot(client, "/about/").text_content()
            assert client.get("/about/").headers["Cache-Control"] == "public, max-age=300"

    def test_shows_within_a_minute_what_staff_change(self, client, called):
        with time_machine.travel(at(25, 12), tick=False) as clock:
            assert "Open until" in self.foot(client, "/about/").text_content()
            Holiday.objects.create(centre=called, day=dt.date(2026, 11, 25))
            clock.shift(61)
            assert "Closed now" in self.foot(client, "/about/").text_content()

    def test_costs_no_query_for_a_minute(self, client, called, django_assert_num_queries):
        client.get("/about/")
        with django_assert_num_queries(0):
            client.get("/privacy/")

    def test_is_left_out_while_the_database_says_nothing(self, client, called, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr("intake.scheduling.front_desk._read", raise_operational_error)
            answer = client.get("/about/")
            assert answer.status_code == 200
            assert not html.fromstring(answer.content).cssselect("footer .front-desk")
        with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=6)):
            assert "Open until" in self.foot(client, "/about/").text_content()

    def test_asks_nobody_and_leaves_nothing(self, client, called):
        answer = client.get("/about/")
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")
