"""The forms that visitors fill in."""

from intake.forms.call_back import CallBackForm
from intake.forms.contact import InquiryForm
from intake.forms.mailbox import ContactForm, MessageForm, ReceiptForm

__all__ = ["CallBackForm", "ContactForm", "InquiryForm", "MessageForm", "ReceiptForm"]
