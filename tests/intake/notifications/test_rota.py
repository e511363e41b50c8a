"""The rota: a weekly pattern, a copied week, two people who swap, and the hours in which nobody is on call."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from intake.models import Centre, OnCallShift, OpeningHours
from intake.notifications import recipients, rota
from recovery_site.verbs import NotAllowed, Refused
from tests.people import member

pytestmark = pytest.mark.django_db
EVENING, MORNING = dt.time(20), dt.time(8)
WEDNESDAY = dt.date(2026, 11, 25)


@pytest.fixture
def ben(riverside):
    return member("ben", "Ben Okafor", riverside, "triage", email="ben@example.org")


@pytest.fixture
def cleo(riverside):
    return member("cleo", "Cleo Park", riverside, "triage", email="cleo@example.org")


def nights(by, centre, user, *, weekdays=range(7), first=WEDNESDAY, last=WEDNESDAY + dt.timedelta(days=6), **times):
    clock = {"starts": EVENING, "ends": MORNING, **times}
    return rota.plan(by=by, centre=centre, user=user, weekdays=set(weekdays), first=first, last=last, **clock)


def moments():
    return [f"{shift.starts_at:%m-%d %H:%M}-{shift.ends_at:%m-%d %H:%M}" for shift in OnCallShift.objects.all()]


def test_ben_is_on_call_every_friday_and_saturday_night_until_december(luisa, riverside, ben):
    assert nights(luisa, riverside, ben, weekdays=(4, 5), last=dt.date(2026, 12, 5)) == 4
    assert moments() == [
        "11-28 01:00-11-28 13:00",
        "11-29 01:00-11-29 13:00",
        "12-05 01:00-12-05 13:00",
        "12-06 01:00-12-06 13:00",
    ]


def test_the_night_of_the_change_of_the_clock_is_an_hour_longer_and_the_nights_still_meet(luisa, riverside, ben, settings):
    riverside.time_zone = "Europe/Madrid"
    nights(luisa, riverside, ben, first=dt.date(2026, 10, 24), last=dt.date(2026, 10, 25), starts=dt.time(2, 30), ends=dt.time(2, 30))
    first, second = OnCallShift.objects.all()
    assert first.ends_at == second.starts_at
    OnCallShift.objects.all().delete()
    nights(luisa, riverside, ben, first=dt.date(2026, 3, 28), last=dt.date(2026, 3, 29), starts=dt.time(2, 30), ends=dt.time(2, 30))
    first, second = OnCallShift.objects.all()
    assert first.ends_at == second.starts_at == dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)


def test_planned_twice_it_is_there_once(luisa, riverside, ben):
    nights(luisa, riverside, ben)
    with pytest.raises(Refused, match="there already"):
        nights(luisa, riverside, ben)
    assert OnCallShift.objects.count() == 7


def test_a_week_is_copied_at_the_same_clock_times_over_the_change_of_the_clock(luisa, riverside, ben):
    nights(luisa, riverside, ben, weekdays=(4,), first=dt.date(2026, 10, 30), last=dt.date(2026, 10, 30))
    assert rota.copy_week(by=luisa, centre=riverside, day=dt.date(2026, 10, 28), weeks=2) == (2, [])
    # 8 p.m. to 8 a.m. in New York: UTC-4, then UTC-5.
    assert moments() == ["10-31 00:00-10-31 12:00", "11-07 01:00-11-07 13:00", "11-14 01:00-11-14 13:00"]


def test_who_left_is_left_out_of_the_copy_by_name(luisa, riverside, ben):
    nights(luisa, riverside, ben)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    made, left_out = rota.copy_week(by=luisa, centre=riverside, day=WEDNESDAY, weeks=1)
    assert (made, left_out) == (0, ["Ben Okafor"])


def test_an_empty_week_has_nothing_to_copy(luisa, riverside):
    with pytest.raises(Refused, match="no shifts in that week"):
        rota.copy_week(by=luisa, centre=riverside, day=WEDNESDAY, weeks=1)


def test_ben_and_cleo_swap_their_nights(luisa, riverside, ben, cleo):
    nights(luisa, riverside, ben, weekdays=(4,))
    nights(luisa, riverside, cleo, weekdays=(5,))
    friday, saturday = OnCallShift.objects.all()
    rota.swap(friday, saturday, by=luisa)
    assert [shift.user for shift in OnCallShift.objects.all()] == [cleo, ben]


@pytest.mark.parametrize("who", ["amara", "noor"])
def test_only_who_leads_the_center_plans(request, who, luisa, riverside, ben, cleo):  # noqa: PLR0917 (everybody)
    other = request.getfixturevalue(who)
    nights(luisa, riverside, ben, weekdays=(4,))
    nights(luisa, riverside, cleo, weekdays=(5,))
    with pytest.raises(NotAllowed):
        nights(other, riverside, ben)
    with pytest.raises(NotAllowed):
        rota.copy_week(by=other, centre=riverside, day=WEDNESDAY, weeks=1)
    with pytest.raises(NotAllowed):
        rota.swap(*OnCallShift.objects.all(), by=other)


def test_who_can_not_be_told_is_not_planned(luisa, riverside, amara):
    with pytest.raises(Refused, match="Amara Diallo can’t be on call here"):
        nights(luisa, riverside, amara)


@pytest.mark.parametrize(
    ("last", "words"), [(WEDNESDAY - dt.timedelta(days=1), "before the first"), (dt.date(2028, 1, 1), "a year at most")]
)
def test_days_that_make_no_sense_are_refused(luisa, riverside, ben, last, words):
    with pytest.raises(Refused, match=words):
        nights(luisa, riverside, ben, last=last)


# --- Gaps -------------------------------------------------------------------------------------------------------------

NOON = dt.datetime(2026, 11, 25, 17, tzinfo=dt.UTC)  # Wednesday, noon in New York


def gap_words(riverside):
    zone = dt.timezone(dt.timedelta(hours=-5))
    return [f"{start.astimezone(zone):%a %H:%M}-{end.astimezone(zone):%a %H:%M}" for start, end in rota.gaps(riverside, NOON)]


def test_without_a_shift_all_hours_in_which_the_center_is_closed_are_gaps(riverside):
    assert gap_words(riverside)[:3] == ["Wed 17:00-Thu 09:00", "Thu 17:00-Fri 09:00", "Fri 17:00-Mon 09:00"]


def test_what_a_shift_leaves_open_is_a_gap(luisa, riverside, ben):
    nights(luisa, riverside, ben)
    assert gap_words(riverside)[:3] == ["Wed 17:00-Wed 20:00", "Thu 08:00-Thu 09:00", "Thu 17:00-Thu 20:00"]


def test_nights_that_meet_the_opening_hours_leave_no_gap(luisa, riverside, ben):
    nights(luisa, riverside, ben, last=WEDNESDAY + dt.timedelta(days=20), starts=dt.time(17), ends=dt.time(17))
    assert rota.gaps(riverside, NOON) == []


def test_a_shift_of_who_left_covers_nothing(luisa, riverside, ben):
    nights(luisa, riverside, ben)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    assert gap_words(riverside)[0] == "Wed 17:00-Thu 09:00"


def test_the_days_show_a_weekend_without_anybody_on_each_of_its_days(riverside):
    shown = {day.day: day.gaps for day in rota.days(riverside, NOON)}
    assert len(shown) == 14
    assert [len(shown[WEDNESDAY + dt.timedelta(days=ahead)]) for ahead in range(6)] == [1, 2, 2, 1, 1, 2]


def test_who_is_planned_is_who_is_told(luisa, riverside, ben):
    nights(luisa, riverside, ben)
    assert list(recipients.on_call(riverside, dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC))) == [ben]


# --- The head of the pages --------------------------------------------------------------------------------------------


def test_every_page_says_who_is_on_call_at_ones_centers(client, luisa, harbor, ben, django_capture_on_commit_callbacks):
    client.force_login(luisa)
    assert "<strong>Ben Okafor</strong>" not in client.get("/admin/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        nights(luisa, Centre.objects.get(slug="riverside"), ben, starts=dt.time(0), ends=dt.time(23))
    page = client.get("/admin/intake/inquiry/").content.decode()
    assert "On call now" in page
    assert "<strong>Ben Okafor</strong>" in page
    assert "Harbor" not in page


def test_it_costs_no_query_for_a_minute(riverside, ben, django_assert_num_queries):
    with django_assert_num_queries(3):
        rota.now_at(None, timezone.now())
    with django_assert_num_queries(0):
        rota.now_at([riverside.pk], timezone.now())


def test_who_works_at_no_center_sees_no_such_line(client, edith, riverside):
    client.force_login(edith)
    assert "On call now" not in client.get("/admin/").content.decode()


# --- The page ---------------------------------------------------------------------------------------------------------

PAGE = "/admin/intake/inquiry/rota/"


def test_luisa_plans_on_the_page_and_the_red_hours_go(client, luisa, riverside, ben):
    client.force_login(luisa)
    assert client.get(PAGE).content.decode().count("rota-gap") == 14
    sent = {"centre": riverside.pk, "step": "plan", "plan-user": ben.pk, "plan-weekdays": list(range(7))}
    sent |= {"plan-starts": "17:00", "plan-ends": "17:00", "plan-first": "2026-11-24", "plan-last": "2026-12-31"}
    page = client.post(f"{PAGE}change/", sent, follow=True).content.decode()
    assert "38 shifts planned." in page
    assert "rota-gap" not in page
    assert "somebody is there at every hour" in page
    assert "Times are New York time." in page


def test_she_copies_and_swaps_there_too(client, luisa, riverside, ben, cleo):
    nights(luisa, riverside, ben, weekdays=(4,))
    nights(luisa, riverside, cleo, weekdays=(5,))
    one, other = OnCallShift.objects.all()
    client.force_login(luisa)
    sent = {"centre": riverside.pk, "step": "swap", "swap-one": one.pk, "swap-other": other.pk}
    assert "swapped" in client.post(f"{PAGE}change/", sent, follow=True).content.decode()
    sent = {"centre": riverside.pk, "step": "copy", "copy-day": "2026-11-25", "copy-weeks": "3"}
    assert "6 shifts planned." in client.post(f"{PAGE}change/", sent, follow=True).content.decode()


def test_what_is_wrong_is_said_in_the_form(client, luisa, riverside):
    client.force_login(luisa)
    answer = client.post(f"{PAGE}change/", {"centre": riverside.pk, "step": "copy", "copy-day": "2026-11-25", "copy-weeks": "3"})
    assert answer.status_code == 422
    assert "There are no shifts in that week." in answer.content.decode()


def test_amara_sees_the_rota_and_plans_nothing(client, amara, riverside, harbor):
    client.force_login(amara)
    page = client.get(PAGE).content.decode()
    assert "rota-day" in page
    assert "A shift that repeats" not in page
    assert client.post(f"{PAGE}change/", {"centre": riverside.pk, "step": "copy"}).status_code == 403
    assert client.get(f"{PAGE}?centre={harbor.pk}").status_code == 404


def test_a_center_that_is_open_day_and_night_has_no_gap(riverside):
    OpeningHours.objects.all().delete()
    for weekday in range(7):
        OpeningHours.objects.create(centre=riverside, weekday=weekday, opens=dt.time(0), closes=dt.time(23, 59))
    with time_machine.travel(NOON):
        assert rota.gaps(riverside, NOON) == []
