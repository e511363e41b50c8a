"""Proposed memberships, and what colleagues were told of changes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.models.centres import Centre, Membership
from intake.models.events import Event


class MembershipProposal(models.Model):
    """A change of who works at a centre. Rows stay: they say who proposed and who confirmed.

    Only intake.memberships writes them.
    """

    class Kind(models.TextChoices):
        MEMBER = "member", _("becomes a member")
        ROLE = "role", _("gets another role")
        REMOVAL = "removal", _("is no longer a member")
        FIRST_LEAD = "first_lead", _("becomes the first lead")
        RECOVERY = "recovery", _("becomes lead, because the center has none")

    class State(models.TextChoices):
        OPEN = "open", _("waits")
        CONFIRMED = "confirmed", _("in effect")
        REFUSED = "refused", _("refused")
        EXPIRED = "expired", _("ended: nobody confirmed it in time")
        TAKEN_BACK = "taken_back", _("taken back")

    class Reason(models.TextChoices):
        UNKNOWN = "unknown", _("I don’t know this person")
        WRONG_ROLE = "wrong_role", _("the role is wrong")
        NOT_HERE = "not_here", _("they don’t work here")
        STAYS = "stays", _("it should stay as it is")
        OTHER = "other", _("another reason, which I tell in person")

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="proposals", verbose_name=_("centre"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    kind = models.CharField(max_length=12, choices=Kind.choices)
    role = models.CharField(max_length=10, choices=Membership.Role.choices, blank=True)  # empty for a removal
    # Null when it was proposed at the server's shell.
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # From when on it takes effect though nobody confirmed it. Null: never.
    takes_effect_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=10, choices=Reason.choices, blank=True)

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "user"], condition=Q(state="open"), name="one_open_proposal_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.centre} · {self.get_kind_display()}"


class Announcement(models.Model):
    """A mail that tells `recipient` of an event about people or keys. A row without a recipient says that the event needs no mail."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="announcements")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "recipient"], name="one_announcement_a_person")]
        indexes = [models.Index("recipient", name="announcement_unsent", condition=Q(sent_at=None))]

    def __str__(self) -> str:
        return f"{self.event_id} {self.recipient_id}"
