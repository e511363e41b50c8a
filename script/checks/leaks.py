"""Nothing that a person typed may appear in log lines, exceptions or the output of commands.

Sealed fields and parts of the request are forbidden there, because logs are copied, mailed and kept longer than inquiries.
So are caught exceptions, whose message may quote typed text ("invalid literal for int(): …"); their class may be logged.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

LOGGERS = {"logger", "log", "logging", "_logger", "LOGGER"}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
STREAMS = {"stdout", "stderr"}
# Attributes with typed text or with keys, on any object.
PRIVATE_ATTRIBUTES = {"sealed", "wrapped", "cleaned_data", "POST", "FILES", "COOKIES"}
# Attributes that are private on a request only.
REQUEST_ATTRIBUTES = {"GET", "META", "headers", "body", "path", "path_info", "get_full_path", "build_absolute_uri", "session"}
PRIVATE_NAMES = {"payload", "cleaned", "case_key", "private_key", "receipt_words", "cleaned_data"}
# Functions whose result doesn't reveal their arguments.
HARMLESS = {"len", "type", "bool"}


def find(modules: Iterable[Path]) -> Iterator[str]:
    """Yield one line for each call in `modules` (except tests) that would print something private."""
    for path in modules:
        if "tests" not in path.parts:
            violations = leaks(path.read_text(encoding="utf-8"))
            yield from (f"{path}:{line}: {what} in a log line, an exception or output" for line, what in violations)


def leaks(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, leaked expression) for private data in log calls, raised exceptions or output in `source`."""
    tree = ast.parse(source)
    for handler in ast.walk(tree):
        if isinstance(handler, ast.ExceptHandler) and handler.name:
            for statement in handler.body:
                for call in ast.walk(statement):
                    if isinstance(call, ast.Call) and _writes_a_log(call):
                        yield from ((line, what) for line, what in _private_parts(call, {handler.name}) if what == handler.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (_writes_a_log(node) or _writes_output(node)):
            yield from _private_parts(node, PRIVATE_NAMES)
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from _private_parts(node.exc, PRIVATE_NAMES)


def _writes_a_log(call: ast.Call) -> bool:
    function = call.func
    if not (isinstance(function, ast.Attribute) and function.attr in LEVELS):
        return False
    owner = function.value
    if isinstance(owner, ast.Call):  # logging.getLogger(…).info(…)
        return isinstance(owner.func, ast.Attribute) and owner.func.attr == "getLogger"
    return (isinstance(owner, ast.Name) and owner.id in LOGGERS) or (isinstance(owner, ast.Attribute) and owner.attr in LOGGERS)


def _writes_output(call: ast.Call) -> bool:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id == "print"
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "write"
        and isinstance(function.value, ast.Attribute)
        and function.value.attr in STREAMS
    )


def _private_parts(call: ast.Call, names: set[str]) -> Iterator[tuple[int, str]]:
    for argument in [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg != "exc_info")]:
        yield from _within(argument, names)


def _within(node: ast.AST, names: set[str]) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in HARMLESS:
        return
    if isinstance(node, ast.Name) and node.id in names:
        yield node.lineno, node.id
    if isinstance(node, ast.Attribute):
        of_request = ast.unparse(node.value).split(".")[-1] == "request"
        if node.attr in PRIVATE_ATTRIBUTES or (of_request and node.attr in REQUEST_ATTRIBUTES):
            yield node.lineno, ast.unparse(node)
            return
    for child in ast.iter_child_nodes(node):
        yield from _within(child, names)
