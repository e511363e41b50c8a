"""`manage.py doctor`: what is wrong with this installation, and the mend."""

from typing import Any

from django.core.checks import CheckMessage
from django.core.management.base import BaseCommand, CommandParser

from recovery_site.doctor import diagnosis, machine


class Command(BaseCommand):
    help = (
        "Say what is wrong with this installation and how to mend it: settings, secrets, keys, database, mail, disk, backups. Ends "
        "with 1 if something must be mended, otherwise with 0."
    )
    requires_system_checks = []  # they are what it runs

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--start",
            nargs="?",
            const="web",
            choices=sorted(diagnosis.BLOCKS),
            help="before a process starts (the web server, if none is named): fail only for that with which it would do harm",
        )
        parser.add_argument("--send-test-mail", metavar="ADDRESS", help="send a mail there by each way that mail leaves")

    def handle(self, *args: Any, **options: Any) -> None:
        found = diagnosis.diagnose(with_certificate=not options["start"])
        if options["send_test_mail"]:
            found += machine.send_test_mail(options["send_test_mail"])
        for message in found:
            self._print(message)
        errors = [message for message in found if message.is_serious()]
        if options["start"]:
            errors = diagnosis.blocking(found, options["start"])
        if errors:
            self.stdout.write(f"{len(errors)} to be mended." if not options["start"] else f"Not started: {len(errors)} to be mended.")
            raise SystemExit(1)
        self.stdout.write("The site can run." if found else "All is well.")

    def _print(self, message: CheckMessage) -> None:
        """Write one line for what is wrong, and one for the mend."""
        word, style = ("ERROR", self.style.ERROR) if message.is_serious() else ("Warning", self.style.WARNING)
        self.stdout.write(style(f"{word}: {' '.join(str(message.msg).split())}") + f" ({message.id})")
        if message.hint:
            self.stdout.write(f"    {' '.join(str(message.hint).split())}")
