"""Signs the heads of the chains with the staff side's key, so that a chain can't be computed again from some row on.

A head is a line `chain number digest time key signature` as well, appended to settings.AUDIT_HEADS_FILE: whoever keeps a copy of that
file on another machine can prove later what the chains held.
"""

import base64
import datetime as dt
import hashlib
import logging
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import IntegrityError
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from intake.audit.chain import SITE
from intake.models import Centre, Link, SignedHead

logger = logging.getLogger(__name__)

# A chain that grew is signed at most so often: a head costs about as many bytes as an event.
SIGN_EVERY = dt.timedelta(minutes=10)
PUBLIC_KEY_LINE = "# public key "


class Head(NamedTuple):
    """The newest link of a chain at `signed_at`."""

    chain: int
    number: int
    digest: bytes
    signed_at: dt.datetime
    key: str
    signature: bytes

    @property
    def statement(self) -> bytes:
        """What is signed."""
        seconds = int(self.signed_at.timestamp())
        return f"recovery-site audit head 1\n{self.chain} {self.number} {self.digest.hex()} {seconds}\n".encode("ascii")

    def line(self) -> str:
        """Return the head as a line of a file, as `parse` reads it."""
        time = self.signed_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        signature = base64.b64encode(self.signature).decode("ascii")
        return f"{self.chain} {self.number} {self.digest.hex()} {time} {self.key} {signature}"

    def is_signed_by(self, public_key: bytes) -> bool:
        """Return whether the signature is that of `public_key` (32 bytes)."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, self.statement)
        except (InvalidSignature, ValueError):
            return False
        return True


def parse(line: str) -> Head:
    """Return the head of a line of the file. Raises ValueError if it isn't one."""
    chain, number, digest, time, key, signature = line.split()
    signed_at = dt.datetime.strptime(time, "%Y-%m-%dT%H:%M:%S%z")
    return Head(int(chain), int(number), bytes.fromhex(digest), signed_at, key, base64.b64decode(signature, validate=True))


def of_row(row: SignedHead) -> Head:
    """Return the head that a row stores."""
    return Head(row.chain, row.number, bytes(row.digest), row.signed_at, row.key, bytes(row.signature))


def public_key() -> bytes | None:
    """Return the public half (32 bytes) of this server's signing key, or None if it has none."""
    private = _private_key(settings.AUDIT_SIGNING_KEY)
    return private.public_key().public_bytes_raw() if private else None


def key_id(public: bytes) -> str:
    """Return by which a head names the key that signed it."""
    return hashlib.sha256(public).hexdigest()[:16]


@lru_cache(maxsize=4)
def _private_key(seed: str) -> Ed25519PrivateKey | None:
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)) if seed else None
    except ValueError:
        logger.error("The secret audit_signing_key is not 64 hexadecimal digits: the audit trail is not signed.")
        return None


def sign_heads(now: dt.datetime | None = None) -> int:
    """Sign the head of each chain that has grown, and was last signed SIGN_EVERY ago; return how many were signed.

    A chain that no longer holds the head that was signed last is not signed again: that would vouch for what was changed. An idle
    call costs two queries.
    """
    moment = (now or timezone.now()).replace(microsecond=0)
    private = _private_key(settings.AUDIT_SIGNING_KEY)
    if private is None:
        return 0
    heads = []
    for chain, number, before, signed_at in _ends():
        if number is None or number == before or (signed_at is not None and signed_at > moment - SIGN_EVERY):
            continue
        if head := _sign(private, chain, number, before, moment):
            heads.append(head)
    _append(heads)
    return len(heads)


def _ends() -> Iterator[tuple[int, int | None, int | None, dt.datetime | None]]:
    """Yield (chain, number of its newest link, number of its newest head, when that was signed) of the site and each centre."""

    site = Link.objects.filter(chain=SITE).annotate(
        newest=_newest(Link, SITE, "number"), signed=_newest(SignedHead, SITE, "number"), signed_at=_newest(SignedHead, SITE, "signed_at")
    )
    yield from site.values_list("chain", "newest", "signed", "signed_at")[:1]
    own = OuterRef("pk")
    centres = Centre.objects.order_by("pk").annotate(
        newest=_newest(Link, own, "number"), signed=_newest(SignedHead, own, "number"), signed_at=_newest(SignedHead, own, "signed_at")
    )
    yield from centres.values_list("pk", "newest", "signed", "signed_at")


def _newest(model: type[Link] | type[SignedHead], chain: Any, column: str) -> Subquery:
    """Return a column of the row of `chain` with the highest number."""
    return Subquery(model._default_manager.filter(chain=chain).order_by("-number").values(column)[:1])


def _sign(private: Ed25519PrivateKey, chain: int, number: int, before: int | None, moment: dt.datetime) -> Head | None:
    """Sign and store the head `number` of `chain`; return None if the chain doesn't hold the head `before`, or another process signed."""
    if before and not _still_holds(chain, before):
        logger.error("The audit trail of chain %d does not hold what was signed last. Run `manage.py audit verify`.", chain)
        return None
    digest = bytes(Link.objects.values_list("digest", flat=True).get(chain=chain, number=number))
    head = Head(chain, number, digest, moment, key_id(private.public_key().public_bytes_raw()), b"")
    head = head._replace(signature=private.sign(head.statement))
    try:
        SignedHead.objects.create(**head._asdict())
    except IntegrityError:
        return None
    return head


def _still_holds(chain: int, number: int) -> bool:
    head = SignedHead.objects.values_list("digest", flat=True).get(chain=chain, number=number)
    link = Link.objects.filter(chain=chain, number=number).values_list("digest", flat=True).first()
    return link is not None and bytes(link) == bytes(head)


def _append(heads: list[Head]) -> None:
    """Append heads to the file. If that fails, nothing else stops: the heads are rows, too."""
    if not heads:
        return
    path = Path(settings.AUDIT_HEADS_FILE)
    lines = [f"{head.line()}\n" for head in heads]
    try:
        if (public := public_key()) and _last_key(path) != heads[0].key:
            lines.insert(0, f"{PUBLIC_KEY_LINE}{public.hex()}\n")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="ascii") as file:
            file.writelines(lines)
    except OSError as failure:
        logger.error("Signed heads of the audit trail could not be written to a file: %s", type(failure).__name__)


def _last_key(path: Path) -> str:
    """Return which key signed the last head of the file; "" if there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 400))
            return parse(file.read().decode("ascii", "replace").splitlines()[-1]).key
    except (FileNotFoundError, IndexError, ValueError):
        return ""


def read_file(lines: Iterable[str]) -> tuple[list[Head], list[bytes]]:
    """Return the heads and the public keys of a file of heads. Raises ValueError for a line that is neither."""
    heads, keys = [], []
    for line in lines:
        if line.startswith(PUBLIC_KEY_LINE):
            keys.append(bytes.fromhex(line.removeprefix(PUBLIC_KEY_LINE).strip()))
        elif line.strip():
            heads.append(parse(line))
    return heads, keys
