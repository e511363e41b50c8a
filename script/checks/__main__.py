"""Apply the project's own rules to every file that git knows; print what breaks them. With --fix, format style sheets and scripts."""

import subprocess
import sys
from pathlib import Path

from script.checks import assets, folders, leaks, lengths, requirements, translations, unused


def main() -> int:
    """Return 0 if there are no violations, otherwise 1."""
    listed = subprocess.run(["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"], check=True, capture_output=True)  # noqa: S607
    files = [path for name in listed.stdout.decode().split("\0") if name and (path := Path(name)).exists()]
    if "--fix" in sys.argv:
        assets.fix(files)
    modules = [path for path in files if path.suffix == ".py"]
    findings = [
        *lengths.find(modules),
        *folders.find(modules),
        *leaks.find(modules),
        *unused.find(files),
        *assets.find(files),
        *translations.find([path for path in files if path.suffix == ".po"]),
        *requirements.find(Path()),
    ]
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
