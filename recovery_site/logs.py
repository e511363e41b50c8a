"""Logging that never includes what a person typed, in log lines or error reports: one line for a fault, however often it repeats.

A line is `time level process[id] request logger: what, class of the error at file:line < file:line of the caller`. `request` is the
same eight digits in all lines of one request, and "-" outside of one.
"""

import logging
import os
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.views.debug import ExceptionReporter

from recovery_site.secrets import MissingSecret

# Errors whose message was written for the operator: it says the mend and quotes settings and paths only. Other classes of ours say so
# with an attribute `message_is_for_operators`.
FOR_OPERATORS = (ImproperlyConfigured, MissingSecret)
# Seconds in which the same line is written once; what was left out is then said as a number.
REPEATED_AFTER = 60.0
MOST_LINES = 1_000  # that are remembered; a site that has more different faults than that says each of them
MOST_PLACES = 4  # of our own code in one line, the innermost first
OUR_CODE = Path(__file__).resolve().parent.parent
_LIBRARIES = ("site-packages", "dist-packages", ".venv")


@dataclass
class _Request:
    """`has_failed` is True once an error was logged: Django's own line about the answer would say it again."""

    number: str
    has_failed: bool = False


_request: ContextVar[_Request | None] = ContextVar("request", default=None)


def numbered_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request a number, by which its lines are found (middleware; the first one). It is random and told to nobody else.

    Django logs some answers after the middleware has returned, so the number stays until the next request of the thread.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        _request.set(_Request(secrets.token_hex(4)))
        return get_response(request)

    return middleware


def message_of(error: BaseException | None) -> str:
    """Return the message of an exception as one line, or "" unless it was written for the operator."""
    shown = isinstance(error, FOR_OPERATORS) or getattr(type(error), "message_is_for_operators", False)
    return " ".join(str(error).split()) if shown else ""


def place_of(trace: TracebackType | None) -> str:
    """Return `file:line` of our own code where an exception was raised and of its callers; of a library if it is nowhere in ours."""
    frames = [(Path(frame.filename), frame.lineno) for frame in reversed(traceback.extract_tb(trace))]
    ours = [
        f"{path.relative_to(OUR_CODE)}:{line}"
        for path, line in frames
        if path.is_relative_to(OUR_CODE) and not any(part in _LIBRARIES for part in path.relative_to(OUR_CODE).parts)
    ]
    # Middleware is in every line of a request and says nothing.
    return " < ".join([place for place in ours if "middleware" not in place][:MOST_PLACES] or ours[:1] or _in_library(frames))


def _in_library(frames: list[tuple[Path, int | None]]) -> list[str]:
    return [f"{path.parent.name}/{path.name}:{line}" for path, line in frames[:1]]


def described(error: BaseException | None) -> str:
    """Return the class of an exception, where it was raised, and its message if that was written for the operator; causes likewise."""
    said: list[str] = []
    seen: list[BaseException] = []
    while error is not None and error not in seen and len(seen) < MOST_PLACES:
        seen.append(error)
        name, message, place = type(error).__name__, message_of(error), place_of(error.__traceback__)
        if len(seen) == 1 or name != type(seen[-2]).__name__ or message:
            words = [f"{name}: {message}" if message else name, f"at {place}" if place else ""]
            said.append(" ".join(filter(None, words)))
        error = error.__cause__
    return ", from ".join(said)


def _process() -> str:
    """Return what this process is: "web", or the management command that it runs."""
    if any("granian" in word for word in sys.argv[:3]):
        return "web"
    return next((word for word in sys.argv[1:] if word[:1].isalpha()), Path(sys.argv[0]).stem) if sys.argv else "python"


class PrivateFormatter(logging.Formatter):
    """Formats a record as one line. Of an exception it shows the class and the place, not the message, and not the request's path.

    An exception's message can quote what a visitor typed ("invalid literal for int(): …"), and Django's request log
    includes the URL. Neither is needed to find a bug. Only what message_of returns is kept.
    """

    def format(self, record: logging.LogRecord) -> str:
        request = _request.get()
        values = {**record.__dict__, "msg": said(record), "args": None, "exc_info": None, "exc_text": None, "stack_info": None}
        values |= {"part": f"{_process()}[{os.getpid()}]", "number": request.number if request else "-"}
        return super().format(logging.makeLogRecord(values))


def said(record: logging.LogRecord) -> str:
    """Return what a line says of a record, without time and process."""
    is_refusal = record.name.startswith("django.security")
    words = _request_line(record) if is_refusal or record.name.startswith("django.request") else " ".join(record.getMessage().split())
    # A refusal, such as a request for another host: anybody can send thousands, and where in Django it was refused tells nothing.
    error = described(record.exc_info[1]) if record.exc_info and not is_refusal else ""
    return f"{words}: {error}" if error else words


def _request_line(record: logging.LogRecord) -> str:
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    route = getattr(match, "view_name", None) or "no such page"
    status = getattr(record, "status_code", "")
    return f"{getattr(request, 'method', '')} {route} {status}".strip()


class OnceARequest(logging.Filter):
    """Leaves out Django's line about an answer when the request has logged its error already (a filter of the handler).

    Not where Django caught an exception: that is another fault, and nobody else says it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = _request.get()
        if request is None:
            return True
        if record.name.startswith("django.request") and request.has_failed and not record.exc_info:
            return False
        request.has_failed = request.has_failed or record.levelno >= logging.ERROR
        return True


@dataclass
class _Repeated:
    """A line that was written, until when it isn't written again, and how often it was left out so far."""

    record: logging.LogRecord
    ends: float
    left_out: int = 0


class OncePerMinute(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes a warning or an error at once, and then at most each minute how often it came again: a fault doesn't fill the disk."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines: dict[tuple[str, int, str], _Repeated] = {}
        self._timer: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.WARNING:
            super().emit(record)
            return
        key = (record.name, record.levelno, said(record))
        before = self._lines.get(key)
        if before is not None and time.monotonic() < before.ends:
            before.left_out += 1
            self._say_later()
            return
        if len(self._lines) >= MOST_LINES:
            self._say(time.monotonic(), everything=True)
            self._lines.clear()
        left_out = before.left_out if before else 0
        self._lines[key] = _Repeated(record, time.monotonic() + REPEATED_AFTER)
        if left_out:
            super().emit(_with_number(record, left_out))
        super().emit(record)

    def say_what_was_left_out(self, now: float | None = None) -> None:
        """Write a line for each that came again in its minute, which has ended by `now` (of time.monotonic)."""
        with self.lock or threading.RLock():
            self._timer = None
            self._say(time.monotonic() if now is None else now)

    def _say(self, now: float, *, everything: bool = False) -> None:
        for key, line in list(self._lines.items()):
            if now < line.ends and not everything:
                continue
            if line.left_out:
                super().emit(_with_number(line.record, line.left_out))
                self._lines[key] = _Repeated(line.record, now + REPEATED_AFTER)
            else:
                del self._lines[key]
        if any(line.left_out for line in self._lines.values()):
            self._say_later()

    def _say_later(self) -> None:
        """A fault may end, and then nothing else is logged that would say how often it came."""
        if self._timer is None:
            self._timer = threading.Timer(REPEATED_AFTER, self.say_what_was_left_out)
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        with self.lock or threading.RLock():
            self._say(time.monotonic(), everything=True)
            self._lines.clear()
        if self._timer is not None:
            self._timer.cancel()
        super().close()


def _with_number(record: logging.LogRecord, times: int) -> logging.LogRecord:
    """Return the record as one of our own that says how often it came again. It is of no request."""
    words = f"{said(record)} ({times} more of these in the last minute)"
    # Not of Django's loggers, of whose records the words are not used.
    values = {"name": f"again {record.name}", "levelno": record.levelno, "levelname": record.levelname, "msg": words}
    return logging.makeLogRecord(values)


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
