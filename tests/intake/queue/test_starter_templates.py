"""The reply templates that ship with the site."""

import re
from collections import Counter

import pytest
from django.conf import settings
from django.core.management import call_command

from intake.models import ReplyTemplate
from intake.queue import reply_templates, starter_templates

SHIPPED = list(starter_templates.shipped())


def test_every_template_is_there_in_each_language():
    counted = Counter(template.language for template in SHIPPED)
    assert counted == dict.fromkeys(dict(settings.LANGUAGES), len(SHIPPED) // 2)


@pytest.mark.parametrize("template", SHIPPED, ids=lambda template: template.title)
def test_the_words_shame_nobody_promise_nothing_and_say_who_writes(template):
    template.full_clean(validate_unique=False, validate_constraints=False, exclude=["centre"])
    reply_templates.validate_placeholders(template.body)
    assert reply_templates.disrespectful(template.body, template.language) == []
    assert "{staff}" in template.body
    promises = r"\b(guarantee\w*|promise\w*|will (recover|get better|be fine)|cure\w*|garantiz\w*|promet\w*|se va a curar|saldrá bien)\b"
    assert not re.search(promises, template.body, re.IGNORECASE)


@pytest.mark.django_db
def test_the_command_adds_them_once_and_leaves_what_staff_changed():
    call_command("load_reply_templates")
    assert ReplyTemplate.objects.count() == len(SHIPPED)
    changed = ReplyTemplate.objects.first()
    ReplyTemplate.objects.filter(pk=changed.pk).update(body="Ours now")
    call_command("load_reply_templates")
    assert ReplyTemplate.objects.count() == len(SHIPPED)
    changed.refresh_from_db()
    assert changed.body == "Ours now"
