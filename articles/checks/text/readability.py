"""Readability formulas."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from articles.checks.text import sentences, syllables

_DRUGS = """
acamprosate alprazolam benzodiazepine benzodiazepines buprenorphine cannabis chlordiazepoxide clonazepam clonidine cocaine codeine
diazepam disulfiram fentanyl gabapentin heroin hydrocodone hydromorphone lofexidine lorazepam medetomidine methadone methamphetamine
amphetamine amphetamines methamphetamines morphine naloxone naltrexone nitazene nitazenes opiate opiates opioid opioids oxycodone
oxymorphone semaglutide tramadol xylazine acamprosato anfetamina anfetaminas benzodiacepina benzodiacepinas benzodiazepina
benzodiazepinas buprenorfina cocaína codeína clonidina fentanilo gabapentina heroína hidrocodona lofexidina medetomidina metadona
metanfetamina metanfetaminas morfina naloxona naltrexona opiáceo opiáceos opioide opioides oxicodona xilacina
"""
# Excluded from the counts, as plain-language guidance allows: readers have to know these names anyway.
DRUG_NAMES = frozenset(_DRUGS.split())


@dataclass(frozen=True)
class Counts:
    """The number of sentences, words and syllables of a text."""

    sentences: int
    words: int
    syllables: int

    @property
    def words_a_sentence(self) -> float:
        return self.words / self.sentences

    @property
    def syllables_a_word(self) -> float:
        return self.syllables / self.words


def count(texts: Iterable[str], syllables_of: Callable[[str], int], *, leave_out: frozenset[str] = DRUG_NAMES) -> Counts | None:
    """Return the counts over all `texts`, each of one or more sentences, or None if there are no words."""
    total = [0, 0, 0]
    for text in texts:
        for sentence in sentences.split(text):
            counted = [word for word in sentences.words(sentence) if word.lower() not in leave_out]
            if counted:
                total[0] += 1
                total[1] += len(counted)
                total[2] += sum(map(syllables_of, counted))
    return Counts(*total) if total[1] else None


def flesch_kincaid(counts: Counts) -> float:
    """Return the US school grade (Kincaid et al. 1975)."""
    return 0.39 * counts.words_a_sentence + 11.8 * counts.syllables_a_word - 15.59


def fernandez_huerta(counts: Counts) -> float:
    """Return the Spanish reading ease (Fernández Huerta 1959), from 0 (hard) to 100 (easy). 60 to 70 is plain."""
    return 206.84 - 60 * counts.syllables_a_word - 1.02 * counts.words_a_sentence


def inflesz(counts: Counts) -> float:
    """Return the perspicuity (Szigriszt Pazos 1993) used by the INFLESZ scale (Barrio Cantalejo 2008). From 55 on is plain."""
    return 206.835 - 62.3 * counts.syllables_a_word - counts.words_a_sentence


def english(texts: Iterable[str], **options: frozenset[str]) -> float | None:
    """Return the Flesch-Kincaid grade of `texts`, or None if there are no words."""
    counts = count(texts, syllables.english, **options)
    return flesch_kincaid(counts) if counts else None


def spanish(texts: Iterable[str]) -> tuple[float, float] | None:
    """Return (INFLESZ, Fernández Huerta) of `texts`, or None if there are no words."""
    counts = count(texts, syllables.spanish)
    return (inflesz(counts), fernandez_huerta(counts)) if counts else None
