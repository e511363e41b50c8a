"""What keeps a process from starting, and what must not; and the certificate that this machine shows."""

import contextlib
import datetime as dt
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.db import transaction
from django.utils import timezone

from intake.health import rounds
from intake.models import Heartbeat
from recovery_site.doctor import machine
from tests.intake.health.test_doctor import (
    change,
    doctor,
    with_a_clock_that_jumped,
    with_a_clock_that_was_ahead,
    with_a_folder_of_another,
    with_a_key_that_no_backup_has,
    with_a_migration_too_many,
    with_an_old_backup,
    with_locked_keys,
    with_mail_that_waits,
    with_other_peppers,
    with_silent_housekeeping,
    with_silent_worker,
    with_the_demo,
    without_an_operator,
    without_static_files,
    without_the_key,
)

pytestmark = pytest.mark.django_db


HELP, STAFF = "help.riverside.org", "staff.riverside.org"
ADDRESSES = {HELP: "127.0.0.1", STAFF: "127.0.0.2"}  # each half has one of its own


@pytest.fixture
def tls_server(tmp_path, monkeypatch):
    """Return a function that shows a self-signed certificate at the address of a host, which ends after so long, and returns its port."""
    listeners = []
    look_up = socket.getaddrinfo
    monkeypatch.setattr("socket.getaddrinfo", lambda host, *rest, **more: look_up(ADDRESSES.get(host, host), *rest, **more))

    def start(host, life):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        now = timezone.now()
        begun, ends = min(now, now + life) - dt.timedelta(days=1), now + life
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        certificate = builder.serial_number(1).not_valid_before(begun).not_valid_after(ends).sign(key, hashes.SHA256())
        file = tmp_path / f"{host}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        listener = socket.create_server((ADDRESSES[host], 0))
        listeners.append(listener)

        def serve():
            with contextlib.suppress(OSError):  # the test is over
                while True:
                    stream, _address = listener.accept()
                    with contextlib.suppress(OSError), stream, context.wrap_socket(stream, server_side=True) as shown:
                        shown.recv(1)

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    yield start
    for listener in listeners:
        listener.close()


@pytest.fixture
def certificates(site, tls_server):
    """Return a function that lets the visitors' and the staff's host show certificates that end after so many days."""

    def shown(days, staff_days=90):
        site.SITE_URL = f"https://{HELP}:{tls_server(HELP, dt.timedelta(days=days, hours=1))}"
        site.STAFF_URL = f"https://{STAFF}:{tls_server(STAFF, dt.timedelta(days=staff_days, hours=1))}"

    return shown


@pytest.mark.parametrize(
    ("days", "code"), [(30, ""), (14, ""), (13, "doctor.W034"), (10, "doctor.W034"), (9, "doctor.E034"), (-2, "doctor.E034")]
)
def test_a_certificate_that_ends_soon_is_seen(certificates, days, code):
    certificates(days)
    found = machine.certificate()
    assert [message.id for message in found] == ([code] if code else [])
    assert all(HELP in message.msg and "certbot renew" in message.hint for message in found)
    assert not found or (f"ends in {days} days" if days > 0 else "has ended") in found[0].msg


def test_the_staff_s_own_certificate_is_read_at_the_staff_s_own_address(certificates):
    certificates(90, staff_days=9)
    [found] = machine.certificate()
    assert (found.id, STAFF in found.msg) == ("doctor.E034", True)


def test_the_visitors_half_asks_nothing_of_the_staff_s_address(certificates, site):
    certificates(9, staff_days=9)
    site.SITE_ROLE, site.SERVES_STAFF = "public", False
    assert [HELP in message.msg for message in machine.certificate()] == [True]


def test_olga_is_told_by_the_hourly_check_before_the_staff_s_certificate_ends(certificates, site, smtp_server):
    site.ALLOWED_HOSTS = [HELP, STAFF]
    certificates(90, staff_days=9)
    assert rounds.examine(timezone.now())
    assert len(smtp_server.recipients) == 1
    assert Heartbeat.objects.get(part=Heartbeat.Part.DOCTOR).codes == ["doctor.E034"]


def test_a_certificate_that_nobody_shows_is_a_warning_and_a_site_without_https_has_none(site):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        site.SITE_URL = site.STAFF_URL = f"https://127.0.0.1:{nobody.getsockname()[1]}"
        [found] = machine.certificate()
        assert (found.id, found.is_serious()) == ("doctor.W035", False)
        assert found.msg == "The certificate of 127.0.0.1 could not be read (ConnectionRefusedError)."
        site.SITE_URL = site.STAFF_URL = site.SITE_URL.replace("https", "http")
        assert machine.certificate() == []


# What is wrong for staff, or with what is done later: nobody may be kept from reading by it.
TROUBLES_OF_STAFF = [
    without_the_key,
    with_locked_keys,
    with_the_demo,
    with_silent_worker,
    with_silent_housekeeping,
    with_mail_that_waits,
    with_a_clock_that_was_ahead,
    with_a_clock_that_jumped,
    with_an_old_backup,
    without_an_operator,
    with_a_key_that_no_backup_has,
    with_a_folder_of_another,
    change(BLIND_INDEX_KEY="3" * 64),
    change(SECRET_KEY="x"),
    change(STAFF_URL="https://staff.riverside.org"),
    change(EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend"),
    change(DEFAULT_FROM_EMAIL="not-a-mail"),
]


def test_reading_is_never_stopped_by_a_trouble_of_the_staff(site, inquiry):
    for breaks in TROUBLES_OF_STAFF:
        breaks(site, inquiry.centre)
    status, said = doctor("--start")
    assert said.count("ERROR: ") >= len(TROUBLES_OF_STAFF) - 4, "one is a warning, and three can't be seen any more beside another"
    assert status == 0, said


def test_worker_and_housekeeping_are_not_stopped_by_what_is_wrong_with_pages(site, inquiry):
    for breaks in (
        change(ALLOWED_HOSTS=["example.org"]),
        change(CLIENT_ADDRESS_HEADER="REMOTE_ADDR"),
        change(SECURE_PROXY_SSL_HEADER=None),
        change(COUNTRY="XX"),
        without_static_files,
        with_other_peppers,
    ):
        breaks(site, inquiry.centre)
    assert doctor("--start")[0] == 1
    assert doctor("--start", "worker")[0] == 0
    assert doctor("--start", "housekeeping")[0] == 0


@pytest.mark.parametrize("process", ["web", "worker", "housekeeping"])
def test_no_process_starts_on_the_database_of_another_release(site, inquiry, process):
    with transaction.atomic():
        with_a_migration_too_many(site, inquiry.centre)
        assert doctor("--start", process)[0] == 1
        transaction.set_rollback(True)
