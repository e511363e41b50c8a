"""A site that is backed up, the two places of its backups, and what people see of it."""

import json
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage
from environ import Env

from backups import archives as files
from backups import databases
from tests.support.cluster import ROLE
from tests.support.site import ROOT

PATIENCE = 300
FILL = """
import io, json, secrets
from PIL import Image
from accounts.models import User
from articles.rendering import pictures
from intake.cases.inquiry_data import InquiryData
from intake.cases import blind_index
from intake.submission import receive
from django.utils import timezone
data = InquiryData(message="zzyzxword is what scares me", phone="+12125550143", contact_way="phone")
received = receive.receive(data, form_token=secrets.token_bytes(16))
second = receive.receive(InquiryData(message="to be withdrawn"), form_token=secrets.token_bytes(16))
blind_index.run(timezone.now())
file = io.BytesIO()
Image.effect_noise((1600, 1200), 90).convert("RGB").save(file, "JPEG")
file.seek(0)
picture = pictures.add(file, title="Noise", alt="Grey noise", credit="Own work", by=User.objects.get(username="demo-editor"))
print(json.dumps({
    "receipt": " ".join(received.receipt),
    "reference": received.inquiry.reference,
    "withdrawn": str(second.inquiry.pk),
    "withdrawn_at": timezone.now().isoformat(),
    "picture": f"/media/guides/{picture.digest}-{picture.widths[0]}.webp",
}))
"""
# Writes until it is killed; each line is a receipt that a visitor was shown.
WRITE = """
import secrets
from intake.cases.inquiry_data import InquiryData
from intake.submission import receive
while True:
    received = receive.receive(InquiryData(message="one of many"), form_token=secrets.token_bytes(16))
    print(" ".join(received.receipt), flush=True)
"""
LOOK = """
import json, sys
from django.conf import settings
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
from accounts.models import User
from intake.cases import blind_index
from intake.models import Inquiry, KeyWrap, Receipt
facts = json.load(sys.stdin)
visitor = Client(headers={"sec-fetch-site": "same-origin"})
seen = {"front": visitor.get("/").status_code}
visitor.post("/mailbox/", {"words": facts["receipt"]})
seen["mailbox"] = "zzyzxword" in visitor.get("/mailbox/open/").content.decode()
seen["others"] = sum(visitor.post("/mailbox/", {"words": words}).status_code == 303 for words in facts["others"])
seen["search"] = "/guides/alcohol-withdrawal/" in visitor.get("/search/", {"q": "alcohol withdrawal"}).content.decode()
picture = visitor.get(facts["picture"])
seen["picture"] = len(b"".join(picture)) > 10_000
staff = Client()
staff.force_login(User.objects.get(username="demo-triage"))
seen["case"] = "zzyzxword" in staff.get(f"/admin/intake/inquiry/{facts['reference']}/").content.decode()
seen["phone"] = [row.inquiry.reference for row in blind_index.found_by("+12125550143")] == [facts["reference"]]
whole = Inquiry.objects.filter(is_drill=False, erased_at=None, receipt__isnull=False, pk__in=KeyWrap.objects.values("inquiry"))
second = Inquiry.objects.get(pk=facts["withdrawn"])
erased = second.erased_at and not KeyWrap.objects.filter(inquiry=second).exists()
seen["withdrawn"] = f"{second.state} {second.outcome}, {'erased' if erased else 'there'}"
seen["torn"] = Inquiry.objects.filter(is_drill=False, erased_at=None).count() - whole.count()
print(json.dumps(seen))
"""
QUICKLY = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
ALL_RIGHT = {"front": 200, "mailbox": True, "search": True, "picture": True, "case": True, "phone": True, "torn": 0}


@dataclass
class Home:
    """A site, the two places of its backups, and what opens them."""

    data: Path
    places: Path
    variables: dict[str, str]
    new_database: Callable[[], str]
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("d", "k"):
            (self.places / name).mkdir(parents=True)
        identity = pyrage.x25519.Identity.generate()
        self.identity = self.places / "identity"
        self.identity.write_text(f"# made for this test\n{identity}\n")
        self.recipient = str(identity.to_public())

    def start(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.variables, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, typed: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments, **variables)
        out, errors = process.communicate(typed, timeout=PATIENCE)
        return subprocess.CompletedProcess(arguments, process.returncode, out, errors)

    def done(self, *arguments: str, typed: str = "", **variables: str) -> str:
        done = self.run(*arguments, typed=typed, **variables)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def backup_command(self) -> list[str]:
        folders = ["--data-to", str(self.places / "d"), "--keys-to", str(self.places / "k")]
        return ["backup", *folders, "--recipient", self.recipient, "--same-disk"]

    @property
    def as_staff(self) -> dict[str, str]:
        """The account that backs up: on PostgreSQL that of the staff's half, under row security, as the unit has it."""
        url = self.variables.get("DATABASE_URL", "")
        return {"DATABASE_URL": url.replace(f"{ROLE}@", "recovery_staff@")} if url else {}

    def back_up(self) -> tuple[Path, Path]:
        """Make a backup and return its two archives."""
        data, keys, *_rest = self.done(*self.backup_command, **self.as_staff).splitlines()
        return Path(data), Path(keys)

    def manifest(self, archive: Path) -> dict[str, Any]:
        """Return what an archive says of itself."""
        found: dict[str, Any] = {}
        members = {"manifest.json": lambda _name, content: found.update(json.loads(content.read()))}
        files.read(archive, files.identities(self.identity), members)
        return found

    def repacked(self, archive: Path, target: Path, **changes: Any) -> Path:
        """Write an archive once more, with other facts in its manifest."""
        members: dict[str, bytes] = {}
        files.read(archive, files.identities(self.identity), {"": lambda name, content: members.update({name: content.read()})})
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | changes).encode()
        written = files.Unfinished(target)

        def fill(tar: tarfile.TarFile) -> None:
            for member in members.items():
                files.add_bytes(tar, *member)

        written.write(fill, files.recipients([self.recipient]))
        written.finish()
        return target

    @property
    def config(self) -> databases.Config:
        """The database as its owner sees it."""
        return dict(Env.db_url_config(self.variables.get("DATABASE_URL") or f"sqlite:///{self.data / 'db.sqlite3'}"))

    def restore_command(self, archives: tuple[Path, Path], *more: str) -> list[str]:
        return ["restore", "--data", str(archives[0]), "--keys", str(archives[1]), "--identity", str(self.identity), *more]

    def elsewhere(self, folder: Path) -> dict[str, str]:
        """The settings of a new machine."""
        variables = {"DATA_DIR": str(folder), "STATIC_ROOT": str(folder / "static")}
        variables["DJANGO_SETTINGS_MODULE"] = "tests.settings"  # static files are collected without compressing them
        return variables | ({"DATABASE_URL": self.new_database()} if self.variables.get("DATABASE_URL") else {})

    def looks(self, **variables: str) -> dict[str, Any]:
        """Read what people see."""
        return json.loads(self.done("shell", "-v", "0", "-c", LOOK, typed=json.dumps(self.facts), **variables))

    @property
    def leftovers(self) -> list[str]:
        """What a run left that didn't end."""
        return [path.name for folder in ("d", "k") for path in (self.places / folder).glob(".*")] + [
            path.name for path in self.data.glob(".backup*")
        ]
