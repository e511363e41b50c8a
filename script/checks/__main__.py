"""Apply the project's own rules to every file that git knows; print what breaks them."""

import subprocess
import sys
from pathlib import Path

from script.checks import leaks, lengths, requirements, translations


def main() -> int:
    """Return 0 when no rule is broken."""
    listed = subprocess.run(["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"], check=True, capture_output=True)  # noqa: S607
    files = [path for name in listed.stdout.decode().split("\0") if name and (path := Path(name)).exists()]
    modules = [path for path in files if path.suffix == ".py"]
    findings = [*lengths.find(modules), *leaks.find(modules), *translations.find([path for path in files if path.suffix == ".po"])]
    findings += requirements.find(Path())
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
