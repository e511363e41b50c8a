"""The models of the intake app. Encrypted columns are named `sealed`; no other column describes a person."""

from intake.models.blocked_contacts import BlockedContact, ContactDigest, ContactKind
from intake.models.centres import (
    Availability,
    Centre,
    CentreKey,
    CentreTranslation,
    Holiday,
    Level,
    Membership,
    OpeningHours,
    Payment,
    RetentionRule,
    SecretFingerprint,
)
from intake.models.consents import Consent
from intake.models.disclosures import ConsentRequest, Disclosure, DisclosureConsent, Referral, ReferralLink, ReferralStep
from intake.models.events import Event, ExportRecord, Link, SignedHead
from intake.models.inquiries import Inquiry, KeyWrap, QueueRank
from intake.models.memberships.proposals import Announcement, MembershipProposal
from intake.models.messages import ContactAttempt, InternalNote, Message, ReplyTemplate, StaffDraft
from intake.models.notifications import Heartbeat, Notification, WebhookEndpoint
from intake.models.on_call import Alarm, AlarmLink, OnCallShift, ShiftNote
from intake.models.prescreens import PreScreen
from intake.models.rate_limits import RateBucket
from intake.models.receipts import Draft, MailboxSession, Receipt
from intake.models.recusals import Presence, ReadingNotice, Recusal, Watch
from intake.models.retention import ErasingRound, LegalHold, WithheldCase
from intake.models.routing import RoutingRule, Team
from intake.models.waiting_list import WaitingListEntry

__all__ = [
    "Alarm",
    "AlarmLink",
    "Announcement",
    "Availability",
    "BlockedContact",
    "Centre",
    "CentreKey",
    "CentreTranslation",
    "Consent",
    "ConsentRequest",
    "ContactAttempt",
    "ContactDigest",
    "ContactKind",
    "Disclosure",
    "DisclosureConsent",
    "Draft",
    "ErasingRound",
    "Event",
    "ExportRecord",
    "Heartbeat",
    "Holiday",
    "Inquiry",
    "InternalNote",
    "KeyWrap",
    "LegalHold",
    "Level",
    "Link",
    "MailboxSession",
    "Membership",
    "MembershipProposal",
    "Message",
    "Notification",
    "OnCallShift",
    "OpeningHours",
    "Payment",
    "PreScreen",
    "Presence",
    "QueueRank",
    "RateBucket",
    "ReadingNotice",
    "Receipt",
    "Recusal",
    "Referral",
    "ReferralLink",
    "ReferralStep",
    "ReplyTemplate",
    "RetentionRule",
    "RoutingRule",
    "SecretFingerprint",
    "ShiftNote",
    "SignedHead",
    "StaffDraft",
    "Team",
    "WaitingListEntry",
    "Watch",
    "WebhookEndpoint",
    "WithheldCase",
]
