"""Append-only records: the events of a case, and the audit log of exports."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.models.inquiries import Inquiry


class Event(models.Model):
    """An entry of the audit trail: of a case, of a centre, or of the whole site.

    Rows are added and never changed: the database refuses it (migration 0020). `data` holds codes and ids only.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        NOTIFIED = "notified", _("staff told")
        OPENED = "opened", _("case opened")
        CONTACT_SHOWN = "contact_shown", _("contact details shown")
        CLAIMED = "claimed", _("taken")
        RELEASED = "released", _("given back")
        ASSIGNED = "assigned", _("given to someone")
        ATTEMPTED = "attempted", _("contact tried")
        REPLIED = "replied", _("answered")
        REPLY_TAKEN_BACK = "reply_taken_back", _("reply taken back before it could be read")
        NOTE_ADDED = "note_added", _("internal note written")
        VISITOR_WROTE = "visitor_wrote", _("the visitor wrote")
        MAILBOX_OPENED = "mailbox_opened", _("the visitor opened the mailbox")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        QUEUED = "queued", _("put in the queue: a person wrote it")
        HANDED_OVER = "handed_over", _("handed to another centre")
        RECUSED = "recused", _("stepped back from the case")
        WATCHED = "watched", _("watching")
        MERGED = "merged", _("merged as a duplicate")
        UNMERGED = "unmerged", _("merging undone")
        BLOCKED = "blocked", _("contact blocked")
        CONSENT_RECORDED = "consent_recorded", _("consent to disclose recorded")
        CONSENT_ASKED = "consent_asked", _("asked to agree to a disclosure")
        CONSENT_DECLINED = "consent_declined", _("did not agree to a disclosure")
        CONSENT_NARROWED = "consent_narrowed", _("consent to disclose narrowed")
        CONSENT_REVOKED = "consent_revoked", _("consent to disclose revoked")
        REFERRED = "referred", _("referral offered")
        REFERRAL_ANSWERED = "referral_answered", _("referral answered")
        REFERRAL_PRINTED = "referral_printed", _("pages for the receiver made")
        DISCLOSED = "disclosed", _("told to somebody outside")
        PRESCREENED = "prescreened", _("pre-screen filled in")
        SUMMARISED = "summarised", _("summary shown")
        WAIT_LISTED = "wait_listed", _("put on the waiting list")
        WAIT_LIST_LEFT = "wait_list_left", _("taken off the waiting list")
        FOLLOW_UP_PLANNED = "follow_up_planned", _("follow-up planned")
        EXPORTED = "exported", _("exported with names")
        UNWATCHED = "unwatched", _("no longer watching")
        MORE_URGENT = "more_urgent", _("the visitor wrote what makes it more urgent")
        LESS_URGENT = "less_urgent", _("the visitor took back that someone is in danger")
        PRIORITY_CHANGED = "priority_changed", _("priority changed")
        DANGER_RESOLVED = "danger_resolved", _("left “Danger now”")
        DANGER_AGAIN = "danger_again", _("in danger again")
        EMERGENCY_CALLED = "emergency_called", _("emergency number called")
        REPLY_UNREAD = "reply_unread", _("the reply was not read: the case came back")
        CONTACT_CHANGED = "contact_changed", _("the visitor changed how to be reached")
        UNSAFE = "unsafe", _("the visitor said that contact is no longer safe")
        DOWNLOADED = "downloaded", _("the visitor downloaded what is held")
        RECEIPT_RENEWED = "receipt_renewed", _("the visitor got new receipt words")
        RECEIPT_REPLACED = "receipt_replaced", _("new receipt words given to the visitor, who had lost theirs")
        WITHDRAWN = "withdrawn", _("the visitor withdrew the request")
        ERASED = "erased", _("content erased")
        ESCALATED = "escalated", _("the person on call was told")
        RUNG = "rung", _("alarm sent")
        NOBODY_TOLD = "nobody_told", _("alarm: nobody could be told")
        ACKNOWLEDGED = "acknowledged", _("“I have it”")
        VISITOR_TOLD = "visitor_told", _("the visitor was told that an answer waits")
        VISITOR_TEXTED = "visitor_texted", _("the visitor was told by text that an answer waits")
        VISITOR_NOT_TOLD = "visitor_not_told", _("the visitor could not be told that an answer waits")
        # Without an inquiry, for the whole site or for one centre.
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
        SIGNED_OUT = "signed_out", _("signed out")
        SESSION_ENDED = "session_ended", _("session ended")
        CONFIRMED_IDENTITY = "confirmed_identity", _("confirmed who they are")
        REFUSED = "refused", _("access refused")
        SEARCHED = "searched", _("searched for a person")
        FACTOR_ADDED = "factor_added", _("second factor added")
        FACTOR_REMOVED = "factor_removed", _("second factor removed")
        PASSWORD_LINK_SENT = "password_link_sent", _("link to choose a password sent")
        PASSWORD_CHOSEN = "password_chosen", _("password chosen")
        ACCOUNT_ADDED = "account_added", _("account added")
        ACCOUNT_CHANGED = "account_changed", _("account changed")
        ACCOUNT_SWITCHED_OFF = "account_switched_off", _("account switched off")
        MEMBER_PROPOSED = "member_proposed", _("membership proposed")
        MEMBER_ADDED = "member_added", _("became a member")
        MEMBER_REFUSED = "member_refused", _("membership not confirmed")
        MEMBER_REMOVED = "member_removed", _("is no longer a member")
        ROLE_CHANGED = "role_changed", _("role changed")
        SETTINGS_CHANGED = "settings_changed", _("settings changed")
        KEY_CREATED = "key_created", _("key created")
        KEY_ROTATED = "key_rotated", _("key rotated")
        KEY_RETIRED = "key_retired", _("key retired")
        KEY_RECOVERED = "key_recovered", _("key recovered")
        HOLD_SET = "hold_set", _("legal hold set")
        HOLD_LIFTED = "hold_lifted", _("legal hold lifted")
        ERASING_WAITS = "erasing_waits", _("erasing waits for a person")
        ERASING_ALLOWED = "erasing_allowed", _("erasing allowed")
        AUDIT_READ = "audit_read", _("record of access read")
        AUDIT_EXPORTED = "audit_exported", _("record of access exported")
        UNUSUAL_READING = "unusual_reading", _("unusual reading noticed")
        EXPORT_MADE = "export_made", _("file with cases exported")
        AUDIT_VERIFIED = "audit_verified", _("the record of access was verified")
        AUDIT_FAILED = "audit_failed", _("the record of access was found changed")
        READING_CHECKED = "reading_checked", _("unusual reading looked at")
        # In the history of each case that a search showed; the search itself is SEARCHED.
        FOUND = "found", _("found in a search")

    # Null for what isn't about one case: sign-ins, roles, keys.
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, null=True, blank=True, related_name="events", db_index=False)
    # The centre of the case at that moment. Null for the whole site, and in rows of releases before 0.2.
    centre = models.ForeignKey("intake.Centre", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    # Null when the visitor or the system acted; `data["by"]` says which.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index("inquiry", "id", name="event_by_inquiry"),
            # What the front page shows of the last days. Few events of all, so each new one costs the others nothing.
            models.Index("at", name="event_nobody_told", condition=Q(kind="nobody_told")),
            models.Index("at", name="event_not_told", condition=Q(kind="visitor_not_told")),
            # When the chains were verified last.
            models.Index("at", name="event_verified", condition=Q(kind__in=["audit_verified", "audit_failed"])),
            # For the days of the record. New rows come at its end, which costs an insert the least.
            models.Index("at", name="event_by_time"),
            # For one kind of a long period, the sums of each person, and the look for unusual reading.
            models.Index("kind", "at", name="event_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class Link(models.Model):
    """The place of an event in a chain, so that a change to it, its removal or another order shows (intake.audit).

    Chain 0 is the site's, the others are those of the centres with the same id. `number` counts from 1 without gaps. `digest` is
    SHA-256 over the digest before it and the event. Rows are added and never changed: the database refuses it.
    """

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="link")
    number = models.PositiveBigIntegerField()
    chain = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="one_link_a_number")]

    def __str__(self) -> str:
        """Return what is printed on a visitor's note: the number and the first 16 hexadecimal digits of the digest."""
        return f"{self.number}-{bytes(self.digest).hex()[:16]}"


class SignedHead(models.Model):
    """The newest link of a chain at some moment, signed by the staff side's key. Rows are added and never changed."""

    chain = models.PositiveIntegerField()
    number = models.PositiveBigIntegerField()
    digest = models.BinaryField(max_length=32)
    signed_at = models.DateTimeField()
    # The first 16 hexadecimal digits of SHA-256 over the public key, to find the right one after a new one was made.
    key = models.CharField(max_length=16)
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="one_signed_head_a_number")]

    def __str__(self) -> str:
        return f"{self.chain}: {self.number}-{bytes(self.digest).hex()[:16]}"


class ExportRecord(models.Model):
    """Audit log entry for one export. Rows are added and never changed."""

    class Reason(models.TextChoices):
        REPORTING = "reporting", _("report to funders or authorities")
        AUDIT = "audit", _("audit")
        MOVE = "move", _("move to another system")
        LEGAL = "legal", _("court order or other legal duty")

    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("made"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    with_identity = models.BooleanField(_("with names and contacts"), default=False)
    file_format = models.CharField(_("format"), max_length=4)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    centres = models.JSONField(_("centres"), default=list)
    rows = models.PositiveIntegerField(_("rows"))

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"
