"""Who runs the site learns that a job of systemd's timers failed (deploy/systemd/recovery-failed@.service)."""

import io

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from intake.health import state
from tests.intake.notifications.alarm_night import reachable

pytestmark = pytest.mark.django_db


def fails(job: str) -> None:
    call_command("tell_of_failure", job, stdout=io.StringIO())


@pytest.mark.parametrize(
    ("job", "words"), [("backup", "The backup failed"), ("rehearsal", "The rehearsal of a restore failed"), ("overwrite", "Erased words")]
)
def test_olga_reads_which_job_failed_and_where_the_reason_is(olga, job, words):
    reachable(olga)
    fails(job)
    [told] = mail.outbox
    assert told.to == [olga.email]
    assert words in told.body
    assert f"journalctl -u recovery-{job}" in told.body
    assert "manage.py doctor" not in told.body


def test_in_spanish_if_that_is_her_language(olga):
    reachable(olga)
    olga.language = "es"
    olga.save()
    fails("backup")
    assert "La copia de seguridad falló" in mail.outbox[0].body
    assert "lea la causa: journalctl -u recovery-backup" in mail.outbox[0].body


def test_who_reaches_nobody_says_so_and_is_run_again(db):
    with pytest.raises(CommandError, match="Nobody could be told"):
        fails("backup")


def test_each_job_has_words():
    assert set(state.FAILED) <= set(state.WORDS)
