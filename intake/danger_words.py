"""Words that may mean danger. A hit costs the reader one line on the screen and the staff an earlier look, so few are missed.

It never decides anything: the form is sent all the same, and a person reads it.
"""

import re
import unicodedata

# code: patterns over lower-case text without accents. Whole words only; a stem ends in \w*.
_PATTERNS = {
    "overdose": (
        r"overdos\w*|od'?d|took too much|too many pills|sobredosis|tom(?:o|e|ado) (?:demasiad\w*|muchas pastillas)|se paso de dosis"
    ),
    "not_breathing": (
        r"(?:not|isn'?t|stopped|barely|hardly) breath\w*|can'?t breathe|blue lips|lips are blue|won'?t wake up|can'?t wake"
        r"|unconscious|passed out|unresponsive|turning blue"
        r"|no (?:esta |puede )?respira\w*|labios azules|no (?:se )?despierta|inconsciente|desmay\w*"
    ),
    "suicide": (
        r"suicid\w*|kill (?:myself|himself|herself|themsel\w+)|end (?:my|his|her|their) life|want(?:s)? to die|better off dead"
        r"|don'?t want to (?:live|be alive)|hurt myself|self.?harm"
        r"|matarme|matarse|quitarme la vida|quitarse la vida|quiero morir\w*|quiere morir\w*|no quiero vivir|hacerme dano"
    ),
    "seizure": (
        r"seizure\w*|convuls\w*|having a fit|dts?\b|delirium|hallucinat\w*|seeing things|alucina\w*|convulsion\w*"
        r"|ataques? epileptic\w*"
    ),
    "chest_pain": r"chest pain|pain in (?:my|his|her|the) chest|dolor (?:de|en el) pecho",
    "stopping": (
        r"(?:stop\w*|quit\w*|withdraw\w*|detox\w*|cold turkey|came off|coming off|ran out of)\W+(?:\w+\W+){0,6}?"
        r"(?:alcohol|drinking|drink|vodka|whisky|whiskey|beer|wine|benzo\w*|xanax|valium|klonopin|ativan|alprazolam|diazepam|clonazepam|lorazepam)"
        r"|(?:alcohol|benzo\w*|xanax|valium|klonopin|ativan)\W+(?:\w+\W+){0,4}?(?:withdraw\w*|detox\w*)"
        r"|(?:dej\w*|abstinencia|desintoxic\w*)\W+(?:\w+\W+){0,6}?(?:alcohol|beber|tomar|trago|cerveza|benzo\w*|xanax|valium|rivotril|clonazepam|diazepam)"
        r"|sindrome de abstinencia"
    ),
    "pregnancy": r"pregnan\w*|expecting a baby|\d+ weeks along|embaraz\w*|encinta",
    "child": (
        r"(?:my|the|our|his|her|a) (?:baby|child|kid|kids|children|toddler|infant|newborn|little (?:boy|girl))"
        r"|mi (?:hij[oa]s?|bebe|nin[oa]s?)|(?:un|una|el|la|los|las) (?:bebe|nin[oa]s?|recien nacid\w*)"
    ),
}
CODES = tuple(_PATTERNS)
_COMPILED = {code: re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") for code, pattern in _PATTERNS.items()}


def found_in(text: str) -> list[str]:
    """Return the codes of the dangers that `text` (English or Spanish) may speak of, the gravest first."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)).replace("’", "'")
    return [code for code, pattern in _COMPILED.items() if pattern.search(plain)]
