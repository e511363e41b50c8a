"""The visitors' server that is attacked, and started: a database with stored inquiries, and what that server has of the site."""

import contextlib
import os
import secrets as random_secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors

from recovery_site import secrets
from tests.support.cluster import Cluster
from tests.support.site import ROOT

STORED = 1_000


@dataclass(frozen=True)
class Node:
    """The stolen server: what Mallory has of it."""

    cluster: Cluster
    database: str
    folder: Path
    words: str
    staffs: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the visitors' unit, as deploy/ gives it."""
        ours = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "SITE_ROLE", "SECRETS_DIR", "CENTRE_KEYS_DIR", "CACHE_URL")
        inherited = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith(("TEST_", "PYTEST_"))}
        url = self.cluster.url(self.database).replace("recovery@", "recovery_public@", 1)
        own = {
            "SITE_ROLE": "public",
            "DATABASE_URL": url,
            "DATA_DIR": str(self.folder),
            "CREDENTIALS_DIRECTORY": str(self.folder / "secrets"),
        }
        return {**inherited, **own, "DJANGO_SETTINGS_MODULE": "recovery_site.settings"}

    @contextlib.contextmanager
    def account(self, role: str = "recovery_public") -> Iterator[Any]:
        """A cursor of the server's database account, in autocommit mode."""
        connection = psycopg2.connect(host=str(self.cluster.folder), port=self.cluster.port, user=role, dbname=self.database)
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            yield cursor

    def run(self, module: str, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a module of the site with the server's environment."""
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.run(command, cwd=ROOT, env={**self.environment, **more}, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def public_node(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A site with 1,000 inquiries, and the visitors' server of it: three secrets, an empty disk, the account recovery_public."""
    staffs, folder = tmp_path_factory.mktemp("staffs"), tmp_path_factory.mktemp("node")
    database = f"node_{random_secrets.token_hex(6)}"
    # The tables belong to an account that is no superuser, as on a real server.
    with contextlib.closing(postgres.connect()) as superuser, superuser.cursor() as cursor:
        for role in ("recovery_owner", "recovery_public", "recovery_staff"):
            with contextlib.suppress(errors.DuplicateObject):
                cursor.execute(f"CREATE ROLE {role} LOGIN")
        url = postgres.create_database(database).replace("recovery@", "recovery_owner@", 1)
        cursor.execute(f"ALTER DATABASE {database} OWNER TO recovery_owner")
    owner = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(staffs), "CENTRE_KEYS_DIR": str(staffs / "keys")}
    filling = [sys.executable, "-m", "tests.adversarial.filled_database", str(STORED), str(staffs / "words")]
    done = subprocess.run(filling, cwd=ROOT, env=owner, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    (folder / "secrets").mkdir()
    for name in secrets.PUBLIC_SECRETS:
        (folder / "secrets" / name).write_text((staffs / "secrets" / name).read_text())
    yield Node(postgres, database, folder, (staffs / "words").read_text(), staffs)
    postgres.drop_database(database)
