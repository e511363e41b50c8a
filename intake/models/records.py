"""What happens to an inquiry after it arrived: messages, notes, attempts, events, notifications."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.identifiers import new_id
from intake.models.inquiries import Inquiry


class Message(models.Model):
    """What the visitor and the centre write to each other. The visitor reads these."""

    class Sender(models.TextChoices):
        VISITOR = "visitor", _("visitor")
        STAFF = "staff", _("staff")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="messages")
    sender = models.CharField(max_length=8, choices=Sender.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    sealed = models.BinaryField()

    class Meta:
        ordering = ["sent_at", "id"]
        indexes = [models.Index("inquiry", "sent_at", name="message_by_inquiry")]

    def __str__(self) -> str:
        return f"{self.get_sender_display()} {self.sent_at:%Y-%m-%d %H:%M}"


class InternalNote(models.Model):
    """What staff write for each other. A table of its own, so that no query for messages can ever show one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="internal_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ["written_at", "id"]
        indexes = [models.Index("inquiry", "written_at", name="note_by_inquiry")]

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d %H:%M}"


class ContactAttempt(models.Model):
    """One try to reach the person."""

    class Outcome(models.TextChoices):
        REACHED = "reached", _("reached")
        NO_ANSWER = "no_answer", _("no answer")
        VOICEMAIL = "voicemail", _("voicemail left")
        WRONG_NUMBER = "wrong_number", _("wrong number")
        ASKED_NOT_TO_CALL = "asked_not_to_call", _("asked not to be contacted")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="attempts")
    way = models.CharField(_("way"), max_length=8, choices=Inquiry.ContactWay.choices)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    # The note that goes with it; empty bytes when there is none.
    sealed = models.BinaryField(default=bytes)

    class Meta:
        ordering = ["made_at", "id"]
        indexes = [models.Index("inquiry", "made_at", name="attempt_by_inquiry")]

    def __str__(self) -> str:
        return f"{self.get_way_display()}: {self.get_outcome_display()}"


class Event(models.Model):
    """One thing that happened, who did it and when. Only added to, never changed; `data` holds codes and ids only."""

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
        NOTE_ADDED = "note_added", _("internal note written")
        VISITOR_WROTE = "visitor_wrote", _("the visitor wrote")
        MAILBOX_OPENED = "mailbox_opened", _("the visitor opened the mailbox")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        HANDED_OVER = "handed_over", _("handed to another centre")
        RECUSED = "recused", _("stepped back from the case")
        WATCHED = "watched", _("watching")
        MERGED = "merged", _("merged as a duplicate")
        UNMERGED = "unmerged", _("merging undone")
        BLOCKED = "blocked", _("contact blocked")
        CONSENT_RECORDED = "consent_recorded", _("consent to disclose recorded")
        CONSENT_REVOKED = "consent_revoked", _("consent to disclose revoked")
        REFERRED = "referred", _("referral offered")
        REFERRAL_ANSWERED = "referral_answered", _("referral answered")
        DISCLOSED = "disclosed", _("told to somebody outside")
        PRESCREENED = "prescreened", _("pre-screen filled in")
        SUMMARISED = "summarised", _("summary shown")
        WAIT_LISTED = "wait_listed", _("put on the waiting list")
        WAIT_LIST_LEFT = "wait_list_left", _("taken off the waiting list")
        FOLLOW_UP_PLANNED = "follow_up_planned", _("follow-up planned")
        EXPORTED = "exported", _("exported with names")
        UNWATCHED = "unwatched", _("no longer watching")
        MORE_URGENT = "more_urgent", _("the visitor wrote what makes it more urgent")
        CONTACT_CHANGED = "contact_changed", _("the visitor changed how to be reached")
        UNSAFE = "unsafe", _("the visitor said that contact is no longer safe")
        DOWNLOADED = "downloaded", _("the visitor downloaded what is held")
        RECEIPT_RENEWED = "receipt_renewed", _("the visitor got new receipt words")
        WITHDRAWN = "withdrawn", _("the visitor withdrew the request")
        ERASED = "erased", _("content erased")
        ESCALATED = "escalated", _("the person on call was told")
        VISITOR_TOLD = "visitor_told", _("the visitor was told that an answer waits")
        VISITOR_TEXTED = "visitor_texted", _("the visitor was told by text that an answer waits")

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    # Empty for the visitor and for the system; `data["by"]` tells which.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index("inquiry", "id", name="event_by_inquiry")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class Delivery(models.Model):
    """A notification that must go out: written with what it tells of, sent by a worker, tried again until it is sent.

    The task library neither retries nor recovers a task whose worker died; housekeeping takes up every row here that is
    due, so nothing depends on a task having survived.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    class Channel(models.TextChoices):
        ALL = "all", _("everyone concerned")
        PERSON = "person", _("one person")
        CENTRE = "centre", _("the centre's shared address")
        WEBHOOK = "webhook", _("a webhook")
        VISITOR = "visitor", _("the visitor")
        VISITOR_TEXT = "text", _("the visitor, by text message")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, null=True, blank=True, related_name="deliveries")
    kind = models.CharField(_("what of"), max_length=24)
    channel = models.CharField(_("to"), max_length=8, choices=Channel.choices, default=Channel.ALL)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    endpoint = models.ForeignKey(
        "intake.WebhookEndpoint", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("webhook")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_attempt_at = models.DateTimeField(_("next try"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # The class of the last error, never its message.
    last_error = models.CharField(_("last error"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [models.Index("next_attempt_at", name="delivery_due", condition=Q(state="pending"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_state_display()}"
