"""kill -9 under load: every acknowledged inquiry must be stored exactly once and open with its receipt."""

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from argparse import Namespace

from benchmarks.sites import Client, bench_site, hidden, processes
from tests.support.site import ROOT, Site

SENDERS = 8
# The errors that a client gets when the server dies.
BROKEN = (OSError, http.client.HTTPException, RuntimeError)


def run(options: Namespace) -> None:
    """Send forms for `options.seconds` while web server and worker are killed every two seconds, then open each inquiry."""
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
            doomed = [number for number, part in processes(site) if part != "housekeeping"]
            random.shuffle(doomed)
            for number in doomed:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
                    kills += 1
            site.process.wait() if site.process else None
            site.start(2)
        done.set()
        for sender in senders:
            sender.join()
        site.stop()
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
        except BROKEN:
            continue
        # Retry the same form until it is acknowledged, as a visitor would.
        for _try in range(200):
            try:
                client = Client(site, client.address)
                fields = {"token": token, "for_whom": "self", "contact_way": "mailbox", "message": message, "guide": ""}
                status, _location, _content = client.send("POST", "/contact/", fields)
            except BROKEN:
                time.sleep(0.05)
                continue
            if status == 303:
                acknowledged.append({"message": message, "sent": client.cookies["sent"]})
                break
