"""Recognises the invitation to get in touch at the end of a guide, which becomes its contact block."""

from __future__ import annotations

import re

from articles.importing.document import Block, ContactBlock, Paragraph, Section
from articles.importing.doubts import Doubts, quote

LONGEST = 250
"""Words; longer sections contain more than an invitation."""
LONGEST_HEADING = 120
"""Characters; the length of Guide.contact_heading."""

INVITING_TITLE = re.compile(
    r"\b(contact (us|our)|call (us|now|today|our)|reach(ing)? out (to|today|now)|get in touch|(talk|speak) (to|with) (us|someone|our|an?)|"
    r"(chat|connect) with|here (to help|for you)|(get|find|seek|start|begin)\b.{0,40}\b(today|now)|(we|let us|can) help|"
    r"take the (first|next) step|(today|now)[.!]?$|ready to (start|begin|talk|get)|verify your insurance|free (consultation|assessment)|"
    r"cont[áa]cte(nos)?|ll[áa]me(nos)?|comun[íi]quese|p[óo]ngase en contacto|estamos aqu[íi]|podemos ayudar(le)?|"
    r"hable con|escr[íi]banos)(?!\w)",
    re.IGNORECASE,
)
OWN_VOICE = re.compile(
    r"\b(us|our|ours|we(['’](re|ll))?( \w+ly)? (are|can|will|offer|have|help|provide|treat|answer|listen|accept|guide|work|welcome)|"
    r"nosotros|nosotras|nuestr[oa]s?|ll[áa]menos|cont[áa]ctenos|escr[íi]banos)\b",
    re.IGNORECASE,
)
PROMISE = re.compile(r"\bwe(['’]re)? (are|can|will|offer|here|committed|promise|help|provide|guide)\b", re.IGNORECASE)
INVITATION = re.compile(
    r"\b(call|contact|reach out|get in touch|speak|talk|chat|message|phone|e-?mail|text|visit|write|"
    r"llame|ll[áa]menos|contacte|cont[áa]ctenos|comun[íi]quese|escriba|escr[íi]banos|hable|env[íi]e)\b",
    re.IGNORECASE,
)
URGENT = re.compile(r"\b(911|988|112|999|emergenc\w*|overdos\w*|naloxone|narcan|poison\w*|suicid\w*|sobredosis|naloxona)\b", re.IGNORECASE)
AFTER_TEXT = re.compile(r"(sources?|references?|citations?|bibliography|footnotes|fuentes|referencias|bibliograf[íi]a)\W*$", re.IGNORECASE)


def take_contact_block(sections: list[Section], doubts: Doubts) -> ContactBlock | None:
    """Remove the closing invitation from `sections` and return it. Doubtful ones are kept and reported.

    Only the last section can be an invitation (a list of sources may follow). Sections that mention emergencies are always
    kept, because readers must find them in the text.
    """
    block: ContactBlock | None = None
    doubted: list[Section] = []
    for position in range(len(sections) - 1, -1, -1):
        section = sections[position]
        if not section.title or not INVITING_TITLE.search(section.title):
            continue
        is_last = all(AFTER_TEXT.match(later.title) for later in sections[position + 1 :])
        reason = _why_it_stays(section, is_last)
        if reason is None:
            block = ContactBlock(section.title, "\n\n".join(entry.text for entry in section.blocks if isinstance(entry, Paragraph)))
            _doubt_lost_links(section, doubts)
            if not block.text:
                doubts.add(f"the contact block {quote(block.heading)} has no text.", section.line)
            del sections[position]
            break
        if reason:
            doubted.append(section)
            doubts.add(f"{quote(section.title)} may be a call to action, but {reason}; kept as a section.", section.line)
    _doubt_own_voice([section for section in sections if section not in doubted], doubts)
    return block


def _why_it_stays(section: Section, is_last: bool) -> str | None:
    """Return None for an invitation, a reason if it is doubtful, or "" if only the title looks like one."""
    words = _words(section.blocks)
    own_voice = OWN_VOICE.search(f"{section.title} {words}")
    if URGENT.search(f"{section.title} {words}"):
        return "it speaks of emergencies" if own_voice and INVITATION.search(words) else ""
    if not own_voice or not INVITATION.search(f"{section.title} {words}"):
        return ""
    if not is_last:
        return "other sections follow it"
    if len(section.title) > LONGEST_HEADING:
        return f"its title is longer than {LONGEST_HEADING} characters"
    if not all(isinstance(block, Paragraph) for block in section.blocks):
        return "it holds more than paragraphs"
    return f"it is longer than {LONGEST} words" if len(words.split()) > LONGEST else None


def _words(blocks: list[Block]) -> str:
    return " ".join(block.text for block in blocks if isinstance(block, Paragraph))


def _doubt_lost_links(section: Section, doubts: Doubts) -> None:
    for block in (entry for entry in section.blocks if isinstance(entry, Paragraph)):
        for span in block.spans:
            if span.href:
                doubts.add(f"the link to {span.href} on {quote(span.text)} was left out: a contact block is plain text.", block.line)


def _doubt_own_voice(sections: list[Section], doubts: Doubts) -> None:
    """Report paragraphs in which a centre promotes itself inside the guide."""
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Paragraph) and PROMISE.search(block.text):
                question = "Does it belong in the contact block?"
                doubts.add(f"{quote(block.text)} speaks for a centre; kept as a paragraph. {question}", block.line)
