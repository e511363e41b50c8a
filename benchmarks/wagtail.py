"""The same guide here and on a Wagtail site that is made for the purpose: the same words, frame, web server and workers.

Wagtail gets what it can use: the frame around the text is one plain file for it, and SQLite has this project's options.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.pages import GUIDE
from benchmarks.sites import Client, bench_site, processes
from script.run import commands
from tests.support.cluster import free_port
from tests.support.site import ROOT, Site

# Where we use the same packages, these are the versions that we use.
REQUIREMENTS = ["wagtail==8.0", "Django==5.2.19", "granian==2.8.7"]
ROUNDS, CONNECTIONS = 3, 16


class Measured(NamedTuple):
    """Pages per second, and milliseconds of processor time per page over all web processes of a site."""

    a_second: float
    processor: float


def run(options: Namespace) -> None:
    """Measure both sites alternately, ROUNDS times each, without and with page cache. Print the best results and ratios."""
    with tempfile.TemporaryDirectory(prefix="recovery-wagtail-") as folder:
        python = _environment(Path(folder) / "venv")
        for cached in (False, True):
            print(f"  {'from each system’s own page cache' if cached else 'without a page cache'}")
            with bench_site(options, PAGE_CACHE_SECONDS="3600" if cached else "0") as ours, _wagtail(python, ours, cached=cached) as other:
                path = {"ours": GUIDE, "Wagtail": f"/{GUIDE.rstrip('/').rpartition('/')[2]}/"}
                best = _in_turns({"ours": ours, "Wagtail": other}, path, max(1, options.seconds // (2 * ROUNDS)))
            print(f"    ours / Wagtail: {best['ours'].a_second / best['Wagtail'].a_second:.1f} times the pages a second, ", end="")
            print(f"1/{best['Wagtail'].processor / best['ours'].processor:.1f} of the processor time")


def _in_turns(sites: dict[str, Site], path: dict[str, str], seconds: int) -> dict[str, Measured]:
    results: dict[str, list[Measured]] = {name: [] for name in sites}
    for round_number in range(ROUNDS + 1):
        for name, site in sites.items():
            measured = _load(site, path[name], seconds)
            if round_number:  # the first round loads modules and templates
                results[name].append(measured)
    best = {}
    for name, all_rounds in results.items():
        best[name] = Measured(max(result.a_second for result in all_rounds), min(result.processor for result in all_rounds))
        size = len(Client(sites[name]).get(path[name]))
        print(f"    {name:<8} {best[name].a_second:8.0f} pages/s  {best[name].processor:6.2f} ms processor time a page  {size} bytes")
    return best


def _load(site: Site, path: str, seconds: int) -> Measured:
    before = _processor_ticks(site)
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--timeout", "30s", site.url + path]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in report or "Socket errors" in report:
        raise RuntimeError(report)
    requests = int(re.findall(r"(\d+) requests in", report)[0])
    ticks = _processor_ticks(site) - before
    return Measured(float(re.findall(r"Requests/sec:\s+([\d.]+)", report)[0]), ticks / os.sysconf("SC_CLK_TCK") * 1000 / requests)


def _processor_ticks(site: Site) -> int:
    used = 0
    for number, part in processes(site):
        if part == "web server":
            fields = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
            used += int(fields[11]) + int(fields[12])
    return used


def _environment(folder: Path) -> Path:
    """Install Wagtail into a separate environment and return its interpreter."""
    print(f"installing {', '.join(REQUIREMENTS)}", flush=True)
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    command: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *REQUIREMENTS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"Wagtail could not be installed:\n{done.stderr.strip().splitlines()[-1]}")
    return python


@contextlib.contextmanager
def _wagtail(python: Path, ours: Site, *, cached: bool) -> Iterator[Site]:
    """Yield a Wagtail site that shows the same guide with the same page layout as `ours`, served in the same way."""
    with tempfile.TemporaryDirectory(prefix="recovery-wagtail-site-") as folder:
        package = Path(folder) / "wagtail_site"
        shutil.copytree(ROOT / "benchmarks" / "wagtail_site", package)
        (package / "templates" / "frame.html").write_text(_frame(Client(ours).get(GUIDE).decode()))
        variables = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        variables |= {"DATA_DIR": folder, "PYTHONPATH": folder, "CACHED": "yes" if cached else ""}
        site = Site(Path(folder), variables, free_port())
        text = Path(folder) / "guide.json"
        slug = GUIDE.rstrip("/").rpartition("/")[2]
        subprocess.run([sys.executable, "-m", "benchmarks.filling", "text", slug, text], cwd=ROOT, env=ours.environment, check=True)
        text.write_text(json.dumps(_guide(json.loads(text.read_text()))))
        subprocess.run([python, "-m", "wagtail_site.fill", text], cwd=folder, env=variables, check=True)
        server = commands(site.port, 2)["The web server"].replace(sys.executable, str(python)).replace("recovery_site.", "wagtail_site.")
        site.process = subprocess.Popen(["bash", "-c", server], cwd=folder, env=variables, start_new_session=True)
        try:
            _wait_for(site)
            yield site
        finally:
            site.stop()


def _guide(ours: dict) -> dict:
    sections = [section for section in re.split(r"(?=<h2)", ours["html"]) if section.strip()]
    sources = [{name: source[name] for name in ("number", "title", "publisher", "year", "url")} for source in ours["sources"]]
    facts = [{name: fact[name] for name in ("label", "text")} for fact in ours["at_a_glance"]]
    return {**{name: ours[name] for name in ("title", "slug", "summary")}, "sources": sources, "facts": facts, "sections": sections}


def _frame(page: str) -> str:
    """Return our page as a template with three blocks."""
    page = re.sub(r"<title>.*?</title>", "<title>{% block title %}{% endblock %}</title>", page, flags=re.DOTALL)
    page = re.sub(r'(<meta name="description" content=")[^"]*', r"\1{% block description %}{% endblock %}", page)
    before, _main, rest = re.split(r"(?=<main)|(?<=</main>)", page)
    return before + '<main id="main"><div class="wrap">{% block article %}{% endblock %}</div></main>' + rest


def _wait_for(site: Site) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
