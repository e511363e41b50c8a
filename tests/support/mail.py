"""An SMTP server that keeps the mails it receives."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.cluster import free_port

PATIENCE = 120  # seconds to start; a busy machine may need more than the library's default of five


logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's, eight lines a mail


class MailServer:
    """`messages` are the accepted mails, `received_at` when each came (time.monotonic()).

    With `refuse_with` the server refuses new ones with that response; while it `hangs` it doesn't answer.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.received_at: list[float] = []
        self.recipients: list[str] = []
        self.refuse_with = ""
        self.hangs = False
        self.port = free_port()

    @property
    def url(self) -> str:
        """The EMAIL_URL of this server."""
        return f"smtp://127.0.0.1:{self.port}"

    def received(self) -> list[tuple[float, EmailMessage]]:
        """Return the accepted mails with the moment at which each came."""
        return list(zip(self.received_at, self.messages, strict=False))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        while self.hangs:
            await asyncio.sleep(0.05)
        if self.refuse_with:
            return self.refuse_with
        content: Any = envelope.content
        self.received_at.append(time.monotonic())
        self.messages.append(message_from_bytes(content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@contextlib.contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server in a thread of this process."""
    mail = MailServer()
    controller = Controller(mail, hostname="127.0.0.1", port=mail.port, ready_timeout=PATIENCE)
    controller.start()
    try:
        yield mail
    finally:
        mail.hangs = False
        controller.stop()


@pytest.fixture
def smtp_server(settings) -> Iterator[MailServer]:
    """A mail server that receives this process's mails during the test."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    with mail_server() as mail:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail.port
        yield mail
