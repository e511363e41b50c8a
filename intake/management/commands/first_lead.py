"""Give a centre without a lead one: the recorded step of setting up, or of recovering, a centre."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from intake.memberships import first_leads
from intake.models import Centre, MembershipProposal
from recovery_site.verbs import Refused


class Command(BaseCommand):
    help = (
        "Make a colleague the lead of a centre that has no lead. At a new centre it takes effect at once; at one in use after 24 hours, "
        "unless a member, an auditor or an operator objects. It is recorded, and all of them are told by mail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("centre", help="the centre's slug")
        parser.add_argument("name", help="the user name of the colleague, who has an account already")

    def handle(self, *args: Any, **options: Any) -> None:
        centre = Centre.objects.filter(slug=options["centre"]).first()
        if centre is None:
            known = ", ".join(Centre.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no centre {options['centre']!r}. Centres: {known}.")
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['name']!r}. Add it in the admin under “New colleague”.")
        try:
            proposal = first_leads.propose_at_the_shell(centre, user=user)
        except Refused as refused:
            raise CommandError(refused.message) from None
        if proposal.state == MembershipProposal.State.CONFIRMED:
            self.stdout.write(f"{user} leads {centre}.")
        else:
            self.stdout.write(f"{user} will lead {centre} from {proposal.takes_effect_at:%Y-%m-%d %H:%M} UTC on, unless somebody objects.")
