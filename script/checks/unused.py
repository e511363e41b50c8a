"""No function, class or method that nothing uses, as far as vulture can tell. What only tests use counts as unused."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from vulture import Vulture

# Names that Django, Python or a library calls or reads.
CALLED_BY_OTHERS = [
    "Batches",  # by migrations to come (CONTRIBUTING.md)
    *("Meta", "Migration", "*Config", "application", "ready", "add_arguments", "handle_*", "has_changed", "has_expired", "lookups"),
    *(
        "clean_*",
        "get_*",
        "has_*_permission",
        "save_*",
        "delete_*",
        "formfield_*",
        "response_*",
        "as_sqlite",
        "as_postgresql",
        "change_view",
        "user_change_password",
        "each_context",
        "app_index",
        "login_form",
        "_get_site_name",
        "_get_user_identifier",
        "_make_hash_value",
        "value_from_datadict",
    ),
    *(
        "do_GET",
        "do_POST",
        "log_message",
        "redirect_request",
        "formatException",
        "process_view",
        "process_exception",
        "formatStack",
        "to_url",
        "_system_print",
        "_get_session_from_db",
        "_has_expired",
    ),
]
KINDS = {"function", "method", "property", "class", "import"}  # not variables: most are fields and options that Django reads
TEMPLATES = {".html", ".txt", ".xml"}
WORD = re.compile(r"[A-Za-z_]\w+")
NAME = re.compile(r"\w+(\.\w+)*")


def find(files: Iterable[Path]) -> Iterator[str]:
    """Yield one line for each name in the modules of `files` that no module, no template and no string names."""
    files = [path for path in files if path.parts[0] not in ("tests", "benchmarks")]
    modules = [path for path in files if path.suffix == ".py" and "migrations" not in path.parts]
    named: set[str] = set()
    for path in files:
        if path.suffix in TEMPLATES:
            named.update(WORD.findall(path.read_text(encoding="utf-8")))
    for path in modules:
        named.update(_named_in_strings(path.read_text(encoding="utf-8")))
    vulture = Vulture(
        ignore_names=CALLED_BY_OTHERS, ignore_decorators=["@*register*", "@admin.*", "@receiver*", "@task*", "@periodic*", "@public_page*"]
    )
    vulture.scavenge([str(path) for path in modules])
    for item in vulture.get_unused_code():
        if item.typ in KINDS and item.name not in named:
            yield f"{item.filename.relative_to(Path.cwd())}:{item.first_lineno}: nothing uses the {item.typ} {item.name}"


def _named_in_strings(source: str) -> Iterator[str]:
    """Yield the names in strings such as "recovery_site.errors.not_found" or "marked_words"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            yield from node.value.split(".")
