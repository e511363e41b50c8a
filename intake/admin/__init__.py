"""The admin of the intake app."""

from django.contrib import admin

from intake.admin.audit.record_admin import RecordAdmin
from intake.admin.cases import draft_views
from intake.admin.configuration.blocked_contacts import BlockedContactAdmin
from intake.admin.configuration.centres import CentreAdmin
from intake.admin.configuration.notifications import NotificationAdmin
from intake.admin.configuration.on_call import OnCallShiftAdmin
from intake.admin.configuration.openings import openings_panel
from intake.admin.configuration.reply_templates import ReplyTemplateAdmin
from intake.admin.configuration.routing import RoutingRuleAdmin
from intake.admin.configuration.teams import TeamAdmin
from intake.admin.configuration.webhooks import WebhookEndpointAdmin
from intake.admin.front_page import alarms_panel, queue_panel, reports_panel
from intake.admin.health import health_head
from intake.admin.inquiries import InquiryAdmin
from intake.admin.keeping.pages import LegalHoldAdmin
from intake.admin.people.members import proposals_panel
from intake.admin.rota import on_call_head
from intake.admin.waiting import waiting_panel
from recovery_site.staff import unsent

unsent.keepers.append(draft_views.keep_unsent)
admin.site.add_panel(alarms_panel, order=5)  # type: ignore[attr-defined]
admin.site.add_panel(proposals_panel, order=7)  # type: ignore[attr-defined]
admin.site.add_panel(waiting_panel, order=8)  # type: ignore[attr-defined]
admin.site.add_panel(queue_panel, order=10)  # type: ignore[attr-defined]
admin.site.add_panel(openings_panel, order=20)  # type: ignore[attr-defined]
admin.site.add_panel(reports_panel, order=30)  # type: ignore[attr-defined]
admin.site.add_head(health_head)  # type: ignore[attr-defined]
admin.site.add_head(on_call_head)  # type: ignore[attr-defined]

__all__ = [
    "BlockedContactAdmin",
    "CentreAdmin",
    "InquiryAdmin",
    "LegalHoldAdmin",
    "NotificationAdmin",
    "OnCallShiftAdmin",
    "RecordAdmin",
    "ReplyTemplateAdmin",
    "RoutingRuleAdmin",
    "TeamAdmin",
    "WebhookEndpointAdmin",
]
