"""Messages, internal notes, contact attempts, drafts and reply templates."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.identifiers import new_id
from intake.models.centres import Centre, CentreKey
from intake.models.inquiries import Inquiry
from recovery_site import languages


class Message(models.Model):
    """A message between the visitor and the centre. Visible to the visitor."""

    class Sender(models.TextChoices):
        VISITOR = "visitor", _("visitor")
        STAFF = "staff", _("staff")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="messages", db_index=False)
    sender = models.CharField(max_length=8, choices=Sender.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField()
    # A reply by staff is in the mailbox from this moment on; until then it can be taken back. Null: since it was sent.
    visible_from = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    sealed = models.BinaryField()

    class Meta:
        ordering = ["sent_at", "id"]
        indexes = [models.Index("inquiry", "sent_at", name="message_by_inquiry")]

    def __str__(self) -> str:
        return f"{self.get_sender_display()} {self.sent_at:%Y-%m-%d %H:%M}"


class InternalNote(models.Model):
    """A note for staff only. Kept in a separate table so that no query for messages can return one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="internal_notes", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ["written_at", "id"]
        indexes = [models.Index("inquiry", "written_at", name="note_by_inquiry")]

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d %H:%M}"


class ContactAttempt(models.Model):
    """An attempt to reach the person."""

    class Outcome(models.TextChoices):
        REACHED = "reached", _("reached")
        NO_ANSWER = "no_answer", _("no answer")
        VOICEMAIL = "voicemail", _("voicemail left")
        WRONG_NUMBER = "wrong_number", _("wrong number")
        ASKED_NOT_TO_CALL = "asked_not_to_call", _("asked not to be contacted")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="attempts", db_index=False)
    way = models.CharField(_("way"), max_length=8, choices=Inquiry.ContactWay.choices)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    # The sealed note; empty bytes when there is none.
    sealed = models.BinaryField(default=bytes)

    class Meta:
        ordering = ["made_at", "id"]
        indexes = [models.Index("inquiry", "made_at", name="attempt_by_inquiry")]

    def __str__(self) -> str:
        return f"{self.get_way_display()}: {self.get_outcome_display()}"


class StaffDraft(models.Model):
    """What a member of staff has typed into one form and not sent yet, sealed.

    Its id is the one-time id of the form as it was shown, so the same form in two tabs is two drafts. Once the form is sent the
    text is removed and the row stays for some days, so that the same form sent again does nothing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="drafts", null=True)
    form = models.CharField(max_length=20)
    saved_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # Sealed with the key of the case. Without a case: with a key of its own, which `wrapped` holds for this key of a centre.
    sealed = models.BinaryField(default=bytes)
    centre_key = models.ForeignKey(CentreKey, models.CASCADE, related_name="+", null=True)
    wrapped = models.BinaryField(default=bytes)

    class Meta:
        ordering = ["-saved_at"]
        indexes = [models.Index("user", "inquiry", name="draft_by_person"), models.Index("saved_at", name="draft_to_forget")]

    def __str__(self) -> str:
        return f"{self.form} {self.saved_at:%Y-%m-%d %H:%M}"


class ReplyTemplate(models.Model):
    """A prepared text for a reply. The placeholders {reference}, {centre}, {phone} and {staff} are filled in."""

    centre = models.ForeignKey(
        Centre, models.CASCADE, null=True, blank=True, related_name="reply_templates", verbose_name=_("centre"), help_text=_("Empty: all.")
    )
    language = models.CharField(_("language"), max_length=8, choices=languages.choices, default="en")
    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(
        _("text"), max_length=5000, help_text=_("{reference}, {centre}, {phone} and {staff} are filled in when somebody uses it.")
    )

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
