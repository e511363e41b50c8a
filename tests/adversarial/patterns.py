"""Finds the regular expressions of the code and makes, for each, texts on which it would be slow if it backtracked."""

import ast
import gc
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("accounts", "articles", "danger", "intake", "recovery_site")
DEEPEST = 8  # containers in containers
METHODS = {"match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split"}
FROM_THE_START = {"match", "fullmatch"}
PLAIN = "a1., -\n\t[](<\"'&#*_|=+:;/“"
PAIRS = ("1,", "a ", "a.", "a, ", "1.", "<a", "\n\n", "- ", "a\n", "\n ", "1-", "a=", "[a", "A ", "A a ")


@dataclass(frozen=True)
class Fed:
    """A pattern, where it stands, and whether it is only ever applied to the beginning of a text."""

    where: str
    pattern: "re.Pattern[str]"
    from_the_start: bool

    def run(self, text: str) -> None:
        """Apply the pattern to all of `text` as the code does."""
        if self.from_the_start:
            self.pattern.match(text)
            self.pattern.fullmatch(text)
        else:
            for _match in self.pattern.finditer(text):
                pass


def everywhere() -> list[Fed]:
    """Return each pattern over text in the code's packages once: those that modules and their caches hold, and literals given to `re`."""
    modules = list(_modules())
    used = _methods(modules)
    found: dict[tuple[str, int], Fed] = {}
    for module in modules:
        for name, pattern in _held(module):
            methods = used.get((module.__name__, name), METHODS)
            found.setdefault((pattern.pattern, pattern.flags), Fed(f"{module.__name__}.{name}", pattern, methods <= FROM_THE_START))
        for line, method, literal in _literals(module):
            pattern = re.compile(literal)
            found.setdefault((literal, pattern.flags), Fed(f"{module.__name__}:{line}", pattern, method in FROM_THE_START))
    return sorted(found.values(), key=lambda fed: fed.where)


def texts(pattern: "re.Pattern[str]", length: int) -> set[str]:
    """Return texts of `length` characters: what each repetition in `pattern` repeats, over and over, with what must stand before it."""
    tree = list(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG))
    made = {_filled(piece, length) for piece in (*PLAIN, *PAIRS)}
    for before, bodies in _repetitions(tree):
        for body in bodies:
            made |= {_filled(body, length), _filled(body, length) + "\x01"}
            if before:
                made |= {before + _filled(body, length) + "\x01", _filled(before + body, length)}
    return made


def _filled(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def _modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        root = importlib.import_module(package)
        yield root
        for module in pkgutil.walk_packages(root.__path__, package + "."):
            if ".migrations" not in module.name and not module.name.endswith(".wsgi"):
                yield importlib.import_module(module.name)


def _held(module: ModuleType) -> Iterator[tuple[str, "re.Pattern[str]"]]:
    """Yield (name, pattern) of what the module's names hold, also in containers and in objects of its own classes."""
    waiting = [(name, value, 0) for name, value in vars(module).items() if not name.startswith("__")]
    while waiting:
        name, value, depth = waiting.pop()
        if isinstance(value, re.Pattern):
            if isinstance(value.pattern, str):
                yield name, value
        elif depth < DEEPEST:
            waiting += [(f"{name}.{number}", item, depth + 1) for number, item in enumerate(_inside(value))]


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in fields(value)]
    # What a cached function has returned so far.
    return gc.get_referents(value) if type(value).__name__ in ("_lru_cache_wrapper", "_lru_list_elem") else ()


def _methods(modules: list[ModuleType]) -> dict[tuple[str, str], set[str]]:
    """Return by (module, name) which methods of a pattern are called, there and in modules that import it."""
    used: dict[tuple[str, str], set[str]] = {}
    for module in modules:
        tree = _tree(module)
        owner = {
            alias.asname or alias.name: node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                value = node.value
                if isinstance(value, ast.Name):
                    used.setdefault((owner.get(value.id) or module.__name__, value.id), set()).add(node.attr)
                elif isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
                    place = value.value.id
                    used.setdefault((f"{owner.get(place)}.{place}", value.attr), set()).add(node.attr)
    return used


def _literals(module: ModuleType) -> Iterator[tuple[int, str, str]]:
    """Yield (line, function, pattern) of calls such as re.sub("a+", …)."""
    for node in ast.walk(_tree(module)):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.func, ast.Attribute):
            continue
        function, first = node.func, node.args[0]
        if not isinstance(function.value, ast.Name) or function.value.id != "re":
            continue
        if function.attr in METHODS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield node.lineno, function.attr, first.value


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8")) if module.__file__ else ast.Module([], [])


# --- What a parsed pattern matches: nodes are (code, argument), as re._parser has them -----------------------------------------
_CATEGORIES = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_NOT_WORD: " ",
    codes.CATEGORY_NOT_DIGIT: "a",
}
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def _sample(nodes: Iterable[Any]) -> str:
    """Return a text that `nodes` match, as short as possible."""
    text = ""
    for code, value in nodes:
        if code is codes.LITERAL:
            text += chr(value)
        elif code is codes.NOT_LITERAL:
            text += "y" if chr(value) == "x" else "x"
        elif code is codes.ANY:
            text += "x"
        elif code is codes.IN:
            text += _members(value)[0]
        elif code in _REPEATS:
            text += _sample(value[2]) * value[0]
        elif code is codes.SUBPATTERN:
            text += _sample(value[3])
        elif code is codes.BRANCH:
            text += _sample(value[1][0])
        elif code is codes.ATOMIC_GROUP:
            text += _sample(value)
    return text


def _members(value: Any) -> list[str]:
    """Return some characters of a set such as [a-z.]."""
    negated = any(code is codes.NEGATE for code, _item in value)
    named: list[str] = []
    for code, item in value:
        if code is codes.LITERAL:
            named.append(chr(item))
        elif code is codes.RANGE:
            named += [chr(item[0]), chr(item[1])]
        elif code is codes.CATEGORY:
            named.append(_CATEGORIES[item])
    return ([letter for letter in "ax1 .,-\n[<é" if letter not in named] if negated else named[:8]) or ["é"]


def _bodies(nodes: list[Any]) -> set[str]:
    """Return short texts that a repeated part may consist of."""
    made = {_sample(nodes)}
    for code, value in nodes:
        if code is codes.IN:
            made |= set(_members(value))
        elif code is codes.ANY:
            made |= set("ax1 .-[<")
        elif code is codes.BRANCH:
            made |= {_sample(branch) for branch in value[1]}
        elif code is codes.SUBPATTERN:
            made |= _bodies(list(value[3]))
        elif code in _REPEATS:
            made |= _bodies(list(value[2]))
    return {text for text in made if text}


def _repetitions(nodes: list[Any], before: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield for each repetition the text that must stand before it and what it may repeat."""
    for number, (code, value) in enumerate(nodes):
        ahead = before + _sample(nodes[:number])
        if code in _REPEATS:
            if value[1] > 1:
                yield ahead, sorted(_bodies(list(value[2])))[:12]
            yield from _repetitions(list(value[2]), ahead)
        elif code is codes.SUBPATTERN:
            yield from _repetitions(list(value[3]), ahead)
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from _repetitions(list(branch), ahead)
        elif code is codes.ATOMIC_GROUP:
            yield from _repetitions(list(value), ahead)
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _repetitions(list(value[1]), ahead)
