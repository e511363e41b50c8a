"""The signs of danger, one row each: the texts for staff and for visitors, whom to call, and what search shows.

The rules (danger/data/*.toml), the reasons of a priority and the collection of sentences refer to a sign by its code.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from danger.levels import Level
from recovery_site import helplines, languages

Words = Any  # a str or a lazy translation


class UnknownSign(Exception):
    """No row has this code; the message names it."""


@dataclass(frozen=True)
class Sign:
    """A row of the table.

    `level` is that of its bare name; a rule may set another. `label` is for staff. `line` is the text for visitors, and `calls` are
    the keys of the helplines below it, in order (recovery_site/helplines.toml). `searched` are the helplines that search shows; empty
    where a guide is the better answer. `asks` is the question about it in the contact form, if it has one.
    """

    code: str
    level: Level
    label: Words
    line: Words
    calls: tuple[str, ...]
    searched: tuple[str, ...] = ()
    asks: Words = ""


ALARM, LOOK = Level.ALARM, Level.LOOK
DONT_STOP = gettext_lazy(
    "Do you drink every day, or take sedatives every day? Don't stop suddenly: it can kill. A doctor or a clinic can help you stop "
    "safely. Shaking, sweating, confusion or seeing things after stopping? Call the emergency number now."
)
DAILY_USE = gettext_lazy("Alcohol or sedatives every day, and planning to stop?")
# The most dangerous first: pages show them in this order.
SIGNS = {
    sign.code: sign
    for sign in (
        # Not found in texts: the answer "yes" to "Is anyone in danger right now?"
        Sign(
            "danger_now",
            ALARM,
            gettext_lazy("said that someone is in danger now"),
            gettext_lazy("You said that someone may be in danger. Call now: do not wait for our answer."),
            ("emergency",),
        ),
        Sign(
            "not_breathing",
            ALARM,
            gettext_lazy("breathes badly or can't be woken"),
            gettext_lazy(
                "Someone who breathes badly or can't be woken needs an ambulance now. Give naloxone if you have it, "
                "turn the person on the side, and stay."
            ),
            ("emergency",),
            ("emergency",),
        ),
        Sign(
            "overdose",
            ALARM,
            gettext_lazy("overdose"),
            gettext_lazy(
                "An overdose, or too many pills? Call now, even if the person seems well. "
                "Give naloxone if you have it, and stay with the person."
            ),
            ("emergency", "poison"),
            ("emergency",),
        ),
        Sign(
            "alcohol_poisoning",
            ALARM,
            gettext_lazy("alcohol poisoning"),
            gettext_lazy(
                "Too much alcohol can stop the breath. Someone who can't be woken, is cold, or vomits while asleep: call now, "
                "turn the person on the side, and stay."
            ),
            ("emergency",),
            ("emergency",),
        ),
        Sign(
            "suicide",
            ALARM,
            gettext_lazy("suicide or self-harm"),
            gettext_lazy("Thoughts of ending a life, or of hurting yourself? Someone trained answers now, day and night."),
            ("crisis", "emergency"),
            ("crisis",),
        ),
        Sign(
            "seizure",
            ALARM,
            gettext_lazy("a seizure, strong confusion or seeing things"),
            gettext_lazy("A seizure, strong confusion, or seeing things that aren't there can be deadly withdrawal. Call now."),
            ("emergency",),
            ("emergency",),
        ),
        Sign(
            "heart",
            ALARM,
            gettext_lazy("chest pain, a stroke or overheating"),
            gettext_lazy("Chest pain, a face that droops, weakness on one side, or a body that is burning hot? Call now."),
            ("emergency",),
            ("emergency",),
        ),
        Sign(
            "child",
            ALARM,
            gettext_lazy("a child swallowed something"),
            gettext_lazy(
                "A child swallowed a drug, a medicine or something harmful? Call poison control now, even if the child seems well. "
                "Sleepy, limp or breathing badly: call the emergency number first."
            ),
            ("poison", "emergency"),
            ("emergency", "poison"),
        ),
        Sign(
            "poisoning",
            ALARM,
            gettext_lazy("poisoning"),
            gettext_lazy(
                "Someone swallowed or breathed in something poisonous? Call poison control now, and don't make the person vomit. "
                "Hard to wake or breathing badly: call the emergency number first."
            ),
            ("poison", "emergency"),
            ("emergency", "poison"),
        ),
        Sign(
            "violence",
            ALARM,
            gettext_lazy("violence or threats at home"),
            gettext_lazy(
                "Does someone hurt or threaten you? In danger now: call the emergency number. To talk and to plan, day and night: "
                "the violence line. Use a phone that the other person can't check."
            ),
            ("emergency", "violence"),
            ("violence",),
        ),
        Sign(
            "stopping",
            LOOK,
            gettext_lazy("stopping alcohol or sedatives"),
            DONT_STOP,
            ("emergency", "treatment"),
            ("emergency",),
            DAILY_USE,
        ),
        Sign(
            "vomiting",
            LOOK,
            gettext_lazy("vomits and keeps nothing down"),
            gettext_lazy(
                "Vomiting that doesn't stop is dangerous. Small sips often. No water stays down, no urine, blood, fainting or "
                "a racing heart: call now."
            ),
            ("emergency",),
            ("emergency",),
        ),
        Sign(
            "supply",
            LOOK,
            gettext_lazy("tainted supply (medetomidine, xylazine, nitazenes)"),
            gettext_lazy(
                "Street drugs can hold others that make you sleep or stop the breath; naloxone still helps with the opioid. "
                "A racing heart, vomiting that doesn't stop, or someone who can't be woken: call now."
            ),
            ("emergency", "treatment"),
            ("emergency",),
        ),
        Sign(
            "release",
            LOOK,
            gettext_lazy("just out of jail, detox or hospital"),
            gettext_lazy(
                "Just out of jail, detox or hospital? The dose from before can kill now. Don't use alone, keep naloxone near, "
                "and ask for medicine for opioid use today."
            ),
            ("treatment", "emergency"),
        ),
        Sign(
            "pregnancy",
            LOOK,
            gettext_lazy("pregnant, with opioids, sedatives or daily drinking"),
            gettext_lazy(
                "Pregnant, and you take opioids or sedatives, or drink every day? Don't stop suddenly: it can harm you and the baby. "
                "A clinic can help you safely and soon, without blame."
            ),
            ("treatment",),
        ),
        Sign(
            "expecting",
            LOOK,
            gettext_lazy("pregnant"),
            gettext_lazy(
                "Pregnant people are seen first. A clinic can help you and the baby, without blame. With most drugs, stopping is good. "
                "Only with opioids, sedatives or daily drinking: don't stop suddenly on your own."
            ),
            ("treatment",),
        ),
        Sign(
            "minor",
            LOOK,
            gettext_lazy("under 18, and writes"),
            gettext_lazy("You can ask for help yourself, whatever your age. Someone trained answers now, day and night."),
            ("crisis",),
        ),
        Sign(
            "homeless",
            LOOK,
            gettext_lazy("nowhere to sleep tonight"),
            gettext_lazy(
                "Nowhere to sleep tonight? The national helpline can tell you who helps near you. "
                "In danger outside: call the emergency number."
            ),
            ("treatment", "emergency"),
        ),
        # Only the linear model found it. It can't tell which sign it is, so all numbers are shown.
        Sign(
            "unclear",
            LOOK,
            gettext_lazy("sounds like danger"),
            gettext_lazy("Is someone in danger, or is it too much to bear? You can call now; our answer takes longer."),
            ("emergency", "crisis", "poison"),
        ),
    )
}
# Why a sign is only a mention or a guess; for staff.
REASONS = {
    "past": gettext_lazy("it is over"),
    "died": gettext_lazy("someone died"),
    "talk": gettext_lazy("about a topic"),
    "asking": gettext_lazy("a question"),
    "denied": gettext_lazy("denied"),
    "sounds_like": gettext_lazy("sounds like it"),
}


def sign(code: str) -> Sign:
    """Return the row of a code. Raises UnknownSign."""
    try:
        return SIGNS[code]
    except KeyError:
        raise UnknownSign(f"danger/signs.py has no sign {code!r}.") from None


def lines(codes: list[str]) -> list[dict[str, Any]]:
    """Return the texts for visitors, the most dangerous first: {"code", "text", "calls": [helpline, …]}. Raises UnknownSign."""
    wanted = {sign(code).code for code in codes}
    known = {line.key: line for line in helplines.helplines(settings.COUNTRY, languages.current())}
    return [
        {"code": row.code, "text": row.line, "calls": [known[key] for key in row.calls if key in known] or list(known.values())[:1]}
        for row in SIGNS.values()
        if row.code in wanted
    ]


@lru_cache(maxsize=1)
def heard() -> tuple[str, ...]:
    """Return the codes of the signs that can be found in texts."""
    return tuple(code for code in SIGNS if code != "danger_now")
