"""Single steps, each in a process of its own, on a database that several processes share.

python -m tests.intake.outside prepare | send TOKEN | sweep MINUTES | count
"""

import datetime as dt
import os
import sys


def prepare():
    """Make the tables, a centre and a member of staff."""
    from django.core.management import call_command

    from tests.intake.marked_visit import make_centre

    call_command("migrate", verbosity=0)
    make_centre()


def send(token):
    """Take in the form with this token and print its receipt."""
    from intake import submission
    from intake.inquiry_data import InquiryData

    print(" ".join(submission.receive(InquiryData(message="at once"), form_token=bytes.fromhex(token)).receipt))


def sweep(minutes):
    """Do the housekeeping of a later moment."""
    from django.utils import timezone

    from intake import housekeeping

    print(housekeeping.run(timezone.now() + dt.timedelta(minutes=int(minutes))))


def count():
    """Print how many inquiries there are, and the states of the notifications to people."""
    from intake.models import Delivery, Inquiry

    print(Inquiry.objects.count(), *Delivery.objects.filter(channel="person").values_list("state", flat=True))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.intake.outside_settings"
    import django

    django.setup()
    globals()[sys.argv[1]](*sys.argv[2:])
