"""What the intake side stores. Sealed columns are named `sealed`; nothing else in these tables describes a person."""

from intake.models.centres import Centre, CentreKey, Membership, OpeningHours
from intake.models.inquiries import Inquiry, KeyWrap, MailboxSession, QueueRank, Receipt
from intake.models.records import ContactAttempt, Delivery, Event, InternalNote, Message
from intake.models.reception import Consent, OnCallShift, RateBucket, RoutingRule, WebhookEndpoint

__all__ = [
    "Centre",
    "CentreKey",
    "Consent",
    "ContactAttempt",
    "Delivery",
    "Event",
    "Inquiry",
    "InternalNote",
    "KeyWrap",
    "MailboxSession",
    "Membership",
    "Message",
    "OnCallShift",
    "OpeningHours",
    "QueueRank",
    "RateBucket",
    "Receipt",
    "RoutingRule",
    "WebhookEndpoint",
]
