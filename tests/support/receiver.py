"""An HTTP server that receives what the site posts to webhooks and the SMS gateway."""

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def receiver() -> Iterator[Any]:
    """A server that stores requests in `seen` and responds with `status` and `answer`, or not at all if `silent`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        status = 204
        answer = ""
        silent = False
        seen: list[tuple[dict[str, str], bytes]] = []
        url = ""

        def do_POST(self) -> None:
            self.seen.append((dict(self.headers), self.rfile.read(int(self.headers.get("Content-Length", 0)))))
            if self.silent:
                self.close_connection = True
                return
            self.send_response(self.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(self.answer.encode())))
            self.end_headers()
            self.wfile.write(self.answer.encode())

        do_GET = do_POST  # noqa: N815 (the library's name)

        def log_message(self, *args: Any) -> None:
            """Don't log."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    Handler.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield Handler
    server.shutdown()
    server.server_close()
