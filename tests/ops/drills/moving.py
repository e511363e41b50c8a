"""Drills: a release with a migration is deployed while visitors send forms, and the site is restored on a new machine."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyrage

from tests.ops.drills import hurry, postgres
from tests.ops.drills.registry import NOBODY, Scene, drill
from tests.ops.drills.stage import HOUSEKEEPING, PARTS, WEB, WORKER
from tests.ops.drills.telling import NO_ANSWER
from tests.support.site import ROOT

SECOND = "second web server"
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "{newest}")]
    operations = [migrations.AddField("inquiry", "drilled", models.BooleanField(default=False, db_default=False))]
"""
FIELD = """
from django.db import models as _models

Inquiry.add_to_class("drilled", _models.BooleanField(default=False, db_default=False))
"""


@drill(
    "deploy-with-a-migration",
    happens="A release that adds a column is deployed while visitors send forms: first the migration, then one process after the other. "
    "The code before it serves on meanwhile. Then the same back.",
    sees="The output of the commands. Visitors go to the web server that runs.",
    does="Nothing beside the steps of “Upgrading”. With one web server, forms are refused for the seconds of its start.",
)
def deploy_with_a_migration(scene: Scene) -> None:
    stage = scene.stage
    newest = sorted(path.stem for path in (ROOT / "intake" / "migrations").glob("0*.py"))[-1]
    release = _release(stage.disk.folder.with_name(stage.disk.folder.name + ".release"), newest)
    stage.ports[SECOND] = stage.free_port()
    stage.start(SECOND)
    stage.wait_for_page(SECOND)
    try:
        scene.begins()
        _manage(scene, release, "migrate", "intake")
        scene.more()
        for code in (release, ROOT):
            for name in (WEB, SECOND) if scene.is_short else (WEB, SECOND, WORKER, HOUSEKEEPING):
                stage.stop(name)
                stage.start(name, code=code)
                if name in stage.ports:
                    stage.wait_for_page(name)
            scene.more()
        _manage(scene, release, "migrate", "intake", newest)
        scene.recovers()
        scene.is_told(f"{NOBODY}, and nobody has to be: who deploys it sees it", 0)
        scene.more()
        scene.stop_visitors()
        stage.stop(SECOND)
    finally:
        del stage.ports[SECOND]
        shutil.rmtree(release)


@drill(
    "restore-on-a-new-machine",
    happens="The machine is lost. The backup of the night is restored on a new one, and the site starts there.",
    sees="The monitor gets no answer. After the restore: “Canaries opened”, and the doctor.",
    does="docs/operations.md, Restoring. What came in after the backup is gone; a standby would have it.",
)
def restore_on_a_new_machine(scene: Scene) -> None:
    stage = scene.stage
    identity = pyrage.x25519.Identity.generate()
    places = stage.disk.folder.with_name(stage.disk.folder.name + ".places")
    for name in ("data", "keys"):
        (places / name).mkdir(parents=True)
    (places / "identity").write_text(f"{identity}\n")
    scene.opens()
    before = list(scene.visitors.acknowledged)
    folders = ["--data-to", str(places / "data"), "--keys-to", str(places / "keys"), "--recipient", str(identity.to_public())]
    backup = stage.manage("backup", *folders, "--same-disk")
    assert backup.returncode == 0, backup.stderr
    try:
        scene.breaks()
        for name in PARTS:
            stage.kill(name)
        seen = scene.watch.on_health(NO_ANSWER)
        scene.is_told("whoever reads the monitor of /health/", hurry.really(seen, hurry.ROUND_OF_MONITOR))
        scene.given_up = [each for each in scene.visitors.acknowledged if each not in before]
        _restore(scene, places)
    finally:
        shutil.rmtree(places)
    stage.start(*PARTS)
    scene.recovers()
    # What the backup happens to have of the forms that came in while it was made is found, too; none of it is promised.
    scene.visitors.seen["sent after the backup began"] = len(scene.given_up)


def _restore(scene: Scene, places: Path) -> None:
    stage = scene.stage
    new = stage.disk.folder / f"new-machine-{int(time.monotonic())}"
    variables = {"DATA_DIR": str(new)}
    if stage.server:
        stage.server.sql("CREATE DATABASE restored ENCODING 'UTF8' TEMPLATE template0", "postgres")
        variables["DATABASE_URL"] = postgres.url_of(stage.server, database="restored")
    # A short drill takes the static files that are there: compressing them again takes as long as all the rest.
    collects = {"STATIC_ROOT": str(new / "static")} | ({"DJANGO_SETTINGS_MODULE": "tests.settings"} if scene.is_short else {})
    command = ["--data", str(places / "data"), "--keys", str(places / "keys"), "--identity", str(places / "identity")]
    done = stage.manage("restore", *command, **variables, **collects)
    assert done.returncode == 0, done.stderr
    assert "Canaries opened: 1" in done.stdout
    stage.environment |= variables
    stage.folder = new


def _release(folder: Path, newest: str) -> Path:
    """Return a copy of the code in which a model has a column more."""
    ignored = shutil.ignore_patterns(".*", "var", "docs", "benchmarks", "__pycache__")
    shutil.copytree(ROOT, folder, ignore=ignored)
    (folder / "intake" / "migrations" / "9999_drilled.py").write_text(MIGRATION.format(newest=newest))
    with (folder / "intake" / "models" / "__init__.py").open("a") as file:
        file.write(FIELD)
    return folder


def _manage(scene: Scene, code: Path, *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=code, env=scene.stage.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
