"""Runs Lighthouse (mobile, throttled) on the most important pages. Needs npm and Chromium."""

import json
import os
import subprocess
import tempfile
from argparse import Namespace
from pathlib import Path

from benchmarks.sites import bench_site
from tests.support.chromium import FLAGS, chromium_path

VERSION = "12.8.2"  # 13 needs a newer Node than Debian 12 ships
PAGES = ["/", "/guides/what-heroin-withdrawal-feels-like/", "/search/", "/contact/"]


def run(options: Namespace) -> None:
    """Print the four scores of each page and the audits that lowered them."""
    browser = chromium_path()
    if browser is None:
        raise SystemExit("No Chromium is installed. On Debian: apt-get install chromium-headless-shell")
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder, bench_site(options) as site:
        subprocess.run(["npm", "install", "--silent", "--prefix", folder, f"lighthouse@{VERSION}"], check=True)
        for path in PAGES:
            _measure(site.url + path, Path(folder), browser)


def _measure(url: str, folder: Path, browser: str) -> None:
    report = folder / "report.json"
    command: list[str | Path] = [
        folder / "node_modules" / ".bin" / "lighthouse",
        url,
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
    ]
    subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": browser})
    result = json.loads(report.read_text())
    scores = ", ".join(f"{name} {round(part['score'] * 100)}" for name, part in result["categories"].items())
    print(f"  {scores}  {result['requestedUrl']}")
    for category in result["categories"].values():
        for reference in category["auditRefs"]:
            audit = result["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"    {audit['title']}: {audit.get('displayValue', '')}")
