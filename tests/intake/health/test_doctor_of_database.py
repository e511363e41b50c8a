"""`manage.py doctor` looks at the database, and at the disks that it and the site's data lie on."""

from pathlib import Path

import pytest
from django.db import OperationalError, connection, connections

from recovery_site.doctor import database, diagnosis
from tests.intake.health.test_doctor import doctor

pytestmark = pytest.mark.django_db


def test_a_database_that_is_away_is_an_error_that_names_the_variable(site, monkeypatch):
    def away(self):
        raise OperationalError("connection refused")

    monkeypatch.setattr(type(connections["default"]), "ensure_connection", away)
    found = {message.id: message for message in diagnosis.diagnose() if message.is_serious()}
    assert "connection refused" in found["doctor.E020"].msg
    assert "DATABASE_URL" in found["doctor.E020"].hint


def test_a_database_without_tables_is_an_error(site, monkeypatch):
    monkeypatch.setattr("recovery_site.schema.state.COLUMNS", dict.fromkeys(("sqlite", "postgresql"), "SELECT 'a', 'b' WHERE 1 = 0"))
    found = {message.id: message for message in diagnosis.diagnose() if message.is_serious()}
    assert "manage.py migrate" in found["doctor.E022"].hint


def test_a_full_disk_is_an_error_and_a_filling_one_a_warning(site, monkeypatch):
    class Usage:
        free = 50_000_000

    monkeypatch.setattr("recovery_site.doctor.machine.shutil.disk_usage", lambda folder: Usage)
    assert "50 MB are free. (doctor.E031)" in doctor("--start")[1]
    Usage.free = 450_000_000
    assert "(doctor.E031)" in doctor("--start")[1], "the operator hears of it while there is room to work"
    Usage.free = 900_000_000
    assert "(doctor.W031)" in doctor("--start")[1]


def test_the_disk_of_the_database_is_looked_at_where_it_is_another(site, monkeypatch):
    class Usage:
        free = 50_000_000

    monkeypatch.setattr("recovery_site.doctor.database._folder", lambda: Path("/proc"))  # another disk than DATA_DIR's
    monkeypatch.setattr("recovery_site.doctor.database.shutil.disk_usage", lambda folder: Usage)
    assert "The disk of the database (/proc) is full: 50 MB are free. (doctor.E036)" in doctor("--start")[1]
    Usage.free = 900_000_000
    assert "(doctor.W036)" in doctor("--start")[1]
    monkeypatch.setattr("recovery_site.doctor.database._folder", lambda: site.DATA_DIR)
    assert "The disk of the database" not in doctor("--start")[1], "that of DATA_DIR is told already"


def test_the_database_names_its_folder_where_it_may(site):
    folder = database._folder()
    assert folder is None or folder.is_dir()
    if connection.vendor == "postgresql":  # the tests' account may ask, and comes by the socket
        assert folder is not None
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE ada_asks NOLOGIN")
            cursor.execute("SET LOCAL ROLE ada_asks")
        assert database._folder() is None, "without the right nothing is known, and nothing fails"
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE ada_asks")
