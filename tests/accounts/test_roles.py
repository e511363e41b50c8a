"""The site-wide roles exist in every database, also after it was flushed."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.roles import SITE_ROLES


@pytest.mark.django_db(transaction=True)
def test_a_flushed_database_has_the_roles_again():
    call_command("flush", interactive=False, verbosity=0)
    assert {group.name for group in Group.objects.all()} >= set(SITE_ROLES)
