"""URLs under /admin/sign-in/. Without `own` in front of a view it is for people who aren't signed in yet."""

from django.contrib import admin
from django.urls import path

from accounts.factors import confirming, signing_in, views

own = admin.site.admin_view

urlpatterns = [
    path("passkey/", signing_in.passkey, name="passkey_sign_in"),
    path("second-step/", signing_in.second_step, name="second_step"),
    path("confirm/", own(confirming.confirm), name="confirm_identity"),
    path("", own(views.own_factors), name="own_factors"),
    path("passkeys/new/", own(views.new_passkey), name="new_passkey"),
    path("passkeys/<int:pk>/", own(views.rename_passkey), name="rename_passkey"),
    path("<int:pk>/remove/", own(views.remove), name="remove_factor"),
    path("app/", own(views.new_app), name="new_app"),
    path("recovery-codes/", own(views.recovery_codes), name="recovery_codes"),
]
