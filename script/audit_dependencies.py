"""Check what requirements-production.txt pins for known vulnerabilities, and say honestly what was checked.

    script/audit

pip-audit ends with status 1 both for a vulnerability and for a service that can't be reached, and without --strict it counts what
it couldn't ask about as fine. So its JSON is compared with the pins: only a package that it names was checked.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from script.bill_of_materials import ROOT, pinned

CLEAN, VULNERABLE, NOT_CHECKED = 0, 1, 2
MARKER = re.compile(r" ; [^\\\n]*")


def verdict(pins: Mapping[str, str], answer: str, errors: str) -> tuple[int, str]:
    """Return the exit status and what to say about pip-audit's JSON `answer` and what it wrote to standard error."""
    reason = (errors.strip().splitlines() or ["pip-audit said nothing"])[-1]
    try:
        rows = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return NOT_CHECKED, f"Nothing was checked, because the service that knows of vulnerabilities did not answer ({reason[:160]})."
    checked = {(row["name"], row["version"]): row["vulns"] for row in rows if "version" in row}
    known = [
        f"{name} {version}: {vulnerability['id']}, mended in {', '.join(vulnerability['fix_versions']) or 'no release yet'}"
        for (name, version), vulnerabilities in sorted(checked.items())
        for vulnerability in vulnerabilities
    ]
    unchecked = sorted(name for name, version in pins.items() if (name, version) not in checked)
    if known:
        more = f"\nNot checked: {', '.join(unchecked)}." if unchecked else ""
        return VULNERABLE, "\n".join(["Known vulnerabilities (docs/dependencies.md says by when to mend them):", *known]) + more
    if unchecked or not pins:
        return NOT_CHECKED, f"Only {len(pins) - len(unchecked)} of {len(pins)} packages were checked, not {', '.join(unchecked)}."
    return CLEAN, f"{len(pins)} packages were checked, and no vulnerability is known."


def main() -> int:
    """Ask about every pin, also those of other systems, without any answer that was kept from an earlier run."""
    text = (ROOT / "requirements-production.txt").read_text(encoding="utf-8")
    pins = {package.name: package.version for package in pinned(text)}
    with tempfile.TemporaryDirectory() as name:
        requirements = Path(name) / "requirements.txt"
        requirements.write_text(MARKER.sub(" ", text), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--strict", "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
        command += ["--format", "json", "--cache-dir", name, "--requirement", str(requirements)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    status, sentence = verdict(pins, done.stdout, done.stderr)
    (sys.stdout if status == CLEAN else sys.stderr).write(f"script/audit: {sentence}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
