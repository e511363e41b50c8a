"""What search knows: the words of each live guide, the words people type, and what those mean."""

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
        """Documents sorted under `topic`, a code such as "substance:alcohol"."""
        return self.filter(topics__contains=f" {topic} ")


class SearchDocument(index.Indexed, models.Model):
    """The words of a live edition, prepared by articles.search.words so that every database finds the same.

    A row exists exactly while its guide is live: articles.search.index writes and removes it in the transaction
    that publishes or archives.
    """

    guide = models.OneToOneField("articles.Guide", models.CASCADE, related_name="search_document")
    language = models.CharField(max_length=8)
    topics = models.CharField(max_length=600, blank=True)
    title = models.TextField()
    body = models.TextField()
    text = models.TextField()

    # Verbs keep the index, not signals: a draft that is saved must never come near it.
    search_auto_update = False
    # One column for all words: of what the library offers it is the only one that PostgreSQL looks up in an index.
    search_fields = [
        index.AutocompleteField("marked_words"),
        index.FilterField("language"),
        index.FilterField("topics"),
    ]

    objects = SearchDocumentQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.language}/{self.guide_id}"

    def marked_words(self) -> str:
        """Each word once with the mark of any place, those of the title also with the title's.

        The library takes what it looks for in this column as the beginning of a word; the mark at the end makes it a whole one.
        """
        title = dict.fromkeys(self.title.split())
        anywhere = title | dict.fromkeys(self.body.split())
        return " ".join([f"{word}{IN_TITLE}" for word in title] + [f"{word}{ANYWHERE}" for word in anywhere])


class SearchWord(models.Model):
    """A word that occurs in a live guide, plain and as it is `spelt` with its accents. Misspelt words are mended to these."""

    language = models.CharField(max_length=8)
    word = models.CharField(max_length=40)
    spelt = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "word"], name="one_search_word")]

    def __str__(self) -> str:
        return self.word


class Synonym(models.Model):
    """A street name or a lay word, and the words our guides use for it. Editors change the list in the admin."""

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
