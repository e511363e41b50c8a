"""Verify the audit trail, and print its signed heads."""

import re
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.audit import chain, daily, signing, verifying
from intake.models import Centre, Link, SignedHead

LINK = re.compile(r"([0-9]{1,18})-([0-9a-f]{8,64})")


class Command(BaseCommand):
    help = (
        "verify: read the whole audit trail and name each row that was altered, removed, put in or put into another order, and each bad "
        "signature; ends with status 1 if there is one. heads: print the signed heads, to be kept on another machine. docs/audit.md "
        "says how to verify there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        verify = what.add_parser("verify", help="verify the chains")
        verify.add_argument("--centre", type=int, metavar="N", help="only the chain of the centre with this id; 0 is the site's")
        verify.add_argument("--link", metavar="NUMBER-HASH", help="also tell whether this link, from a visitor's note, is in the chain")
        verify.add_argument(
            "--heads", type=Path, action="append", metavar="FILE", help="signed heads that were kept (default: settings.AUDIT_HEADS_FILE)"
        )
        verify.add_argument("--public-key", action="append", default=[], metavar="HEX", help="the audit key's public half, 64 digits")
        what.add_parser("heads", help="print the signed heads")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "heads":
            self._print_heads()
            return
        chains = None if options["centre"] is None else [options["centre"]]
        if chains and chains[0] != chain.SITE and not Centre.objects.filter(pk=chains[0]).exists():
            raise CommandError(f"There is no centre {chains[0]}.")
        heads, keys = self._kept(options["heads"]) if options["heads"] else daily.kept()
        try:
            keys += [bytes.fromhex(key) for key in options["public_key"]]
        except ValueError:
            raise CommandError("A public key has 64 hexadecimal digits.") from None
        if options["heads"] and (own := signing.public_key()):
            keys.append(own)
        if not keys:
            self.stderr.write("No public key is known: give it with --public-key. Signed heads can't be checked.")
        is_there = self._says_link(options["link"], chains) if options["link"] else True
        started = time.monotonic()
        wanted = heads if chains is None else [head for head in heads if head.chain in chains]
        result = verifying.verify(chains, heads=wanted, keys=keys)
        seconds = time.monotonic() - started
        for finding in result.findings:
            self.stdout.write(str(finding))
        self.stdout.write(f"{result.rows} rows and {result.heads} signed heads read in {seconds:.1f} s.")
        if result.findings or not is_there:
            missing = "" if is_there else " The link is not in it."
            raise CommandError(f"The audit trail does not verify: {len(result.findings)} findings.{missing}")
        self.stdout.write("The audit trail verifies.")

    def _print_heads(self) -> None:
        if public := signing.public_key():
            self.stdout.write(f"{signing.PUBLIC_KEY_LINE}{public.hex()}")
        for row in SignedHead.objects.order_by("pk").iterator():
            self.stdout.write(signing.of_row(row).line())

    def _kept(self, files: list[Path]) -> tuple[list[signing.Head], list[bytes]]:
        """Return the heads and public keys of the given files."""
        heads: list[signing.Head] = []
        keys: list[bytes] = []
        for path in files:
            try:
                with path.open(encoding="ascii") as lines:
                    more, named = signing.read_file(lines)
            except (OSError, ValueError):
                raise CommandError(f"{path} can't be read as a file of signed heads.") from None
            heads += more
            keys += named
        return heads, keys

    def _says_link(self, typed: str, chains: list[int] | None) -> bool:
        """Say whether the link of a note is in the chain."""
        match = LINK.fullmatch(re.sub(r"\s", "", typed).lower())
        if match is None:
            raise CommandError("A link is a number and at least 8 digits of its hash, such as 1042-9f2c61d07be3a854.")
        links = Link.objects.filter(number=int(match[1])) if chains is None else Link.objects.filter(number=int(match[1]), chain__in=chains)
        for link in links.select_related("event"):
            if bytes(link.digest).hex().startswith(match[2]):
                self.stdout.write(
                    f"Link {link} is in chain {link.chain}. Its event {link.event_id} says {link.event.at:%Y-%m-%d %H:%M} UTC."
                )
                return True
        self.stdout.write(f"Link {typed} is in no chain that was asked for: the rows that it stood for were changed or removed.")
        return False
