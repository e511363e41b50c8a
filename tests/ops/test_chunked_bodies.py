"""A form whose length isn't told beforehand, as some proxies send it, arrives whole."""

import http.client
import re
from urllib.parse import urlencode

import pytest

from tests.support.site import Site

pytestmark = pytest.mark.once


def ask(site: Site, method: str, body: object = None, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=300)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, "/contact/", body, {**kind, **headers}, encode_chunked=True)  # type: ignore[arg-type]
    response = connection.getresponse()
    page = response.read().decode()
    connection.close()
    return response.status, page


def test_the_words_of_a_visitor_behind_such_a_proxy_arrive(live_site):
    token = re.findall(r'name="token" value="([^"]*)"', ask(live_site, "GET")[1])[0]
    form = urlencode({"token": token, "for_whom": "self", "contact_way": "mailbox", "message": "please help me"}).encode()
    pieces = iter([form[:10], form[10:40], form[40:]])
    status, page = ask(live_site, "POST", pieces, **{"Transfer-Encoding": "chunked"})
    assert status == 303, page


def test_one_that_never_ends_is_refused(live_site):
    status, page = ask(live_site, "POST", (b"x" * 100_000 for _piece in range(111)), **{"Transfer-Encoding": "chunked"})
    assert status == 413
    assert "tel:911" in page
