"""What staff see of inquiries and centres in the admin."""

from django.contrib import admin

from intake.admin.blocked_contacts import BlockedContactAdmin
from intake.admin.centres import CentreAdmin
from intake.admin.front_page import queue_panel, reports_panel
from intake.admin.inquiries import InquiryAdmin
from intake.admin.reception import DeliveryAdmin, RoutingRuleAdmin, TeamAdmin, WebhookEndpointAdmin
from intake.admin.reply_templates import ReplyTemplateAdmin
from intake.admin.rota import OnCallShiftAdmin

admin.site.add_panel(queue_panel, order=10)  # type: ignore[attr-defined]
admin.site.add_panel(reports_panel, order=30)  # type: ignore[attr-defined]

__all__ = [
    "BlockedContactAdmin",
    "CentreAdmin",
    "DeliveryAdmin",
    "InquiryAdmin",
    "OnCallShiftAdmin",
    "ReplyTemplateAdmin",
    "RoutingRuleAdmin",
    "TeamAdmin",
    "WebhookEndpointAdmin",
]
