"""Who was told of a fault, and when: mails that arrived at a mail server, /health/, and a dead man's switch that is pinged no more."""

import http.client
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.ops.drills import hurry
from tests.support.mail import MailServer, mail_server

PATIENCE = 150  # seconds
NO_DATABASE, NO_PAGES = "The database doesn’t answer.", "The site’s own address shows no pages."
OPERATOR, LEAD = "demo-operator@example.org", "demo-lead@example.org"
NO_ANSWER = "no answer"


class Watchers:
    """Two mail servers, a dead man's switch, and a monitor that asks the site for /health/ all the time."""

    def __init__(self, mail: MailServer, second_mail: MailServer) -> None:
        self.mail, self.second_mail = mail, second_mail
        self.pings: list[float] = []
        self.switch_url = ""
        self.seen: list[tuple[float, list[str]]] = []  # when /health/ said so, and which issues
        self.fault_at = 0.0
        self._ends = threading.Event()

    def fault(self) -> None:
        """Note that the fault begins now: all that follows is measured from here."""
        self.fault_at = time.monotonic()

    def mailed(self, *words: str, by: MailServer | None = None, to: str = OPERATOR) -> float:
        """Wait until a mail that has one of `words` arrived at `to` since the fault; return after how many seconds."""
        server = by or self.mail

        def arrived() -> float | None:
            for at, message in server.received():
                text = " ".join(message.get_content().split())
                if at > self.fault_at and to in str(message["to"]) and any(each in text for each in words):
                    return at - self.fault_at
            return None

        def last() -> str:
            return f"{to} got no mail with {words}; the last ones: {[each.get_content() for each in server.messages[-3:]]}"

        return _wait(arrived, last)

    def mailed_without_database(self, *words: str) -> float:
        """Return after how many seconds of a real site the operator got the mail that housekeeping sends from memory."""
        return hurry.really(self.mailed(*words), hurry.unstored_trouble(), hurry.ROUND_OF_HOUSEKEEPING)

    def on_health(self, *codes: str) -> float:
        """Wait until /health/ shows one of `codes`, or NO_ANSWER; return after how many seconds."""

        def shown() -> float | None:
            return next((at - self.fault_at for at, issues in self.seen if at > self.fault_at and set(codes) & set(issues)), None)

        return _wait(shown, lambda: f"/health/ never showed {codes}; it showed {self.seen[-3:]}")

    def well(self, after: float) -> float:
        """Wait until /health/ says ok, asked after the moment `after`; return when it did (time.monotonic())."""

        def shown() -> float | None:
            return next((at for at, issues in self.seen if at > after and not issues), None)

        return _wait(shown, lambda: f"/health/ still shows {self.seen[-3:]}")

    def pinged(self, after: float) -> float:
        """Wait until the switch is pinged after the moment `after`; return when it was (time.monotonic())."""
        return _wait(lambda: next((at for at in self.pings if at > after), None), lambda: f"no ping; /health/ shows {self.seen[-3:]}")

    def switch_silent(self) -> float:
        """Wait until the switch misses its pings; return after how many seconds since the fault the last one came (0 if none came)."""

        def silent() -> float | None:
            last = max((at for at in self.pings if at > self.fault_at), default=self.fault_at)
            return last - self.fault_at if time.monotonic() - last > hurry.SILENT else None

        return _wait(silent, lambda: "the dead man's switch was pinged all the time")

    def watch(self, port: int) -> None:
        """Ask for /health/ until the end (in a thread)."""
        while not self._ends.wait(0.05):
            asked_at = time.monotonic()
            issues = _health(port)
            self.seen.append((asked_at, issues))

    def end(self) -> None:
        """Ask no more."""
        self._ends.set()


@contextmanager
def watchers() -> Iterator[Watchers]:
    """Run the mail servers and the switch."""
    with mail_server() as mail, mail_server() as second:
        found = Watchers(mail, second)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found.pings.append(time.monotonic())
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Don't log."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        found.switch_url = f"http://127.0.0.1:{server.server_port}/ping"
        try:
            yield found
        finally:
            found.end()
            server.shutdown()
            server.server_close()


def _health(port: int) -> list[str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/")
        return list(json.loads(connection.getresponse().read())["issues"])
    except (OSError, http.client.HTTPException):
        return [NO_ANSWER]
    except (ValueError, KeyError):  # a page for errors
        return ["error"]
    finally:
        connection.close()


def _wait(answer: Callable[[], float | None], otherwise: Callable[[], str]) -> float:
    deadline = time.monotonic() + PATIENCE
    while (found := answer()) is None:
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.02)
    return found
