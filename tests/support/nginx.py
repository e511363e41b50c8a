"""Runs nginx with the shipped configuration in front of a local port."""

import contextlib
import datetime as dt
import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.cluster import free_port
from tests.support.site import ROOT

SHIPPED = ROOT / "deploy" / "nginx" / "recovery.conf"
PATIENCE = 120  # seconds
# Like Debian's nginx.conf, including logs and compression, which our file must disable.
AROUND = """
{user}
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    default_type application/octet-stream;
    access_log {folder}/access.log;
    gzip on;
    client_body_temp_path {folder}/typed;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/recovery.conf;
    {more}
}}
"""


def nginx_path() -> str | None:
    """Return the path of nginx, or None. On Debian it may not be on the PATH of other users than root."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@dataclass
class Answer:
    """A response."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Nginx:
    """A running nginx."""

    folder: Path
    port: int
    plain_port: int
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Send a request over TLS. Underscores in header names are replaced by hyphens."""
        with contextlib.closing(self._connection()) as connection:
            return _answer(connection, path, method, body, headers)

    def ask_quickly(self, times: int, path: str, method: str = "GET", body: bytes | None = None) -> list[Answer]:
        """Send the same request several times over one connection, fast enough for rate limits."""
        with contextlib.closing(self._connection()) as connection:
            return [_answer(connection, path, method, body, {}) for _ in range(times)]

    def _connection(self) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        return http.client.HTTPSConnection("localhost", self.port, context=context, timeout=PATIENCE)

    def ask_plainly(self, path: str) -> Answer:
        """Send a request over plain HTTP."""
        with contextlib.closing(http.client.HTTPConnection("localhost", self.plain_port, timeout=PATIENCE)) as connection:
            return _answer(connection, path, "GET", None, {})

    def written(self) -> str:
        """Everything that nginx has logged."""
        return "".join(path.read_text() for path in self.folder.glob("*.log"))

    def written_at_last(self) -> str:
        """Wait until nginx has logged something, which it does after an answer, and return it. Raises RuntimeError after PATIENCE."""
        deadline = time.monotonic() + PATIENCE
        while not self.written():
            if time.monotonic() > deadline:
                raise RuntimeError("nginx logged nothing")
            time.sleep(0.02)
        return self.written()


def _answer(connection: http.client.HTTPConnection, path: str, method: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


@contextlib.contextmanager
def nginx_before(port: int, more: str = "") -> Iterator[Nginx]:
    """Yield an nginx with our configuration, passing requests on to 127.0.0.1:`port`.

    `more` is added to its http block, with {folder} and {port} filled in.
    """
    # Not pytest's folder, because nginx's workers run as another user if root starts it.
    with tempfile.TemporaryDirectory(prefix="recovery-nginx-") as folder:
        Path(folder).chmod(0o755)
        yield from _running(Nginx(Path(folder), free_port(), free_port()), port, more)


def _running(server: Nginx, port: int, more: str) -> Iterator[Nginx]:
    folder, program = server.folder, nginx_path()
    if program is None:
        raise FileNotFoundError("no nginx")
    _certify(folder)
    (folder / "recovery.conf").write_text(_ours(server, port))
    root = os.geteuid() == 0
    (folder / "nginx.conf").write_text(_around(server, root=root, more=more))
    command: list[str | Path] = [program, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "start.log", "-g", "daemon off;"]
    server.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(server)
        if root:
            # From now on workers fail if they write request bodies to disk.
            os.chown(folder / "typed", 0, 0)
        (folder / "typed").chmod(0o500)
        yield server
    finally:
        server.process.send_signal(signal.SIGQUIT)
        try:
            server.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.process.terminate()
            server.process.wait()


def _around(server: Nginx, *, root: bool, more: str) -> str:
    values = {"folder": server.folder, "port": server.port}
    return AROUND.format(**values, user="user nobody nogroup;" if root else "", more=more.format(**values))


def _ours(server: Nginx, port: int) -> str:
    """Return the shipped file with an operator's changes and unprivileged ports."""
    text = SHIPPED.read_text()
    for old, new in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{port};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{server.port} ssl http2;"),
        ("listen [::]:443 ssl http2;", ""),
        ("listen 80;", f"listen 127.0.0.1:{server.plain_port};"),
        ("listen [::]:80;", ""),
        ("help.example.org;", "localhost 127.0.0.1;"),
        ("/etc/letsencrypt/live/help.example.org/fullchain.pem", str(server.folder / "certificate.pem")),
        ("/etc/letsencrypt/live/help.example.org/privkey.pem", str(server.folder / "key.pem")),
        ("/var/cache/nginx/recovery", str(server.folder / "kept")),
        ("/var/log/nginx/", f"{server.folder}/"),
    ):
        if old not in text:
            raise ValueError(f"{SHIPPED.name} has no {old!r} any more")
        text = text.replace(old, new)
    return text


def _certify(folder: Path) -> None:
    """Create a self-signed certificate for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(private)
    (folder / "certificate.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _wait_for(server: Nginx) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline or (server.process and server.process.poll() is not None):
                raise RuntimeError(f"nginx didn't start:\n{server.written()}") from None
            time.sleep(0.02)
