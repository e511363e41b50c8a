"""Steps that several journeys take: ask for help, open the mailbox, look at the first screen."""

from playwright.sync_api import Locator, Page, expect

from tests.support.browser import follow

PHONE = {"width": 360, "height": 740}


def ask(page: Page, address: str, message: str = "", **answers: str) -> list[str]:
    """Send the contact form at `address` and return the words of the receipt.

    `answers` are values by name: choices such as for_whom="self", texts such as name="Rosa", and "on" for what is ticked.
    """
    fill(page, address, message, **answers)
    follow(page.locator("#contact-form button.button[type=submit]:not([name])"))
    expect(page.locator("ol.receipt li")).to_have_count(7)
    return words_on(page)


def fill(page: Page, address: str, message: str, **answers: str) -> None:
    """Fill in the contact form at `address` without sending it."""
    page.goto(address)
    form = page.locator("#contact-form")
    for name, value in {"for_whom": "self", "contact_way": "mailbox", **answers}.items():
        choice = form.locator(f"[name={name}][value={value!r}]")
        if value == "on":
            form.locator(f"[name={name}]").check()
        elif choice.count():
            choice.check()
        else:
            form.locator(f"[name={name}]").fill(value)
    form.locator("[name=message]").fill(message)


def words_on(page: Page) -> list[str]:
    """Return the words of the receipt that the page shows."""
    return page.locator("ol.receipt li").all_inner_texts()


def open_mailbox(page: Page, address: str, words: str) -> None:
    """Type `words` at the entrance of the mailbox and press the button."""
    page.goto(address)
    page.locator("[name=words]").fill(words)
    follow(page.locator("main form button.button[type=submit]").first)


def on_first_screen(target: Locator) -> bool:
    """Return whether the element ends above "Leave this page", without scrolling."""
    box, leave = target.bounding_box(), target.page.locator("#leave").bounding_box()
    return box is not None and leave is not None and box["y"] >= 0 and box["y"] + box["height"] <= leave["y"]
