"""The ways back to an inquiry for the person who sent it."""

from django.db import models

from intake.models.inquiries import Inquiry


class Receipt(models.Model):
    """The visitor's way back: what their words look up, and the case key under a key derived from the words."""

    inquiry = models.OneToOneField(Inquiry, models.CASCADE, related_name="receipt", primary_key=True)
    lookup = models.BinaryField(max_length=32, unique=True)
    wrapped = models.BinaryField()
    # Words that staff handed over must be replaced by words that only the visitor knows.
    must_renew = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.inquiry_id)


class MailboxSession(models.Model):
    """An open mailbox. The browser holds the token; the row holds the case key under a key derived from that token."""

    token_hash = models.BinaryField(primary_key=True, max_length=32)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="mailbox_sessions")
    wrapped = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.inquiry_id)
