"""The forms that visitors fill in."""

from intake.forms.contact import InquiryForm
from intake.forms.mailbox import ContactForm, MessageForm, ReceiptForm

__all__ = ["ContactForm", "InquiryForm", "MessageForm", "ReceiptForm"]
