"""The page on which a clinical reviewer confirms what a guide must carry, and approves it."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from articles import permissions
from articles.admin import status
from articles.models import Comment, Guide
from articles.safety import must_carry
from articles.workflow import publishing, review, review_gate
from recovery_site.verbs import Refused, Stale


@dataclass(frozen=True)
class Row:
    """A fact on the page: what is asked, what was answered so far, and whether that is why the approval was refused."""

    asked: must_carry.Asked
    answer: must_carry.Answer
    missing: bool

    @property
    def place(self) -> str:
        """The section that is chosen at first: what the reviewer chose, or else the one in which the words stand."""
        return self.answer.place or self.asked.proposed


class ReviewDesk(admin.ModelAdmin):
    """Mixin of GuideAdmin."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.review_view)
        return [path("<int:pk>/review/", view, name="articles_guide_review"), *super().get_urls()]

    def review_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the facts to confirm. A POST approves; if that is refused, what was ticked is shown again."""
        if not permissions.may_view(request.user):
            raise PermissionDenied
        guide = Guide.objects.select_related("live_edition").filter(pk=pk).first()
        if guide is None:
            raise Http404
        facts = must_carry.fact_list(guide)
        answers, refusal = answers_in(request.POST, facts), ""
        if request.method == "POST":
            try:
                messages.success(request, self._sign(request, guide, answers))
                return HttpResponseRedirect(reverse("admin:articles_guide_change", args=[guide.pk]))
            except Refused as refused:
                refusal = refused.message
                if isinstance(refused, Stale):  # ticks are about a text that was read
                    guide.refresh_from_db()
                    facts = must_carry.fact_list(guide)
                    answers = {name: replace(answer, ticked=False) for name, answer in answers_in(request.POST, facts).items()}
        return render(request, "admin/articles/guide/review.html", self._context(request, guide, facts, answers, refusal))

    def _sign(self, request: HttpRequest, guide: Guide, answers: must_carry.Answers) -> str:
        """Run the verb of the button that was pressed. Return the message of success; raises Refused."""
        by, data = permissions.staff(request.user), request.POST
        given: dict[str, Any] = {"by": by, "version": status.version_in(data), "answers": answers}
        if data.get("verb") == "confirm-unchanged":
            review.confirm_unchanged(guide, **given)
            return _("Noted: reviewed as a whole, no change. Readers see the new date.")
        ticks: dict[str, Any] = {name: bool(data.get(name)) for name in ("whole_guide", "despite_comments")}
        if data.get("verb") == "approve-and-publish":
            return status.published(publishing.approve_and_publish(guide, **given, **ticks))
        review.approve(guide, **given, **ticks)
        return _("Approved. It can be published now, or at a time you choose.")

    def _context(
        self, request: HttpRequest, guide: Guide, facts: must_carry.FactList, answers: must_carry.Answers, refusal: str
    ) -> dict[str, Any]:
        user = permissions.staff(request.user)
        missing = {fact.id for fact in facts.unanswered(answers)} if request.method == "POST" else set()
        why_not = permissions.why_not_approve(user, guide) or _why_not_now(guide)
        return {
            **self.admin_site.each_context(request),
            "title": _("Review"),
            "subtitle": guide.title,
            "opts": self.opts,
            "original": guide,
            "rows": [Row(one, answers[one.fact.id], one.fact.id in missing) for one in facts.asked],
            "sections": facts.sections,
            "refusal": refusal,
            "why_not": why_not,
            "open_comments": Comment.objects.filter(guide=guide, resolved_at=None).count(),
            "typed": request.POST,
        }


def answers_in(data: QueryDict, facts: must_carry.FactList) -> dict[str, must_carry.Answer]:
    """Return what the form says of each fact."""
    return {
        one.fact.id: must_carry.Answer(
            ticked=bool(data.get(f"tick:{one.fact.id}")),
            place=data.get(f"place:{one.fact.id}", ""),
            reason=data.get(f"reason:{one.fact.id}", "").strip(),
        )
        for one in facts.asked
    }


def _why_not_now(guide: Guide) -> str:
    """Return why nobody can approve or confirm the guide as it stands, or ""."""
    if guide.state not in (Guide.State.IN_REVIEW, Guide.State.PUBLISHED):
        return _("Only a guide that was submitted for review can be approved.")
    return review_gate.why_not_ready(review_gate.reviewed_findings(guide))
