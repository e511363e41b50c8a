"""Consents to disclose, referrals, and the accounting of disclosures (42 CFR Part 2)."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.identifiers import new_id
from intake.models.centres import Centre
from intake.models.inquiries import Inquiry


class DisclosureConsent(models.Model):
    """A person's written or spoken consent to disclose information about them (42 CFR 2.31). The text is sealed."""

    class Way(models.TextChoices):
        SPOKEN = "spoken", _("said on the phone")
        WRITTEN = "written", _("signed on paper")
        MAILBOX = "mailbox", _("written in the mailbox")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="disclosure_consents")
    way = models.CharField(_("how it was given"), max_length=8, choices=Way.choices)
    given_at = models.DateTimeField(_("given"))
    expires_at = models.DateTimeField(_("until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # The person narrowed it: something that the payload names ("leave_out") must not be told. Then the whole case can't be referred.
    leaves_out = models.BooleanField(default=False, db_default=False, editable=False)
    # Keys of the payload: person, discloser, recipient, what, purpose; leave_out and signature if the person gave them in the mailbox.
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("consent to disclose")
        verbose_name_plural = _("consents to disclose")
        ordering = ["-given_at"]

    def __str__(self) -> str:
        return f"{self.given_at:%Y-%m-%d}–{self.expires_at:%Y-%m-%d}"

    def is_in_force(self, now: dt.datetime) -> bool:
        """Return whether the consent is valid at `now`: given_at may be by the clock of a server that is ahead of this one."""
        return self.revoked_at is None and now < self.expires_at


class ConsentRequest(models.Model):
    """A consent to disclose that staff ask the person to sign in the mailbox. It permits nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="consent_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    # When the consent would end.
    expires_at = models.DateTimeField(_("until"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    # Null when the person said no, or hasn't answered.
    consent = models.OneToOneField(DisclosureConsent, models.CASCADE, null=True, blank=True, related_name="request")
    # Keys of the payload: person, discloser, recipient, what, purpose.
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("request for a consent")
        verbose_name_plural = _("requests for a consent")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class Referral(models.Model):
    """An offer of a case to another provider, who accepts it, declines it or lets it time out; then the person arrives there or not.

    While it is offered it can be taken back: by staff, or because the person took back or narrowed the consent.
    """

    class State(models.TextChoices):
        OFFERED = "offered", _("offered")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        TIMED_OUT = "timed_out", _("not answered in time")
        ARRIVED = "arrived", _("the person arrived")
        ABSENT = "absent", _("the person did not arrive")
        WITHDRAWN = "withdrawn", _("taken back")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="referrals")
    consent = models.ForeignKey(DisclosureConsent, models.RESTRICT, related_name="referrals")
    # Null for a receiver outside the organisation, who is named in the sealed consent.
    to_centre = models.ForeignKey(Centre, models.PROTECT, null=True, blank=True, related_name="referrals")
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OFFERED)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    offered_at = models.DateTimeField(_("offered"))
    answer_by = models.DateTimeField(_("answer by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["-offered_at"]
        constraints = [
            models.UniqueConstraint(fields=["inquiry"], condition=Q(state="offered"), name="one_open_referral_a_case"),
        ]
        indexes = [
            models.Index("to_centre", "state", "answer_by", name="referral_by_receiver"),
            models.Index("state", "answer_by", name="referral_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.offered_at:%Y-%m-%d %H:%M}"


class ReferralStep(models.Model):
    """One step of a referral, with the note of whoever took it: a member of staff, or the receiver by a link (`link`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="steps")
    state = models.CharField(_("state"), max_length=9, choices=Referral.State.choices)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    link = models.ForeignKey("intake.ReferralLink", models.CASCADE, null=True, blank=True, related_name="+")
    # Empty without a note. Key of the payload: text. Sealed to the case, or with the link's own key (ReferralLink).
    sealed = models.BinaryField(default=bytes)

    class Meta:
        verbose_name = _("step of a referral")
        verbose_name_plural = _("steps of referrals")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.at:%Y-%m-%d %H:%M}"


class ReferralLink(models.Model):
    """A link by which a receiver outside answers one question, once, without signing in. Only the hash of its token is stored.

    A key made from the token seals the receiver's note, because a server for visitors can't open the case. `sealed` holds that key,
    sealed to the case; key of the payload: key (hexadecimal).
    """

    class Asks(models.TextChoices):
        ANSWER = "answer", _("whether they take the person")
        ARRIVAL = "arrival", _("whether the person arrived")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="links")
    asks = models.CharField(max_length=8, choices=Asks.choices)
    token_hash = models.BinaryField(unique=True, max_length=32)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)
    sealed = models.BinaryField(default=bytes)

    class Meta:
        verbose_name = _("link for a receiver")
        verbose_name_plural = _("links for receivers")

    def __str__(self) -> str:
        return f"{self.asks} {self.referral_id}"


class Disclosure(models.Model):
    """One entry of the accounting of disclosures: what was disclosed to whom, by whom, and on what legal ground."""

    class Ground(models.TextChoices):
        CONSENT = "consent", _("with the person's consent")
        EMERGENCY = "emergency", _("medical emergency")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="disclosures")
    ground = models.CharField(_("ground"), max_length=9, choices=Ground.choices)
    consent = models.ForeignKey(DisclosureConsent, models.RESTRICT, null=True, blank=True, related_name="disclosures")
    disclosed_at = models.DateTimeField(_("when"))
    disclosed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Keys of the payload: recipient, what, purpose; in an emergency recipient, affiliation, nature.
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ["-disclosed_at"]

    def __str__(self) -> str:
        return f"{self.get_ground_display()} {self.disclosed_at:%Y-%m-%d %H:%M}"
