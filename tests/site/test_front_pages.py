"""Each role's front page says what waits for it, and no page that a link leads to shows what only a programmer understands."""

import datetime as dt
import html
import re
from collections import deque

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import User
from intake import triage
from intake.models import Centre, Event, Inquiry, Notification, OnCallShift, OpeningHours
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from intake.retention import policy
from tests.people import member, person

pytestmark = pytest.mark.django_db

# What must stand on no page of staff: Django's words for tables, codes of hashes, rows without a name, and pages that say nothing.
RAW = (
    "Model name",
    "Models in the",
    "doesn’t have a change history",
    "doesn't have a change history",
    "argon2",
    "pbkdf2",
    "memory cost",
    " object (",
    "DBTaskResult",
    "QuerySet",
    "new_inquiry",
)
MOST_PAGES = 150


@pytest.fixture
def calm(riverside, luisa, olga):
    """Riverside has all it needs: hours, times of keeping, and a lead who can be told."""
    User.objects.filter(pk__in=(luisa.pk, olga.pk)).update(last_login=timezone.now())
    for somebody in (luisa, olga):
        User.objects.filter(pk=somebody.pk).update(email=f"{somebody.username}@example.org")
    riverside.always_open = True
    riverside.save()
    policy.use_recommended(riverside, by="system")
    return riverside


def front(client, somebody):
    cache.clear()
    client.force_login(somebody)
    return client.get("/admin/").content.decode()


def tasks(page):
    """Return (words, address) of each line of "What waits for you"."""
    panel = page[page.index('id="panel-waiting"') :].split("</section>")[0].split("</ul>\n  </div>")[1]
    return [
        (html.unescape(strip_tags(words)).strip(), html.unescape(url))
        for url, words in re.findall(r'<a href="([^"]+)">(.*?)</a>', panel, re.S)
    ]


def test_luisa_and_olga_read_that_nothing_waits(client, calm, luisa, olga):
    for somebody, words in ((luisa, "every case is taken"), (olga, "every account is in use")):
        page = front(client, somebody)
        assert tasks(page) == []
        assert "Nothing waits" in page
        assert words in page


def test_luisa_sees_the_case_past_its_promise_first_and_each_line_leads_there(client, calm, luisa, amara, arrives):
    arrives()
    arrives(answer_by=timezone.now() - dt.timedelta(hours=1))
    lines = tasks(front(client, luisa))
    assert [words for words, _url in lines] == ["1 case is past the time that was promised", "2 cases are taken by nobody"]
    for _words, url in lines:
        assert client.get(url).status_code == 200
    assert "waiting-first waiting-late" in front(client, luisa)
    assert "What waits for you" not in front(client, amara)


def test_luisa_sees_a_reply_that_the_person_could_not_be_told_of_until_somebody_tries_again(client, calm, luisa, amara, inquiry):
    triage.claim(inquiry, by=amara)
    Event.objects.create(inquiry=inquiry, kind=Event.Kind.VISITOR_NOT_TOLD, at=timezone.now(), data={"way": "email", "why": "no_address"})
    Inquiry.objects.filter(pk=inquiry.pk).update(state="open", first_response_at=timezone.now(), next_action_at=timezone.now())
    [(words, url)] = tasks(front(client, luisa))
    assert words == f"{inquiry.reference}: the person could not be told that you answered"
    assert url == reverse("admin:intake_inquiry_case", args=[inquiry.reference])
    Event.objects.create(inquiry=inquiry, kind=Event.Kind.ATTEMPTED, at=timezone.now(), data={"way": "phone", "outcome": "reached"})
    assert tasks(front(client, luisa)) == []


def test_luisa_sees_where_her_rota_has_a_gap_and_none_where_she_plans_no_rota(client, calm, luisa):
    Centre.objects.update(always_open=False)
    OpeningHours.objects.create(centre=calm, weekday=0, opens="09:00", closes="17:00")
    assert tasks(front(client, luisa)) == []
    now = timezone.now()
    OnCallShift.objects.create(centre=calm, user=luisa, starts_at=now - dt.timedelta(days=1), ends_at=now + dt.timedelta(hours=5))
    [(words, url)] = tasks(front(client, luisa))
    assert words.startswith("Riverside: nobody is on call from ")
    assert client.get(url).status_code == 200


def test_olga_sees_mail_that_does_not_go_out_and_what_was_given_up(client, calm, olga, inquiry):
    outbox.send_all_due()
    now = timezone.now()
    stuck, given_up = (outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry) for _each in range(2))
    Notification.objects.filter(pk=stuck.pk).update(next_attempt_at=now - dt.timedelta(hours=1))
    Notification.objects.filter(pk=given_up.pk).update(state="dead", next_attempt_at=now)
    lines = tasks(front(client, olga))
    assert [words for words, _url in lines] == [
        "1 message waits to be sent. Is the worker running?",
        "1 message was given up in the last seven days",
    ]
    for _words, url in lines:
        assert "1 notification" in client.get(url).content.decode()
    Notification.objects.filter(pk=given_up.pk).update(next_attempt_at=now - dt.timedelta(days=8))
    assert len(tasks(front(client, olga))) == 1


def test_olga_sees_a_center_that_is_being_set_up_and_not_one_that_was_closed(client, calm, harbor, olga, inquiry):
    policy.use_recommended(harbor, by="system")
    Centre.objects.filter(pk=harbor.pk).update(accepts_inquiries=False)
    [(words, url)] = tasks(front(client, olga))
    assert words.startswith("Harbor is not ready to take requests: No opening hours.")
    assert url == reverse("admin:intake_centre_change", args=[harbor.pk])
    Inquiry.objects.filter(pk=inquiry.pk).update(centre=harbor)
    assert tasks(front(client, olga)) == []


def test_both_see_who_never_signed_in_and_olga_whom_nobody_misses(client, calm, luisa, olga):
    long_ago = timezone.now() - dt.timedelta(days=100)
    member("cleo", "Cleo Park", calm, "triage", date_joined=long_ago)
    member("dora", "Dora Ek", calm, "triage", date_joined=long_ago, last_login=long_ago)
    member("rolf", "Rolf Ek", calm, "triage", date_joined=long_ago, is_active=False)
    never, unused = "1 colleague has never signed in, and their link has ended.", "1 account was not used for three months."
    [(words, url)] = tasks(front(client, luisa))
    assert words.startswith(never)
    assert "Cleo Park" in client.get(url).content.decode()
    (one, _url), (other, url) = tasks(front(client, olga))
    assert one.startswith(never)
    assert other.startswith(unused)
    assert "dora" in client.get(url).content.decode()


def test_olga_sees_that_no_center_is_the_default_and_that_no_operator_can_be_told(client, calm, olga):
    Centre.objects.update(is_default=False)
    User.objects.filter(pk=olga.pk).update(email="")
    words = [line for line, _url in tasks(front(client, olga))]
    assert words[0].startswith("No center is the default")
    assert words[1].startswith("No operator can be told")


def test_somebody_without_a_role_reads_whom_to_ask(client, tom):
    assert "You have no role yet" in front(client, tom)


def test_every_list_says_what_it_is_for_and_what_to_do_when_it_is_empty(client, olga):
    lists = [(model, its) for model, its in admin.site._registry.items() if hasattr(its, "desk")]
    others = [its for its in admin.site._registry.values() if not hasattr(its, "desk")]
    assert all(hasattr(its, "desk_links") for its in others), "a list names no desk, so no link leads there"
    client.force_login(olga)
    for model, its in lists:
        assert its.purpose, model
        assert model is Inquiry or its.when_empty, model
        page = client.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/?q=")
        is_list = 'id="changelist"' in page.content.decode()
        if page.status_code == 200 and is_list and not model._default_manager.exists():
            assert "Nothing is here yet." in page.content.decode(), model


def test_the_page_of_an_app_leads_to_the_pages_on_the_front_page(client, olga):
    client.force_login(olga)
    assert client.get("/admin/intake/").headers["Location"] == "/admin/#all-pages"
    assert 'id="all-pages"' in client.get("/admin/").content.decode()


@pytest.fixture
def somewhere(calm, harbor, arrives, luisa, olga):
    """A site with something in most lists."""
    now = timezone.now()
    OnCallShift.objects.create(centre=calm, user=luisa, starts_at=now, ends_at=now + dt.timedelta(hours=5))
    arrives(priority=1)
    arrives(state="closed", outcome="informed", closed_at=now)
    outbox.send_all_due()
    person("rosa", "Rosa Lind", "clinical reviewer")


@pytest.mark.parametrize("who", ["olga", "luisa", "amara", "edith", "ruth", "ada", "tom"])
def test_every_page_that_a_link_leads_to_is_there_and_has_words_for_people(client, request, somewhere, who):
    client.force_login(request.getfixturevalue(who))
    waiting, seen, problems = deque(["/admin/"]), {"/admin/"}, []
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        answer = client.get(path, follow=True)
        if answer.status_code != 200:
            problems.append(f"{path}: {answer.status_code}")
            continue
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page = answer.content.decode()
        problems += [f"{path}: {raw}" for raw in RAW if raw in strip_tags(page)]
        for link in re.findall(r'<a [^>]*href="([^"#]+)', page):
            url = narrowed_once(link, path)
            if url and url not in seen and len(seen) < MOST_PAGES:
                seen.add(url)
                waiting.append(url)
    assert problems == []
    assert len(seen) > {"tom": 0, "amara": 20, "ada": 8}.get(who, 15)


def narrowed_once(url, path):
    """Return the address of a staff page that a link on `path` leads to; None for what is elsewhere, and for lists once more narrowed."""
    url = html.unescape(url)
    if url.startswith("?"):
        url = path.split("?")[0] + url
    if not url.startswith("/admin/") or "logout" in url or url.count("&") > 1:
        return None
    return url
