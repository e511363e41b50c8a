"""Resets the second factors of somebody who lost them, and prints the link by which they start again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.resets import verbs
from recovery_site.verbs import Refused


class Command(BaseCommand):
    help = (
        "Remove all passkeys, the app and the recovery codes of NAME, end their sessions, and print the one-time link by which they start "
        "again. It is mailed to them as well. For the operator who lost their own phone, and for people without an e-mail address."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="the user name that they sign in with")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        user = User.objects.filter(username=name, is_active=True, is_staff=True).first()
        if user is None:
            raise CommandError("Nobody signs in with that name. The names are listed under People in the admin.")
        try:
            link = verbs.reset(user, by="operator", now=timezone.now())
        except Refused as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"Give this link to nobody but them. It works once:\n{link}")
