"""From a document to an answered inquiry, with four people on the running site.

The editor imports and hands in, the reviewer signs, a visitor reads and asks, a member of staff answers, the visitor reads the
answer: once with JavaScript, once without. In between nothing that the visitor typed may lie readable anywhere.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import follow
from tests.support.review import choose_places, ticks_of
from tests.support.site import Site, site_like

pytestmark = pytest.mark.browser

DOCUMENT = Path(__file__).parents[1] / "data" / "heroin-withdrawal-twin.txt"
MENDED = DOCUMENT.with_name("heroin-withdrawal-mended.html")
TITLE = "What Is It Like To Come Off Heroin? A Guide for Families"
ADDRESS = "/guides/what-is-it-like-to-come-off-heroin-a-guide-for-families/"

# Words that occur nowhere else, so that finding one means that it leaked.
NAME = "Quillverna"
PHONE = "+12025550178"
STORY = "The marmalade lighthouse keeps me awake and I want to stop."
REPLY = "Velvetine harbour: come on Thursday, we will sit down together."
NOTE = "Asked about the cinnamon timetable."
TYPED = ["Quillverna", "2025550178", "marmalade", "Velvetine", "cinnamon"]


@pytest.fixture
def site(tmp_path, site_template, static_folder, live_cluster) -> Iterator[Site]:
    """A site for one test, because each publishes the same guide."""
    with site_like(site_template, tmp_path / "data", static_folder, live_cluster) as running:
        yield running


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def someone(request, new_page) -> Callable[[], Page]:
    """A person with a separate browser profile."""
    return lambda: new_page(java_script_enabled=request.param)


def sign_in(page: Page, site: Site, username: str) -> Page:
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(site.people[username])
    follow(page.get_by_role("button", name="Log in"))
    return page


def open_the_draft(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/articles/guide/?q=come+off+heroin")
    follow(page.get_by_role("link", name=TITLE))


def correct_findings(page: Page) -> None:
    """Replace the imported text by one with the required warnings, and give a reason for each remaining finding."""
    expect(page.locator("#checks")).to_contain_text(re.compile("naloxone", re.IGNORECASE))
    # Beside the editor of the text lies the plain field it writes to; without JavaScript there is only that.
    page.locator("#id_body").evaluate("(field, words) => { field.value = words }", MENDED.read_text())
    page.locator("#id_contact_heading").fill("Talk to someone")
    page.locator("#id_contact_text").fill("Write to us whenever you like.")
    follow(page.get_by_role("button", name="Save and continue editing"))
    expect(page.locator("#checks .finding-error")).to_have_count(0)
    while page.get_by_role("button", name="Keep it").count():
        page.get_by_label("Why it is right as it is").first.fill("The reviewer knows these facts.")
        follow(page.get_by_role("button", name="Keep it").first)
        expect(page.get_by_text("Noted with your name")).to_be_visible()


def confirm_the_facts(page: Page) -> None:
    """Approve with all facts ticked but one, see which is missing, and tick it; the other ticks are still there."""
    ticks = ticks_of(page)
    for tick in ticks.all()[1:]:
        tick.check()
    choose_places(page)
    follow(page.get_by_role("button", name="Approve and publish"))
    expect(page.get_by_role("alert")).to_contain_text("Missing: emergency signs")
    expect(ticks.first).not_to_be_checked()
    for tick in ticks.all()[1:]:
        expect(tick).to_be_checked()
    ticks.first.check()


def test_a_document_becomes_a_guide_and_a_question_gets_its_answer(site, someone):
    # An editor imports a document. Visitors don't see it yet.
    assert "Contact block" in site.manage("import_guide", str(DOCUMENT))
    visitor = someone()
    assert visitor.goto(site.url + ADDRESS).status == 404

    # The editor corrects the findings and submits the guide; a second person approves it.
    editor = sign_in(someone(), site, "demo-editor")
    open_the_draft(editor, site)
    correct_findings(editor)
    follow(editor.get_by_role("button", name="Submit for review"))
    expect(editor.get_by_text("A clinical reviewer who did not write it")).to_be_visible()
    expect(editor.get_by_role("link", name="Review and approve")).to_have_count(0)
    reviewer = sign_in(someone(), site, "demo-reviewer")
    open_the_draft(reviewer, site)
    follow(reviewer.get_by_role("link", name="Review and approve"))
    confirm_the_facts(reviewer)
    follow(reviewer.get_by_role("button", name="Approve and publish"))
    expect(reviewer.get_by_text("Published as edition 1")).to_be_visible()

    # A visitor reads it: contents, who reviewed it, when, and a way to ask.
    visitor.goto(site.url + ADDRESS)
    expect(visitor.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(visitor.get_by_role("link", name="Signs of Coming Off Heroin")).to_be_visible()
    expect(visitor.locator("main")).to_contain_text("Clinically reviewed as a whole by")
    expect(visitor.locator("main li", has_text="Goose bumps")).to_be_visible()
    expect(visitor.get_by_role("heading", name="Talk to someone")).to_be_visible()
    assert visitor.context.cookies() == []

    # They ask, and write their receipt down.
    words = ask(visitor)

    # The centre's staff are notified without details about the person; one of them answers.
    staff = sign_in(someone(), site, "demo-triage")
    follow(staff.locator("main").get_by_role("link", name=re.compile("^[0-9A-Z]{4}-[0-9A-Z]{4}")).first)
    expect(staff.get_by_text(STORY)).to_be_visible()
    expect(staff.get_by_text(ADDRESS.split("/")[2])).to_be_visible()  # the guide that helped
    expect(staff.get_by_text(PHONE)).to_have_count(0)
    follow(staff.get_by_role("button", name="Take this case"))
    follow(staff.get_by_role("button", name="Show name and contact details"))
    expect(staff.get_by_text(NAME)).to_be_visible()
    log_an_attempt(staff)
    staff.locator("summary", has_text="Reply in the mailbox").click()
    staff.get_by_role("textbox", name=re.compile("^Reply")).fill(REPLY)
    follow(staff.get_by_role("button", name="Send reply"))
    staff.locator("summary", has_text="Close the case").click()
    staff.get_by_label("How it ended").select_option("information given")
    follow(staff.get_by_role("button", name="Close the case"))
    for event in ("received", "case opened", "taken", "contact details shown", "contact tried", "answered", "closed"):
        expect(staff.locator("main")).to_contain_text(event)

    # The visitor comes back with the words and reads the answer.
    visitor.goto(f"{site.url}/mailbox/")
    visitor.get_by_label("Your receipt words").fill(" ".join(words).upper())
    follow(visitor.get_by_role("button", name="Open my mailbox"))
    expect(visitor.get_by_text(REPLY)).to_be_visible()
    expect(visitor.locator("main")).not_to_contain_text("cinnamon")  # notes are the staff's own

    nothing_typed_is_readable(site, words)


def ask(visitor: Page) -> list[str]:
    follow(visitor.get_by_role("link", name="Write to us in private"))
    visitor.get_by_label("Myself", exact=True).check()
    visitor.get_by_label("What is going on?").fill(STORY)
    visitor.get_by_label("What may we call you?").fill(NAME)
    visitor.get_by_label("By a phone call").check()
    visitor.get_by_label("Phone number").fill(PHONE)
    visitor.get_by_label("You may call me at this number").check()
    follow(visitor.get_by_role("button", name="Send", exact=True))
    words = visitor.locator(".receipt li").all_inner_texts()
    assert len(words) == 7
    visitor.locator("input[name=word]").fill(words[3])
    follow(visitor.get_by_role("button", name="I have written it down"))
    visitor.reload()
    expect(visitor.locator(".receipt")).to_have_count(0)
    return words


def log_an_attempt(staff: Page) -> None:
    staff.get_by_label("Way").select_option("phone call")
    staff.get_by_label("no answer").check()
    staff.get_by_role("textbox", name=re.compile("^Note")).fill(NOTE)
    follow(staff.get_by_role("button", name="Save attempt"))


def nothing_typed_is_readable(site: Site, receipt: list[str]) -> None:
    """Search everything that the site writes: the bytes of the database, the log, the mails."""
    mails = "".join(mail.as_string() for mail in site.mails())
    assert "/admin/intake/inquiry/" in mails
    kept = {"database": site.stored(), "log": site.logs().encode(), "mails": mails.encode()}
    for place, content in kept.items():
        for word in [*TYPED, " ".join(receipt)]:
            assert word.encode() not in content, f"{word} is readable in the {place}"
