"""Somebody at work: a page signed in as one of the people in tests/people.py, which counts presses and page loads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Locator, Page, Response, expect

from accounts.models import User
from accounts.roles import SITE_ROLES
from tests.people import PASSWORD
from tests.support.browser import follow

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


@dataclass
class Work:
    """A page of somebody who is signed in."""

    page: Page
    address: str
    presses: int = 0
    loads: int = 0
    broken: list[str] = field(default_factory=list)

    def press(self, target: Locator) -> None:
        """Click something that loads no page."""
        self.presses += 1
        target.click()

    def go(self, target: Locator) -> None:
        """Click something that loads a page."""
        self.presses += 1
        self.loads += 1
        follow(target)

    def open(self, path: str) -> None:
        """Open an address of the admin."""
        self.page.goto(f"{self.address}/admin/{path}")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.locator("#container").get_by_role("link", name=name, exact=True).first

    def reads(self, words: str) -> None:
        """Assert that the page says `words`, where they can be seen."""
        expect(self.page.locator("#container").get_by_text(words).first).to_be_visible()

    def fits(self) -> None:
        """Assert that nothing is wider than the screen."""
        assert self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0

    def heard(self, response: Response) -> None:
        if response.status >= 500:
            self.broken.append(f"{response.status} {response.url}")


@pytest.fixture(autouse=True)
def roles(transactional_db) -> None:
    """Create the roles again, because tests that commit flush the groups that migrations created."""
    for name in SITE_ROLES:
        Group.objects.get_or_create(name=name)


@pytest.fixture
def at_work(new_page, live_server) -> Iterator[Callable[..., Work]]:
    """Sign somebody in: `at_work(amara, DESK)`. The test fails if a page of theirs ended in an error of the server."""
    everybody: list[Work] = []

    def sign_in(person: User, screen: dict[str, int] = DESK) -> Work:
        page = new_page(viewport=screen)
        work = Work(page, live_server.url)
        page.on("response", work.heard)
        everybody.append(work)
        work.open("")
        page.get_by_label("Username").fill(person.username)
        page.get_by_label("Password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Log in"))
        return work

    yield sign_in
    assert [line for work in everybody for line in work.broken] == []
