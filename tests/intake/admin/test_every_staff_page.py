"""Every page of the admin, found by its addresses: on a phone, in light and dark, with the keyboard alone, without a fault."""

import datetime as dt

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from articles.models import SupplyAlert
from compliance.models import Incident, Vendor
from danger.models import ProposedSentence
from intake.models import (
    CentreTranslation,
    ErasingRound,
    Holiday,
    LegalHold,
    Membership,
    OnCallShift,
    ReplyTemplate,
    RetentionRule,
    RoutingRule,
    Team,
    WebhookEndpoint,
)
from tests.intake.cases.test_permissions_matrix import addresses
from tests.people import member
from tests.support.browser import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.once]

WIDTH = 360
SHARES = 3  # tests that divide the pages other than guides, so that they run beside each other
# No page of their own: what they answer is part of another page, a file, or a way to another page.
NOT_PAGES = {"jsi18n", "autocomplete", "view_on_site", "None", "intake_inquiry_rows", "intake_inquiry_presence", "logout", "login"}
# Nothing to show in a fresh site: pictures and blocked contacts need a file and an abuser, counts a reader.
WITHOUT_ROWS = {"picture", "blockedcontact", "helpfulcount", "dbtaskresult"}
# One with a timeline and a translation, one without either: all others are like them.
GUIDES = ["alcohol-withdrawal", "abstinencia-de-alcohol", "paying-for-treatment"]
# The editor of guides tries to set a style of its own, which the policy refuses; its tests say so, too.
REFUSED = "Applying inline style violates"
WANTED = """
    () => {
      const wanted = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((one) =>
        one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.type !== 'hidden' && one.type !== 'radio'
        && one.tabIndex >= 0 && !one.closest('[contenteditable]'));
      window.wanted = new Set(wanted);
      addEventListener('focusin', ({ target }) => window.wanted.delete(target));
      // From the very top, wherever the page put the focus by itself.
      const top = document.createElement('span');
      top.tabIndex = -1;
      document.body.prepend(top);
      top.focus();
      return wanted.length;
    }
"""
LEFT = "() => document.activeElement === document.body ? -window.wanted.size : window.wanted.size"


@pytest.fixture
def everything(part, olga, riverside, arrives, luisa):
    """A site in which every list has a row, and somebody who may do everything."""
    if part == "guides":
        call_command("load_starter_guides", only=GUIDES, verbosity=0)
        SupplyAlert.objects.create(
            region="PA",
            substances=["heroin"],
            texts={"en": "Heroin with fentanyl.", "es": "Heroína con fentanilo."},
            source="Health department",
            ends_at=timezone.now() + dt.timedelta(days=9),
            writer=luisa,
            writer_name="Luisa Ferreira",
        )
    Membership.objects.create(user=olga, centre=riverside, role="lead")
    riverside.levels = ["detox", "outpatient"]
    riverside.save()
    CentreTranslation.objects.create(centre=riverside, language="es", services="Desintoxicación")
    Holiday.objects.create(centre=riverside, day=dt.date(2030, 12, 25), name="A day off")
    RetentionRule.objects.create(centre=riverside, outcome="spam", days=30)
    ErasingRound.objects.create(centre=riverside, at=timezone.now(), state="waits", why="large", counts={"spam": 60})
    hold = LegalHold.objects.create(
        centre=riverside,
        inquiry=arrives(),
        reason="order",
        file_number="24-CV-1178",
        review_on=dt.date(2030, 1, 1),
        asked_by=luisa,
        asked_at=timezone.now(),
        approved_by=olga,
        approved_at=timezone.now(),
    )
    hold.readers.set([olga])
    RoutingRule.objects.create(position=1, name="Spanish first", centre=riverside, languages=["es"])
    Team.objects.create(centre=riverside, name="Families")
    WebhookEndpoint.objects.create(name="Desk", url="https://desk.example.org/hook")
    ReplyTemplate.objects.create(title="First answer", body="Hello, this is {staff}.", centre=riverside)
    ProposedSentence.objects.create(text="He fell and doesn't get up", language="en", kind="not_breathing", proposed_by=luisa)
    now = timezone.now()
    incident = Incident.objects.create(found_on=now.date(), kind="device", what_happened="A laptop was lost.", written_by=luisa)
    incident.centres.add(riverside)
    Vendor.objects.create(name="Mail company", service="mail", sees="that a mail was sent", review_on=now.date())
    OnCallShift.objects.create(centre=riverside, user=luisa, starts_at=now, ends_at=now + dt.timedelta(hours=12))
    member("colleague", "A Colleague With Quite A Long Name", riverside, "triage")
    for _case in range(4):
        arrives()
    return arrives(safe_windows=[[0, "03:00", "03:01"]], needs_interpreter=True, for_whom="other", priority=1)


def pages(case, part):
    """Return the path of every page of the guides, or of all else, that a browser can go to, each with a row that is there."""
    found = []
    part, _, share = part.partition(", part ")
    for address, name in addresses():
        if name in NOT_PAGES or "(?P" in address or address.startswith("/admin/articles/") != (part == "guides"):
            continue
        _app, _, model = name.partition("_")
        path = address.replace("<reference:reference>", case.reference)
        if "<path:object_id>" in path or "<int:pk>" in path or "<id>" in path:
            row = _row(path)
            if row is None:
                assert model.split("_")[0] in WITHOUT_ROWS, f"{path} has no row to show: make one above."
                continue
            path = path.replace("<path:object_id>", str(row)).replace("<int:pk>", str(row)).replace("<id>", str(row))
        if "<" not in path:
            found.append(path)
    return found[int(share or 1) - 1 :: SHARES if share else 1]


def _row(path):
    app, model = path.split("/")[2:4]
    return apps.get_model(app, model)._default_manager.values_list("pk", flat=True).first()


@pytest.mark.parametrize("part", ["guides", *(f"all else, part {share}" for share in range(1, SHARES + 1))])
def test_each_fits_a_phone_has_no_fault_and_needs_no_mouse(part, live_server, new_page, everything, client, olga, watch):  # noqa: PLR0917
    client.force_login(olga)
    # What only a POST may do is no page, and a page that this person may not have is the matrix's to test. Asked before the
    # browser comes: the pages in it ask by themselves now and then, on the same connection.
    paths = [path for path in pages(everything, part) if is_page(client.get(path))]
    page = new_page(viewport={"width": WIDTH, "height": 740}, reduced_motion="reduce")
    page.goto(live_server.url + "/admin/")
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill("a long enough pass")
    page.get_by_role("button", name="Log in").press("Enter")
    page.wait_for_selector("#user-tools")
    seen, problems = 0, []
    for path in paths:
        page.emulate_media(color_scheme="light")
        page.goto(live_server.url + path)
        seen += 1
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > WIDTH:
            problems.append(f"{path} is {wide} pixels wide")
        problems += [f"{path} {fault}" for fault in faults(page)]
        page.emulate_media(color_scheme="dark")
        problems += [f"{path} (dark) {fault}" for fault in faults(page, only=("color-contrast",))]
        problems += [f"{path} {problem}" for problem in without_a_mouse(page)]
        problems += [f"{path} {line}" for line in watch.console if not line.startswith(REFUSED)]
        watch.console.clear()
    assert problems == []
    assert seen > (15 if part == "guides" else 10)


def is_page(answer):
    return answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")


def faults(page, **rules):
    """Return what axe finds, but in what isn't ours: the text in the editor, Django's list that is searched while typing.

    Django's tables of rows below a form have one header without words, above the marks that delete a row.
    """
    found = violations(page, exclude=(".ProseMirror", ".select2-container"), without=("empty-table-header",), **rules)
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def without_a_mouse(page):
    """Go through the page with Tab; return what can't be reached."""
    count = page.evaluate(WANTED)
    keyboard = page.context.new_cdp_session(page)
    tab = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
    most, left = count * 4 + 10, count
    while left > 0 and most > 0:
        # As many as it takes at least; then see how far that came. Below zero: behind the last one.
        for _press in range(left):
            keyboard.send("Input.dispatchKeyEvent", tab)
        most -= left
        left = page.evaluate(LEFT)
    keyboard.detach()
    unreached = page.evaluate("[...window.wanted].map((one) => one.outerHTML.slice(0, 120))")
    return [f"can't be reached by keyboard: {html}" for html in unreached]
