"""What a guide is about, judged by what its editors chose and by its own words."""

import re

from articles.checks.text.parsed_guide import ParsedGuide

OPIOIDS, ALCOHOL, BENZODIAZEPINES = "opioids", "alcohol", "benzodiazepines"
CODES = {
    OPIOIDS: {"opioids", "heroin", "fentanyl", "prescription-opioids"},
    ALCOHOL: {"alcohol"},
    BENZODIAZEPINES: {"benzodiazepines"},
}
WORDS = {
    OPIOIDS: re.compile(
        r"\b(?:opioids?|opiates?|heroin|fentanyl|oxycodone|hydrocodone|oxycontin|percocet|vicodin|morphine|codeine|tramadol|hydromorphone|oxymorphone|meperidine|nitazenes?|painkillers?|"
        r"opioides?|opiáceos?|heroína|fentanilo|oxicodona|hidrocodona|morfina|codeína|hidromorfona|oximorfona|nitazenos?|analgésicos)\b",
        re.IGNORECASE,
    ),
    ALCOHOL: re.compile(r"\b(?:alcohol\w*|drinking|drinkers?|bebidas?|beber|bebe|bebedor\w*)\b", re.IGNORECASE),
    BENZODIAZEPINES: re.compile(
        r"\b(?:benzodiazepines?|benzos?|xanax|alprazolam|valium|diazepam|klonopin|clonazepam|ativan|lorazepam|temazepam|oxazepam|triazolam|midazolam|chlordiazepoxide|benzodia[cz]epinas?)\b",
        re.IGNORECASE,
    ),
}
OTHER_SUBSTANCES = re.compile(
    r"\b(?:cannabis|marijuana|cocaine|methamphetamines?|meth|stimulants?|nicotine|tobacco|marihuana|cocaína|metanfetaminas?|estimulantes?|nicotina|tabaco)\b",
    re.IGNORECASE,
)
WITHDRAWAL = re.compile(
    r"\b(?:withdrawal|detox\w*|coming off|come off|comes off|getting off|get off|stopping|quitting|abstinencia|desintoxicación)\b"
    r"|\bdejar (?:de|la|el|las|los)\b"
    r"|\b(?:quit|stop|kick)"
    r"(?= (?:drinking|using|taking|smoking|drugs?|heroin|alcohol|opioids?|fentanyl|pain|pills|benzos?|xanax|meth|cocaine|weed|nicotine)\b)",
    re.IGNORECASE,
)
MENTIONS, SHARE = 8, 0.012  # a guide that names no substance in its title is about one it names so often


def topics(guide: ParsedGuide) -> set[str]:
    """Return which of opioids, alcohol and benzodiazepines the guide is about.

    Those its editors chose, those its title names, and without either the one its text keeps naming.
    """
    chosen = {topic for topic, codes in CODES.items() if codes & set(guide.substances)}
    titled = {topic for topic, words in WORDS.items() if words.search(guide.title)}
    if chosen or titled or guide.substances or OTHER_SUBSTANCES.search(guide.title):
        return chosen | titled
    length = max(1, len(guide.words.split()))
    counts = {topic: len(words.findall(guide.words)) for topic, words in WORDS.items()}
    most = max(counts, key=lambda topic: counts[topic])
    return {most} if counts[most] >= MENTIONS and counts[most] / length >= SHARE else set()


def is_about_withdrawal(guide: ParsedGuide) -> bool:
    """Tell whether the guide is one on withdrawal: by its kind, its stages or its title."""
    return guide.kind == "withdrawal" or "withdrawal" in guide.stages or bool(WITHDRAWAL.search(guide.title))
