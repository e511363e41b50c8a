"""The URLs of the queue and the case pages. Each view calls one selector or one verb."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path, register_converter
from django.utils.translation import gettext_lazy

from accounts.factors import step_up
from intake.admin import danger_views, exports, queue_views, report_views, rota, shift_handover
from intake.admin.cases import disclosure_views, draft_views, phone_intake, prescreen_views, views
from intake.cases import permissions
from intake.models import Inquiry


class ReferenceConverter:
    """URL converter for references such as "K7M2-9QXD"."""

    regex = "[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "reference")


@admin.register(Inquiry)
class InquiryAdmin(admin.ModelAdmin):
    """Replaces all pages of ModelAdmin: inquiries are changed by verbs only, and recorded as events instead of LogEntry."""

    desk = "requests"
    purpose = gettext_lazy("Who asked for help, and whose turn it is.")

    def get_urls(self) -> list[URLPattern]:
        def page(view: Callable[..., Any], **extra: Any) -> Callable[..., Any]:
            return self.admin_site.admin_view(view, **extra)

        case = "<reference:reference>/"
        return [
            path("", page(queue_views.queue_page), name="intake_inquiry_changelist"),
            path("rows/", page(queue_views.queue_rows), name="intake_inquiry_rows"),
            path("bulk/", page(queue_views.queue_bulk), name="intake_inquiry_bulk"),
            path("offers/", page(disclosure_views.offers), name="intake_inquiry_offers"),
            path("offers/<uuid:referral>/", page(disclosure_views.answer_offer), name="intake_inquiry_answer_offer"),
            path("waiting-list/", page(prescreen_views.waiting_list), name="intake_inquiry_waiting_list"),
            path("dashboard/", page(report_views.dashboard), name="intake_inquiry_dashboard"),
            path("export/", page(exports.export), name="intake_inquiry_export"),
            path("absence/", page(shift_handover.absence), name="intake_inquiry_absence"),
            path("danger/", page(danger_views.danger_cases_page), name="intake_inquiry_danger"),
            path("board/", page(shift_handover.shift_board), name="intake_inquiry_board"),
            path("board/note/", page(shift_handover.shift_note), name="intake_inquiry_shift_note"),
            path("rota/", page(rota.page), name="intake_inquiry_rota"),
            path("rota/change/", page(rota.change), name="intake_inquiry_change_rota"),
            path("by-phone/", page(phone_intake.take), name="intake_inquiry_by_phone"),
            path("by-phone/drafts/", page(draft_views.save_phone_intake), name="intake_inquiry_save_by_phone"),
            path(
                "by-phone/drafts/<uuid:draft>/put-back/", page(draft_views.put_back_phone_intake), name="intake_inquiry_put_back_by_phone"
            ),
            path("by-phone/drafts/<uuid:draft>/discard/", page(draft_views.discard_phone_intake), name="intake_inquiry_discard_by_phone"),
            path("find/", page(queue_views.find), name="intake_inquiry_find"),
            path(case, page(views.case), name="intake_inquiry_case"),
            path(case + "next/", page(views.next_after), name="intake_inquiry_next"),
            path(case + "first-words/", page(views.first_words), name="intake_inquiry_first_words"),
            path(case + "claim/", page(views.claim), name="intake_inquiry_claim"),
            path(case + "have-it/", page(views.have_it), name="intake_inquiry_have_it"),
            path(case + "release/", page(views.release), name="intake_inquiry_release"),
            path(case + "contact/", page(step_up.required_after_idling(views.show_contact)), name="intake_inquiry_contact"),
            path(case + "attempt/", page(views.attempt), name="intake_inquiry_attempt"),
            path(case + "reply/", page(views.reply), name="intake_inquiry_reply"),
            path(case + "note/", page(views.note), name="intake_inquiry_note"),
            path(case + "close/", page(views.close), name="intake_inquiry_close"),
            path(case + "reopen/", page(views.reopen), name="intake_inquiry_reopen"),
            path(case + "to-queue/", page(views.put_in_queue), name="intake_inquiry_to_queue"),
            path(case + "new-words/", page(views.give_new_words), name="intake_inquiry_new_words"),
            path(case + "assign/", page(views.assign), name="intake_inquiry_assign"),
            path(case + "hand-over/", page(views.hand_over), name="intake_inquiry_hand_over"),
            path(case + "recuse/", page(views.recuse), name="intake_inquiry_recuse"),
            path(case + "watch/", page(views.watch), name="intake_inquiry_watch"),
            path(case + "unwatch/", page(views.unwatch), name="intake_inquiry_unwatch"),
            path(case + "merge/", page(views.merge), name="intake_inquiry_merge"),
            path(case + "unmerge/", page(views.unmerge), name="intake_inquiry_unmerge"),
            path(case + "block/", page(views.block), name="intake_inquiry_block"),
            path(case + "danger/", page(views.resolve_danger), name="intake_inquiry_resolve_danger"),
            path(case + "priority/", page(views.change_priority), name="intake_inquiry_priority"),
            path(case + "end-drill/", page(views.end_drill), name="intake_inquiry_end_drill"),
            path(case + "called/<slug:number>/", page(disclosure_views.emergency_call), name="intake_inquiry_emergency_call"),
            path(case + "disclosures/", page(disclosure_views.page), name="intake_inquiry_disclosures"),
            path(case + "consent/", page(disclosure_views.consent), name="intake_inquiry_consent"),
            path(case + "consent/<uuid:consent>/revoke/", page(disclosure_views.revoke), name="intake_inquiry_revoke_consent"),
            path(case + "refer/", page(disclosure_views.refer), name="intake_inquiry_refer"),
            path(case + "referral-answer/", page(disclosure_views.answer_outside), name="intake_inquiry_referral_answer"),
            path(case + "arrival/", page(disclosure_views.arrival), name="intake_inquiry_arrival"),
            path(case + "take-back/", page(disclosure_views.take_back), name="intake_inquiry_take_back"),
            path(case + "referral/<uuid:referral>/pages/", page(disclosure_views.referral_papers), name="intake_inquiry_referral_papers"),
            path(case + "emergency/", page(disclosure_views.emergency), name="intake_inquiry_emergency"),
            path(case + "pre-screen/", page(prescreen_views.page), name="intake_inquiry_prescreen"),
            path(case + "pre-screen/save/", page(prescreen_views.save), name="intake_inquiry_save_prescreen"),
            path(case + "summary/", page(prescreen_views.summary), name="intake_inquiry_summary"),
            path(case + "follow-up/", page(views.follow_up), name="intake_inquiry_follow_up"),
            path(case + "wait/", page(views.put_on_waiting_list), name="intake_inquiry_wait"),
            path(case + "stop-waiting/", page(views.take_off_waiting_list), name="intake_inquiry_stop_waiting"),
            path(case + "take-back/<uuid:message>/", page(views.take_reply_back), name="intake_inquiry_take_reply_back"),
            path(case + "template/", page(views.put_in_template), name="intake_inquiry_put_in_template"),
            path(case + "drafts/", page(draft_views.save), name="intake_inquiry_save_drafts"),
            path(case + "drafts/<uuid:draft>/put-back/", page(draft_views.put_back), name="intake_inquiry_put_back"),
            path(case + "drafts/<uuid:draft>/discard/", page(draft_views.discard), name="intake_inquiry_discard"),
            path(case + "presence/", page(views.who_is_here), name="intake_inquiry_presence"),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(permissions.centre_roles(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Inquiry | None = None) -> bool:
        return bool(permissions.centre_roles(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Inquiry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Inquiry | None = None) -> bool:
        return False
