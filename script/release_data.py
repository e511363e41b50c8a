"""Fills a site with the data of a release database: demo staff, starter guides, and inquiries in many states.

All data is fictional and created with the same verbs that the site uses.
"""

import datetime as dt
import io
import tempfile
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from articles.models import Guide
from articles.safety import must_carry
from articles.workflow import review
from intake import admission, demo, disclosure, triage
from intake.assessment.spam import FormSigns
from intake.cases import blind_index
from intake.cases.inquiry_data import InquiryData
from intake.crypto import keyring
from intake.disclosure import disclosures
from intake.mailbox import sessions
from intake.models import Centre, Consent, ContactAttempt, DisclosureConsent, Inquiry, Membership, OpeningHours, WaitingListEntry
from intake.retention import erasure
from intake.submission import receive

PASSWORD = "only for this fixture"  # noqa: S105
# A case with messages in both directions, which the test reads with the receipt and as staff.
OPENED = "answered"
MESSAGE, REPLY, ANSWER = "I want to stop drinking.", "We can call you on Monday.", "Mornings are better."
GUIDE = "alcohol-withdrawal"
DRAFT = "# A draft that nobody finished\n\nIt has one paragraph, and it was never published.\n"
APPS = ("accounts", "articles", "danger", "intake")


def fill() -> dict[str, Any]:
    """Fill the empty, migrated database of the settings. Return what a test needs to read it."""
    demo.set_up(PASSWORD)
    call_command("load_starter_guides", stdout=io.StringIO())
    _guides()
    received = _inquiries()
    _triage({name: one.inquiry for name, one in received.items()})
    opened = received[OPENED]
    _write_as_visitor(" ".join(opened.receipt))
    return {
        "password": PASSWORD,
        "guide": GUIDE,
        "reference": opened.inquiry.reference,
        "receipt": " ".join(opened.receipt),
        "said": [MESSAGE, REPLY, ANSWER],
        "rows": {label: count for label, count in rows().items() if count},
    }


def rows() -> dict[str, int]:
    """Return the number of rows of each of our models."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: model._default_manager.count() for model in models}


def _person(name: str) -> User:
    return User.objects.get(username=f"demo-{name}")


def _guides() -> None:
    guide = Guide.objects.get(language="en", slug=GUIDE)
    facts = must_carry.fact_list(guide)
    answers = {one.fact.id: must_carry.Answer(ticked=True, place=one.proposed or facts.sections[0]) for one in facts.asked}
    review.confirm_unchanged(guide, by=_person("reviewer"), answers=answers)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "draft.md"
        draft.write_text(DRAFT, encoding="utf-8")
        call_command("import_guide", str(draft), stdout=io.StringIO())


def _inquiries() -> dict[str, receive.Received]:
    """Receive a dozen inquiries as the contact form does. Return them by a name that says what happens to them."""
    _other_centre()
    consents = [Consent.Purpose.CALL, Consent.Purpose.EMAIL, Consent.Purpose.TELL_OF_ANSWER]
    phone = {"contact_way": Inquiry.ContactWay.PHONE, "time_zone": "America/New_York", "consents": consents}
    said: dict[str, dict[str, Any]] = {
        "new": {"name": "Ash", "message": "What does a day at your center look like?", "payer": "medicaid"},
        OPENED: {
            "name": "Blake",
            "phone": "+12125550101",
            "email": "blake@example.org",
            "message": MESSAGE,
            "safe_windows": [[0, "09:00", "12:00"], [2, "14:00", "17:00"]],
            "may_leave_voicemail": True,
            "substances": ["alcohol"],
            **phone,
        },
        "danger": {"message": "She took too many pills and I can't wake her up.", "for_whom": Inquiry.ForWhom.OTHER, "danger_now": True},
        "spam": {"message": "Buy cheap watches https://example.org https://example.org/2 https://example.org/3"},
        "spanish": {"name": "Carmen", "message": "Quiero dejar la heroína.", "language": "es", "needs_interpreter": True},
        "tried": {"name": "Devon", "phone": "+12125550102", "message": "Please call me.", **phone},
        "referred": {"name": "Eli", "phone": "+12125550103", "message": "Is there a place nearer to me?", **phone},
        "referred outside": {"name": "Finley", "email": "finley@example.org", "message": "I need a doctor too.", "consents": consents},
        "waiting": {"name": "Gray", "phone": "+12125550104", "message": "I would come as soon as there is a place.", **phone},
        "merged": {"name": "Blake", "phone": "+12125550101", "message": "I wrote before, on another phone.", **phone},
        "closed": {"name": "Harper", "message": "Thank you, I only had one question."},
        "handed over": {"name": "Indigo", "message": "I live near Springfield.", "region": "IL", "country": "US"},
        "withdrawn": {"name": "Jules", "phone": "+12125550105", "message": "Please forget this.", **phone},
        "stepped back": {"name": "Kai", "message": "I know somebody who works with you."},
    }
    received = {}
    for number, (name, words) in enumerate(said.items(), start=1):
        signs = FormSigns(seconds_open=1, trap_filled=True) if name == "spam" else receive.UNSUSPICIOUS
        received[name] = receive.receive(InquiryData(**words), form_token=number.to_bytes(16), guide_slug=GUIDE, signs=signs)
    blind_index.run(timezone.now())
    return received


def _other_centre() -> None:
    centre = Centre.objects.create(name="Lake House (demo)", slug="lake-house-demo", time_zone="America/Chicago")
    OpeningHours.objects.create(centre=centre, weekday=0, opens=dt.time(9), closes=dt.time(17))
    keyring.create_centre_key(centre)
    Membership.objects.create(user=_person("lead"), centre=centre, role=Membership.Role.LEAD)


def _triage(cases: dict[str, Inquiry]) -> None:
    """Work on the cases."""
    tamsin, leon = _person("triage"), _person("lead")
    soon = timezone.now() + dt.timedelta(days=7)

    def now(name: str) -> Inquiry:
        return Inquiry.objects.get(pk=cases[name].pk)

    def version(name: str) -> int:
        return now(name).version

    def reply(name: str, text: str) -> None:
        triage.reply(now(name), by=tamsin, version=version(name), text=text, next_action_at=soon)

    triage.claim(now(OPENED), by=tamsin)
    reply(OPENED, REPLY)
    triage.add_note(now(OPENED), by=tamsin, text="Sounded relieved.")
    triage.watch(now(OPENED), by=leon)
    answers = {"red_flags": ["earlier_seizure"], "biomedical": "sees a doctor"}
    admission.save_prescreen(now(OPENED), by=tamsin, version=version(OPENED), answers=answers)
    triage.claim(now("tried"), by=tamsin)
    way, outcome = Inquiry.ContactWay.PHONE, ContactAttempt.Outcome
    triage.log_attempt(now("tried"), by=tamsin, version=version("tried"), way=way, outcome=outcome.NO_ANSWER, next_action_at=soon)
    triage.follow_up(now("tried"), by=tamsin, version=version("tried"), at=soon)
    triage.assign(now("tried"), by=tamsin, to=leon)
    triage.claim(now("spanish"), by=leon)
    triage.release(now("spanish"), by=leon)

    for name, centre in (("referred", Centre.objects.get(slug="lake-house-demo")), ("referred outside", None)):
        words = dict.fromkeys(disclosures.CONSENT_WORDS, "as they said on the phone")
        consent = disclosure.record_consent(now(name), by=tamsin, words=words, way=DisclosureConsent.Way.SPOKEN, expires_at=soon)
        disclosure.refer(now(name), by=tamsin, version=version(name), consent_id=consent.pk, to_centre=centre)
    facts = dict.fromkeys(disclosures.EMERGENCY_WORDS, "the ambulance, a person who didn't wake up")
    disclosure.disclose_in_emergency(now("danger"), by=leon, words=facts, at=timezone.now())
    admission.put_on_waiting_list(
        now("waiting"),
        by=tamsin,
        version=version("waiting"),
        reason=WaitingListEntry.Reason.NO_PLACE,
        check_in_at=soon,
        interim_offer="A group on Thursdays.",
    )
    triage.merge(now("merged"), by=tamsin, version=version("merged"), into=now(OPENED))
    reply("closed", "You are welcome.")
    triage.close(now("closed"), by=tamsin, version=version("closed"), outcome=Inquiry.Outcome.INFORMED)
    triage.hand_over(now("handed over"), by=leon, version=version("handed over"), to=Centre.objects.get(slug="lake-house-demo"))
    triage.recuse(now("stepped back"), by=tamsin)
    erasure.withdraw(now("withdrawn"))


def _write_as_visitor(receipt: str) -> None:
    """Open the mailbox of `receipt` and send ANSWER."""
    token = sessions.open_with(receipt)
    box = sessions.read(token or "")
    if box is None:
        raise LookupError("The receipt opens no mailbox.")
    sessions.write(box, ANSWER, form_token=b"a letter")
