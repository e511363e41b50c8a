"""The certificates of the database machines, made by the commands of docs/several-machines.md, with a server of PostgreSQL."""

import contextlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.utils import ConnectionHandler
from environ import Env

from recovery_site.doctor import database
from tests.support.cluster import Cluster, PostgresMissing, free_port, temporary_cluster
from tests.support.site import ROOT
from tests.support.skipping import unavailable

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def make_certificates(folder: Path) -> Path:
    """Run the page's own commands in a folder. Return it."""
    page = (ROOT / "docs" / "several-machines.md").read_text()
    [commands] = re.findall(r"^```sh\n(openssl req -x509.*?)^```", page, re.MULTILINE | re.DOTALL)
    folder.mkdir()
    subprocess.run(["sh", "-eu", "-c", commands], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def certified(tmp_path: Path) -> Iterator[tuple[Cluster, Path]]:
    """A server with the certificate of db1.internal, and the folder with that of its CA."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl (Debian: apt-get install openssl)")
    made = make_certificates(tmp_path / "made")
    try:
        with temporary_cluster(port=free_port()) as cluster:
            show(cluster, made)
            yield cluster, made
    except PostgresMissing:
        unavailable("no PostgreSQL")


def show(cluster: Cluster, made: Path) -> None:
    """Let the server show the certificate of db1.internal, and wait until it does."""
    owner = cluster.folder.stat()
    with contextlib.closing(cluster.connect()) as connection, connection.cursor() as cursor:
        for setting, name in (("ssl_key_file", "db1.internal.key"), ("ssl_cert_file", "db1.internal.pem")):
            file = Path(shutil.copy(made / name, cluster.folder))
            file.chmod(0o600)
            os.chown(file, owner.st_uid, owner.st_gid)
            cursor.execute(f"ALTER SYSTEM SET {setting} = '{file}'")
        cursor.execute("ALTER SYSTEM SET ssl = on")
        cursor.execute("SELECT pg_reload_conf()")
        for _try in range(200):
            cursor.execute("SHOW ssl")
            if cursor.fetchone() == ("on",):
                return
            threading.Event().wait(0.05)
    raise AssertionError("TLS was never switched on")


def address(cluster: Cluster, ca: Path, host: str = "db1.internal") -> str:
    """The DATABASE_URL of the page, for a server at this machine under the name that its certificate has to bear."""
    page = (ROOT / "docs" / "several-machines.md").read_text()
    [options] = re.findall(r'DATABASE_URL="postgres://recovery_public:\S+/recovery\?(\S+)"', page)
    options = options.replace("/etc/ssl/recovery-database-ca.pem", str(ca))
    return f"postgres://recovery@{host}:{cluster.port}/postgres?{options}&hostaddr=127.0.0.1"


@contextlib.contextmanager
def connected(url: str) -> "Iterator[object]":
    connection = ConnectionHandler({"default": Env.db_url_config(url)})["default"]
    try:
        yield connection
    finally:
        connection.close()


def test_a_site_connects_to_the_server_with_the_right_certificate_and_to_no_other(certified, tmp_path, monkeypatch):
    cluster, made = certified
    with connected(address(cluster, made / "ca.pem")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert cursor.fetchone() == (True,)

    other = make_certificates(tmp_path / "other")
    for url, why in (
        (address(cluster, other / "ca.pem"), "certificate verify failed"),
        (address(cluster, made / "ca.pem", host="db2.internal"), 'server certificate for "db1.internal"'),
        (address(cluster, tmp_path / "gone.pem"), "gone.pem"),
    ):
        with connected(url) as connection:
            monkeypatch.setattr(database, "connection", connection)
            [found] = database.the_database_works()
        assert found.id == "doctor.E020"
        assert why in found.msg, found.msg
