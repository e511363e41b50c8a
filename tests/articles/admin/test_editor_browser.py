"""The guide editor in a real browser: no CSP violations, no requests to other hosts, no lost text."""

import io
import re
from contextlib import suppress
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from PIL import Image
from playwright.sync_api import Error, expect

from accounts.models import User
from articles.models import Guide
from articles.rendering import pictures
from articles.workflow import review
from tests.articles.test_markup import EXAMPLES
from tests.support.browser import follow
from tests.support.review import confirm_all_facts

TWIN = Path(__file__).parents[2] / "data" / "heroin-withdrawal-twin.txt"
MENDED = TWIN.with_name("heroin-withdrawal-mended.html")
DESK = {"width": 1280, "height": 900}

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def roles(db):
    """Create the roles again, because tests that commit flush the groups that migrations created."""
    for name in ("editor", "clinical reviewer", "auditor"):
        Group.objects.get_or_create(name=name)


@pytest.fixture
def desk_of(new_page, live_server):
    """Open a desktop-sized page, signed in as `person`."""

    def sign_in(person: User, **options):
        page = new_page(viewport=DESK, **options)
        page.goto(live_server.url + "/admin/")
        page.get_by_label("Username").fill(person.username)
        page.get_by_label("Password").fill("a long enough pass")
        follow(page.get_by_role("button", name="Log in"))
        return page

    return sign_in


def open_guide(page, live_server, guide):
    page.goto(f"{live_server.url}/admin/articles/guide/{guide.pk}/change/")


def text_of(page):
    return page.locator(".ProseMirror[contenteditable=true]")


def type_at_end(page, words):
    text_of(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def save(page):
    page.get_by_role("button", name="Save and continue editing").first.click()


def test_writing_a_guide_with_every_kind_of_block(desk_of, live_server, edith, draft, watch):
    page = desk_of(edith)
    Guide.objects.filter(pk=draft.pk).update(body="<p>Start.[1][2]</p>")
    open_guide(page, live_server, draft)
    type_at_end(page, " More words.")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Get emergency help", exact=True).click()
    page.keyboard.type("Call 911.")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    body = Guide.objects.get().body
    assert body.startswith("<p>Start.[1][2] More words.</p>")
    assert '<aside class="callout callout-emergency"><p class="callout-title">Get emergency help</p><p>Call 911.</p></aside>' in body
    expect(text_of(page).locator("aside.callout-emergency")).to_be_visible()
    assert watch.problems() == []


def test_opening_and_saving_changes_nothing(desk_of, live_server, edith, approved):
    page = desk_of(edith)
    before = Guide.objects.values().get()
    open_guide(page, live_server, approved)
    expect(text_of(page)).to_be_visible()
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Guide.objects.values().get() == before


def test_typing_and_deleting_a_letter_keeps_the_approval(desk_of, live_server, edith, approved):
    page = desk_of(edith)
    open_guide(page, live_server, approved)
    type_at_end(page, "x")
    page.keyboard.press("Backspace")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Guide.objects.get().state == "approved"


def test_a_picture_is_chosen_in_its_window(desk_of, live_server, edith, draft):
    file = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(file, "PNG")
    file.seek(0)
    picture = pictures.add(file, title="A walk", alt="Two people walk", credit="", by=edith)
    page = desk_of(edith)
    open_guide(page, live_server, draft)
    type_at_end(page, "")
    page.locator(".prose-menubar button", has_text="image").click()
    with page.expect_popup() as popup:
        page.locator(".prose-editor-field-with-picker button").click()
    popup.value.wait_for_load_state()
    with suppress(Error):  # the window closes with the click, maybe before Playwright notices
        popup.value.get_by_role("button", name="A walk").click()
    expect(page.locator("dialog input[name=altText]")).to_have_value("Two people walk")
    page.get_by_role("button", name="Insert", exact=True).click()
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert f'<img src="/media/guides/{picture.digest}-600.webp" alt="Two people walk">' in Guide.objects.get().body


def test_the_checks_stand_beside_the_text_and_show_the_place(desk_of, live_server, edith, draft):
    body = "<p>A first line.</p>" + "<p>Some words between.</p>" * 60 + "<p>In the end, <b>addicts</b> can get better.[1][2]</p>"
    Guide.objects.filter(pk=draft.pk).update(body=body, contact_text="We cure addiction.")
    page = desk_of(edith)
    page.set_viewport_size({"width": 1440, "height": 900})
    open_guide(page, live_server, draft)
    panel, text = page.locator("#checks").bounding_box(), text_of(page).bounding_box()
    assert panel["x"] > text["x"] + text["width"]
    assert panel["y"] < text["y"] + 200
    last = text_of(page).locator("p").last
    expect(last).not_to_be_in_viewport()
    page.locator(".finding", has_text="addicts").get_by_role("button", name="Show the place").click()
    expect(last).to_be_in_viewport()
    assert page.evaluate("[...CSS.highlights.get('finding')].map(String)") == ["In the end, addicts can get better.[1][2]"]
    page.locator(".finding", has_text="cure").get_by_role("button", name="Show the place").click()
    expect(page.get_by_label("Contact block: text")).to_be_focused()
    page.get_by_label("Contact block: text").fill("We listen.")
    page.locator(".finding", has_text="cure").get_by_role("button", name="Show the place").click()
    expect(page.locator(".finding", has_text="cure").get_by_text("These words are no longer there")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280, 1440])
def test_no_part_of_the_desk_is_wider_than_the_screen(desk_of, live_server, edith, draft, width):
    draft.sources.update(title="A very long title of a source that nobody could shorten " * 3, url="https://example.org/" + "long/" * 40)
    page = desk_of(edith)
    page.set_viewport_size({"width": width, "height": 900})
    open_guide(page, live_server, draft)
    expect(text_of(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_two_sessions_editing_one_guide_lose_nothing(desk_of, live_server, edith, emil, draft):
    edda_page, emil_page = desk_of(edith), desk_of(emil)
    open_guide(edda_page, live_server, draft)
    open_guide(emil_page, live_server, draft)
    expect(emil_page.get_by_role("status")).to_contain_text("Also open at: Edith Moreau")
    type_at_end(edda_page, " Edith's words.")
    save(edda_page)
    expect(edda_page.locator(".messagelist .success")).to_be_visible()
    type_at_end(emil_page, " Emil's words.")
    emil_page.get_by_label("Title:", exact=True).first.fill("Emil's title")
    save(emil_page)
    expect(emil_page.get_by_text("Edith Moreau saved another text")).to_be_visible()
    expect(emil_page.locator(".both-texts")).to_contain_text("Edith's words.")
    expect(text_of(emil_page)).to_contain_text("Emil's words.")
    assert "Emil" not in Guide.objects.get().body
    save(emil_page)
    expect(emil_page.locator(".messagelist .success")).to_be_visible()
    guide = Guide.objects.get()
    assert "Emil's words." in guide.body
    assert guide.title == "Emil's title"


def test_colleagues_who_have_the_guide_open_are_shown_until_they_leave(desk_of, live_server, edith, emil, draft):
    page = desk_of(edith)
    page.clock.install()
    open_guide(page, live_server, draft)
    expect(page.locator("#presence")).to_have_text("")
    other = desk_of(emil)
    open_guide(other, live_server, draft)
    page.clock.run_for(11_000)
    expect(page.locator("#presence")).to_have_text("Also open at: Emil Estrada. Agree who saves.")
    other.goto(live_server.url + "/admin/")
    page.clock.run_for(11_000)
    expect(page.locator("#presence")).to_have_text("")


def test_without_javascript_the_text_can_still_be_edited(desk_of, live_server, edith, draft):
    page = desk_of(edith, java_script_enabled=False)
    open_guide(page, live_server, draft)
    page.locator("#id_body").fill("<h2>By hand</h2><p>Words.</p>")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Guide.objects.get().body == "<h2>By hand</h2><p>Words.</p>"


def test_from_a_document_to_a_reader_all_in_the_admin(desk_of, live_server, edith, ruth, new_page):
    page = desk_of(edith)
    page.goto(live_server.url + "/admin/articles/guide/")
    page.get_by_role("link", name="Import a document").click()
    page.get_by_label("Document").set_input_files(TWIN)
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".messagelist .success")).to_contain_text("is a draft now")
    guide = Guide.objects.get()
    expect(page.locator("#checks .finding-error").first).to_be_visible()
    expect(page.locator("#checks")).to_contain_text(re.compile("naloxone", re.IGNORECASE))
    follow(page.get_by_role("button", name="Submit for review"))
    reviewer = desk_of(ruth)
    open_guide(reviewer, live_server, guide)
    expect(reviewer.get_by_text(re.compile("The checks found: [0-9]+ errors to fix"))).to_be_visible()
    expect(reviewer.get_by_role("button", name="Approve and publish")).to_have_count(0)

    page.locator("#id_body").evaluate("(field, words) => { field.value = words }", MENDED.read_text())
    page.locator("#id_contact_heading").fill("Talk to someone")
    page.locator("#id_contact_text").fill("Write to us whenever you like.")
    follow(page.get_by_role("button", name="Save and continue editing").first)
    expect(page.locator("#checks .finding-error")).to_have_count(0)
    while page.get_by_role("button", name="Keep it").count():
        page.get_by_label("Why it is right as it is").first.fill("The reviewer knows these facts.")
        follow(page.get_by_role("button", name="Keep it").first)
        expect(page.get_by_text("Noted with your name")).to_be_visible()
    follow(page.get_by_role("button", name="Submit for review"))
    expect(page.locator(".status-box .badge").first).to_have_text("In review")
    expect(page.get_by_text("Only a clinical reviewer can approve")).to_be_visible()

    open_guide(reviewer, live_server, guide)
    follow(reviewer.get_by_role("link", name="Review and approve"))
    confirm_all_facts(reviewer)
    # What the import doubted is still there as comments.
    reviewer.get_by_label(re.compile("approve all the same")).check()
    reviewer.get_by_role("button", name="Approve and publish").click()
    expect(reviewer.locator(".messagelist .success")).to_contain_text("edition 1")

    reader = new_page()
    reader.goto(f"{live_server.url}/guides/{guide.slug}/")
    expect(reader.get_by_role("heading", level=1)).to_have_text(guide.title)
    expect(reader.get_by_text(re.compile("Clinically reviewed by Ruth Romero, RN")).first).to_be_visible()
    assert reader.context.cookies() == []


def test_axe_finds_no_violation_on_the_pages_around_the_editor(desk_of, live_server, edith, published, axe, watch):  # noqa: PLR0917
    page = desk_of(edith)
    desk = live_server.url + "/admin/articles/guide/"
    for path in (f"{published.pk}/preview/", f"{published.pk}/compare/", "import/"):
        page.goto(desk + path)
        assert watch.problems() == []
        axe(page)
        watch.console.clear()  # axe itself tries inline styles, which the CSP refuses


def test_the_fields_of_the_editor_have_names(desk_of, live_server, edith, draft):
    page = desk_of(edith)
    open_guide(page, live_server, draft)
    expect(page.get_by_role("textbox", name="Text", exact=True)).to_be_visible()
    expect(page.get_by_role("spinbutton", name="number", exact=True).first).to_have_value("1")
    expect(page.get_by_role("textbox", name="publisher", exact=True).first).to_have_value("Institute of Examples")


def test_the_editor_keeps_all_that_a_guide_may_hold(desk_of, live_server, edith, draft, watch):
    body = "".join(dict.fromkeys(EXAMPLES.values())) + '<ol type="i"><li>First</li><li>Second</li></ol>'
    Guide.objects.filter(pk=draft.pk).update(body=body)
    page = desk_of(edith)
    page.route("**/media/guides/*", lambda route: route.fulfill(content_type="image/webp", body=b""))
    open_guide(page, live_server, draft)
    type_at_end(page, "ly")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Guide.objects.get().body == body.replace("Second<", "Secondly<")
    assert watch.problems() == []


def test_a_new_guide_gets_its_address_from_its_title_and_its_sources_their_numbers(desk_of, live_server, edith, watch):
    page = desk_of(edith)
    page.goto(live_server.url + "/admin/articles/guide/add/")
    page.locator("#id_title").press_sequentially("¿Qué es la abstinencia?")
    expect(page.locator("#id_slug")).to_have_value("que-es-la-abstinencia")
    for number, title in ((1, "A handbook"), (2, "A study")):
        page.get_by_role("button", name=re.compile("Add another Source", re.IGNORECASE)).click()
        row = page.locator(f"#sources-{number - 1}")
        expect(row.get_by_role("spinbutton", name="number", exact=True)).to_have_attribute("placeholder", str(number))
        row.get_by_role("textbox", name="title", exact=True).fill(title)
        row.get_by_role("textbox", name="publisher", exact=True).fill("Example Press")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    guide = Guide.objects.get()
    assert guide.slug == "que-es-la-abstinencia"
    assert list(guide.sources.values_list("number", "title")) == [(1, "A handbook"), (2, "A study")]
    page.locator("#id_title").fill("Another title")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Guide.objects.get().slug == "que-es-la-abstinencia"
    assert watch.problems() == []


def test_a_step_saves_what_is_typed_first(desk_of, live_server, edith, draft):
    page = desk_of(edith)
    open_guide(page, live_server, draft)
    type_at_end(page, " Typed last.")
    page.locator("#id_summary").fill("A summary that nobody saved.")
    follow(page.get_by_role("button", name="Submit for review"))
    guide = Guide.objects.get()
    assert (guide.state, guide.summary) == ("in_review", "A summary that nobody saved.")
    assert "Typed last." in guide.body


def test_ruth_is_asked_before_she_leaves_with_facts_that_she_ticked(desk_of, live_server, edith, ruth, draft):
    review.submit(draft, by=edith)
    page = desk_of(ruth)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    address = f"{live_server.url}/admin/articles/guide/{draft.pk}/review/"
    page.goto(address)
    page.goto(f"{live_server.url}/admin/")
    assert asked == []
    page.goto(address)
    page.locator("form[data-ask-first] input[type=checkbox]").first.check()
    page.goto(f"{live_server.url}/admin/")
    assert asked == ["beforeunload"]
