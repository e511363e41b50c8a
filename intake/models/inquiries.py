"""An inquiry and the wraps of its case key."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from intake.identifiers import new_id, new_reference
from intake.models.centres import Centre, CentreKey


class QueueRank(models.IntegerChoices):
    """The parts of the queue, in the order in which they are worked through."""

    DANGER = 1, _("danger now")
    PROMISED = 2, _("first answer promised")
    WAITING_FOR_US = 3, _("waiting for us")
    FOLLOW_UP = 4, _("follow-up planned")
    WAITING_FOR_THEM = 5, _("waiting for the visitor")
    CLOSED = 9, _("closed")
    SPAM = 10, _("spam")


class Inquiry(models.Model):
    """A confidential request for help.

    The cleartext columns are what staff need to sort the queue and to contact the person safely; none names anyone.
    All else is in `sealed` (intake.crypto.sealing).
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

    class ForWhom(models.TextChoices):
        SELF = "self", _("for themself")
        OTHER = "other", _("for someone else")
        PROFESSIONAL = "professional", _("as a professional")

    class ContactWay(models.TextChoices):
        PHONE = "phone", _("phone call")
        TEXT = "text", _("text message")
        EMAIL = "email", _("e-mail")
        MAILBOX = "mailbox", _("mailbox on this site only")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(_("reference"), max_length=9, unique=True, default=new_reference, editable=False)
    # No index of its own: those below begin with it.
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="inquiries", verbose_name=_("centre"), db_index=False)
    received_at = models.DateTimeField(_("received"), editable=False)
    # Hash of the form's one-time token: the same form sent twice is one inquiry.
    submission = models.BinaryField(max_length=32, unique=True, null=True, editable=False)
    guide_slug = models.CharField(_("guide they came from"), max_length=120, blank=True)

    # What sorts the queue
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    priority_reasons = models.JSONField(_("why this priority"), default=list, blank=True)
    answer_by = models.DateTimeField(_("answer promised by"), null=True, blank=True)
    first_response_at = models.DateTimeField(_("first answered"), null=True, blank=True)
    first_contact_at = models.DateTimeField(_("first reached"), null=True, blank=True)
    attempts_made = models.PositiveSmallIntegerField(_("contact attempts"), default=0, editable=False)
    next_action_at = models.DateTimeField(_("next step due"), null=True, blank=True)
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
    # Whether the staff side has computed the look-up of its phone and e-mail.
    digested = models.BooleanField(default=False, editable=False)
    # Every change by staff names the version it was made on; a stale one is refused.
    version = models.PositiveIntegerField(default=1, editable=False)

    # The person on call was told that nobody took it.
    escalated_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What was said is destroyed; this row and its events are the trace that it was here.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    # How this person may be contacted: read before anything else
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

    # Computed by the database from the columns above, so that no verb can forget them: which part of the queue a case is
    # in, and the moment that orders it there.
    queue_rank = models.GeneratedField(
        expression=Case(
            When(state="closed", outcome="spam", then=Value(10)),
            When(state="closed", then=Value(9)),
            When(Q(priority=1) & (Q(first_response_at=None) | Q(has_unread_message=True) | Q(state__in=["new", "open"])), then=Value(1)),
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
            # The columns behind the id are those that a list may be narrowed by, so that narrowing needs no row.
            models.Index("centre", "queue_rank", "due_at", "id", "language", "priority", "for_whom", "contact_way", name="inquiry_queue"),
            # Open cases only, few of all: what is counted, by whom they are taken.
            models.Index("centre", "queue_rank", "due_at", "claimed_by", "id", name="inquiry_open", condition=Q(queue_rank__lt=9)),
            # The same ones by whom they are taken, in the order in which a report counts them.
            models.Index("centre", "claimed_by", "queue_rank", name="inquiry_open_by_owner", condition=Q(queue_rank__lt=9)),
            models.Index("received_at", name="inquiry_to_escalate", condition=Q(state="new", claimed_by=None, escalated_at=None)),
            # An index over all rows, of which hardly any is merged, looks worthless to the database once it has counted them.
            models.Index("merged_into", name="inquiry_merged", condition=Q(merged_into__isnull=False)),
            models.Index("centre", "received_at", name="inquiry_by_arrival"),
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
            # What retention looks through: only what is closed and not erased yet, so that erased cases cost it nothing.
            models.Index("centre", "outcome", "closed_at", name="inquiry_to_erase", condition=Q(state="closed", erased_at=None)),
            models.Index("id", name="inquiry_not_digested", condition=Q(digested=False)),
        ]

    def __str__(self) -> str:
        return self.reference


class KeyWrap(models.Model):
    """An inquiry's case key, wrapped to one public key: a centre's, or the organisation's recovery key."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="key_wraps")
    # Empty for the organisation's recovery key.
    centre_key = models.ForeignKey(CentreKey, models.PROTECT, null=True, blank=True, related_name="wraps")
    wrapped = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "centre_key"], name="one_wrap_a_key"),
            models.UniqueConstraint(fields=["inquiry"], condition=Q(centre_key=None), name="one_recovery_wrap"),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} → {self.centre_key_id or 'recovery key'}"
