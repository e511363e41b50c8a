"""While the cache that several servers share is away, or hangs, visitors notice nothing but a slower page."""

import importlib.util
import logging
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache, caches
from django.test import Client

from recovery_site.doctor import diagnosis
from tests.ops.test_halves import start
from tests.support.cluster import free_port
from tests.support.skipping import unavailable

PATIENCE = 120  # seconds
BACKEND = "recovery_site.network.shared_cache.SharedCache"
pytestmark = [pytest.mark.django_db, pytest.mark.process, pytest.mark.once]


class Redis:
    """A real server, which can be killed, stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while subprocess.run(["redis-cli", "-p", str(self.port), "ping"], capture_output=True, check=False).stdout != b"PONG\n":
            assert time.monotonic() < deadline, "Redis doesn't start"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def hang(self) -> None:
        self.process.send_signal(signal.SIGSTOP)


@pytest.fixture
def redis(settings, tmp_path) -> Iterator[Redis]:
    """The site with a shared cache."""
    if shutil.which("redis-server") is None:
        unavailable("no Redis (apt-get install redis-server)")
    if importlib.util.find_spec("redis") is None:
        unavailable("no package redis for Python (pip install -r requirements.txt)")
    from recovery_site.network.shared_cache import _Circuit

    server = Redis(tmp_path)
    server.start()
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": BACKEND, "LOCATION": f"redis://127.0.0.1:{server.port}/0"}}
    settings.PAGE_CACHE_SECONDS = 60
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("recovery_site.network.shared_cache.circuit", _Circuit())
        patched.setattr("recovery_site.network.shared_cache.AWAY_SECONDS", 0.0)  # asked again at once, except where a test says otherwise
        yield server
        server.kill()


def pages() -> list[int]:
    return [Client().get(path).status_code for path in ("/", "/contact/", "/help-now/", "/es/contact/")]


def test_visitors_read_and_write_while_the_shared_cache_is_dead_and_after_it_is_back(redis, open_harbor, caplog):
    assert pages() == [200] * 4
    cache.set("works", "yes", 60)
    assert cache.get("works") == "yes"
    redis.kill()
    with caplog.at_level(logging.WARNING, logger="recovery_site.network.shared_cache"):
        assert pages() == [200] * 4
        assert (cache.get("works", "gone"), cache.get_many(["works"]), cache.delete("works")) == ("gone", {}, False)
        assert cache.add("once", True)  # what is done once in a while is done more often, not never
        redis.start()
        assert pages() == [200] * 4
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]  # when it went, and when it came back
    cache.set("works", "again", 60)
    assert cache.get("works") == "again"


def test_a_shared_cache_that_hangs_is_asked_once_and_then_left_alone(redis, open_harbor, monkeypatch):
    from recovery_site.network import shared_cache as shared

    monkeypatch.setattr(shared, "AWAY_SECONDS", 1e6)
    assert pages() == [200] * 4
    redis.hang()  # without a limit of time the next line would never end
    assert pages() == [200] * 4
    monkeypatch.setattr(shared.RedisCacheClient, "get", lambda *_arguments: pytest.fail("the cache that hangs is asked again"))
    assert pages() == [200] * 4
    redis.process.send_signal(signal.SIGCONT)


def test_the_doctor_says_that_the_shared_cache_is_away_and_that_it_is_no_error(redis):
    def found() -> list[str]:
        return [str(message.id) for message in diagnosis.diagnose() if message.id in ("doctor.E011", "doctor.W011")]

    assert found() == []
    redis.kill()
    assert found() == ["doctor.W011"]


def test_the_staffs_half_shares_no_cache_with_visitors(tmp_path):
    from recovery_site import secrets

    secrets.create_missing(tmp_path / "secrets")
    program = "from django.conf import settings; print(settings.CACHES['default']['BACKEND'])"
    for role, backend in (("staff", "recovery_site.network.process_cache.ProcessCache"), ("all", BACKEND)):
        done = start(program, SITE_ROLE=role, DATA_DIR=str(tmp_path), CACHE_URL="rediscache://127.0.0.1:1/0")
        assert done.stdout.strip() == backend, done.stderr


def test_without_a_shared_cache_nothing_asks_for_redis():
    assert "redis" not in type(caches["default"]).__module__.lower()
