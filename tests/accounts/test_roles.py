"""The roles of the site are there in every database, also after one was emptied."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.roles import SITE_ROLES


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_has_the_roles_again():
    call_command("flush", interactive=False, verbosity=0)
    assert {group.name for group in Group.objects.all()} >= set(SITE_ROLES)
