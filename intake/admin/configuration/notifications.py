"""The admin pages of the outbox: what is waiting, sent or given up."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as now_gettext
from django.utils.translation import gettext_lazy as _

from intake.models import Notification
from intake.notifications import channels, outbox
from intake.notifications.kinds import Kind

_KIND_LABELS = {kind.value: kind.spec.label for kind in Kind}


class ChannelFilter(admin.SimpleListFilter):
    title = _("to")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(channels.labels().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notification]) -> QuerySet[Notification]:
        return queryset.filter(channel=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    title = _("what of")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(_KIND_LABELS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notification]) -> QuerySet[Notification]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin):
    """The outbox. What was given up is here until somebody sends it again."""

    desk = "centers"
    purpose = _("Mails and texts: what was sent, what waits, what was given up.")
    when_empty = _("Mails and texts stand here while they wait, and after they were sent or given up.")
    list_display = (
        "kind_label",
        "channel_label",
        "inquiry",
        "recipient",
        "endpoint",
        "state",
        "attempts",
        "last_error",
        "next_try",
    )
    list_filter = ("state", ChannelFilter, KindFilter)
    list_select_related = ("inquiry", "recipient", "endpoint")
    actions = ("send_again",)
    ordering = ("-id",)
    show_full_result_count = False

    @admin.display(description=_("what of"), ordering="kind")
    def kind_label(self, notification: Notification) -> Any:
        """Return the words for its kind; the code of one that is no longer known."""
        return _KIND_LABELS.get(notification.kind, notification.kind)

    @admin.display(description=_("to"), ordering="channel")
    def channel_label(self, notification: Notification) -> Any:
        """Return the words for its channel; the code of one that is no longer installed."""
        return channels.labels().get(notification.channel, notification.channel)

    @admin.display(description=_("next try"), ordering="next_attempt_at")
    def next_try(self, notification: Notification) -> Any:
        """Return when it is tried next; nothing for what was sent or given up."""
        return notification.next_attempt_at if notification.state == Notification.State.PENDING else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False

    @admin.action(description=_("Send what was given up again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        for notification in queryset:
            outbox.try_again(notification)
        messages.success(request, now_gettext("They are in the outbox again."))
