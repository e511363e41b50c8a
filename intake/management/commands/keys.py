"""The life of the keys, at a terminal. docs/keys.md says when to use which part."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.crypto import key_files, keyring, pins
from intake.crypto.key_files import KeyringError
from intake.keys import at_rest, carrying, dialogue, inventory, recovery, rewrapping, rotation, site_secret
from intake.keys.progress import Bar
from intake.models import Centre, CentreKey

# Who the record says it was: whoever has the server's shell.
SHELL = "command"


class Command(BaseCommand):
    help = "Make, rotate, retire, verify, encrypt and recover the keys. docs/keys.md says when to do what."

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True, metavar="PART")

        def part(name: str, run: Callable[..., None], words: str, *options: str) -> Any:
            added = parts.add_parser(name, help=words, description=words)
            added.set_defaults(run=run)
            for option in options:
                OPTIONS[option](added)
            return added

        part("list", self._list, "List the centres' keys.")
        part("create", self._create, "Make a new key for a centre. The former one is retired, and still opens.", "centre", "signer")
        rotate = part("rotate", self._rotate, "Make a new key, and wrap all cases of the centre to it.", "centre", "signer", "jobs", "yes")
        rotate.add_argument("--new", action="store_true", help="make a new key even if a rotation was begun and isn't finished")
        rotate.add_argument("--destroy-old", action="store_true", help="then destroy the old keys to which nothing is wrapped any more")
        retire = part("retire", self._retire, "Retire a key without a new one: the centre takes no inquiries then.", "yes")
        retire.add_argument("key", type=int, help="the number of the key")
        retire.add_argument("--destroy", action="store_true", help="destroy its private half, if nothing is wrapped to it")
        verify = part("verify", self._verify, "Verify that every key is signed, is here, and opens what is sealed to it.")
        verify.add_argument("--mend", action="store_true", help="put back public keys that were changed in the database")
        part("pin", self._pin, "Let the organisation sign keys whose private half is here; print its public half.", "signer")
        part("export", self._export, "Write this machine's keys to another one: keys export | ssh MACHINE … keys import.")
        part("import", self._import, "Add the keys of another of the staff's machines that this one lacks.")
        part("encrypt", self._encrypt, "Encrypt the files of the private keys under a passphrase.")
        part("decrypt", self._decrypt, "Decrypt them for good.")
        part("unlock", self._unlock, "Type the passphrase after a start of the machine, so that the site can open inquiries.")
        passphrase = part("passphrase", self._passphrase, "Change the passphrase.")
        passphrase.add_argument("--forgotten", action="store_true", help="without the former one, while the keys are still unlocked")
        make = part("make-recovery", self._make_recovery, "Make the organisation's recovery key, and show its shares.")
        make.add_argument("--shares", type=int, default=3, help="how many people get a share (default: 3)")
        make.add_argument("--threshold", type=int, default=2, help="how many of them are needed (default: 2)")
        part("drill", self._drill, "Open a canary with the shares, to know that they work. Changes nothing.", "key-file")
        recover = part("recover", self._recover, "Open a centre's cases with the recovery key, after its own key was lost.")
        recover.add_argument("--centre", required=True, help="the centre's slug")
        for option in ("key-file", "jobs", "signer"):
            OPTIONS[option](recover)
        part("renew-recovery", self._renew_recovery, "Wrap all cases to a new recovery key, in place of the former one.", "jobs")
        secret = part("rotate-secret", self._rotate_secret, "Give the site a new secret_key. Sessions and forms go on.")
        secret.add_argument("--finish", action="store_true", help="after a restart: seal webhooks again, and drop the old secrets")

    def handle(self, *args: Any, run: Callable[..., None], **options: Any) -> None:
        try:
            run(**options)
        except KeyringError as error:
            raise CommandError(str(error)) from None

    def _list(self, **options: Any) -> None:
        for row in inventory.rows():
            state = f"retired {row.key.retired_at:%Y-%m-%d}" if row.key.retired_at else "active"
            signed = "signed" if pins.is_pinned(row.key) else "NOT SIGNED"
            self.stdout.write(
                f"{row.key.pk:5}  {row.key.centre}  made {row.key.created_at:%Y-%m-%d}, {state}, {signed}, "
                f"private half {row.private_half}, {row.wraps:,} wrapped\n       {row.fingerprint}"
            )

    def _create(self, centre: str, organisation_key: str, **options: Any) -> None:
        key = keyring.create_centre_key(_centre(centre), by=SHELL, organisation_key=_signer(organisation_key))
        self.stdout.write(f"{key.centre} seals to key {key.pk} from now on.\n{pins.fingerprint(key.public_key)}\nBack up the keys now.")

    def _rotate(self, centre: str, organisation_key: str, jobs: int, **options: Any) -> None:
        where = _centre(centre)
        if options["destroy_old"] and not options["yes"]:
            dialogue.confirm("The old keys will be destroyed. Only they open backups from before.", where.slug, self.stderr)
        left = rotation.leftovers(where)
        if left and not options["new"]:
            self.stdout.write(f"A rotation isn't finished: {left:,} are wrapped to old keys. Going on with it (--new makes a new key).")
        else:
            self._create(centre, organisation_key)
        with self._bar(rotation.leftovers(where), "case keys") as bar:
            outcome = rotation.rotate(where, jobs=jobs, progress=bar, by=SHELL)
        if outcome.left:
            self.stderr.write(f"{outcome.left:,} could not be wrapped: `keys verify` says why.")
        self.stdout.write(f"Everything that can be opened is wrapped to key {outcome.new.pk}.")
        for key in outcome.empty if options["destroy_old"] else []:
            rotation.destroy(key, by=SHELL)
            self.stdout.write(f"Key {key.pk} is destroyed.")

    def _retire(self, key: int, destroy: bool, yes: bool, **options: Any) -> None:
        row = CentreKey.objects.select_related("centre").filter(pk=key).first()
        if row is None:
            raise CommandError(f"There is no key {key}. See `keys list`.")
        if not yes:
            words = "Its private half will be destroyed for good." if destroy else f"{row.centre} takes no inquiries without a key."
            dialogue.confirm(words, str(key), self.stderr)
        rotation.retire(row, by=SHELL)
        if destroy:
            row.refresh_from_db()
            rotation.destroy(row, by=SHELL)
        self.stdout.write(f"Key {key} is {'destroyed' if destroy else 'retired'}.")

    def _verify(self, mend: bool, **options: Any) -> None:
        problems = list(inventory.problems(mend=mend))
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write("Every active key is signed, is here, and opens what is sealed to it.")

    def _pin(self, organisation_key: str, **options: Any) -> None:
        signer = _signer(organisation_key)
        for key in CentreKey.objects.filter(retired_at=None).select_related("centre"):
            if keyring.pin(key, organisation_key=signer, by=SHELL):
                self.stdout.write(f"{key.centre}: key {key.pk} is signed.")
        public_half = pins.public_half(signer) if signer else pins.organisation_public_key()
        if not public_half:
            raise CommandError("There is no organisation_key. `python -m recovery_site.secrets FOLDER` makes one.")
        self.stdout.write(f"The secret organisation_public_key of every other server:\n{public_half}")

    def _export(self, **options: Any) -> None:
        if self.stdout.isatty():
            raise CommandError("This writes private keys: pipe it into `keys import` on the other machine (docs/several-machines.md).")
        self.stdout.write(carrying.packed())

    def _import(self, **options: Any) -> None:
        for number in carrying.unpack(sys.stdin.read()):
            self.stdout.write(f"Key {number} is here now.")
        left = carrying.missing(key_files.folder())
        self.stdout.write(f"Still missing here: {', '.join(map(str, left))}." if left else "All keys are here.")

    def _encrypt(self, **options: Any) -> None:
        key_files.folder()  # raises on a public server, before anybody types a passphrase
        number = at_rest.encrypt(dialogue.new_passphrase())
        self.stdout.write(f"{number} files are encrypted. Without the passphrase, and without shares of a recovery key, nobody opens them.")

    def _decrypt(self, **options: Any) -> None:
        self.stdout.write(f"{at_rest.decrypt(dialogue.passphrase('Passphrase'))} files are decrypted.")

    def _unlock(self, **options: Any) -> None:
        at_rest.unlock(dialogue.passphrase("Passphrase of the centres' keys"))
        self.stdout.write("Unlocked, until this machine is switched off.")

    def _passphrase(self, forgotten: bool, **options: Any) -> None:
        if forgotten:
            at_rest.replace_forgotten_passphrase(dialogue.new_passphrase())
        else:
            at_rest.change_passphrase(dialogue.passphrase("Passphrase until now"), dialogue.new_passphrase())
        self.stdout.write("The passphrase is changed. Backups of the keys still open with the old one: make a new backup.")

    def _make_recovery(self, shares: int, threshold: int, **options: Any) -> None:
        seed = recovery.new_seed()
        dialogue.hand_out(recovery.divide(seed, shares=shares, threshold=threshold), self.stdout)
        self.stdout.write(
            f"Any {threshold} of the {shares} shares open every case that is sealed from now on. Give each to another person, and nobody "
            "two. Set this on all servers and restart them:\n\n"
            f"RECOVERY_PUBLIC_KEY={recovery.public_key(recovery.private_key(seed))}\n\n"
            "Then run `manage.py keys drill` with the papers, and `manage.py keys renew-recovery` for the cases that are there already."
        )

    def _drill(self, key_file: str, **options: Any) -> None:
        result = recovery.drill(dialogue.private_recovery_key(key_file, self.stdout), by=SHELL)
        if not result.opens_canary or result.opened < result.tried:
            raise CommandError(
                f"The key opens {'a' if result.opens_canary else 'no'} canary, and {result.opened} of {result.tried} stored cases. "
                "If the shares are those of a former recovery key, that is why."
            )
        if not result.is_current:
            raise CommandError("The key works, and isn't the one that RECOVERY_PUBLIC_KEY names.")
        self.stdout.write(f"The key opens a canary, and {result.opened} of {result.tried} stored cases. Nothing was changed.")

    def _recover(self, centre: str, key_file: str, jobs: int, organisation_key: str, **options: Any) -> None:
        where = _centre(centre)
        private = dialogue.private_recovery_key(key_file, self.stdout)
        active = where.keys.filter(retired_at=None).first()
        if active is None or not keyring.is_here(active):
            self._create(centre, organisation_key)
        with self._bar(rotation.leftovers(where), "case keys") as bar:
            recovered = recovery.recover(where, private, jobs=jobs, progress=bar, by=SHELL)
        self.stdout.write(f"{recovered.cases:,} cases can be opened again.")
        if recovered.lost:
            self.stderr.write(f"{recovered.lost:,} keys of cases, notes and drafts were not wrapped to this recovery key, and stay lost.")

    def _renew_recovery(self, jobs: int, **options: Any) -> None:
        with self._bar(sum(rewrapping.counts().values()), "case keys") as bar:
            missing = recovery.renew(jobs=jobs, progress=bar, by=SHELL)
        self.stdout.write("All cases that can be opened here are wrapped to the recovery key of RECOVERY_PUBLIC_KEY.")
        if missing:
            self.stderr.write(f"{missing:,} can't be opened here, and keep what they have.")

    def _rotate_secret(self, finish: bool, **options: Any) -> None:
        self.stdout.write(site_secret.finish() if finish else site_secret.begin())

    @contextmanager
    def _bar(self, total: int, what: str) -> Iterator[Bar]:
        bar = Bar(sys.stderr, total, what)
        try:
            yield bar
        finally:
            bar.end()


def _centre(slug: str) -> Centre:
    try:
        return Centre.objects.get(slug=slug)
    except Centre.DoesNotExist:
        known = ", ".join(Centre.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no centre {slug!r}. Centres: {known}.") from None


def _signer(path: str) -> str:
    """Return the private half of the organisation's key from a file, or "" for the one among the secrets."""
    try:
        return Path(path).read_text(encoding="ascii").strip() if path else ""
    except (OSError, UnicodeDecodeError):
        raise CommandError(f"{path} can't be read.") from None


OPTIONS: dict[str, Callable[[Any], Any]] = {
    "centre": lambda parser: parser.add_argument("centre", help="the centre's slug"),
    "signer": lambda parser: parser.add_argument(
        "--organisation-key", default="", metavar="FILE", help="the private half that signs, where it isn't among the secrets"
    ),
    "jobs": lambda parser: parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="how many processes (default: one a processor)"
    ),
    "key-file": lambda parser: parser.add_argument(
        "--key-file", default="", metavar="FILE", help="a private recovery key in base64, instead of shares"
    ),
    "yes": lambda parser: parser.add_argument("--yes", action="store_true", help="don't ask"),
}
