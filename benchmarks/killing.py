"""kill -9 under load: what a visitor was told is sent must be there, once, and open with the receipt they were shown."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from argparse import Namespace

from benchmarks.sites import Client, bench_site, hidden
from tests.support.site import ROOT, Site

SENDERS = 8


def run(options: Namespace) -> None:
    """Send forms for `options.seconds` while web server and worker are killed every two seconds; then open each inquiry."""
    with bench_site(options) as site:
        acknowledged: list[dict[str, str]] = []
        done = threading.Event()
        senders = [threading.Thread(target=_send, args=(site, number, acknowledged, done)) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        kills = 0
        until = time.monotonic() + options.seconds
        while time.monotonic() < until:
            time.sleep(2)
            for number in _processes(site):
                os.kill(number, signal.SIGKILL)
                kills += 1
            site.process.wait() if site.process else None
            site.start(2)
        done.set()
        for sender in senders:
            sender.join()
        record = site.folder / "acknowledged.json"
        record.write_text(json.dumps(acknowledged))
        print(f"  {len(acknowledged)} forms acknowledged while {kills} processes were killed")
        command = [sys.executable, "-m", "benchmarks.filling", "verify", str(record)]
        subprocess.run(command, cwd=ROOT, env=site.environment, check=True)


def _send(site: Site, number: int, acknowledged: list[dict[str, str]], done: threading.Event) -> None:
    count = 0
    while not done.is_set():
        count += 1
        message = f"message {number}-{count}"
        try:
            client = Client(site, f"10.{number}.{count % 250}.{random.randrange(250)}")
            token = hidden(client.get("/contact/"), "token")
        except OSError:
            continue
        except RuntimeError:
            continue
        # As a person does who sees an error: the same form again, until it is acknowledged.
        for _try in range(200):
            try:
                client = Client(site, client.address)
                fields = {"token": token, "for_whom": "self", "contact_way": "mailbox", "message": message, "guide": "", "step": "0"}
                status, _location, _content = client.send("POST", "/contact/", fields)
            except OSError:
                time.sleep(0.05)
                continue
            if status == 303:
                acknowledged.append({"message": message, "sent": client.cookies["sent"]})
                break


def _processes(site: Site) -> list[int]:
    """Return the ids of the web server's and the worker's processes, in no order."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                environ, command = open(f"/proc/{name}/environ", "rb").read(), open(f"/proc/{name}/cmdline", "rb").read()  # noqa: SIM115
            except OSError:
                continue
            if f"DATA_DIR={site.folder}\0".encode() in environ and (b"granian" in command or b"db_worker" in command):
                found.append(int(name))
    random.shuffle(found)
    return found
