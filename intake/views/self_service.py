"""Self-service in the mailbox: contact preferences, withdrawal, download, and a new receipt."""

import datetime as dt
import json
import logging
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from intake.cases import choices, consents
from intake.cases.inquiry_data import InquiryData
from intake.crypto import receipts, wordlists
from intake.disclosure import by_the_person
from intake.forms import ContactForm
from intake.forms.contact import typed
from intake.forms.contact_preferences import CONSENT_FIELDS
from intake.mailbox import accounting, contact_preferences, self_service, sessions
from intake.mailbox.sessions import Mailbox
from intake.models import Heartbeat
from intake.retention import erasure
from intake.scheduling import safe_times
from intake.submission import receipt_cookie
from intake.views.guards import reconnect
from intake.views.mailbox import COOKIE, with_mailbox
from recovery_site import languages, phones
from recovery_site.verbs import Refused

logger = logging.getLogger(__name__)
# After so long without a backup nothing removes the old ones either: their timer doesn't run, or their place is away.
BACKUPS_STOPPED = dt.timedelta(days=3)


def _back(saved: str = "") -> HttpResponse:
    """Redirect to the mailbox, which says what was `saved`: "contact" or "notes"."""
    return HttpResponseRedirect(reverse("intake:mailbox_open", query={"saved": saved} if saved else None), status=303)


def _contact(request: HttpRequest, box: Mailbox) -> HttpResponse:
    """Change the contact preferences, stop notifications, or say that contact is no longer safe."""
    if request.method != "POST":
        return _contact_page(request, box, ContactForm(initial=_initial(box)))
    if "go" in request.POST:  # the mailbox had closed meanwhile: the same page with what was typed
        return _contact_page(request, box, ContactForm(initial=typed(request.POST, ContactForm)))
    form = ContactForm(initial=_initial(box))
    try:
        if "unsafe" in request.POST:
            contact_preferences.no_longer_safe(box.inquiry)
            return _back("contact")
        if "tell_no_more" in request.POST:
            contact_preferences.tell_no_more(box.inquiry)
            return _back("notes")
        form = ContactForm(request.POST, stored=sessions.first_words(box), held=consents.held_by(box.inquiry))
        if not form.is_valid():
            return _contact_page(request, box, form, status=422)
        contact_preferences.change(box.inquiry, box.case_key, InquiryData(language=languages.current(), **form.contact_preferences()))
    except (DatabaseError, InterfaceError):
        logger.exception("How to reach somebody could not be stored")
        reconnect()
        return _contact_page(request, box, form, status=503)
    return _back("contact")


contact = with_mailbox(_contact, resumed=True)


def _contact_page(request: HttpRequest, box: Mailbox, form: ContactForm, status: int = 200) -> HttpResponse:
    context = {"box": box, "form": form, "form_secret": box.form_secret, "inquiry": box.inquiry, "not_saved": status == 503}
    return render(request, "intake/mailbox_contact.html", context, status=status)


def _initial(box: Mailbox) -> dict[str, Any]:
    """Return the stored contact preferences as initial values of the form."""
    inquiry, payload, purposes = box.inquiry, sessions.first_words(box), consents.held_by(box.inquiry)
    columns = ("contact_way", "may_leave_voicemail", "may_say_who_we_are", "time_zone")
    return {
        **{name: getattr(inquiry, name) for name in columns},
        "only_i_answer": not inquiry.others_may_answer,
        "phone": phones.Phone(payload.get("phone", ""), payload.get("phone_note", "")).written,
        **{name: payload.get(name, "") for name in ("email", "other_notes")},
        **{field: purpose in purposes for field, purpose in CONSENT_FIELDS.items()},
        "safe_times": choices.safe_time_codes(inquiry.safe_windows),
    }


@with_mailbox
def withdraw(request: HttpRequest, box: Mailbox) -> HttpResponse:
    """Ask for confirmation, then erase the request."""
    if request.method != "POST":
        context = {"box": box, "form_secret": box.form_secret, "inquiry": box.inquiry, "backups_end": _backups_end(box)}
        return render(request, "intake/mailbox_withdraw.html", context)
    erasure.withdraw(box.inquiry)
    response = render(request, "intake/mailbox_withdrawn.html", {"reference": box.inquiry.reference, "backups_end": _backups_end(box)})
    response.delete_cookie(COOKIE, samesite="Strict")
    return response


def _backups_end(box: Mailbox) -> dt.date | None:
    """Return the day by which the last backup with this request is removed, by the centre's clock; None when nobody can name it.

    A copy that was made under a longer rule ends later than today's rule says: the backup command notes the last end of all. It removes
    old copies, too, so once it has stopped nobody knows when they go.
    """
    if settings.BACKUP_KEEP_DAYS <= 0:
        return None
    now = timezone.now()
    end = now.astimezone(safe_times.zone(box.inquiry.centre.time_zone)).date() + dt.timedelta(days=settings.BACKUP_KEEP_DAYS)
    noted = Heartbeat.objects.filter(part=Heartbeat.Part.BACKUP).first()
    if noted is None:
        return end
    if not noted.codes or now - noted.at > BACKUPS_STOPPED:
        return None
    return max(end, dt.date.fromisoformat(noted.codes[0]))


@with_mailbox
def sharing(request: HttpRequest, box: Mailbox) -> HttpResponse:
    """Show what others may be told. Sign, decline, narrow or revoke a consent to it."""
    if request.method != "POST":
        return _sharing_page(request, box)
    step, chosen = request.POST.get("step", ""), request.POST.get("consent", "")
    try:
        pk = UUID(chosen)
        if step == "sign":
            by_the_person.sign(box, pk, signature=request.POST.get("signature", ""))
        elif step == "decline":
            by_the_person.decline(box, pk)
        elif step == "revoke":
            by_the_person.revoke(box, pk)
        else:
            until = request.POST.get("until", "")
            by_the_person.narrow(box, pk, leave_out=request.POST.get("text", ""), until=parse_date(until) if until else None)
    except Refused as refused:
        return _sharing_page(request, box, refused.message, status=422)
    except ValueError:  # a malformed id or date
        return _sharing_page(request, box, _("Choose a day from today on, before the day on which it ends."), status=422)
    except sessions.Withdrawn:
        return redirect("intake:mailbox")
    except (DatabaseError, InterfaceError):
        logger.exception("What others may be told could not be stored")
        reconnect()
        return _sharing_page(request, box, _("That could not be saved just now. Please try again in a minute."), status=503)
    return HttpResponseRedirect(reverse("intake:mailbox_sharing"), status=303)


def _sharing_page(request: HttpRequest, box: Mailbox, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {
        "inquiry": box.inquiry,
        "form_secret": box.form_secret,
        "agreements": accounting.agreements(box),
        "refusal": refusal,
        "refused": request.POST.get("consent", ""),
        "typed": request.POST,
    }
    return render(request, "intake/mailbox_sharing.html", context, status=status)


@with_mailbox
def download(request: HttpRequest, box: Mailbox) -> HttpResponse:
    """Return all data about the visitor: as a page to read and print, or as a JSON file with a neutral name."""
    if request.method != "POST":
        return redirect("intake:mailbox_open")
    if request.POST.get("as") == "page":
        return render(request, "intake/mailbox_copy.html", {"inquiry": box.inquiry, **self_service.copy_to_read(box)})
    text = json.dumps(self_service.everything_held(box), ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="copy.json"'
    return response


@with_mailbox
def acknowledgement(request: HttpRequest, box: Mailbox) -> HttpResponse:
    """Show a dated acknowledgement to print, without any content."""
    context = {"box": box, "inquiry": box.inquiry, "proof": accounting.proof(box.inquiry.centre)}
    return render(request, "intake/mailbox_acknowledgement.html", context)


def _renew(request: HttpRequest, box: Mailbox) -> HttpResponse:
    """Show a new receipt, and make it valid once the visitor has typed back one of its words.

    Until then the old receipt remains valid, so that nobody is locked out.
    """
    sent = receipt_cookie.unpack(request.POST.get("sent", ""))
    is_new = sent is None or sent.reference != box.inquiry.reference
    if sent is None or is_new:
        words = receipts.new(languages.current())
        sent = receipt_cookie.Sent(list(words), languages.current(), box.inquiry.reference, box.inquiry.received_at.isoformat())
    asked = len(sent.words) // 2 + 1
    typed = request.POST.get("word", "")
    if wordlists.is_same(typed, sent.words[asked - 1]):
        self_service.renew(box, tuple(sent.words))
        return _back()
    context = {
        "box": box,
        "sent": sent,
        "packed": receipt_cookie.pack(sent),
        "asked": asked,
        "wrong": bool(typed) and not is_new,
        "form_secret": box.form_secret,
        "must_renew": box.must_renew,
    }
    return render(request, "intake/mailbox_renew.html", context)


renew = with_mailbox(_renew, renewing=True, resumed=True)
