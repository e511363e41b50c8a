"""The browser fixtures report requests to other hosts, policy violations, missing files and axe violations."""

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once]

POLICY = "default-src 'self'"


@pytest.fixture
def serve() -> Iterator[Callable[[str], str]]:
    """Serve one HTML page under a strict policy and return its address."""
    pages: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, b"")
            self.send_response(200 if body or self.path == "/favicon.ico" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def publish(body: str) -> str:
        pages["/"] = f'<!DOCTYPE html><html lang="en"><head><title>Page</title></head><body><main>{body}</main></body></html>'.encode()
        return f"http://127.0.0.1:{server.server_port}/"

    yield publish
    server.shutdown()
    server.server_close()


def test_a_request_to_another_host_is_blocked_and_named(serve, page, watch):
    page.goto(serve('<h1>Hello</h1><a href="https://elsewhere.example/">away</a>'))
    with page.expect_event("requestfailed"):
        page.get_by_role("link").click(no_wait_after=True)

    assert watch.other_hosts == ["https://elsewhere.example/"]
    watch.other_hosts.clear()


def test_a_breach_of_the_content_policy_is_named(serve, page, watch):
    page.goto(serve("<h1>Hello</h1><script>document.title = 'Changed'</script>"))

    assert page.title() == "Page"
    assert len(watch.console) == 1
    assert "Content Security Policy" in watch.console[0]
    watch.console.clear()


def test_a_file_that_does_not_load_is_named(serve, page, watch):
    page.goto(serve('<h1>Hello</h1><img src="/missing.png" alt="">'))

    assert [line.split(" ")[0] for line in watch.failed] == ["404"]
    watch.failed.clear()


def test_axe_names_what_it_finds(serve, page, axe):
    page.goto(serve("<h1>Hello</h1>"))
    axe(page)

    page.goto(serve('<h1>Hello</h1><img src="/favicon.ico">'))
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
