"""Logging that never includes what a person typed, in log lines or error reports."""

import logging
import traceback
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.views.debug import ExceptionReporter

from recovery_site.secrets import MissingSecret

# Errors whose message was written for the operator: it says the mend and quotes settings and paths only. Other classes of ours say so
# with an attribute `message_is_for_operators`.
FOR_OPERATORS = (ImproperlyConfigured, MissingSecret)


def message_of(error: BaseException | None) -> str:
    """Return the message of an exception as one line, or "" unless it was written for the operator."""
    shown = isinstance(error, FOR_OPERATORS) or getattr(type(error), "message_is_for_operators", False)
    return " ".join(str(error).split()) if shown else ""


class PrivateFormatter(logging.Formatter):
    """Formats exceptions as their class and traceback lines, without their message or the request's path.

    An exception's message can quote what a visitor typed ("invalid literal for int(): …"), and Django's request log
    includes the URL. Neither is needed to find a bug. Only what message_of returns is kept.
    """

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith("django.request") or record.name.startswith("django.security"):
            record = logging.makeLogRecord({**record.__dict__, "msg": self._request_line(record), "args": None})
        if record.name.startswith("django.security"):
            # Such as a request for another host: anybody can send thousands, and where in Django it was refused tells nothing.
            record.exc_info = record.exc_text = None
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 (the standard library's name)
        kind, value, trace = ei
        lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
        name = getattr(kind, "__name__", kind)
        return "\n".join([*lines, f"  {name}: {message}" if (message := message_of(value)) else f"  {name}"])

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return ""

    @staticmethod
    def _request_line(record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        route = getattr(match, "view_name", None) or "no such page"
        status = getattr(record, "status_code", "")
        return f"{getattr(request, 'method', '')} {route} {status}".strip()


class PrivateExceptionReporter(ExceptionReporter):
    """Error report with the traceback only, without the request, local variables or the exception's message."""

    def __init__(self, request: HttpRequest | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(None, *args, **kwargs)

    def get_traceback_data(self) -> dict[str, Any]:
        data = super().get_traceback_data()
        for frame in data.get("frames", []):
            frame["vars"] = []
        data["exception_value"] = message_of(self.exc_value)
        return data
