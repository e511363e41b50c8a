"""Fills django-helpdesk's own tables with as many tickets as our queue has inquiries. Run inside its environment."""

import datetime as dt
import random
import sys
from collections.abc import Iterator
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command

QUEUES, PEOPLE = 20, 60
FOLLOW_UPS = 5  # of each ticket
OPEN, RESOLVED, CLOSED = 1, 3, 4
COLUMNS = ("title", "queue_id", "created", "modified", "submitter_email", "assigned_to_id", "status", "description", "priority")
WORDS = ("call", "about", "stopping", "what", "comes", "first", "someone", "home", "would", "like", "talk", "week", "please")


def main(count: int, password: str) -> None:
    """Make tables, people, queues, `count` tickets and five follow-ups each; 3 of 100 tickets are open."""
    django.setup()
    from django.contrib.auth import get_user_model
    from django.db import connection

    from benchmarks.bulk import copies

    call_command("migrate", interactive=False, verbosity=0)
    ticket, queue, follow_up = (apps.get_model("helpdesk", name) for name in ("Ticket", "Queue", "FollowUp"))
    lead = get_user_model().objects.create_superuser("demo-lead", "lead@example.org", password)
    people = [get_user_model().objects.create(username=f"person-{number}", is_staff=True).pk for number in range(PEOPLE)]
    queues = [queue.objects.create(title=f"Centre {number}", slug=f"centre-{number}").pk for number in range(QUEUES)]
    now = dt.datetime.now(dt.UTC)
    original = ticket.objects.create(title="A first one", queue_id=queues[0], submitter_email="someone@example.org", created=now)
    copies(original, COLUMNS, _tickets(count - 1, queues, [lead.pk, *people]))
    one = follow_up.objects.create(ticket=original, date=now, title="Answered", comment="We called.", user=lead)
    columns = [field for field in follow_up._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in columns)
    values = [field.get_db_prep_save(getattr(one, field.attname), connection) for field in columns if field.attname != "ticket_id"]
    places = ", ".join("t.id" if field.attname == "ticket_id" else "%s" for field in columns)
    followed, tickets = follow_up._meta.db_table, ticket._meta.db_table
    with connection.cursor() as cursor:
        for _each in range(FOLLOW_UPS):
            cursor.execute(f"INSERT INTO {followed} ({names}) SELECT {places} FROM {tickets} AS t", values)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _tickets(count: int, queues: list[int], people: list[int]) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(5)
    now = dt.datetime.now(dt.UTC)
    for number in range(count):
        created = now - dt.timedelta(minutes=60 * 24 * 365 * 3 * (count - number) / count)
        fate = chance.random()
        yield (
            " ".join(chance.choices(WORDS, k=5)),
            chance.choice(queues),
            created,
            created,
            f"someone-{number}@example.org",
            None if fate < 0.01 else chance.choice(people),
            OPEN if fate < 0.03 else chance.choice((RESOLVED, CLOSED)),
            " ".join(chance.choices(WORDS, k=40)),
            chance.choices((1, 2, 3), (1, 9, 90))[0],
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
