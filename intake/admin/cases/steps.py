"""The decorator that makes a view of a step on a case: it validates one form, calls one verb and redirects."""

import logging
from collections.abc import Callable, Collection
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from intake.admin.cases import typed
from intake.admin.requests import StaffRequest
from intake.audit import refusals
from intake.cases import case_keys, drafts, permissions
from intake.crypto import keyring, sealing
from intake.models import Inquiry
from intake.queue import next_case
from intake.scheduling import safe_times
from recovery_site.verbs import NotAllowed, Refused

logger = logging.getLogger(__name__)

BAD_INPUT, CONFLICT, UNREADABLE = 422, 409, 503
CAN_NOT_OPEN = (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken)
UNREADABLE_CASE = gettext_lazy(
    "This server can’t open the case now: the key of the centre is missing or damaged. What you typed is still here. "
    "Tell the person who runs this site, then send it again."
)

# (request, inquiry, cleaned data) -> the success message
Step = Callable[[StaffRequest, Inquiry, dict[str, Any]], str]
# (name, inquiry, data) -> the bound form
FormMaker = Callable[[str, Inquiry, Any], forms.Form]
# (request, inquiry, bound forms, refusal, status) -> the page with the bound forms
PageMaker = Callable[[StaffRequest, Inquiry, dict[str, forms.Form], str, int], HttpResponse]


def visible(request: StaffRequest, reference: str) -> Inquiry:
    """Return the case, or raise Http404 if it doesn't exist or the user can't see it."""
    inquiry = permissions.visible_inquiries(request.user).select_related("centre").filter(reference=reference).first()
    if inquiry is None:
        raise Http404
    return inquiry


def maker(
    form: FormMaker, page: PageMaker, page_name: str, form_names: Collection[str]
) -> Callable[..., Callable[[Step], Callable[..., HttpResponse]]]:
    """Return a decorator for the steps of the page whose URL name is `page_name`, which has the forms `form_names`.

    `@step("reply")` makes a Step a POST view that validates the form of that name first; `@step(None)` needs no form; `anchor` is the id
    of the part of the page to show next, so that the page stays where the person was. If the verb is refused, the view shows the current
    page with all forms as typed. On success it redirects to the page, with what stood in the other forms, or to the queue if the user
    can no longer see the case; a button called "then" leads to the next case ("next") or to the queue ("queue") instead. The same form
    sent again does nothing.
    """

    def step(name: str | None, *, anchor: str = "") -> Callable[[Step], Callable[..., HttpResponse]]:
        def decorate(act: Step) -> Callable[..., HttpResponse]:
            @require_POST
            def view(request: StaffRequest, reference: str, **more: Any) -> HttpResponse:
                inquiry = visible(request, reference)
                with timezone.override(safe_times.zone(inquiry.centre.time_zone)):
                    bound = {} if name is None else {name: form(name, inquiry, request.POST)}

                    def refuse(words: str, status: int) -> HttpResponse:
                        # Kept, too: the page that shows it again may be closed.
                        typed.keep(request, {each: form(each, inquiry, request.POST) for each in form_names}, inquiry)
                        return page(request, inquiry, bound, words, status)

                    if name is not None and not bound[name].is_valid():
                        return refuse("", BAD_INPUT)
                    try:
                        with transaction.atomic():
                            if name is not None and (form_id := typed.form_id(request.POST, name)):
                                drafts.spend(form_id, name, by=request.user, inquiry=inquiry)
                            message = act(request, inquiry, {**more, **(bound[name].cleaned_data if name is not None else {})})
                    except drafts.AlreadySent:
                        message = _("This was sent already. Nothing was sent twice.")
                    except Refused as refused:
                        if isinstance(refused, NotAllowed):
                            refusals.record(request, request.user, inquiry)
                        return refuse(refused.message, CONFLICT)
                    except CAN_NOT_OPEN:
                        logger.exception("A case's key can't be read")
                        return refuse(str(UNREADABLE_CASE), UNREADABLE)
                    except Inquiry.DoesNotExist:
                        raise Http404 from None
                messages.success(request, message)
                if permissions.visible_inquiries(request.user).filter(pk=inquiry.pk).exists():
                    unsent = {other: form(other, inquiry, request.POST) for other in form_names if other != name}
                    typed.put_back(request, typed.keep(request, unsent, inquiry))
                return HttpResponseRedirect(_after(request, inquiry, reverse(page_name, args=[reference]), anchor), status=303)

            return view

        return decorate

    return step


def _after(request: StaffRequest, inquiry: Inquiry, page_address: str, anchor: str) -> str:
    """Return the address to show after a step. "#top" keeps the browser from taking along the fragment of the form's address."""
    then = request.POST.get("then", "")
    if then == "next":
        return next_address(request, inquiry)
    if then != "queue" and permissions.visible_inquiries(request.user).filter(pk=inquiry.pk).exists():
        return f"{page_address}#{anchor or 'top'}"
    return reverse("admin:intake_inquiry_changelist") + "#top"


def next_address(request: StaffRequest, inquiry: Inquiry) -> str:
    """Return the address of the case that is next after `inquiry` (intake.queue.next_case), or of the queue when nobody waits."""
    following = next_case.after(inquiry, request.user, timezone.now())
    if following is None:
        messages.info(request, _("Nobody else is waiting for you right now."))
        return reverse("admin:intake_inquiry_changelist") + "#top"
    return reverse("admin:intake_inquiry_case", args=[following.reference]) + "#top"


def keep_typed(bound: dict[str, forms.Form], version: int) -> None:
    """Set the current version in forms that are shown again, so that sending them again applies to what is now shown."""
    for form in bound.values():
        data = cast("QueryDict", form.data).copy()  # boxes to tick have several values
        data[form.add_prefix("version")] = str(version)
        form.data = data
