"""Visitors who send the contact form while something breaks, and what came of it. For the fault drills and other tests of running sites."""

import http.client
import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlencode, urlsplit

PATIENCE = 300  # seconds
# What a visitor's browser meets when the server dies under it.
BROKEN = (OSError, http.client.HTTPException)
TRY_AGAIN_SECONDS = 0.2
SENT, TIMEOUT, REFUSED, BROKEN_OFF = "sent", "timeout", "connection refused", "connection broken off"
KEPT, LOST = "words kept", "words lost"
# Each visitor of this process has a number of their own, and by it a network.
_numbers = itertools.count(1)


class Browser:
    """One visitor's browser, from a network of its own. `address` is the site's, such as http://127.0.0.1:8000."""

    def __init__(self, address: str, number: int, *, words: str = "message", timeout: float = PATIENCE) -> None:
        self.address, self.number, self.timeout = address, number, timeout
        self.message = f"{words} of visitor {number}"
        self.cookies: dict[str, str] = {}
        self.token = self.receipt = self.why_lost = ""
        self.sent_at = self.acknowledged_at = 0.0  # time.monotonic() at the beginning and the end of the request that was acknowledged

    def send(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        """Send a request; return status and page. Raises one of BROKEN."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        network = f"10.{self.number >> 8 & 255}.{self.number & 255}.1"
        headers = {"X-Real-IP": network, "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=self.timeout)
        try:
            connection.request(method, path, urlencode(fields), headers)
            response = connection.getresponse()
            page = response.read().decode()
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return response.status, page

    def ask_for_help(self) -> bool:
        """Send the form with this visitor's own message; tell whether the site says that it is sent."""
        return self.try_to_send() == SENT

    def try_to_send(self) -> str:
        """Send the form, the same one after a failure; return what the visitor meets, as a key of Visitors.seen."""
        try:
            if not self.token:
                status, page = self.send("GET", "/contact/")
                tokens = re.findall(r'name="token" value="([^"]*)"', page)  # of the call back's form and of the long one
                if not tokens:
                    return f"{status}, no form but whom to call" if 'href="tel:' in page else f"{status}, no form"
                self.token = tokens[0]
            self.sent_at = time.monotonic()
            fields = {"token": self.token, "for_whom": "self", "contact_way": "mailbox", "message": self.message}
            status, page = self.send("POST", "/contact/", **fields)
        except BROKEN as error:
            return _broken(error)
        if status != 303:
            # Such as a new one, because the form's was too old.
            self.token = next(iter(re.findall(r'name="token" value="([^"]*)"', page)), self.token)
            return f"{status}, {KEPT if self.message in page else LOST}"
        self.acknowledged_at = time.monotonic()
        return SENT

    def read_receipt(self) -> str:
        """Return the words of the receipt, which the page after sending shows. Raises one of BROKEN, or AssertionError."""
        if not self.receipt:
            _status, page = self.send("GET", "/contact/sent/")
            words = re.search(r'<ol class="receipt"[^>]*>(.*?)</ol>', page, re.DOTALL)
            assert words, "the receipt isn't shown"
            self.receipt = " ".join(re.sub(r"<[^>]+>", " ", words[1]).split())
        return self.receipt

    def mailbox(self) -> str:
        """Open the mailbox with the words of the receipt; return its page."""
        status, _page = self.send("POST", "/mailbox/", words=self.read_receipt())
        assert status == 303, f"the words of the receipt open nothing ({status})"
        return self.send("GET", "/mailbox/open/")[1]


class Visitors:
    """`threads` visitors at a time send the contact form to the given addresses in turn, each with their own network and words.

    Whoever isn't answered "sent" tries the same form again at the next address, as people do. With `number`, only so many come.
    `words` begins what they write, and `pause` are the seconds after which the next one comes. A context manager that ends with stop().
    """

    def __init__(
        self,
        addresses: Sequence[str],
        *,
        threads: int = 4,
        number: int | None = None,
        words: str = "message",
        timeout: float = 30,
        pause: float = 0,
    ) -> None:
        self.addresses = tuple(addresses)
        self.acknowledged: list[Browser] = []
        self.seen: Counter[str] = Counter()
        self._words, self._timeout, self._most, self._pause = words, timeout, number, pause
        self._begun = 0
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._come, daemon=True) for _number in range(threads)]

    def __enter__(self) -> "Visitors":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def wait_for(self, acknowledged: int) -> None:
        """Return once at least so many forms were acknowledged in all. Raises AssertionError after PATIENCE."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.acknowledged) >= acknowledged, PATIENCE)
        assert arrived, f"{len(self.acknowledged)} of {acknowledged} forms were acknowledged: {dict(self.seen)}"

    def wait_for_one_sent_after(self, moment: float) -> float:
        """Wait for a form that was sent after `moment` (time.monotonic()) and acknowledged; return the seconds from there to its answer."""

        def answers() -> Iterator[float]:
            return (browser.acknowledged_at for browser in self.acknowledged if browser.sent_at >= moment)

        with self._changed:
            arrived = self._changed.wait_for(lambda: any(answers()), PATIENCE)
        assert arrived, f"no form was acknowledged any more: {dict(self.seen)}"
        return min(answers()) - moment

    def wait_until_seen(self, kind: str) -> None:
        """Return once a visitor met `kind`, a key of `seen` or the beginning of one. Raises AssertionError after PATIENCE."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: any(key.startswith(kind) for key in self.seen), PATIENCE)
        assert arrived, f"nobody met {kind!r}: {dict(self.seen)}"

    def stop(self) -> None:
        """Let nobody begin any more, and return when the last request has ended."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(self._timeout + PATIENCE)

    def lost(self, addresses: Sequence[str] = ()) -> list[Browser]:
        """Return whose receipt opens nothing, or other words than they wrote, at any of `addresses` (by default where they sent).

        Their `why_lost` says what happened instead.
        """
        with ThreadPoolExecutor(len(self._threads)) as pool:
            opens = pool.map(lambda browser: _opens(browser, addresses or self.addresses), self.acknowledged)
        return [browser for browser, is_open in zip(self.acknowledged, opens, strict=True) if not is_open]

    def words_lost(self) -> dict[str, int]:
        """Return the refusals by which somebody lost what they had typed."""
        return {kind: count for kind, count in self.seen.items() if kind.endswith(LOST)}

    def _come(self) -> None:
        while (browser := self._next()) is not None:
            while not self._stopping.is_set():
                kind = browser.try_to_send()
                with self._changed:
                    self.seen[kind] += 1
                    if kind == SENT:
                        self.acknowledged.append(browser)
                    self._changed.notify_all()
                if kind == SENT:
                    self._read_receipt(browser)
                    self._stopping.wait(self._pause)
                    break
                self._stopping.wait(TRY_AGAIN_SECONDS)
                browser.address = self._after(browser.address)

    def _next(self) -> Browser | None:
        """Return the next visitor's browser, or None when nobody else comes."""
        with self._changed:
            if self._stopping.is_set() or self._begun == self._most:
                return None
            self._begun += 1
            address = self.addresses[self._begun % len(self.addresses)]
        return Browser(address, next(_numbers), words=self._words, timeout=self._timeout)

    def _after(self, address: str) -> str:
        return self.addresses[(self.addresses.index(address) + 1) % len(self.addresses)]

    def _read_receipt(self, browser: Browser) -> None:
        """Let a visitor see the page after sending, as a browser does by itself. Whoever can't comes back later."""
        try:
            browser.read_receipt()
        except (*BROKEN, AssertionError):
            with self._changed:
                self.seen["sent, receipt shown later"] += 1


@dataclass(frozen=True)
class Outcome:
    """What one drill showed: a row of docs/drills.md. Times are in seconds."""

    name: str
    database: str
    acknowledged: int
    lost: int
    # Until the next form was acknowledged after the fault (or after the mend). None if there was no pause to measure.
    recovered: float | None
    seen: dict[str, int]
    # Who was told and how, such as "the operator by the second mail server", or "nobody".
    told: str
    told_after: float | None


def _broken(error: Exception) -> str:
    """Return what a visitor's browser says to this error."""
    if isinstance(error, TimeoutError):
        return TIMEOUT
    return REFUSED if isinstance(error, ConnectionRefusedError) else BROKEN_OFF


def _opens(browser: Browser, addresses: Sequence[str]) -> bool:
    """Return whether the visitor reads their own words with their receipt at one of `addresses`."""
    browser.timeout = PATIENCE  # what is only slow isn't lost
    for address in addresses:
        browser.address = address
        try:
            if browser.message in browser.mailbox():
                return True
            browser.why_lost = "the mailbox has other words"
        except (*BROKEN, AssertionError) as error:
            browser.why_lost = f"{type(error).__name__} {error}"
    return False
