"""Checks for stigmatising terms and suggests person-first ones."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from articles.checks.examples import Example
from articles.checks.findings import Finding, Level, around
from articles.checks.registry import Rank, register
from articles.checks.text import asserting, terms
from articles.checks.text.parsed_guide import ParsedGuide

NAME = terms.NAME
SOURCE = "American Academy of Pediatrics 2022 (PMC9386168); NIDA: Words Matter"

EXAMPLES = (
    Example("People who use heroin can get better. Physical dependence is not a choice."),
    Example("An addict can get better.", ("addict",)),
    Example("Recovering addicts meet here.", ("former-addict",)),
    Example("Heroin users and druggies need care.", ("user", "junkie")),
    Example("Your user account is for all users of this site."),
    Example("He is an alcoholic.", ("alcoholic",)),
    Example("Alcoholics Anonymous is free. Alcoholic drinks are not."),
    Example("Substance abuse harms; so does abusing drugs.", ("abuse",)),
    Example("The National Institute on Drug Abuse says so. Domestic abuse is never your fault."),
    Example("She got clean and stayed clean for a year.", ("clean",)),
    Example("Drink clean water. Clean energy helps. Clean the wound and keep it clean."),
    Example("Never share dirty needles; ask for clean needles.", ("dirty-needle", "clean-needle")),
    Example("A dirty urine, a clean drug test.", ("dirty-test", "clean-test")),
    Example("She gets high to forget.", ("high",)),
    Example("High blood pressure, a high dose and a high risk come together. Some get high fever."),
    Example("He committed suicide.", ("suicide",)),
    Example("You commit to a plan. Suicide is not a crime."),
    Example("He relapsed and fell off the wagon.", ("relapse", "wagon")),
    Example("Ask about relapse prevention."),
    Example("Medication-assisted treatment and opioid replacement therapy are old names.", ("mat", "replacement")),
    Example("Crack babies are born addicted.", ("addicted-baby",)),
    Example("Stop enabling him: he is in denial.", ("enabling", "denial")),
    Example("The plan must send you a denial letter. This is enabling people to call."),
    Example("Her drug habit, her vice, her drug of choice: she is hooked on pills.", ("drug-habit", "vice", "drug-of-choice", "hooked")),
    Example("He was non-compliant and failed treatment.", ("compliance", "failed-treatment")),
    Example("A healthy habit is a start, and vice versa."),
    Example("Un adicto puede mejorar.", ("adicto",), language="es"),
    Example("Los drogadictos y los usuarios de drogas.", ("adicto", "usuario"), language="es"),
    Example("El abuso de sustancias es un vicio.", ("abuso", "vicio"), language="es"),
    Example("Alcohólicos Anónimos es gratis. Es un círculo vicioso. El abuso sexual no es su culpa.", language="es"),
    Example("Su padre alcohólico cometió suicidio.", ("alcoholico", "suicidio"), language="es"),
    Example("Tuvo una recaída y ya no se mantiene limpio.", ("recaida", "limpio"), language="es"),
    Example("Tome agua limpia. El programa trata la prevención de recaídas.", language="es"),
    Example("Las personas que consumen drogas pueden mejorar.", language="es"),
)


@register(NAME, EXAMPLES, rank=Rank.RESPECT)
def check(guide: ParsedGuide) -> Iterator[Finding]:
    """Finds English and Spanish words that shame people or define them by their illness, and suggests alternatives. A warning,
    or a note in quotations and for “relapse”, which is common. Names of organisations, laws and groups, web addresses, titles
    of sources and everyday uses (“clean water”, “user account”) are ignored. The words stand in
    articles/data/languages/<language>/respectful-terms.toml."""
    for block in guide.blocks:
        yield from find(block.text, guide.language, section=block.section, quoted=block.quoted)


def find(text: str, language: str, *, section: str = "", quoted: bool = False) -> list[Finding]:
    """Return findings for the stigmatising terms in a plain `text`. `quoted` means that the whole text is a quotation.

    Also used for other texts, such as reply templates. Messages are in the active language.
    """
    listed = terms.of(language)
    masked = listed.ignored.sub(lambda match: "·" * len(match.group()), text.replace("’", "'"))
    quotations = [match.span() for match in terms.QUOTED.finditer(text)]
    taken: list[tuple[int, int]] = []
    findings = []
    for term in listed.terms:
        for match in term.pattern.finditer(masked):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            if term.negatable and asserting.of(language).is_negated(masked.lower(), start):
                continue
            taken.append((start, end))
            in_quotation = quoted or any(left < start and end < right for left, right in quotations)
            findings.append((start, _finding(term, (text, start, end), section, in_quotation=in_quotation)))
    return [finding for _start, finding in sorted(findings, key=lambda pair: pair[0])]


def _finding(term: terms.Term, place: tuple[str, int, int], section: str, *, in_quotation: bool) -> Finding:
    text, start, end = place
    words = " ".join(text[start:end].split())
    return Finding(
        NAME,
        Level.NOTE if term.soft or in_quotation else Level.WARNING,
        _("“%(words)s”: say instead “%(instead)s”.") % {"words": words, "instead": term.instead},
        excerpt=around(text, start, end),
        section=section,
        reason=_("In quotation marks it may stay, if the quotation is needed.")
        if in_quotation
        else _("Such words make readers feel judged, and people who feel judged ask for help later or never."),
        source=SOURCE,
        suggestion=term.instead,
        rule=term.rule,
        phrase=words,
    )
