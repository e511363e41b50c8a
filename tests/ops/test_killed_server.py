"""What a visitor was told is sent is there after the server was killed, and opens with the receipt they were shown."""

import http.client
import itertools
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.cluster import Cluster
from tests.support.site import Site, site_like

SENDERS = 3
ENOUGH = 8  # forms that were acknowledged before the kill
PATIENCE = 300  # seconds
# What a visitor's browser meets when the server dies under it.
BROKEN = (OSError, http.client.HTTPException)


@pytest.fixture
def site(site_template: Path, static_folder: Path, live_cluster: Cluster | None, tmp_path: Path) -> Iterator[Site]:
    """A running site of this test's own, where each request may name the address it comes from."""
    settings = {"CLIENT_ADDRESS_HEADER": "HTTP_X_REAL_IP", "PROOF_OF_WORK": "never"}
    with site_like(site_template, tmp_path / "data", static_folder, live_cluster, **settings) as running:
        yield running


class Browser:
    """One visitor's browser, from a network of its own."""

    def __init__(self, site: Site, number: int) -> None:
        self.port, self.number = site.port, number
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        """Send a request; return status and page."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"X-Real-IP": f"10.0.{self.number}.1", "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path, urlencode(fields), headers)
        response = connection.getresponse()
        page = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        connection.close()
        return response.status, page

    def ask_for_help(self) -> bool:
        """Send the form with a message of this visitor's own; tell whether the site says that it is sent."""
        _status, page = self.send("GET", "/contact/")
        token = re.findall(r'name="token" value="([^"]*)"', page)[0]  # of the call back's form and of this one
        status, _page = self.send("POST", "/contact/", token=token, for_whom="self", contact_way="mailbox", message=self.message)
        return status == 303

    @property
    def message(self) -> str:
        return f"message of visitor {self.number}"

    def mailbox(self) -> str:
        """Open the mailbox with the words of the receipt, which the page after sending shows; return its page."""
        _status, page = self.send("GET", "/contact/sent/")
        words = re.search(r'<ol class="receipt"[^>]*>(.*?)</ol>', page, re.DOTALL)
        assert words, "the receipt isn't shown"
        status, _page = self.send("POST", "/mailbox/", words=" ".join(re.sub(r"<[^>]+>", " ", words[1]).split()))
        assert status == 303
        return self.send("GET", "/mailbox/open/")[1]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc to find the processes in")
def test_a_form_that_was_acknowledged_survives_a_kill_of_all_processes(site: Site) -> None:
    acknowledged: list[Browser] = []
    numbers, enough, killed = itertools.count(1), threading.Event(), threading.Event()

    def visitors() -> None:
        while not killed.is_set():
            browser = Browser(site, next(numbers))
            try:
                if browser.ask_for_help():
                    acknowledged.append(browser)
            except BROKEN:
                return
            if len(acknowledged) >= ENOUGH:
                enough.set()

    senders = [threading.Thread(target=visitors) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    assert enough.wait(PATIENCE), site.logs()
    site.kill()
    killed.set()
    for sender in senders:
        sender.join(PATIENCE)
    site.start()

    for browser in acknowledged:
        assert browser.message in browser.mailbox()
