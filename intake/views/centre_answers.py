"""Answers to searches that are about the centres and not about a topic of guides: the phone, the hours, the way, how to pay."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from danger.text import fold
from intake.scheduling.front_desk import front_desk
from intake.views import centre_pages
from recovery_site import helplines

MOST_SHOWN = 3  # centres
TEMPLATE = "intake/parts/centre-answer.html"

QUESTIONS = Path(__file__).parent.parent / "data" / "centre_questions.toml"
ELSEWHERE = "elsewhere"
# What stands behind the name of an invented centre.
REMARK = re.compile(r"\s*\([^()]*\)")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    questions = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))
    return {about: re.compile("|".join(one for ways in by_language.values() for one in ways)) for about, by_language in questions.items()}


def asked_about(typed: str) -> set[str]:
    """Return what a search wants to know of the centres: "phone", "hours", …; everything for the main centre's name. No query."""
    text = " ".join(re.sub(r"[^\w ]", " ", fold(typed)).split())
    about = {name for name, pattern in _patterns().items() if pattern.search(text)}
    if ELSEWHERE in about:
        return set()
    desk = front_desk()
    name = fold(REMARK.sub("", desk.name)).strip() if desk else ""
    return set(_patterns()) - {ELSEWHERE} if name and name in text else about


def answer(typed: str, language: str) -> dict[str, Any] | None:
    """Return the card for a search about the centres (setting SEARCH_ANSWERS): its `template`, and what that shows.

    None when the search is about something else or there is no centre. Five queries for a card.
    """
    about = asked_about(typed)
    if not about:
        return None
    now = timezone.now()
    found = list(centre_pages.centres().order_by("-is_default", "name")[: MOST_SHOWN + 1])
    if not found:
        return None
    lines = {line.key: line for line in helplines.helplines(settings.COUNTRY, language)}
    return {
        "template": TEMPLATE,
        "about": about,
        "centres": [centre_pages.shown(centre, language, now) for centre in found[:MOST_SHOWN]],
        "more": len(found) > MOST_SHOWN,
        "treatment_line": lines.get("treatment") if "where" in about else None,
    }
