"""Start a drill: an invented danger case."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.assessment.routing import NobodyToAnswer
from intake.models import Centre
from intake.submission import drills


class Command(BaseCommand):
    help = (
        "Send an invented danger case to a centre, unannounced. It shows itself as a drill when somebody opens it, and no report or "
        "export counts it. Leads see how long it took on the page “Danger cases”."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--centre", metavar="SLUG", help="which centre (default: the one that takes what nothing else takes)")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = {"slug": options["centre"]} if options["centre"] else {"is_default": True}
        centre = Centre.objects.filter(**wanted).first()
        if centre is None:
            known = ", ".join(Centre.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no such centre. Centres: {known}.")
        try:
            inquiry = drills.start(centre)
        except NobodyToAnswer:
            raise CommandError(f"{centre} takes no inquiries at the moment.") from None
        self.stdout.write(f"{inquiry.reference} is at {centre}. Nobody was told that it is a drill.")
