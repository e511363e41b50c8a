"""Concurrent use: staff refresh and work on cases while inquiries arrive. Afterwards no acknowledged write may be missing."""

import http.client
import json
import random
import re
import subprocess
import sys
import threading
import time
from argparse import Namespace
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import unquote

from benchmarks.queue import QUEUE
from benchmarks.sites import Client, bench_site, hidden
from tests.support.site import ROOT, Site

PEOPLE = 50
RATE = 20  # inquiries a second
PAUSE = (2.0, 6.0)  # seconds between two actions of one person
# Few enough that several people try to take the same case at once.
TOP = 5
OTHERS = 0.3  # share of contact attempts on a colleague's case
DONE, REFUSED = 303, 409


@dataclass
class Crowd:
    """The state shared by all simulated people, and the results."""

    site: Site
    done: threading.Event = field(default_factory=threading.Event)
    taken: list[str] = field(default_factory=list)
    writes: list[dict[str, str]] = field(default_factory=list)
    arrived: list[dict[str, str]] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def timed(self, what: str, call: Callable[[], Any]) -> Any:
        """Call `call`, record how long it took and return its result. On failure record an error and return None."""
        started = time.perf_counter()
        try:
            return call()
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            self.errors[f"{what}: {error or type(error).__name__}"] += 1
            return None
        finally:
            self.seconds[what].append(time.perf_counter() - started)


def run(options: Namespace) -> None:
    """Let 50 people work on `options.rows` inquiries for `options.seconds` while RATE more arrive per second, then verify."""
    # This benchmark changes the data, so it can't be used again.
    options.keep = ""
    with bench_site(options, fill=("inquiries", str(options.rows))) as site:
        _fill(site, "people", str(PEOPLE))
        _fill(site, "tokens", str(options.seconds * RATE), str(site.folder / "tokens"))
        crowd = Crowd(site)
        people = json.loads((site.folder / "people").read_text())
        tokens = [unquote(token) for token in (site.folder / "tokens").read_text().split()]
        threads = [threading.Thread(target=_work, args=(crowd, person)) for person in people]
        threads += [threading.Thread(target=_arrive, args=(crowd, number, tokens[number::RATE])) for number in range(RATE)]
        for thread in threads:
            thread.start()
        time.sleep(options.seconds)
        crowd.done.set()
        for thread in threads:
            thread.join()
        _print(crowd, options.seconds)
        record = site.folder / "acknowledged.json"
        record.write_text(json.dumps({"arrived": crowd.arrived, "writes": crowd.writes}))
        _fill(site, "verify_crowd", str(record))
        if crowd.errors:
            raise SystemExit("There were errors.")


def _fill(site: Site, *task: str) -> None:
    subprocess.run([sys.executable, "-m", "benchmarks.filling", *task], cwd=ROOT, env=site.environment, check=True)


def _arrive(crowd: Crowd, number: int, tokens: list[str]) -> None:
    """Send one form per second."""
    started = time.monotonic() + number / RATE
    for second, token in enumerate(tokens):
        time.sleep(max(0.0, started + second - time.monotonic()))
        if crowd.done.is_set():
            return
        message = f"arrived {number}-{second}"
        fields = {"token": token, "for_whom": "self", "contact_way": "mailbox", "message": message, "guide": ""}
        client = Client(crowd.site, f"10.{number}.{second % 250}.9")
        answer = crowd.timed("an inquiry arrives", partial(client.send, "POST", "/contact/", fields))
        if answer and answer[0] == DONE:
            crowd.arrived.append({"message": message, "sent": client.cookies["sent"]})
        elif answer:
            crowd.errors[f"POST /contact/ answered {answer[0]}"] += 1


class Person:
    """A simulated member of staff."""

    def __init__(self, crowd: Crowd, name: str, session: str) -> None:
        self.crowd, self.name = crowd, name
        self.chance = random.Random(name)
        self.client = Client(crowd.site, f"10.200.{int(name.rpartition('-')[2])}.9")
        self.client.cookies["staff"] = session
        self.token = hidden(self.client.get(QUEUE), "csrfmiddlewaretoken")
        self.written = 0

    def pause(self) -> None:
        """Do one action."""
        self.crowd.done.wait(self.chance.uniform(*PAUSE))

    def step(self, case: str, step: str, **fields: str) -> bool:
        """Do a step of a case. Return whether it was done; it may be refused because the case was taken or changed."""
        sent = {**{f"{step}-{name}": value for name, value in fields.items()}, "csrfmiddlewaretoken": self.token}
        answer = self.crowd.timed(step, lambda: self.client.send("POST", f"{QUEUE}{case}/{step}/", sent))
        if answer is None:
            return False
        if answer[0] == DONE:
            self.crowd.writes.append({"case": case, "by": self.name, "kind": step, "text": fields.get("note") or fields.get("text", "")})
        elif answer[0] == REFUSED:
            self.crowd.refused[step] += 1
        else:
            self.crowd.errors[f"{step} answered {answer[0]}"] += 1
        return bool(answer[0] == DONE)

    def version(self, case: str) -> str:
        """Open the case and return the version in its forms, or "" if it can't be opened."""
        page = self.crowd.timed("open a case", lambda: self.client.get(f"{QUEUE}{case}/"))
        return hidden(page, "attempt-version") if page else ""

    def words(self) -> str:
        """Return a unique text."""
        self.written += 1
        return f"{self.name} {self.written}"


def _work(crowd: Crowd, known: dict[str, str]) -> None:
    person = Person(crowd, known["name"], known["session"])
    while not crowd.done.is_set():
        person.pause()
        rows = crowd.timed("refresh the queue", lambda: person.client.get(f"{QUEUE}rows/?view=unclaimed"))
        if crowd.taken and person.chance.random() < OTHERS:
            _try_to_reach(person, person.chance.choice(crowd.taken))
            continue
        top = re.findall(r'data-case="([^"]+)"', (rows or b"").decode())[:TOP]
        if not top:
            continue
        case = person.chance.choice(top)
        if not person.step(case, "claim"):
            continue
        crowd.taken.append(case)
        person.pause()
        person.step(case, "note", text=person.words())
        _try_to_reach(person, case)
        person.pause()
        if version := person.version(case):
            person.step(case, "reply", version=version, text=person.words())


def _try_to_reach(person: Person, case: str) -> None:
    """Log a contact attempt on the current version of the case. It is refused if a colleague was faster."""
    version = person.version(case)
    person.pause()
    if version:
        person.step(case, "attempt", version=version, way="phone", outcome="no_answer", note=person.words())


def _print(crowd: Crowd, seconds: int) -> None:
    rate = len(crowd.arrived) / seconds
    print(f"  {PEOPLE} people at work, {len(crowd.arrived)} inquiries in {seconds} s: {rate:.1f} a second of {RATE} that were to be sent")
    for what, taken in sorted(crowd.seconds.items()):
        taken.sort()
        p50, p95 = (taken[int(len(taken) * share)] * 1000 for share in (0.5, 0.95))
        print(f"    {what:<24} {len(taken):>5} times   p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   max {taken[-1] * 1000:7.1f} ms")
    refused = ", ".join(f"{step} {times}" for step, times in sorted(crowd.refused.items()))
    print(f"    refused because a colleague was faster: {refused or 'none'}")
    print(f"    errors: {dict(crowd.errors) or 'none'}", flush=True)
