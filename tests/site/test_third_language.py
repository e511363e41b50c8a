"""A language is added by files alone (catalogue, search words, synonyms, helplines and guides), without code or migrations."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from recovery_site import languages

pytestmark = pytest.mark.once

CODE = ("accounts", "articles", "backups", "compliance", "danger", "intake", "locale", "recovery_site", "script", "static", "templates")
WORDS = {"Guides": "Guias", "Search": "Buscar", "Leave this page": "Sair desta página", "At a glance": "Em resumo"}
GUIDE = """---
slug: abstinencia-de-alcool
language: pt
title: Abstinência de álcool
summary: O que acontece quando alguém para de beber.
kind: withdrawal
translation_of: alcohol-withdrawal
substances: [alcohol]
contact: {heading: Fale com alguém, text: Escreva quando quiser.}
---
## O que acontece

Os tremores começam cedo. Não pare de repente.
"""
VISIT = """
import json, django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
call_command("migrate", verbosity=0)
call_command("load_starter_guides", only=["alcohol-withdrawal", "abstinencia-de-alcool"], verbosity=0, stdout=open("/dev/null", "w"))
client = Client(SERVER_NAME="127.0.0.1")
seen = {}
for path in ("/pt/", "/pt/guides/", "/pt/guides/abstinencia-de-alcool/", "/pt/search/?q=alcol",
             "/pt/search/?q=cachaça", "/pt/search/?q=quero+morrer", "/pt/helplines/",
             "/pt/contact/", "/pt/mailbox/", "/pt/guides/atom.xml", "/sitemap.xml", "/guides/alcohol-withdrawal/", "/about/"):
    answer = client.get(path)
    seen[path] = [answer.status_code, answer.content.decode()]
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """The responses of a site with Portuguese files: {path: (status, text)}."""
    folder = tmp_path_factory.mktemp("third")
    base = Path(settings.BASE_DIR)
    for name in CODE:
        shutil.copytree(base / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests").mkdir()
    for name in ("__init__.py", "settings.py"):
        shutil.copy(base / "tests" / name, folder / "tests" / name)

    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    catalogue.extend(polib.POEntry(msgid=english, msgstr=words) for english, words in WORDS.items())
    compiled = folder / "locale" / "pt" / "LC_MESSAGES" / "django.mo"
    compiled.parent.mkdir(parents=True)
    catalogue.save_as_mofile(str(compiled))
    (folder / "articles/data/languages/pt.toml").write_text('stemmer = "portuguese"\nempty = ["de", "o", "a"]\n')
    (folder / "danger/data/pt.toml").write_text('[concepts]\nDIE = "quero morrer"\nDENY = "não"\n[signs.suicide]\nalarm = ["DIE"]\n')
    with (folder / "articles/data/synonyms.toml").open("a") as synonyms:
        synonyms.write('\n[pt]\n"cachaça" = "álcool"\n')
    (folder / "articles/starter/pt").mkdir()
    (folder / "articles/starter/pt/abstinencia-de-alcool.md").write_text(GUIDE)

    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATA_DIR")}
    environment |= {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(folder)}
    done = subprocess.run([sys.executable, "-c", VISIT], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_every_page_works_in_the_new_language(seen):
    assert {path: status for path, (status, _words) in seen.items() if status != 200} == {}
    home = seen["/pt/"][1]
    assert 'lang="pt"' in home
    assert "Guias" in home
    assert "Sair desta página" in home


def test_every_language_links_to_the_new_one_and_back(seen):
    assert "Português" in seen["/about/"][1]
    assert 'hreflang="pt" href="http://127.0.0.1:8000/pt/guides/abstinencia-de-alcool/"' in seen["/guides/alcohol-withdrawal/"][1]
    assert 'href="/guides/alcohol-withdrawal/"' in seen["/pt/guides/abstinencia-de-alcool/"][1]
    assert "/pt/guides/abstinencia-de-alcool/" in seen["/sitemap.xml"][1]


def test_untranslated_texts_are_english_and_helplines_are_shown(seen):
    assert "Someone to talk to now" in seen["/pt/helplines/"][1]
    assert 'href="tel:911"' in seen["/pt/helplines/"][1]


def test_search_knows_the_new_language(seen):
    for path in ("/pt/search/?q=alcol", "/pt/search/?q=cachaça"):
        assert "/pt/guides/abstinencia-de-alcool/" in seen[path][1], path


def test_danger_is_heard_in_the_new_language(seen):
    callout = seen["/pt/search/?q=quero+morrer"][1].split("callout-emergency")[1]
    assert callout.index('href="tel:988"') < callout.index("</aside>")


def test_a_folder_with_a_wrong_name_is_refused_with_advice(tmp_path):
    wrong = tmp_path / "locale" / "portugues" / "LC_MESSAGES"
    wrong.mkdir(parents=True)
    (wrong / "django.mo").touch()
    with pytest.raises(ImproperlyConfigured, match="Name its folder as Django does"):
        languages.installed(tmp_path / "locale", "en")
