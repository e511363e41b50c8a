"""Let the code of an earlier release serve today's database: a form is sent to it, answered by its staff, and read with today's code.

    .venv/bin/python -m script.try_old_release [--commit COMMIT] [--postgres]

Run it as part of a release: it shows what tests/ops/test_additive_migrations.py can only conclude. It needs the history of git, so it
isn't in the suite. Without --commit it takes the commit of the oldest kept database.
"""

import argparse
import contextlib
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from script.make_release_database import ROOT, UPGRADE
from tests.support.cluster import ROLE, program, temporary_cluster

RELEASE = "0.1.0"
WORDS, REPLY = "What does a day at your center look like?", "Come and see."
# In the old code: a visitor sends the form and opens the mailbox, and staff open the case and answer.
OLD = """
import html, json, re, sys
import django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.test import Client
from django.utils import timezone
import datetime as dt
from accounts.models import User
from intake import triage
from intake.models import Inquiry
facts = json.load(sys.stdin)
visitor = Client(headers={"sec-fetch-site": "same-origin"})
page = visitor.get("/contact/").content.decode()
token = re.search(r'name="token" value="([^"]*)"', page)[1]
form = {"token": token, "for_whom": "self", "contact_way": "mailbox", "message": facts["words"]}
sent = visitor.post("/contact/", form)
assert sent.status_code == 303, sent.status_code
page = visitor.get("/contact/sent/").content.decode()
words = re.search(r'<ol class="receipt">(.*?)</ol>', page, re.DOTALL)[1]
receipt = " ".join(re.sub(r"<[^>]+>", " ", words).split())
inquiry = Inquiry.objects.order_by("-received_at").first()
tamsin = User.objects.get(username="demo-triage")
triage.claim(inquiry, by=tamsin)
inquiry.refresh_from_db()
triage.reply(inquiry, by=tamsin, version=inquiry.version, text=facts["reply"], next_action_at=timezone.now() + dt.timedelta(days=7))
visitor.post("/mailbox/", {"words": facts["receipt"]})
former = html.unescape(visitor.get("/mailbox/open/").content.decode())
staff = Client()
staff.force_login(tamsin)
json.dump({
    "receipt": receipt,
    "former": all(text in former for text in facts["said"]),
    "guide": visitor.get(f"/guides/{facts['guide']}/").status_code,
    "queue": inquiry.reference in staff.get("/admin/intake/inquiry/", {"view": "waiting"}).content.decode(),
}, sys.stdout)
"""
NEW = """
import html, json, sys
import django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.test import Client
facts = json.load(sys.stdin)
visitor = Client(headers={"sec-fetch-site": "same-origin"})
visitor.post("/mailbox/", {"words": facts["receipt"]})
page = html.unescape(visitor.get("/mailbox/open/").content.decode())
json.dump({"words": facts["words"] in page, "reply": facts["reply"] in page}, sys.stdout)
"""


def main() -> int:
    """Return 0 when everything that the old code did can be read with the new one."""
    parser = argparse.ArgumentParser(description="Let the code of an earlier release serve today's database.")
    parser.add_argument("--commit", default="", help=f"the old code; by default that of the kept database of {RELEASE}")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    options = parser.parse_args()
    newest = _git("log", "-1", "--format=%H", "--", f"tests/data/upgrade/{RELEASE}.sqlite3.xz")
    with tempfile.TemporaryDirectory() as name, _database(Path(name), postgres=options.postgres) as (variables, facts):
        old = Path(name) / "old"
        archive = Path(name) / "old.tar"
        _git("archive", f"--output={archive}", options.commit or newest)
        with tarfile.open(archive) as opened:
            opened.extractall(old, filter="data")
        _run(ROOT, variables, ["manage.py", "migrate", "--no-input", "--verbosity", "0"])
        done = json.loads(_run(old, variables, ["-c", OLD], {**facts, "words": WORDS, "reply": REPLY}))
        seen = json.loads(_run(ROOT, variables, ["-c", NEW], {"receipt": done["receipt"], "words": WORDS, "reply": REPLY}))
    results = {
        f"{RELEASE} took a form, and its staff answered it": bool(done["receipt"]),
        f"{RELEASE} opened a mailbox from before the migration": done["former"],
        f"{RELEASE} showed a guide": done["guide"] == 200,
        f"{RELEASE} showed its staff the queue": done["queue"],
        "today's code opens what it took, with its receipt": seen["words"],
        "today's code shows what its staff answered": seen["reply"],
    }
    for words, worked in results.items():
        sys.stdout.write(f"{'yes' if worked else 'NO '}  {words}\n")
    return 0 if all(results.values()) else 1


@contextlib.contextmanager
def _database(folder: Path, *, postgres: bool) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Yield the environment of a site with the kept database of RELEASE, and its facts."""
    kind = "postgres.sql" if postgres else "sqlite3"
    facts = json.loads((UPGRADE / f"{RELEASE}.{kind}.json").read_text(encoding="utf-8"))
    content = lzma.decompress((UPGRADE / f"{RELEASE}.{kind}.xz").read_bytes())
    data = folder / "data"
    for name in ("secrets", "centre-keys"):
        (data / name).mkdir(parents=True)
        for file, text in facts[name].items():
            (data / name / file).write_text(text, encoding="ascii")
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SITE_ROLE", "SECRETS_DIR")}
    variables = {**inherited, "DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "tests.settings", "REQUIRE_SECOND_FACTOR": "false"}
    with contextlib.ExitStack() as stack:
        if postgres:
            cluster = stack.enter_context(temporary_cluster())
            variables["DATABASE_URL"] = cluster.create_database("release")
            psql = [program("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-h", str(cluster.folder), "-p", str(cluster.port), "-U", ROLE]
            subprocess.run([*psql, "-d", "release"], input=content, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        else:
            (data / "db.sqlite3").write_bytes(content)
        _run(ROOT, variables, ["-m", "recovery_site.secrets", str(data / "secrets")])
        yield variables, facts


def _run(folder: Path, variables: dict[str, str], arguments: list[str], given: dict[str, Any] | None = None) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=variables, input=json.dumps(given or {}), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"{folder.name}: {done.stdout[-1000:]}{done.stderr[-3000:]}")
    return done.stdout


def _git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *arguments], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603, S607


if __name__ == "__main__":
    sys.exit(main())
