"""The search index: documents, known words and synonyms."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelsearch import index
from modelsearch.queryset import SearchableQuerySetMixin

from recovery_site import languages

ANYWHERE, IN_TITLE = "0", "1"


class SearchDocumentQuerySet(SearchableQuerySetMixin, models.QuerySet["SearchDocument"]):
    def in_language(self, language: str) -> "SearchDocumentQuerySet":
        return self.filter(language=language)

    def about(self, topic: str) -> "SearchDocumentQuerySet":
        """Documents with the topic `topic`, a code such as "substance:alcohol"."""
        return self.filter(topics__contains=f" {topic} ")


class SearchDocument(index.Indexed, models.Model):
    """The indexed text of a live edition, stemmed by articles.search.words so that all databases give the same results.

    articles.search.index creates and deletes rows in the transaction that publishes or archives the guide.
    """

    guide = models.OneToOneField("articles.Guide", models.CASCADE, related_name="search_document")
    language = models.CharField(max_length=8)
    topics = models.CharField(max_length=600, blank=True)
    title = models.TextField()
    body = models.TextField()
    text = models.TextField()

    # Updated by verbs rather than signals, so that saving a draft never indexes it.
    search_auto_update = False
    # All words are in one autocomplete field, the only kind for which modelsearch uses an index on PostgreSQL.
    search_fields = [
        index.AutocompleteField("marked_words"),
        index.FilterField("language"),
        index.FilterField("topics"),
    ]

    objects = SearchDocumentQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.language}/{self.guide_id}"

    def marked_words(self) -> str:
        """Return each distinct word with the suffix ANYWHERE, and the words of the title also with IN_TITLE.

        Autocomplete fields match prefixes; the suffix makes them match whole words only.
        """
        title = dict.fromkeys(self.title.split())
        anywhere = title | dict.fromkeys(self.body.split())
        return " ".join([f"{word}{IN_TITLE}" for word in title] + [f"{word}{ANYWHERE}" for word in anywhere])


class SearchWord(models.Model):
    """A word used in a live guide: `word` without accents, `spelt` with them. Misspelt queries are corrected to these."""

    language = models.CharField(max_length=8)
    word = models.CharField(max_length=40)
    spelt = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "word"], name="one_search_word")]

    def __str__(self) -> str:
        return self.word


class Synonym(models.Model):
    """A street name or lay term and the words that guides use for it. Editors maintain the list in the admin."""

    language = models.CharField(_("language"), max_length=8, choices=languages.choices, default=settings.LANGUAGE_CODE)
    term = models.CharField(
        _("what people type"), max_length=60, help_text=_("One word or a few, such as “cold turkey”. Capitals and accents don’t matter.")
    )
    means = models.CharField(
        _("what our guides say"), max_length=200, help_text=_("One or more ways to say it, with commas between: “heroin, opioids”.")
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("search synonym")
        verbose_name_plural = _("search synonyms")
        ordering = ["language", "term"]
        constraints = [models.UniqueConstraint(fields=["language", "term"], name="one_synonym_a_term")]

    def __str__(self) -> str:
        return f"{self.term} → {self.means}"

    def clean(self) -> None:
        self.term = " ".join(self.term.split()).lower()
        if not any(part.strip() for part in self.means.split(",")):
            raise ValidationError({"means": _("Write at least one word that our guides use.")})
