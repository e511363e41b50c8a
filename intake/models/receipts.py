"""Receipts and mailbox sessions: how visitors return to their inquiries. And what they have typed so far, before they send it."""

from django.db import models

from intake.models.inquiries import Inquiry


class Receipt(models.Model):
    """A receipt's look-up value, and the case key encrypted under a key derived from the receipt's words."""

    inquiry = models.OneToOneField(Inquiry, models.CASCADE, related_name="receipt", primary_key=True)
    lookup = models.BinaryField(max_length=32, unique=True)
    wrapped = models.BinaryField()
    # Words that staff read out must be replaced by words that only the visitor knows.
    must_renew = models.BooleanField(default=False)
    # The visitor said so on the page after sending: from then on no form that is sent again shows the words.
    written_down = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return str(self.inquiry_id)


class MailboxSession(models.Model):
    """An open mailbox. The browser holds the token; the row holds the case key encrypted under a key derived from it."""

    token_hash = models.BinaryField(primary_key=True, max_length=32)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="mailbox_sessions")
    wrapped = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.inquiry_id)


class Draft(models.Model):
    """The answers of somebody who is asked one question at a time, encrypted under a key derived from the token in the browser."""

    token_hash = models.BinaryField(primary_key=True, max_length=32)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.expires_at:%Y-%m-%d %H:%M}"
