"""Create the tables and publish the guide in a JSON file: python -m wagtail_site.fill FILE."""

import json
import os
import sys
from pathlib import Path

import django
from django.core.management import call_command


def fill(guide: dict) -> None:
    """Publish `guide` (title, slug, summary, sections, facts, sources) under Wagtail's default home page."""
    from wagtail.models import Page, Site  # models can't be imported before Django is set up
    from wagtail_site.guides.models import GuidePage

    page = GuidePage(
        title=guide["title"],
        slug=guide["slug"],
        summary=guide["summary"],
        facts=[("fact", fact) for fact in guide["facts"]],
        body=[("section", section) for section in guide["sections"]],
        sources=[("source", {name: str(value or "") for name, value in source.items()}) for source in guide["sources"]],
    )
    Page.objects.get(depth=2).add_child(instance=page)
    page.save_revision().publish()
    Site.objects.update(hostname="127.0.0.1", port=80)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "wagtail_site.settings"
    django.setup()
    call_command("makemigrations", "guides", verbosity=0)
    call_command("migrate", verbosity=0)
    fill(json.loads(Path(sys.argv[1]).read_text()))
