"""The admin pages of the outbox: what is waiting, sent or given up."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as now_gettext
from django.utils.translation import gettext_lazy as _

from intake.models import Delivery
from intake.notifications import outbox


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    """The outbox. What was given up is here until somebody sends it again."""

    list_display = ("kind", "channel", "inquiry", "recipient", "endpoint", "state", "attempts", "last_error", "next_attempt_at")
    list_filter = ("state", "channel", "kind")
    list_select_related = ("inquiry", "recipient", "endpoint")
    actions = ("send_again",)
    ordering = ("-id",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    @admin.action(description=_("Send what was given up again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        for delivery in queryset:
            outbox.try_again(delivery)
        messages.success(request, now_gettext("They are in the outbox again."))
