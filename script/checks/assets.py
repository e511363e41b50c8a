"""Style sheets and scripts are formatted by css-beautify and js-beautify, so that a change shows only what changed.

`script/lint --fix` formats them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import cssbeautifier
import jsbeautifier

FOLDER = "static"


def find(files: Iterable[Path], folder: str = FOLDER) -> Iterator[str]:
    """Yield one line for each style sheet and script in `folder` that isn't formatted."""
    for path in files:
        if path.parts[0] == folder and path.suffix in (".css", ".js"):
            text = path.read_text(encoding="utf-8")
            if text != formatted(path.suffix, text):
                yield f"{path}: not formatted; run script/lint --fix"


def fix(files: Iterable[Path], folder: str = FOLDER) -> None:
    """Format each style sheet and script in `folder`."""
    for path in files:
        if path.parts[0] == folder and path.suffix in (".css", ".js"):
            path.write_text(formatted(path.suffix, path.read_text(encoding="utf-8")), encoding="utf-8")


def formatted(suffix: str, text: str) -> str:
    """Return `text`, a style sheet (".css") or a script (".js"), as it should be written."""
    if suffix == ".css":
        options = cssbeautifier.default_options()
        options.newline_between_rules = False
        options.selector_separator_newline = False
    else:
        options = jsbeautifier.default_options()
        options.brace_style = "collapse,preserve-inline"
        options.operator_position = "preserve-newline"
    options.indent_size = 2
    options.end_with_newline = True
    options.max_preserve_newlines = 2
    result: str = (cssbeautifier if suffix == ".css" else jsbeautifier).beautify(text, options)
    return result
