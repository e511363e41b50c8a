"""Staff in the United States read center and 2:30 p.m., also where the source says centre and 14:30."""

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import polib
import pytest
from django.template import Context, Template
from django.utils import translation

from recovery_site.staff import time_zones
from script import american

ROOT = Path(__file__).resolve().parents[2]


def shown(style, value):
    return Template("{{ value|date:style }}").render(Context({"value": value, "style": style}))


@pytest.mark.django_db
def test_luisa_reads_center_on_the_page_of_her_center(client, luisa, riverside):
    client.force_login(luisa)
    for path in ("/admin/", f"/admin/intake/centre/{riverside.pk}/change/", "/admin/intake/centre/"):
        text = client.get(path).content.decode()
        assert "Centre<" not in text
        assert " centre" not in text.replace("/centre", "").replace("_centre", "").replace("model-centre", "")


def test_the_american_words_are_those_that_the_script_makes():
    stored = polib.pofile(str(american.TARGET))
    assert [(entry.msgid, entry.msgstr, entry.msgstr_plural) for entry in stored] == [
        (entry.msgid, entry.msgstr, entry.msgstr_plural) for entry in american.catalogue()
    ], "Run: python -m script.american"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Centres", "Centers"),
        ("%(centre)s: the centre’s day", "%(centre)s: the center’s day"),
        ("{centre} organisation", "{centre} organization"),
    ],
)
def test_words_are_respelled_and_names_of_values_are_not(text, expected):
    assert american.american(text) == expected


def test_times_are_on_the_clock_of_the_country(settings):
    moment = dt.datetime(2026, 7, 1, 14, 30)
    settings.COUNTRY = "US"
    assert shown("j M Y H:i", moment) == "1 Jul 2026 2:30 p.m."
    assert shown("Y-m-d\\TH:i", moment) == "2026-07-01T14:30"
    settings.COUNTRY = "GB"
    assert shown("j M Y H:i", moment) == "1 Jul 2026 14:30"
    with translation.override("es"):
        settings.COUNTRY = "US"
        assert "2:30" in shown("H:i", moment)


def test_staff_read_a_moment_on_the_clock_of_the_country(settings):
    night = dt.datetime(2026, 11, 30, 1, tzinfo=dt.UTC)
    settings.COUNTRY = "US"
    assert time_zones.moment_in_words(night, ZoneInfo("America/New_York")) == "Sun 29 Nov 8:00 p.m. EST"
    settings.COUNTRY = "ES"
    assert time_zones.moment_in_words(night, ZoneInfo("Europe/Madrid")) == "Mon 30 Nov 02:00 CET"


def test_no_python_code_writes_a_time_of_day_for_people_by_itself():
    """Templates go through the filters above, Python through formats.clock; strftime and date_format know no country."""
    wrote = [
        f"{path.relative_to(ROOT)}:{number}"
        for app in ("accounts", "articles", "intake", "recovery_site")
        for path in (ROOT / app).rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "migrations" not in path.parts and re.search(r"""date_format\(.*H:i|return .*f".*:%H:%M""", line)
    ]
    machines = {"intake/reporting/exports.py"}  # a column that a spreadsheet reads
    assert [place for place in wrote if place.partition(":")[0] not in machines and "/models/" not in place] == []
