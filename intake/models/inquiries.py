"""An inquiry and the wraps of its case key."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from intake.identifiers import new_id, new_reference
from intake.models.centres import Centre, CentreKey


class QueueRank(models.IntegerChoices):
    """The sections of the queue, in the order in which staff work through them."""

    DANGER = 1, _("danger now")
    PROMISED = 2, _("first answer promised")
    WAITING_FOR_US = 3, _("waiting for us")
    FOLLOW_UP = 4, _("follow-up planned")
    WAITING_FOR_THEM = 5, _("waiting for the visitor")
    CLOSED = 9, _("closed")
    SPAM = 10, _("spam")


class Inquiry(models.Model):
    """A confidential request for help.

    The cleartext columns are those that staff need to sort the queue and to contact the person safely; none identifies
    anyone. Everything else is encrypted in `sealed` (intake.crypto.sealing).
    """

    class State(models.TextChoices):
        NEW = "new", _("new")
        OPEN = "open", _("in progress")
        WAITING = "waiting", _("waiting for the visitor")
        CLOSED = "closed", _("closed")

    class Outcome(models.TextChoices):
        ADMITTED = "admitted", _("admitted")
        REFERRED = "referred", _("referred")
        INFORMED = "informed", _("information given")
        NO_CONTACT = "no_contact", _("no contact after several tries")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn by the visitor")
        DUPLICATE = "duplicate", _("duplicate")
        SPAM = "spam", _("spam")

    class Priority(models.IntegerChoices):
        DANGER = 1, _("danger now")
        URGENT = 2, _("urgent")
        NORMAL = 3, _("normal")

    class DangerOutcome(models.TextChoices):
        """Why a case may leave "Danger now"."""

        REACHED_SAFE = "reached_safe", _("reached and safe")
        EMERGENCY_CALLED = "emergency_called", _("emergency services were called and have taken over")
        NOT_DANGER = "not_danger", _("not danger after all")
        HANDED_ON = "handed_on", _("handed to somebody who is with them or on the way")
        DRILL = "drill", _("it was a drill")

    class FollowUpReason(models.TextChoices):
        """What a planned follow-up is for. It says what we will do, not anything about the person: the queue shows it."""

        CALL_AGAIN = "call_again", _("call again")
        ANSWER = "answer", _("answer a question")
        PLACE = "place", _("look for a place")
        PAPERS = "papers", _("insurance or papers")
        VISIT = "visit", _("about an appointment")
        CHECK_IN = "check_in", _("ask how it goes")

    class ForWhom(models.TextChoices):
        SELF = "self", _("for themself")
        OTHER = "other", _("for someone else")
        PROFESSIONAL = "professional", _("as a professional")
        # Asked to be called back, and for nothing else.
        UNSAID = "unsaid", _("did not say")

    class ContactWay(models.TextChoices):
        PHONE = "phone", _("phone call")
        TEXT = "text", _("text message")
        EMAIL = "email", _("e-mail")
        MAILBOX = "mailbox", _("mailbox on this site only")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(_("reference"), max_length=9, unique=True, default=new_reference, editable=False)
    # No separate index: the composite indexes below start with this column.
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="inquiries", verbose_name=_("centre"), db_index=False)
    received_at = models.DateTimeField(_("received"), editable=False)
    # Hash of the form's one-time token, so that a form sent twice is stored once.
    submission = models.BinaryField(max_length=32, unique=True, null=True, editable=False)
    guide_slug = models.CharField(_("guide they came from"), max_length=120, blank=True)

    # Sorting of the queue
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    priority_reasons = models.JSONField(_("why this priority"), default=list, blank=True)
    # Until a person says why, a case of priority DANGER stays in "Danger now" (queue_rank). The database has the defaults,
    # so that the previous release can add rows while this one is rolled out.
    danger_resolved_at = models.DateTimeField(_("no longer in danger since"), null=True, blank=True, editable=False)
    danger_outcome = models.CharField(
        _("why it left “Danger now”"), max_length=16, choices=DangerOutcome.choices, blank=True, default="", db_default="", editable=False
    )
    # An invented case that measures how long danger takes to reach a person. No report and no export counts it.
    is_drill = models.BooleanField(default=False, db_default=False, editable=False)
    answer_by = models.DateTimeField(_("answer promised by"), null=True, blank=True)
    first_response_at = models.DateTimeField(_("first answered"), null=True, blank=True)
    first_contact_at = models.DateTimeField(_("first reached"), null=True, blank=True)
    # Minutes of the centre's opening hours from the arrival until these moments. Stored when the moment happens
    # (intake.scheduling.response_times), so that a later change of the hours does not change them.
    response_minutes = models.PositiveIntegerField(null=True, editable=False)
    contact_minutes = models.PositiveIntegerField(null=True, editable=False)
    attempts_made = models.PositiveSmallIntegerField(_("contact attempts"), default=0, editable=False)
    next_action_at = models.DateTimeField(_("next step due"), null=True, blank=True)
    # Of the follow-up planned last; empty when the next step was set by something else. The database has the default, so that the
    # previous release can add rows while this one is rolled out.
    follow_up_reason = models.CharField(
        _("what the follow-up is for"), max_length=12, choices=FollowUpReason.choices, blank=True, default="", db_default=""
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="claimed_inquiries",
        null=True,
        blank=True,
        verbose_name=_("taken by"),
        db_index=False,
    )
    claimed_at = models.DateTimeField(_("taken"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    has_unread_message = models.BooleanField(_("the visitor wrote and nobody has read it"), default=False)
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, related_name="merged_cases", null=True, blank=True, editable=False, db_index=False
    )
    # Whether the staff server has stored the ContactDigest rows.
    digested = models.BooleanField(default=False, editable=False)
    # For optimistic locking: a change by staff names the version it is based on, and is refused when that is stale.
    version = models.PositiveIntegerField(default=1, editable=False)

    # When the person on call was notified that nobody had claimed the case.
    escalated_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When the content was destroyed. The row and its events remain as the record of the case.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    # Codes of the signs (intake.assessment.spam) for which the site keeps this apart in "Looks automatic": closed as spam, but not
    # by a person. Null for all others, and as soon as a person has judged.
    held_for = models.JSONField(null=True, blank=True, editable=False)

    # Contact preferences
    for_whom = models.CharField(_("for whom"), max_length=12, choices=ForWhom.choices)
    language = models.CharField(_("language"), max_length=8, default="en")
    needs_interpreter = models.BooleanField(_("needs an interpreter"), default=False)
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("state or region"), max_length=40, blank=True)
    contact_way = models.CharField(_("contact by"), max_length=8, choices=ContactWay.choices, default=ContactWay.MAILBOX)
    may_leave_voicemail = models.BooleanField(_("may leave a voicemail"), default=False)
    may_say_who_we_are = models.BooleanField(_("may say who we are"), default=False)
    others_may_answer = models.BooleanField(_("someone else may pick up"), default=True)
    no_longer_safe = models.BooleanField(_("said that contact is no longer safe"), default=False)
    tell_of_answer = models.BooleanField(_("wants a neutral e-mail when an answer waits"), default=False)
    tell_by_text = models.BooleanField(_("wants a neutral text message when an answer waits"), default=False)
    time_zone = models.CharField(_("their time zone"), max_length=64, blank=True)
    safe_windows = models.JSONField(
        _("when it is safe to call"),
        default=list,
        blank=True,
        help_text=_('Weekday (0 is Monday), from, to: [[0, "09:00", "12:00"]], in their time zone.'),
    )

    sealed = models.BinaryField(editable=False)

    # The section of the queue and the sort key within it. Generated by the database, so that no code path can leave them
    # out of date.
    queue_rank = models.GeneratedField(
        expression=Case(
            When(state="closed", outcome="spam", then=Value(10)),
            When(state="closed", then=Value(9)),
            # Whatever the state: no answer, date or follow-up takes a case out of danger, a person does. What the visitor writes
            # later brings it back until somebody has read it.
            When(Q(priority=1) & (Q(danger_resolved_at=None) | Q(has_unread_message=True)), then=Value(1)),
            When(first_response_at=None, then=Value(2)),
            When(Q(has_unread_message=True) | Q(state__in=["new", "open"]), then=Value(3)),
            When(next_action_at__isnull=False, then=Value(4)),
            default=Value(5),
            output_field=models.PositiveSmallIntegerField(),
        ),
        output_field=models.PositiveSmallIntegerField(choices=QueueRank.choices),
        db_persist=True,
    )
    due_at = models.GeneratedField(
        expression=Case(
            When(state="closed", then=Coalesce(F("closed_at"), F("received_at"))),
            When(
                Q(state="waiting") & Q(first_response_at__isnull=False) & Q(has_unread_message=False) & Q(next_action_at__isnull=False),
                then=F("next_action_at"),
            ),
            default=Coalesce(F("answer_by"), F("received_at")),
            output_field=models.DateTimeField(),
        ),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        indexes = [
            # The columns after the id are the filters of the queue, so that filtering is answered from the index alone.
            models.Index("centre", "queue_rank", "due_at", "id", "language", "priority", "for_whom", "contact_way", name="inquiry_queue"),
            # The closed cases of several centres, the latest first: no part of them is sorted.
            models.Index("queue_rank", "due_at", "id", "centre", name="inquiry_by_rank"),
            # Open cases only, few of all: what is counted, by whom they are taken.
            models.Index(
                "centre",
                "queue_rank",
                "due_at",
                "claimed_by",
                "id",
                "is_drill",
                name="inquiry_open",
                condition=Q(queue_rank__lt=QueueRank.CLOSED),
            ),
            models.Index("received_at", name="inquiry_to_escalate", condition=Q(state="new", claimed_by=None, escalated_at=None)),
            # Partial: in a full index nearly every value would be null, and the query planner would ignore it.
            models.Index("merged_into", name="inquiry_merged", condition=Q(merged_into__isnull=False)),
            # All columns that a report counts, so that it reads this index and no row.
            models.Index(
                "centre",
                "received_at",
                "outcome",
                "state",
                "attempts_made",
                "answer_by",
                "first_response_at",
                "closed_at",
                "response_minutes",
                "contact_minutes",
                "guide_slug",
                "is_drill",
                name="inquiry_by_arrival",
            ),
            models.Index(
                "claimed_by", "queue_rank", "due_at", "id", "centre", name="inquiry_by_owner", condition=Q(claimed_by__isnull=False)
            ),
            models.Index(
                "centre",
                "queue_rank",
                "due_at",
                "id",
                "language",
                "priority",
                "for_whom",
                "contact_way",
                name="inquiry_unclaimed",
                condition=Q(claimed_by=None),
            ),
            # For retention. Partial, so that erased cases cost nothing.
            models.Index("centre", "outcome", "closed_at", name="inquiry_to_erase", condition=Q(state="closed", erased_at=None)),
            models.Index("id", name="inquiry_not_digested", condition=Q(digested=False)),
            models.Index("danger_resolved_at", "centre", name="inquiry_danger_resolved", condition=Q(danger_resolved_at__isnull=False)),
            models.Index("centre", name="inquiry_held", condition=Q(held_for__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_in_danger(self) -> bool:
        """Whether someone may be in danger and nobody has said why the case may leave "Danger now"."""
        return self.priority == self.Priority.DANGER and self.danger_resolved_at is None and self.state != self.State.CLOSED

    @property
    def is_held(self) -> bool:
        """Whether the site keeps the inquiry apart because it looks automatic, and no person has judged."""
        return self.held_for is not None and self.state == self.State.CLOSED and self.outcome == self.Outcome.SPAM


class KeyWrap(models.Model):
    """An inquiry's case key, encrypted to one public key: a centre's or the organisation's recovery key."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="key_wraps", db_index=False)
    # Null for the organisation's recovery key.
    centre_key = models.ForeignKey(CentreKey, models.PROTECT, null=True, blank=True, related_name="wraps")
    wrapped = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "centre_key"], name="one_wrap_a_key"),
            models.UniqueConstraint(fields=["inquiry"], condition=Q(centre_key=None), name="one_recovery_wrap"),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} → {self.centre_key_id or 'recovery key'}"
