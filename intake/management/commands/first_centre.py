"""Set up a new site: its operator, its first centre with a key, and the lead of that centre. deploy/install runs it."""

import datetime as dt
import re
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify

from accounts import password_links
from accounts.models import User
from intake.cases import events
from intake.crypto import keyring
from intake.crypto.key_files import KeyringError
from intake.memberships import deciding, first_leads
from intake.models import Centre, Event, OpeningHours
from intake.retention import policy
from recovery_site.verbs import Refused

SHELL = "command"  # who the record says it was
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile(rf"(?P<first>{'|'.join(DAYS)})-(?P<last>{'|'.join(DAYS)}) (?P<opens>\d\d?:\d\d)-(?P<closes>\d\d?:\d\d)")
ALWAYS = "always"


class Command(BaseCommand):
    help = (
        "Set up a new site: an operator, a centre with a key, opening hours and the recommended times of keeping, and its lead. Both "
        "people are mailed a link to choose a password. What is there already is left as it is, so it can be run again after an error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name of the centre, as visitors read it")
        parser.add_argument("--phone", required=True, help="the number that visitors can call")
        parser.add_argument("--zone", required=True, metavar="ZONE", help="its time zone, such as America/New_York")
        parser.add_argument("--open", required=True, metavar="HOURS", help="“mon-fri 08:00-18:00”, or “always”")
        parser.add_argument("--operator", required=True, metavar="ADDRESS", help="the e-mail address of the person who runs the site")
        parser.add_argument("--lead", required=True, metavar="ADDRESS", help="the e-mail address of the person who leads the centre")
        parser.add_argument("--lead-name", required=True, metavar="NAME", help="what the lead is called")

    def handle(self, *args: Any, **options: Any) -> None:
        hours = _hours(options["open"])
        if options["zone"] not in available_timezones():
            raise CommandError(f"{options['zone']!r} isn't a time zone. Write it as America/New_York.")
        for who in ("operator", "lead"):
            options[who] = options[who].strip().lower()
            try:
                validate_email(options[who])
            except ValidationError:
                raise CommandError(f"{options[who]!r} isn't an e-mail address.") from None
        if options["operator"] == options["lead"]:
            raise CommandError("The operator and the lead need an account each: who runs the site reads no cases. Name two addresses.")
        self._operator(options["operator"])
        centre = self._centre(options["name"], options["phone"], options["zone"], hours)
        self._lead(centre, options["lead"], options["lead_name"])

    @transaction.atomic
    def _operator(self, address: str) -> None:
        if User.objects.filter(is_superuser=True, is_active=True).exists():
            self.stdout.write("An operator is there.")
            return
        user = _account(address, "", is_superuser=True)
        self._invite(user)
        self.stdout.write("The operator's account is made, and the link to choose a password is mailed.")

    @transaction.atomic
    def _centre(self, name: str, phone: str, zone: str, hours: list[OpeningHours]) -> Centre:
        centre = Centre.objects.filter(slug=slugify(name)).first() or Centre.objects.filter(is_default=True).first()
        if centre is not None:
            self.stdout.write(f"The centre {centre.slug} is there.")
            return centre
        facts = {"name": name, "slug": slugify(name), "phone": phone, "time_zone": zone, "languages": [settings.LANGUAGE_CODE]}
        centre = Centre(**facts, is_default=True)
        centre.always_open = not hours
        try:
            centre.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        centre.save()
        for row in hours:
            row.centre = centre
        OpeningHours.objects.bulk_create(hours)
        policy.use_recommended(centre, by=SHELL)
        try:
            keyring.create_centre_key(centre, by=SHELL)  # last: the file of a key can't be rolled back
        except KeyringError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"The centre {centre.slug} is made, with a key. Back up the keys.")
        return centre

    @transaction.atomic
    def _lead(self, centre: Centre, address: str, name: str) -> None:
        if deciding.leads_of(centre).exists():
            self.stdout.write("A lead is there.")
            return
        user = User.objects.filter(username=address).first()
        if user is None:
            user = _account(address, name, time_zone=centre.time_zone)
            self._invite(user)
        try:
            first_leads.propose_at_the_shell(centre, user=user)
        except Refused as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"{user} leads {centre}, and the link to choose a password is mailed.")

    def _invite(self, user: User) -> None:
        """Mail the link. Raises CommandError, which undoes the account, if the mail server didn't take it."""
        if not password_links.invite(user, by=SHELL):
            raise CommandError(f"The mail server didn't take the mail to {user.email}. Correct EMAIL_URL, and run this again.")


def _account(address: str, name: str, **more: Any) -> User:
    """Return a new account of staff that can't sign in yet."""
    user = User(username=address, email=address, display_name=name, is_staff=True, language=settings.LANGUAGE_CODE, **more)
    user.set_unusable_password()
    user.save()
    events.record_beside_cases(Event.Kind.ACCOUNT_ADDED, by=SHELL, user=user.pk)
    return user


def _hours(typed: str) -> list[OpeningHours]:
    """Return a row a day, without a centre; none for "always". Raises CommandError."""
    if typed.strip().lower() == ALWAYS:
        return []
    match = HOURS.fullmatch(" ".join(typed.lower().split()))
    try:
        if match is None:
            raise ValueError
        opens, closes = (dt.datetime.strptime(match[name], "%H:%M").time() for name in ("opens", "closes"))
        first, last = DAYS.index(match["first"]), DAYS.index(match["last"])
        if closes <= opens or last < first:
            raise ValueError
    except ValueError:
        raise CommandError(f"{typed!r} can't be read. Write the hours as “mon-fri 08:00-18:00”, or “always”.") from None
    return [OpeningHours(weekday=day, opens=opens, closes=closes) for day in range(first, last + 1)]
