"""URLs of the visitors' pages."""

from django.urls import path

from intake.views import alarms, centres, contact, contact_questions, mailbox, referrals, self_service

app_name = "intake"
urlpatterns = [
    path("centers/", centres.centre_list, name="centre_list"),
    path("centers/<slug:slug>/", centres.centre, name="centre"),
    path("help-now/", centres.help_now, name="help_now"),
    path("alarm/<str:token>/", alarms.have_it, name="alarm"),
    path("referral/answer/<str:token>/", referrals.answer, {"asks": "answer"}, name="referral_answer"),
    path("referral/arrival/<str:token>/", referrals.answer, {"asks": "arrival"}, name="referral_arrival"),
    path("contact/", contact.contact, name="contact"),
    path("contact/questions/", contact_questions.begin, name="contact_questions"),
    path("contact/questions/check/", contact_questions.check, name="contact_check"),
    path("contact/questions/<slug:slug>/", contact_questions.question, name="contact_question"),
    path("contact/sent/", contact.contact_sent, name="contact_sent"),
    path("contact/leave/", contact.leave, name="contact_leave"),
    path("mailbox/", mailbox.enter, name="mailbox"),
    path("mailbox/open/", mailbox.opened, name="mailbox_open"),
    path("mailbox/contact/", self_service.contact, name="mailbox_contact"),
    path("mailbox/withdraw/", self_service.withdraw, name="mailbox_withdraw"),
    path("mailbox/sharing/", self_service.sharing, name="mailbox_sharing"),
    path("mailbox/copy/", self_service.download, name="mailbox_copy"),
    path("mailbox/acknowledgement/", self_service.acknowledgement, name="mailbox_acknowledgement"),
    path("mailbox/words/", self_service.renew, name="mailbox_renew"),
]
