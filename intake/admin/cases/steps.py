"""How a step of a case becomes a view: one form, one verb, one answer. All screens of a case share it."""

import logging
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from intake.admin.requests import StaffRequest
from intake.cases import case_keys, permissions
from intake.crypto import keyring, sealing
from intake.models import Inquiry
from intake.scheduling import safe_times
from recovery_site.verbs import Refused

logger = logging.getLogger(__name__)

BAD_INPUT, CONFLICT, UNREADABLE = 422, 409, 503
CAN_NOT_OPEN = (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken)
_UNREADABLE = gettext_lazy(
    "This server can’t open the case now: the key of the centre is missing or damaged. What you typed is still here. "
    "Tell the person who runs this site, then send it again."
)

# (request, inquiry, cleaned) -> what to say when it is done
Step = Callable[[StaffRequest, Inquiry, dict[str, Any]], str]
# (name, inquiry, data) -> the bound form
FormMaker = Callable[[str, Inquiry, Any], forms.Form]
# (request, inquiry, bound forms, refusal, status) -> the page with what was typed
PageMaker = Callable[[StaffRequest, Inquiry, dict[str, forms.Form], str, int], HttpResponse]


def visible(request: StaffRequest, reference: str) -> Inquiry:
    """Return the case; the same 404 for one that isn't there and for one of another centre."""
    inquiry = permissions.visible_inquiries(request.user).select_related("centre").filter(reference=reference).first()
    if inquiry is None:
        raise Http404
    return inquiry


def maker(form: FormMaker, page: PageMaker, page_name: str) -> Callable[[str | None], Callable[[Step], Callable[..., HttpResponse]]]:
    """Return a decorator for the steps of one page (its admin address is `page_name`).

    `@step("reply")` makes a POST view of a Step: the form of that name must be valid first; `@step(None)` needs none. A
    refusal shows the page as things are now, the form still filled; all went well leads back to the page, or to the queue
    when the step took the case out of sight.
    """

    def step(name: str | None) -> Callable[[Step], Callable[..., HttpResponse]]:
        def decorate(act: Step) -> Callable[..., HttpResponse]:
            @require_POST
            def view(request: StaffRequest, reference: str, **more: Any) -> HttpResponse:
                inquiry = visible(request, reference)
                with timezone.override(safe_times.zone(inquiry.centre.time_zone)):
                    bound = {} if name is None else {name: form(name, inquiry, request.POST)}
                    if name is not None and not bound[name].is_valid():
                        return page(request, inquiry, bound, "", BAD_INPUT)
                    try:
                        said = act(request, inquiry, {**more, **(bound[name].cleaned_data if name is not None else {})})
                    except Refused as refused:
                        return page(request, inquiry, bound, refused.message, CONFLICT)
                    except CAN_NOT_OPEN:
                        logger.exception("A case's key can't be read")
                        return page(request, inquiry, bound, str(_UNREADABLE), UNREADABLE)
                    except Inquiry.DoesNotExist:
                        raise Http404 from None
                messages.success(request, said)
                still_theirs = permissions.visible_inquiries(request.user).filter(pk=inquiry.pk).exists()
                back = reverse(page_name, args=[reference]) if still_theirs else reverse("admin:intake_inquiry_changelist")
                return HttpResponseRedirect(back, status=303)

            return view

        return decorate

    return step


def keep_typed(bound: dict[str, forms.Form], version: int) -> None:
    """Put the version of today into forms that come back, so that sending them again is a decision on what is now shown."""
    for form in bound.values():
        form.data = {**form.data.dict(), form.add_prefix("version"): version}  # type: ignore[attr-defined]
