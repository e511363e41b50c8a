"""The form for editing a guide."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget

from accounts.models import User
from accounts.roles import CLINICAL_REVIEWER, EDITOR
from articles import topics
from articles.admin.prose import EXTENSIONS
from articles.models import Guide
from articles.rendering import body_html, sanitizing
from articles.workflow import drafts

PUT_BACK = "_put_back"  # in the data of a form that is only to be shown


class FactsField(forms.CharField):
    """Facts at a glance, typed as “Label: text”, one per line. The value is a list of {"label", "text"}."""

    widget = forms.Textarea(attrs={"rows": 5, "cols": 80})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{fact['label']}: {fact['text']}" for fact in value)
        return value

    def to_python(self, value: Any) -> Any:
        facts = []
        for number, line in enumerate(str(value or "").splitlines(), start=1):
            if not line.strip():
                continue
            label, colon, text = (part.strip() for part in line.partition(":"))
            if not (label and colon and text):
                message = gettext("Line %(number)s needs a label, a colon and a text, such as “When it starts: within a day”.")
                raise forms.ValidationError(message % {"number": number})
            facts.append({"label": label, "text": text})
        return facts

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != (data or "").replace("\r\n", "\n").strip()


def _codes(codes: topics.Codes, label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=list(codes.items()), required=False, widget=forms.CheckboxSelectMultiple)


def guide_people() -> QuerySet[User]:
    """Return the active editors and clinical reviewers, who may be owners of guides."""
    return User.objects.filter(is_active=True, groups__name__in=(EDITOR, CLINICAL_REVIEWER)).distinct().order_by("display_name", "username")


class GuideForm(forms.ModelForm):
    """Edits a guide's working copy. Refuses to overwrite a newer version than the one it was opened with."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    body = ProseEditorFormField(
        label=_("Text"), required=False, config={"extensions": EXTENSIONS}, preset="configurable", widget=AdminProseEditorWidget
    )
    at_a_glance = FactsField(label=_("At a glance"), required=False, help_text=_("Three to five facts, one a line: “Label: text”."))
    substances = _codes(topics.SUBSTANCES, _("Substances"))
    stages = _codes(topics.STAGES, _("Stages"))
    readers = _codes(topics.READERS, _("Readers"))

    class Meta:
        model = Guide
        fields = (
            "language", "slug", "title", "summary", "kind", "substances", "stages", "readers", "body", "at_a_glance", "content_note",
            "contact_heading", "contact_text", "related", "original", "original_edition_seen", "owner", "second_person",
        )  # fmt: skip
        widgets = {"summary": forms.Textarea(attrs={"rows": 2, "cols": 80}), "title": forms.TextInput(attrs={"size": 80})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stale = False
        self.fields["seen_version"].initial = self.instance.version if self.instance.pk else None
        if "slug" in self.fields:
            self.fields["slug"].required = False
        for name in ("owner", "second_person"):
            if name in self.fields:
                self.fields[name].queryset = guide_people()  # type: ignore[attr-defined]

    def clean_body(self) -> str:
        if foreign := sanitizing.foreign_pictures(self.cleaned_data["body"]):
            named = ", ".join(f"“{alt}”" for alt in foreign if alt) or str(len(foreign))
            message = gettext(
                "The text holds pictures that are not ours, and their sites would learn who reads it: %(pictures)s. "
                "Delete them here, add them under Pictures, then choose them."
            )
            raise forms.ValidationError(message % {"pictures": named})
        body = sanitizing.clean(self.cleaned_data["body"])
        if body_html.undescribed_pictures(body):
            raise forms.ValidationError(
                gettext("Say what each picture shows, for people who can’t see it: choose the picture, then its button.")
            )
        return body

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if PUT_BACK in self.data:
            self.add_error(None, gettext("This is what you typed before. It is not saved yet: look at it, then save."))
        if self.instance.pk and cleaned.get("seen_version") != self.instance.version:
            self.stale = True
            raise forms.ValidationError(
                gettext(
                    "Someone else changed this guide while you had it open. "
                    "Nothing of yours is lost: compare the two texts, then save again."
                ),
                code="stale",
            )
        if not cleaned.get("slug") and cleaned.get("title") and "slug" not in self.errors:
            cleaned["slug"] = drafts.free_slug(cleaned["title"], cleaned.get("language") or self.instance.language)
        submitted = Guide(pk=self.instance.pk, language=cleaned.get("language") or self.instance.language, slug=cleaned.get("slug") or "")
        if submitted.slug and drafts.address_is_taken(submitted):
            self.add_error("slug", gettext("Another guide has or had this address. Choose another one."))
        self._check_translation(submitted.language, cleaned.get("original"))
        return cleaned

    def _check_translation(self, language: str, original: Guide | None) -> None:
        """Allow only one translation per language for each original, since pages and search engines link them."""
        pk = self.instance.pk
        if pk and "language" in self.fields and Guide.objects.filter(original_id=pk, language=language).exists():
            self.add_error("language", gettext("A translation of this guide is in this language. Choose another language."))
        if original is None:
            return
        if original.language == language or original.pk == pk:
            self.add_error("original", gettext("That guide is in the same language. It must be in another language."))
        elif original.original_id is not None:
            message = gettext("“%(title)s” is itself a translation. Choose the guide it was made from.")
            self.add_error("original", message % {"title": original.title})
        elif pk and Guide.objects.filter(original_id=pk).exists():
            self.add_error("original", gettext("Other guides are translations of this one, so it can’t be a translation itself."))
        elif other := Guide.objects.filter(original=original, language=language).exclude(pk=pk).first():
            message = gettext("“%(title)s” is its translation into this language already. Choose another guide.")
            self.add_error("original", message % {"title": other.title})

    def accept_stored_version(self) -> None:
        """Let the form overwrite the stored version, once both texts were shown, unless it changes again."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix("seen_version")] = str(self.instance.version)
        self.data = data
