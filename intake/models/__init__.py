"""What the intake side stores. Sealed columns are named `sealed`; nothing else in these tables describes a person."""

from intake.models.centres import Centre, CentreKey, Holiday, Membership, OpeningHours, RetentionRule
from intake.models.collaboration import Presence, Recusal, Watch
from intake.models.contacts import BlockedContact, ContactDigest, ContactKind
from intake.models.disclosures import Disclosure, DisclosureConsent, Referral
from intake.models.exports import ExportRecord
from intake.models.figures import FiguresMark, StoredFigures
from intake.models.inquiries import Inquiry, KeyWrap, MailboxSession, QueueRank, Receipt
from intake.models.prescreen import PreScreen, ReplyTemplate, WaitingListEntry
from intake.models.reception import Consent, OnCallShift, RateBucket, RoutingRule, Team, WebhookEndpoint
from intake.models.records import ContactAttempt, Delivery, Event, InternalNote, Message

__all__ = [
    "BlockedContact",
    "Centre",
    "CentreKey",
    "Consent",
    "ContactAttempt",
    "ContactDigest",
    "ContactKind",
    "Delivery",
    "Disclosure",
    "DisclosureConsent",
    "Event",
    "ExportRecord",
    "FiguresMark",
    "Holiday",
    "Inquiry",
    "InternalNote",
    "KeyWrap",
    "MailboxSession",
    "Membership",
    "Message",
    "OnCallShift",
    "OpeningHours",
    "PreScreen",
    "Presence",
    "QueueRank",
    "RateBucket",
    "Receipt",
    "Recusal",
    "Referral",
    "ReplyTemplate",
    "RetentionRule",
    "RoutingRule",
    "StoredFigures",
    "Team",
    "WaitingListEntry",
    "Watch",
    "WebhookEndpoint",
]
