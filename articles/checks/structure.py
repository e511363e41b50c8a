"""Checks the structure of guides: headings, lists, links and pictures."""

import re
from collections.abc import Callable, Iterator

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import override
from lxml.html import HtmlElement

from articles.checks.examples import Example
from articles.checks.findings import Finding, Level, shorten
from articles.checks.registry import Rank, register
from articles.checks.text.parsed_guide import HEADINGS, LISTS, ParsedGuide
from articles.models import Address, Guide
from articles.rendering import body_html

NAME = "structure"
WCAG = "WCAG 2.2"
VAGUE_LINKS = re.compile(
    r"(?:please\s+)?(?:click(?: (?:here|this|below)\b.*)?|(?:see |go )?here|link|more|go|website|details|continue(?: reading)?"
    r"|(?:read |see )?this(?: (?:link|page|site|website|article|guide))?|(?:read|learn|see|find out) more|more (?:info|information|details)"
    r"|(?:haga|haz|dé) clic(?: (?:aquí|en este)\b.*)?|clic(?: aquí\b.*)?|(?:pulse|oprima|presione|vea|lea) aquí\b.*|aquí|enlace|más"
    r"|este (?:enlace|sitio|artículo)|esta página|(?:leer|lea|ver|vea|saber) más|más (?:información|detalles))",
    re.IGNORECASE,
)
# Alternative texts that don't describe the picture.
NO_DESCRIPTION = re.compile(
    r"(?:an? |the |una? |la )?(?:image|picture|photo|photograph|graphic|illustration|img|imagen|foto|fotografía|figura|ilustración)"
    r"[\s\d._-]*+"
    r"|[^\s]+\.(?:jpe?g|png|webp|gif|svg)",
    re.IGNORECASE,
)
GUIDE_PATH = re.compile(r"(?:/(?P<language>[a-z]{2}))?/guides/(?P<slug>[\w-]+)/?")
ADDRESS = re.compile(r"/|#|[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# Anchors that every guide's page has.
PARTS = re.compile(r"#(?:main|toc|at-a-glance|timeline|sources|source-\d+|guide-contact|about-this-guide|related)?")
MANY_WORDS = 400  # from which a guide needs headings

EXAMPLES = (
    Example("## One\n\nWords.\n\n### Part of one\n\n- first\n- second\n\nSee [what helps](https://example.org/help)."),
    Example("### Too deep\n\nWords.", ("heading-order",)),
    Example("## Empty\n\n## Next\n\nWords.", ("empty-section",)),
    Example("To read on, [click here](https://example.org/).", ("vague-link",)),
    Example("Para saber más, [haga clic aquí](https://example.org/).", ("vague-link",), language="es"),
    Example("Read [https://example.org/a-long-address](https://example.org/a-long-address).", ("bare-link",)),
    Example("- the only item", ("one-item",)),
    Example("Read [our guide](/guides/no-such-guide-at-all/).", ("dead-link",)),
    Example("You can [write to us](/no-such-page-at-all/).", ("dead-link",)),
    Example('<img src="/media/guides/0123456789abcdef0123456789abcdef-600.webp">', ("no-alt",)),
    Example('<img src="/media/guides/0123456789abcdef0123456789abcdef-600.webp" alt="Photo 2">', ("poor-alt",)),
    Example('<img src="/media/guides/0123456789abcdef0123456789abcdef-600.webp" alt="A nurse and a man at a table.">'),
    Example("See [the section on sleep](#s-sleep).\n\n## Sleep\n\nWords."),
    Example("See [the section on sleep](#s-sleep).\n\n## Rest\n\nWords.", ("dead-link",)),
    Example("Read [our page](guides/alcohol).", ("dead-link",)),
    Example("Para saber más, lea [cómo actuar ante una sobredosis](https://example.org/).", language="es"),
)


@register(NAME, EXAMPLES, rank=Rank.FORM)
def check(guide: ParsedGuide) -> Iterator[Finding]:
    """Finds headings that skip a level, empty sections, links whose text doesn't say where they lead, dead links within this
    site, pictures without a good description and lists of a single item. Dead links, empty sections and pictures without any
    description are errors."""
    yield from _headings(guide)
    yield from _links(guide)
    yield from _pictures_and_lists(guide)


def _headings(guide: ParsedGuide) -> Iterator[Finding]:
    headings = list(guide.body.iter(*HEADINGS))
    above = ""
    for heading in headings:
        words = " ".join(heading.text_content().split())
        if heading.tag == "h3" and not above:
            yield Finding(
                NAME, Level.WARNING, _("A smaller heading comes before the first larger one."), shorten(words), words,
                reason=_("People who listen to a page move through it by its headings; a gap sounds like something is missing."),
                source=f"{WCAG}, 1.3.1", suggestion=_("Make it a heading of the first size."), rule="heading-order",
            )  # fmt: skip
        above = heading.tag
        if not words or _nothing_below(heading):
            message = _("There is nothing below this heading.") if words else _("A heading has no words.")
            yield Finding(
                NAME, Level.ERROR, message, shorten(words), words,
                reason=_("Someone comes here for an answer and finds none."),
                source=f"{WCAG}, 2.4.6", suggestion=_("Write the section, or remove the heading."), rule="empty-section",
            )  # fmt: skip
    count = len(guide.body.text_content().split())
    if not headings and count > MANY_WORDS:
        yield Finding(
            NAME, Level.WARNING, _("%(count)s words and no heading.") % {"count": count},
            reason=_("People look for their own question before they read."), source=f"{WCAG}, 2.4.10",
            suggestion=_("Put a heading over each question that the text answers."), rule="no-headings",
        )  # fmt: skip


def _nothing_below(heading: HtmlElement) -> bool:
    if (heading.tail or "").strip():
        return False
    for element in heading.itersiblings():
        if element.tag in HEADINGS:
            return element.tag <= heading.tag  # a subsection ("h3") may follow an "h2" directly
        if element.text_content().strip() or element.tag == "img" or element.find(".//img") is not None or (element.tail or "").strip():
            return False
    return True


def _links(guide: ParsedGuide) -> Iterator[Finding]:
    links = [(link, section) for link, section in _with_section(guide.body) if link.tag == "a" and link.get("href")]
    leads_nowhere = _dead([link.get("href") for link, _section in links], guide)
    for link, section in links:
        words, address = " ".join(link.text_content().split()), link.get("href")
        if leads_nowhere(address):
            yield Finding(
                NAME, Level.ERROR, _("This link leads to no page of ours: %(address)s") % {"address": address}, shorten(words), section,
                reason=_("A link that fails costs the trust of someone who has little of it."),
                source=f"{WCAG}, 2.4.4", suggestion=_("Correct the address, or remove the link."), rule=f"dead-link {address}",
            )  # fmt: skip
        if not words and link.find(".//img") is None:
            yield Finding(
                NAME, Level.WARNING, _("A link has no words."), shorten(address), section,
                reason=_("Nobody can see it, and a screen reader spells out its address."),
                source=f"{WCAG}, 2.4.4", suggestion=_("Use the name of the page it leads to as the link."), rule="vague-link",
            )  # fmt: skip
        elif VAGUE_LINKS.fullmatch(words.strip(" .:!→>»")):
            yield Finding(
                NAME, Level.WARNING, _("The words of this link don’t say where it leads."), shorten(words), section,
                reason=_("Screen readers read out the links of a page alone; “click here” tells nothing then."),
                source=f"{WCAG}, 2.4.4", suggestion=_("Use the name of the page it leads to as the link."), rule="vague-link",
            )  # fmt: skip
        elif words.startswith(("http://", "https://", "www.")):
            yield Finding(
                NAME, Level.NOTE, _("The link is a bare address."), shorten(words), section,
                reason=_("A screen reader spells it out, letter by letter."),
                source=f"{WCAG}, 2.4.4", suggestion=_("Use the name of the page it leads to as the link."), rule="bare-link",
            )  # fmt: skip


def _dead(addresses: list[str], guide: ParsedGuide) -> Callable[[str], bool]:
    """Return a function that returns whether a link within this site is dead. One query for all `addresses`, or none."""
    site = settings.SITE_URL + "/"
    anchors = {f"#{anchor}" for anchor in body_html.section_ids(body_html.headings_of(guide.body))}
    nowhere = {address for address in addresses if address[0] == "#" and address not in anchors and not PARTS.fullmatch(address)}
    # Relative paths such as “guides/alcohol” would be resolved below the guide's own path.
    nowhere |= {address for address in addresses if not ADDRESS.match(address)}
    paths = {address: "/" + address.removeprefix(site).lstrip("/") for address in addresses if address.startswith(("/", site))}
    paths = {address: path.partition("#")[0].partition("?")[0] for address, path in paths.items()}
    guides = {
        path: (match["language"] or settings.LANGUAGE_CODE, match["slug"])
        for path in paths.values()
        if (match := GUIDE_PATH.fullmatch(path))
    }
    known = {(guide.language, guide.slug), *guide.extra.get("addresses", ())}
    unknown = set(guides.values()) - known
    if unknown:
        slugs = {slug for _language, slug in unknown}
        known |= set(
            Address.objects.filter(slug__in=slugs).values_list("language", "slug").order_by()
            .union(Guide.objects.filter(slug__in=slugs).values_list("language", "slug").order_by())
        )  # fmt: skip
    dead = {path for path, address in guides.items() if address not in known}
    dead |= {path for path in set(paths.values()) - set(guides) if not _resolves(path)}
    return lambda address: address in nowhere or paths.get(address) in dead


def _resolves(path: str) -> bool:
    if path.startswith(("/media/", "/static/")):
        return True
    first = path.split("/")[1]
    language = first if first in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with override(language):
        try:
            resolve(path if path.endswith("/") else f"{path}/")
        except Resolver404:
            return False
    return True


def _pictures_and_lists(guide: ParsedGuide) -> Iterator[Finding]:
    for element, section in _with_section(guide.body):
        if element.tag == "img" and not (element.get("alt") or "").strip():
            yield Finding(
                NAME, Level.ERROR, _("A picture has no words for people who can’t see it."), shorten(element.get("src") or ""), section,
                reason=_("Without them the picture is a gap, or its file name is read out."),
                source=f"{WCAG}, 1.1.1", suggestion=_("Say in one plain sentence what it shows."), rule="no-alt",
            )  # fmt: skip
        elif element.tag == "img" and NO_DESCRIPTION.fullmatch((element.get("alt") or "").strip()):
            yield Finding(
                NAME, Level.WARNING, _("The words for a picture don’t say what it shows."), shorten(element.get("alt") or ""), section,
                reason=_("People who can’t see it hear that there is a picture, but not what it shows."),
                source=f"{WCAG}, 1.1.1", suggestion=_("Say in one plain sentence what it shows."), rule="poor-alt",
            )  # fmt: skip
        if (
            element.tag in LISTS
            and sum(bool(item.text_content().strip() or item.find(".//img") is not None) for item in element.findall("li")) == 1
        ):
            yield Finding(
                NAME, Level.WARNING, _("A list has only one item."), shorten(element.text_content()), section,
                reason=_("A list promises several things; with one it reads as if something was lost."),
                source=f"{WCAG}, 1.3.1", suggestion=_("Make it a sentence, or add what is missing."), rule="one-item",
            )  # fmt: skip


def _with_section(body: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    section = ""
    for element in body.iter():
        if element.tag in HEADINGS:
            section = " ".join(element.text_content().split())
        yield element, section
