"""The clinicians' pages: which signs are found in a sentence and why, and the sentences proposed for the collection."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from danger import explain, proposals
from danger.assess import assess
from danger.corpus import figures
from danger.grammar import languages
from danger.levels import Level
from danger.models import ProposedSentence
from danger.proposals import KINDS
from recovery_site.verbs import Refused

MOST_SENTENCES = 50
LEVELS = {
    Level.NONE: gettext_lazy("nothing"),
    Level.MENTION: gettext_lazy("a mention: moves nothing"),
    Level.LOOK: gettext_lazy("looked at first"),
    Level.ALARM: gettext_lazy("alarm"),
}


class ListeningForm(forms.Form):
    """Sentences to assess, one a line, or to propose with a meaning."""

    sentences = forms.CharField(
        label=gettext_lazy("Sentences, one a line"),
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("As people say them, in your own words: never what a visitor wrote."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=lambda: [(code, _name(code)) for code in languages()])
    kind = forms.ChoiceField(label=gettext_lazy("What they mean, to propose them"), choices=[("", "—"), *KINDS], required=False)

    def clean_sentences(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["sentences"].splitlines() if line.strip()]
        if len(lines) > MOST_SENTENCES:
            raise forms.ValidationError(_("At most %(n)d sentences at once.") % {"n": MOST_SENTENCES})
        return lines

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "propose" in self.data and not cleaned.get("kind"):
            self.add_error("kind", _("Choose what they mean."))
        return cleaned


def _name(code: str) -> str:
    """Return the name of a language in the language of the page."""
    return str(capfirst(get_language_info(code)["name_translated"]))


@admin.register(ProposedSentence)
class ProposedSentenceAdmin(admin.ModelAdmin):
    desk = "requests"
    purpose = gettext_lazy("Sentences that teach the site to hear danger.")
    when_empty = gettext_lazy("Staff propose sentences when they decide about a danger case. There is nothing to do until then.")
    list_display = ("text", "language", "meaning", "proposed_by", "agreed_by", "agreed_at")
    list_filter = ("language", "kind", ("agreed_by", admin.EmptyFieldListFilter))
    list_select_related = ("proposed_by", "agreed_by")
    search_fields = ("text",)
    actions = ("agree",)
    readonly_fields = fields = ("text", "language", "meaning", "proposed_by", "proposed_at", "agreed_by", "agreed_at")

    @admin.display(description=gettext_lazy("what it means"), ordering="kind")
    def meaning(self, sentence: ProposedSentence) -> str:
        return proposals.meaning(sentence)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("listen/", self.admin_site.admin_view(self.listen), name="danger_proposedsentence_listen"),
            path("add/", self.admin_site.admin_view(self.listen), name="danger_proposedsentence_add"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})})

    def has_view_permission(self, request: HttpRequest, obj: ProposedSentence | None = None) -> bool:
        return proposals.may_propose(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return proposals.may_propose(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return proposals.may_propose(request.user)

    def has_change_permission(self, request: HttpRequest, obj: ProposedSentence | None = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    def listen(self, request: HttpRequest) -> HttpResponse:
        """Show the signs in sentences and why; with "propose", store them. Uses POST, so that no sentence is in a URL."""
        if not proposals.may_propose(request.user):
            raise PermissionDenied
        form = ListeningForm(request.POST or None)
        heard: list[dict[str, Any]] = []
        if request.method == "POST" and form.is_valid():
            language = form.cleaned_data["language"]
            if "propose" in request.POST:
                if self._proposed(request, form):
                    return HttpResponseRedirect(reverse("admin:danger_proposedsentence_changelist"), status=303)
            else:
                heard = [_row(text, language) for text in form.cleaned_data["sentences"]]
        context = {
            **self.admin_site.each_context(request),
            "title": _("What is heard in a sentence"),
            "form": form,
            "heard": heard,
            "figures": [{**row, "language": _name(row["language"])} for row in figures.stored()],
            "opts": self.opts,
        }
        return render(request, "admin/danger/proposedsentence/listen.html", context, status=422 if form.errors else 200)

    def _proposed(self, request: HttpRequest, form: ListeningForm) -> bool:
        done = 0
        for text in form.cleaned_data["sentences"]:
            try:
                proposals.propose(text, form.cleaned_data["language"], form.cleaned_data["kind"], by=request.user)  # type: ignore[arg-type]
            except Refused as refused:
                form.add_error(None, refused.message)
            else:
                done += 1
        if done:
            messages.success(request, _("%(n)d proposed. A second clinician has to agree.") % {"n": done})
        return not form.errors

    @admin.action(description=gettext_lazy("Agree: let these sentences join the collection"))
    def agree(self, request: HttpRequest, queryset: QuerySet[ProposedSentence]) -> None:
        for sentence in queryset:
            try:
                proposals.agree(sentence, by=request.user)  # type: ignore[arg-type]
            except Refused as refused:
                messages.warning(request, refused.message)


def _row(text: str, language: str) -> dict[str, Any]:
    assessment = assess(text, language)
    return {"text": text, "level": LEVELS[assessment.level], "reasons": [explain.in_words(hit) for hit in assessment.signs]}
