"""`manage.py doctor` is red for each way in which an installation was broken, says the mend, and is green for a good one."""

import ast
import datetime as dt
import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from intake.crypto import fingerprints
from intake.models import Event, Heartbeat, Inquiry, Notification
from intake.notifications import outbox
from intake.notifications.channels import webhook
from intake.notifications.kinds import Kind
from recovery_site.doctor import diagnosis
from recovery_site.schema.models import Release
from tests.support.site import ROOT

pytestmark = pytest.mark.django_db


def doctor(*arguments: str) -> tuple[int, str]:
    """Return the exit status of the command, and what it wrote."""
    out = io.StringIO()
    try:
        call_command("doctor", *arguments, stdout=out, no_color=True)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_a_good_site_has_no_error(site, monkeypatch):
    monkeypatch.setattr("recovery_site.doctor.machine.certificate", list)
    status, said = doctor()
    assert "ERROR" not in said
    assert status == 0


def change(**values):
    """Return what breaks the site by other settings."""

    def breaks(site, riverside):
        for name, value in values.items():
            setattr(site, name, value)

    return breaks


def without_the_key(site, riverside):
    """O1."""
    [key] = Path(site.CENTRE_KEYS_DIR).glob("*.key")
    key.rename(key.with_suffix(".away"))


def with_the_key_of_another(site, riverside):
    [key] = Path(site.CENTRE_KEYS_DIR).glob("*.key")
    key.write_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")


def with_other_peppers(site, riverside):
    """O8: a restore that made new ones."""
    site.RECEIPT_LOOKUP_PEPPER, site.RECEIPT_KEY_PEPPER = "1" * 64, "2" * 64


def with_a_column_too_few(site, riverside):
    """O5: a table that was changed by hand, or before 0.1.0."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE intake_heartbeat RENAME COLUMN told_at TO told_before")


def with_a_migration_too_few(site, riverside):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'intake' AND name = '0030_health'")


def with_a_migration_too_many(site, riverside):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('intake', '9999_of_next_year', '2026-11-29 00:00:00')")
    Release.objects.create(version="9.1.0", serves_from="9.0.0")


def without_static_files(site, riverside):
    site.STORAGES = {**site.STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    site.STATIC_ROOT = str(site.DATA_DIR / "nothing")


def with_the_demo(site, riverside):
    User.objects.create_user("demo-lead", is_staff=True)


def with_silent_worker(site, riverside):
    """O4."""
    Heartbeat.objects.filter(part="worker").update(at=timezone.now() - dt.timedelta(minutes=6))


def with_silent_housekeeping(site, riverside):
    Heartbeat.objects.filter(part="housekeeping").update(at=timezone.now() - dt.timedelta(minutes=11))


def with_mail_that_waits(site, riverside):
    """O3."""
    Notification.objects.update(attempts=3, happened_at=timezone.now() - dt.timedelta(hours=2))


def with_a_clock_that_was_ahead(site, riverside):
    """O11: written while the clock was wrong."""
    Event.objects.create(kind=Event.Kind.SETTINGS_CHANGED, at=timezone.now() + dt.timedelta(days=1))


def with_a_clock_that_jumped(site, riverside):
    """O11: the clock is 60 days ahead of the last time that was believed."""
    Heartbeat.objects.update_or_create(part="clock", defaults={"at": timezone.now() - dt.timedelta(days=60)})


def with_locked_keys(site, riverside):
    Path(site.CENTRE_KEYS_DIR, "identity.age").write_bytes(b"age-encryption.org/v1\n")


def with_an_old_backup(site, riverside):
    old = (timezone.now() - dt.timedelta(days=4)).isoformat()
    (site.DATA_DIR / "backups.json").write_text(json.dumps({"data": old, "keys": timezone.now().isoformat()}))


def with_a_key_that_no_backup_has(site, riverside):
    before = (timezone.now() - dt.timedelta(days=1)).isoformat()
    (site.DATA_DIR / "backups.json").write_text(json.dumps({"data": timezone.now().isoformat(), "keys": before}))


def without_an_address(site, riverside):
    User.objects.filter(is_superuser=True).update(email="")


def with_requests_and_no_backup(site, riverside):
    (site.DATA_DIR / "backups.json").unlink()
    Inquiry.objects.update(received_at=timezone.now() - dt.timedelta(days=4))


def with_a_folder_of_another(site, riverside):
    site.DATA_DIR = Path("/proc")


def with_a_read_only_database(site, riverside):
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY" if connection.vendor == "postgresql" else "PRAGMA query_only = ON")


# What was broken, the id of the error, and words of the mend.
BROKEN = [
    ("the private key is away", without_the_key, "intake.E030", "from the backup of the keys"),
    ("the private key is another's", with_the_key_of_another, "intake.E030", "from the backup of the keys"),
    ("other peppers", with_other_peppers, "intake.E050", "Restore the secret receipt_key_pepper"),
    ("another blind index key", change(BLIND_INDEX_KEY="3" * 64), "intake.E051", "Restore the secret blind_index_key"),
    ("a pepper of one letter", change(RECEIPT_KEY_PEPPER="x"), "doctor.E016", "Restore the right one"),
    ("equal peppers", change(RECEIPT_KEY_PEPPER="4" * 64, RECEIPT_LOOKUP_PEPPER="4" * 64), "intake.E001", "openssl rand"),
    ("the proxy's address", change(CLIENT_ADDRESS_HEADER="REMOTE_ADDR"), "doctor.E007", "HTTP_X_REAL_IP"),
    ("a header as it is written", change(CLIENT_ADDRESS_HEADER="X-Real-IP"), "doctor.E008", "HTTP_X_REAL_IP"),
    ("no word of the proxy", change(SECURE_PROXY_SSL_HEADER=None), "doctor.E009", "BEHIND_TLS_PROXY=true"),
    ("a country of two small letters", change(COUNTRY="us"), "doctor.E010", "two capital letters"),
    ("a country without helplines", change(COUNTRY="XX"), "doctor.E010", "recovery_site/helplines.toml"),
    ("a cache without its package", change(CACHES={"default": {"BACKEND": "no.such.Cache"}}), "doctor.E011", "CACHE_URL"),
    ("no static files", without_static_files, "doctor.E012", "collectstatic"),
    ("mail to files", change(EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend"), "doctor.E013", "EMAIL_URL"),
    ("a sender that is no address", change(DEFAULT_FROM_EMAIL="not-a-mail"), "doctor.E014", "an address of yours"),
    ("the sender of the example", change(DEFAULT_FROM_EMAIL="noreply@example.org"), "doctor.E015", "your own domain"),
    ("another host", change(ALLOWED_HOSTS=["example.org"]), "doctor.E004", "Add help.riverside.org"),
    ("pages with what was typed", change(DEBUG=True), "doctor.E005", "Remove DEBUG"),
    ("no https", change(SITE_URL="http://help.riverside.org", HTTPS=False), "doctor.E006", "certificate"),
    ("negative seconds", change(PAGE_CACHE_SECONDS=-5), "doctor.E002", "from 0 to 3600"),
    ("a link of no hours", change(PASSWORD_RESET_TIMEOUT=0), "doctor.E002", "from 1 to 720"),
    ("a way out that is no address", change(LEAVE_TO="weather.com"), "doctor.E003", "beginning with https://"),
    ("a switch without https", change(HEARTBEAT_URL="http://watch.riverside.org/1"), "doctor.E019", "WEBHOOKS_INSIDE"),
    ("a recovery key that is none", change(RECOVERY_PUBLIC_KEY="bm8ga2V5"), "intake.E003", "make-recovery"),
    ("an organisation's key that is none", change(ORGANISATION_PUBLIC_KEY="zz" * 32), "intake.E020", "keys pin"),
    ("a column too few", with_a_column_too_few, "doctor.E023", "Restore a backup of this release"),
    ("a migration too few", with_a_migration_too_few, "doctor.E023", "script/upgrade"),
    ("a migration too many", with_a_migration_too_many, "doctor.E024", "Install 9.1.0"),
    ("a database that only reads", with_a_read_only_database, "doctor.E021", "standby"),
    ("accounts of the demo", with_the_demo, "doctor.E025", "Switch off"),
    ("a silent worker", with_silent_worker, "intake.E033", "systemctl restart recovery-worker"),
    ("silent housekeeping", with_silent_housekeeping, "intake.E033", "systemctl restart recovery-housekeeping"),
    ("mail that waits", with_mail_that_waits, "intake.E034", "--send-test-mail"),
    ("a clock that was ahead", with_a_clock_that_was_ahead, "intake.E032", "timedatectl"),
    ("a clock that jumped", with_a_clock_that_jumped, "intake.E036", "manage.py clock --is-right"),
    ("keys that nobody unlocked", with_locked_keys, "intake.E031", "manage.py keys unlock"),
    ("the host of the staff's pages", change(STAFF_URL="https://staff.riverside.org"), "doctor.E018", "Add staff.riverside.org"),
    ("a staff secret of one letter", change(SECRET_KEY="x"), "doctor.E017", "Restore the right one"),
    ("an old backup", with_an_old_backup, "doctor.E033", "Make one now"),
    ("a key that no backup has", with_a_key_that_no_backup_has, "intake.E035", "Back up the keys"),
    ("operators without an address", without_an_address, "intake.E037", "an e-mail address"),
    ("requests and no backup", with_requests_and_no_backup, "doctor.E032", "Make one now"),
    ("a folder of somebody else", with_a_folder_of_another, "doctor.E030", "user that runs the site"),
]


@pytest.mark.parametrize("row", BROKEN, ids=[row[0] for row in BROKEN])
def test_it_is_red_and_says_the_mend_for(site, inquiry, monkeypatch, row):
    _name, breaks, code, mend = row
    monkeypatch.setattr("recovery_site.doctor.machine.certificate", list)
    try:
        with transaction.atomic():
            breaks(site, inquiry.centre)
            status, said = doctor()
            transaction.set_rollback(True)  # also of the settings of the connection
    finally:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA query_only = OFF")
    assert status == 1
    error, its_mend = next(pair for pair in zip(said.splitlines(), said.splitlines()[1:], strict=False) if f"({code})" in pair[0])
    assert error.startswith("ERROR: ")
    assert any(mend in line for line in said.splitlines() if line.startswith("    ")), its_mend


def without_a_backup(site, riverside):
    (site.DATA_DIR / "backups.json").unlink()


def without_an_operator(site, riverside):
    User.objects.filter(is_superuser=True).update(is_superuser=False)


def with_a_message_given_up(site, riverside):
    now = timezone.now()
    Notification.objects.update(state="dead", next_attempt_at=now)


# What is odd, the id of the warning, and words of the mend.
ODD = [
    ("a site without a name", change(SITE_NAME=" "), "doctor.W005", "the name of your organization"),
    ("any host", change(ALLOWED_HOSTS=["*"]), "doctor.W004", "Name your hosts"),
    ("no HSTS", change(HSTS_DAYS=0, SECURE_HSTS_SECONDS=0), "doctor.W006", "HSTS=yes"),
    ("one way to tell", change(), "intake.W037", "HEARTBEAT_URL"),
    ("passwords alone", change(REQUIRE_SECOND_FACTOR=False), "doctor.W016", "Remove REQUIRE_SECOND_FACTOR=false"),
    ("no operator", without_an_operator, "doctor.W025", "createsuperuser"),
    ("no backup", without_a_backup, "doctor.W032", "Make one now"),
    ("another secret of the forms", change(FORM_SECRET="7" * 64), "intake.W050", "Restore the secret secret_key"),
    ("a message that was given up", with_a_message_given_up, "intake.W034", "--send-test-mail"),
]


@pytest.mark.parametrize("row", ODD, ids=[row[0] for row in ODD])
def test_it_warns_and_says_the_mend_of(site, inquiry, monkeypatch, row):
    _name, breaks, code, mend = row
    monkeypatch.setattr("recovery_site.doctor.machine.certificate", list)
    breaks(site, inquiry.centre)
    _status, said = doctor()
    warning, its_mend = next(pair for pair in zip(said.splitlines(), said.splitlines()[1:], strict=False) if f"({code})" in pair[0])
    assert warning.startswith("Warning: ")
    assert mend in its_mend


def test_nobody_is_told_to_change_a_setting_that_is_none(site, monkeypatch):
    monkeypatch.setattr("recovery_site.doctor.machine.certificate", list)
    site.HSTS_DAYS = site.SECURE_HSTS_SECONDS = 0
    assert "SECURE_" not in doctor()[1]


@pytest.mark.parametrize(
    "way", [{"HEARTBEAT_URL": "https://watch.riverside.org/1"}, {"SECOND_EMAIL": {"EMAIL_BACKEND": "x"}}, {"WEBHOOKS_INSIDE": ["pager"]}]
)
def test_any_second_way_to_tell_is_enough(site, monkeypatch, way):
    monkeypatch.setattr("recovery_site.doctor.machine.certificate", list)
    change(**way)(site, None)
    if "WEBHOOKS_INSIDE" in way:
        webhook.new_secret(webhook.WebhookEndpoint.objects.create(name="Pager", url="http://pager/"))
    assert "intake.W037" not in doctor()[1]


def test_a_switch_in_our_own_network_may_be_without_https(site):
    site.HEARTBEAT_URL, site.WEBHOOKS_INSIDE = "http://watch.internal/1", ["watch.internal"]
    assert "doctor.E019" not in {message.id for message in diagnosis.diagnose()}


def test_each_id_belongs_to_one_check():
    """What an operator looks up by its id is one thing."""
    owners: dict[str, set[str]] = {}
    for package in ("accounts", "articles", "backups", "danger", "intake", "recovery_site"):
        for path in (ROOT / package).rglob("*.py"):
            for function in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)):
                for node in ast.walk(function):
                    if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z_]+\.[EWI]\d{3}", str(node.value)):
                        owners.setdefault(str(node.value), set()).add(f"{path.name}:{function.name}")
    assert len(owners) > 50
    assert {code: functions for code, functions in owners.items() if len(functions) > 1} == {}


def test_a_misspelt_variable_is_named_with_the_one_it_looks_like(site, monkeypatch):
    monkeypatch.setenv("ALOWED_HOSTS", "help.riverside.org")
    monkeypatch.setenv("EMAIL_URL2", "smtp://localhost")
    said = doctor("--start")[1]
    assert "The environment has ALOWED_HOSTS, which nothing reads. It looks like ALLOWED_HOSTS." in said
    assert "It looks like EMAIL_URL or EMAIL_URL_2." in said
    assert "Rename it to EMAIL_URL or EMAIL_URL_2, whichever you mean, or remove it." in said


def test_before_a_start_only_what_would_do_harm_stops_it(site, riverside):
    with_silent_worker(site, riverside)
    without_the_key(site, riverside)
    status, said = doctor("--start")
    assert "(intake.E033)" in said
    assert "(intake.E030)" in said
    assert status == 0, "the worker must start, and people must read the guides"
    with_other_peppers(site, riverside)
    status, said = doctor("--start")
    assert status == 1
    assert said.endswith("Not started: 2 to be mended.\n")


def test_a_check_that_fails_hides_no_other(site, monkeypatch):
    def fails(**kwargs):
        raise RuntimeError("quillon@example.org")

    monkeypatch.setattr("django.core.checks.registry.registry.deployment_checks", {fails})
    found = diagnosis.diagnose()
    assert [message.id for message in found if message.is_serious()] == ["doctor.E001"]
    assert "RuntimeError" in found[0].msg
    assert "quillon" not in str(found)


def test_a_secret_that_was_changed_on_purpose_is_accepted(site):
    site.BLIND_INDEX_KEY = "5" * 64
    call_command("accept_secret", "blind_index_key", stdout=io.StringIO())
    assert fingerprints.strangers() == []


def test_a_rotated_site_secret_is_ours_and_noted(site):
    site.FORM_SECRET_FALLBACKS, site.FORM_SECRET = [site.FORM_SECRET], "6" * 64
    assert fingerprints.strangers() == []
    fingerprints.note(timezone.now())
    site.FORM_SECRET_FALLBACKS = []
    assert fingerprints.strangers() == []


def test_a_test_mail_goes_by_both_servers(site, smtp_server):
    site.SECOND_EMAIL = {"EMAIL_BACKEND": site.EMAIL_BACKEND, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": smtp_server.port}
    doctor("--start", "--send-test-mail", "olga@example.org")
    assert smtp_server.recipients == ["olga@example.org"] * 2
    smtp_server.refuse_with = "421 later"
    said = doctor("--start", "--send-test-mail", "olga@example.org")[1]
    assert "A mail by EMAIL_URL_2 could not be sent (SMTPDataError). (doctor.E035)" in said


def test_silence_has_no_word_about_anybody(site, inquiry, monkeypatch):
    """What the doctor writes goes into the log."""
    monkeypatch.setattr("recovery_site.doctor.machine.certificate", list)
    outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry)
    with_mail_that_waits(site, None)
    assert "zzyzxword" not in doctor()[1]
    assert inquiry.reference not in doctor()[1]
