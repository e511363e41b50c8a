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


@pytest.fixture
def tls_server(tmp_path):
    """Return a function that shows a self-signed certificate for a host, which ends after so long, and returns its port."""
    listeners = []

    def start(host, life):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        now = timezone.now()
        begun, ends = min(now, now + life) - dt.timedelta(days=1), now + life
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        certificate = builder.serial_number(1).not_valid_before(begun).not_valid_after(ends).sign(key, hashes.SHA256())
        file = tmp_path / "certificate.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve():
            with contextlib.suppress(OSError):  # the test is over
                stream, _address = listener.accept()
                with stream, context.wrap_socket(stream, server_side=True) as shown:
                    shown.recv(1)

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    yield start
    for listener in listeners:
        listener.close()


@pytest.mark.parametrize(("days", "code"), [(30, ""), (10, "doctor.W034"), (2, "doctor.E034"), (-1, "doctor.E034")])
def test_a_certificate_that_ends_soon_is_seen_where_this_machine_shows_it(site, tls_server, days, code):
    port = tls_server("help.riverside.org", dt.timedelta(days=days, hours=1))
    found = machine.certificate(port=port)
    assert [message.id for message in found] == ([code] if code else [])
    assert all("help.riverside.org" in message.msg and "certbot renew" in message.hint for message in found)


def test_where_no_web_server_listens_nothing_is_said_of_a_certificate(site):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert machine.certificate(port=nobody.getsockname()[1]) == []


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
