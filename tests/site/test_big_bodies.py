"""Large requests can't fill the server's disk or memory."""

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler

pytestmark = pytest.mark.django_db


@pytest.fixture
def spooled(monkeypatch):
    """The names of temporary files that were written."""
    names = []
    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", lambda self, field_name, file_name, *rest, **more: names.append(file_name))
    return names


@pytest.mark.parametrize("address", ["/contact/", "/mailbox/", "/admin/login/", "/guides/x/helpful/", "/"])
def test_a_huge_upload_is_refused_unread(client, spooled, address):
    answer = client.post(address, b"--B\r\n", content_type="multipart/form-data; boundary=B", CONTENT_LENGTH=str(10**10))
    assert answer.status_code == 413
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in answer.headers


def test_a_file_in_a_visitors_form_is_refused_before_it_is_stored(client, spooled):
    body = b'--B\r\nContent-Disposition: form-data; name="f"; filename="big.bin"\r\n\r\n' + b"x" * 2_000_000 + b"\r\n--B--\r\n"
    assert client.post("/contact/", body, content_type="multipart/form-data; boundary=B").status_code == 413
    assert not spooled
