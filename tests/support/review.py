"""The page on which a reviewer confirms the facts of a guide, driven in a browser."""

import re

from playwright.sync_api import Locator, Page


def ticks_of(page: Page) -> Locator:
    """Return the boxes of all facts."""
    return page.get_by_label(re.compile("I read (it there|the whole text)"))


def choose_places(page: Page) -> None:
    """Choose a section for each fact for which none is proposed."""
    for place in page.get_by_label("Where it stands").all():
        if not place.input_value():
            place.select_option(index=1)


def confirm_all_facts(page: Page) -> None:
    """Tick each fact, with a place in the text."""
    for tick in ticks_of(page).all():
        tick.check()
    choose_places(page)
