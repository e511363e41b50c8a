"""Answers to searches that are about the centres and not about a topic of guides: the phone, the hours, the way, how to pay."""

import re
from typing import Any

from django.conf import settings
from django.utils import timezone

from danger.text import fold
from intake.scheduling.front_desk import front_desk
from intake.views import centre_pages
from recovery_site import helplines

MOST_SHOWN = 3  # centres
TEMPLATE = "intake/parts/centre-answer.html"

# Searches in lower case and without accents. English and Spanish stand together: people type either on either side.
WORDS = {
    "phone": r"""
        \b(phone|telephone|contact)\ (number|no|info\w*|us)\b | \byour\ (phone|telephone|number)\b | ^(phone|telephone|number|contact|call)$ |
        \bcall\ (you|the\ cent(er|re)|someone\ there)\b |
        \b(numero|su|el)\ (de\ )?(telefono|contacto)\b | ^(telefonos?|numero|contacto|llamar)$ | \bnumero\ para\ llamar\b | \bcomo\ (los|les)\ llamo\b
    """,
    "hours": r"""
        \b(opening|office|business|visiting|your|cent(er|re))\ (hours|times)\b | \bhours\ of\ operation\b | ^hours?(\ today|\ now)?$ |
        \b(are|is)\ (you|the\ cent(er|re)|anyone|anybody|somebody|someone)\ (open|there|closed)\b |
        \bopen\ (now|today|tonight|late|at\ night|24|(on\ )?(weekends?|(sat|sun|mon|tues|wednes|thurs|fri)days?))\b |
        \bwhen\ (do|are)\ you\ (open|close|closed)\b | \bwhat\ time\b.*\b(open|close)\b |
        \bhorarios?\b | \bestan?\ (abiert|cerrad)\w+ | \babiertos?\ (ahora|hoy)\b | \b(abren|cierran)\b
    """,
    "where": r"""
        \bnear(by|\ me|\ here|est)\b | \bclosest\b | \bin\ my\ (area|town|city)\b | \b(your|the)\ (address|location)\b | ^(address|location|directions|map)$ |
        \bwhere\ are\ you\b | \bwhere\ is\ (the|your|this)\ (cent(er|re)|clinic|place)\b | \bdirections\ to\b |
        \bcerca\ de\ (mi|aqui|casa)\b | \bcercan[oa]s?\b | ^direccion$ | \b(su|la)\ (direccion|ubicacion)\b |
        \bdonde\ (estan|quedan?|se\ encuentran|esta\ el\ centro)\b | ^(ubicacion|mapa)$ | \bcomo\ llego\b
    """,
    "paying": r"""
        \b(medicaid|medicare|insurance|insured|uninsured|copay|deductible|tricare|aetna|cigna|humana|blue\ cross|sliding\ scale|self\ pay)\b |
        \b(prices?|costs?|fees?|afford|payments?)\b | \bhow\ much\ (does|is|for|would|do)\ (it|rehab|detox|treatment|this|your|you)\b |
        \b(free|cheap|low\ cost)\ (rehab|detox|treatment|program|help|care|clinic)s?\b | \bno\ money\b | \bcan\W?t\ pay\b | \bpay\ for\b |
        \b(precios?|costos?|cuestan?|tarifas?|aseguradora|pagar)\b | \b(mi|sin|tengo|con|aceptan)\ seguro\b | \bseguro\ (medico|de\ salud)\b |
        \b(tratamiento|desintoxicacion|ayuda|clinica|rehabilitacion)\ (gratis|gratuit[oa]|barat[oa])\b | \b(sin|no\ tengo)\ dinero\b
    """,
    "places": r"""
        \b(free|open|available|any)\ (beds?|spots?|spaces?)\b | \bbeds?\ (available|open|free)\b | ^openings$ | \bany\ openings\b | \bwait(ing)?\ ?list\b |
        \b(camas?|lugar|lugares|cupos?|plazas?)\ (libres?|disponibles?)\b | \bcupos?\b | \blista\ de\ espera\b
    """,
}
PATTERNS = {about: re.compile(words, re.VERBOSE) for about, words in WORDS.items()}
# Somebody who looks for one of these does not look for us.
ELSEWHERE = re.compile(r"\b(naloxone|narcan|naloxona|meetings?|reunion(es)?|pharmac(y|ies)|farmacias?)\b")
# What stands behind the name of an invented centre.
REMARK = re.compile(r"\s*\(.*?\)")


def asked_about(typed: str) -> set[str]:
    """Return what a search wants to know of the centres, as keys of WORDS; all of them for the main centre's name. No query."""
    text = " ".join(fold(typed).replace("?", " ").replace("¿", " ").split())
    if ELSEWHERE.search(text):
        return set()
    desk = front_desk()
    name = fold(REMARK.sub("", desk.name)).strip() if desk else ""
    if name and name in text:
        return set(WORDS)
    return {about for about, pattern in PATTERNS.items() if pattern.search(text)}


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
