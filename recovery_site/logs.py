"""Logging that can't leak: what a person typed never reaches a log line or an error report."""

import logging
import traceback
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter


class PrivateFormatter(logging.Formatter):
    """Formats a record with where an exception happened and its class, never its message or a request's path.

    An exception's message can quote what a visitor typed ("invalid literal for int(): …"), and Django's own
    request log lines carry the address that was asked for; neither is needed to find a fault.
    """

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith("django.request") or record.name.startswith("django.security"):
            record = logging.makeLogRecord({**record.__dict__, "msg": self._request_line(record), "args": None})
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 (the standard library's name)
        kind, _value, trace = ei
        lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([*lines, f"  {getattr(kind, '__name__', kind)}"])

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
    """An error report that holds the frames' places and nothing of the request, the variables or the message."""

    def __init__(self, request: HttpRequest | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(None, *args, **kwargs)

    def get_traceback_data(self) -> dict[str, Any]:
        data = super().get_traceback_data()
        for frame in data.get("frames", []):
            frame["vars"] = []
        data["exception_value"] = ""
        return data
