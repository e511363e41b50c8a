"""A real browser that fails tests on requests to other hosts, JavaScript errors and CSP violations."""

import ipaddress
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect, sync_playwright

from tests.support.chromium import FLAGS, chromium_path
from tests.support.skipping import unavailable

OWN_HOSTS = {"127.0.0.1", "localhost", None}  # None: about:blank, data: and blob: addresses have no host
PATIENCE = 120_000  # milliseconds that an action or an expectation may wait: a busy machine takes ten seconds for a page
expect.set_options(timeout=PATIENCE)


def follow(button_or_link: Locator) -> None:
    """Click something that loads a page, and wait until it has loaded completely.

    After a plain click() a test might still see, or type into, the old page.
    """
    with button_or_link.page.expect_navigation():
        button_or_link.click()


@dataclass
class Watch:
    """Problems in the pages of one test. A test that expects a problem asserts it, then clears the list."""

    other_hosts: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def attach(self, context: BrowserContext) -> None:
        """Listen to all pages of `context`."""
        context.on("request", lambda request: self._request(request.url))
        context.on("console", lambda message: self._console(message.type, message.text))
        context.on("weberror", lambda error: self.console.append(str(error.error)))
        context.on("response", self._response)

    def problems(self) -> list[str]:
        """Return one line for each problem that the test hasn't cleared."""
        return (
            [f"asked another host: {url}" for url in self.other_hosts]
            + [f"console: {text}" for text in self.console]
            + [f"did not load: {text}" for text in self.failed]
        )

    def _request(self, url: str) -> None:
        if urlsplit(url).hostname not in OWN_HOSTS:
            self.other_hosts.append(url)

    def _console(self, kind: str, text: str) -> None:
        # The browser also writes "Failed to load resource" for a page that answers 404 or 422, as some tests want.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.console.append(text)

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self.failed.append(f"{response.status} {response.url}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once per test process. Most tests should use `page` or `new_page` instead."""
    path = chromium_path()
    if path is None:
        unavailable("no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=10 * PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Problems in this test's pages. The test fails if any are left at its end."""
    seen = Watch()
    yield seen
    assert seen.problems() == []


@pytest.fixture
def new_page(chromium: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Create a page in a new context: `new_page(java_script_enabled=False, locale="es")` and so on.

    The options are those of Playwright's `Browser.new_context`.
    """
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> Page:
        address = {"X-Test-Address": str(ipaddress.IPv4Address(secrets.randbits(32)))}
        mine = {"locale": "en-US", "viewport": {"width": 390, "height": 844}, "extra_http_headers": address}
        context = chromium.new_context(**{**mine, **options})
        context.set_default_timeout(PATIENCE)
        watch.attach(context)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A phone-sized page with JavaScript."""
    return new_page()


@pytest.fixture
def page_without_javascript(new_page: Callable[..., Page]) -> Page:
    """A phone-sized page without JavaScript."""
    return new_page(java_script_enabled=False)


# The rules that depend on colours and the size of the window. All others depend on the markup only.
LOOKS = ("color-contrast", "css-orientation-lock", "link-in-text-block", "scrollable-region-focusable", "target-size")
AXE = Axe().axe_script


def violations(
    page: Page, *, exclude: tuple[str, ...] = (), without: tuple[str, ...] = (), only: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """Return axe's violations, each with `id`, `help` and `nodes`. `exclude` has selectors, the other arguments have rules.

    The page needs JavaScript: axe waits for promises that a page without it never settles.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    rules = [rule for rule in only if rule not in without]
    options: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
    # Only violations are returned, because transferring the passes takes longer than finding them.
    options |= {"runOnly": rules} if rules else {"rules": {rule: {"enabled": False} for rule in without}}
    context = {"exclude": [[selector] for selector in exclude]} if exclude else {"include": [["html"]]}
    ask = "([context, options]) => axe.run(context, options).then((results) => results.violations)"
    result: list[dict[str, Any]] = page.evaluate(ask, [context, options])
    return result


@pytest.fixture
def axe() -> Callable[..., None]:
    """Check a page for accessibility: `axe(page)` fails with one line for each violation.

    `without` has rules to skip, `only` (such as LOOKS) has rules to run.
    """

    def check(page: Page, **rules: tuple[str, ...]) -> None:
        failures = violations(page, **rules)
        assert [f"{failure['id']}: {failure['help']}: {[node['html'] for node in failure['nodes']]}" for failure in failures] == []

    return check
