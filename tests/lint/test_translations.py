"""Every word on the screen has its Spanish, and the compiled catalogue is that of the source."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

from script.checks import translations
from tests.support.skipping import unavailable

pytestmark = pytest.mark.once

CATALOGUES = Path(settings.BASE_DIR, "locale", "es", "LC_MESSAGES")
# The domain of a catalogue and the folders that it gets its words from. Scripts get theirs from the page.
DOMAINS = {"django": ("accounts", "articles", "backups", "compliance", "danger", "intake", "recovery_site", "templates")}
every_domain = pytest.mark.parametrize("domain", DOMAINS)


def catalogue(folder: Path, spanish: str) -> Path:
    source = polib.POFile()
    source.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    source.append(polib.POEntry(msgid="Call now", msgstr=spanish))
    path = folder / "django.po"
    source.save(str(path))
    return path


def test_a_compiled_catalogue_that_is_out_of_date_is_named(tmp_path):
    path = catalogue(tmp_path, "Llame ahora")
    polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    assert list(translations.find([path])) == []

    catalogue(tmp_path, "Llame ya")
    assert len(list(translations.find([path]))) == 1


def test_a_catalogue_that_was_never_compiled_is_named(tmp_path):
    assert len(list(translations.find([catalogue(tmp_path, "Llame ahora")]))) == 1


@every_domain
def test_every_string_is_translated_into_spanish(domain):
    source = polib.pofile(str(CATALOGUES / f"{domain}.po"))

    assert [entry.msgid for entry in source.untranslated_entries()] == []
    assert [entry.msgid for entry in source.fuzzy_entries()] == []


@every_domain
def test_every_string_in_the_code_is_in_the_catalogue(domain, tmp_path):
    if not shutil.which("xgettext"):
        unavailable("no gettext")
    extracted = tmp_path / "locale" / "es" / "LC_MESSAGES"
    extracted.mkdir(parents=True)
    known = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(CATALOGUES / f"{domain}.po")) if not entry.obsolete}
    for name in DOMAINS[domain]:
        (tmp_path / name).symlink_to(Path(settings.BASE_DIR, name))

    command = [sys.executable, "-m", "django", "makemessages", "-d", domain, "-l", "es", "--symlinks", "--no-location"]
    # Without settings it works in the folder it is started in; with them it would write to the project's own catalogue.
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    found = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(extracted / f"{domain}.po"))}
    assert sorted(msgid for _context, msgid in found - known) == []
