"""Compares a guide from the cache of the shipped nginx configuration with a static file of the same size in plain nginx."""

import re
import subprocess
from argparse import Namespace

from benchmarks.pages import GUIDE
from benchmarks.sites import bench_site
from tests.support.nginx import nginx_before, nginx_path

ROUNDS, CONNECTIONS = 3, 16
# A second server block, as a template for str.format().
PLAIN_FILE = """
server {{
    listen 127.0.0.1:{port} ssl http2;
    server_name plain.example.org;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    access_log off;
    gzip off;
    location / {{ root {folder}; default_type text/html; }}
}}
"""


def run(options: Namespace) -> None:
    """Measure both alternately, ROUNDS times each, and print the best rates and their ratio."""
    if nginx_path() is None:
        raise SystemExit("No nginx is installed. On Debian: apt-get install nginx")
    with bench_site(options) as site, nginx_before(site.port, PLAIN_FILE) as nginx:
        page = nginx.ask(GUIDE, Accept_Encoding="br")
        (nginx.folder / "guide.html").write_bytes(page.body)
        (nginx.folder / "guide.html").chmod(0o644)
        best = {"from the cache": 0.0, "plain file": 0.0}
        seconds = max(1, options.seconds // (2 * ROUNDS))
        for _round in range(ROUNDS):
            best["from the cache"] = max(best["from the cache"], _load(nginx.port, "localhost", GUIDE, seconds))
            best["plain file"] = max(best["plain file"], _load(nginx.port, "plain.example.org", "/guide.html", seconds))
        for name, rate in best.items():
            print(f"    {name:<16} {rate:8.0f} a second, {len(page.body)} bytes, TLS, {CONNECTIONS} connections")
        print(f"    the cache reaches {best['from the cache'] / best['plain file']:.0%} of a plain file")


def _load(port: int, host: str, path: str, seconds: int) -> float:
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "-H", f"Host: {host}", "-H", "Accept-Encoding: br"]
    report = subprocess.run([*command, f"https://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in report or "Socket errors" in report:
        raise RuntimeError(report)
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", report)[0])
