"""URLs under /admin/ that are about signing in. Django's sign-in page links to the name admin_password_reset."""

from django.contrib import admin
from django.urls import path

from accounts import views
from accounts.factors import step_up
from accounts.sessions import limits
from accounts.sessions import views as sessions

urlpatterns = [
    path("password/forgotten/", views.forgotten, name="admin_password_reset"),
    path("password/<uidb64>/<token>/", views.Choose.as_view(), name="choose_password"),
    path("sessions/", admin.site.admin_view(sessions.own), name="own_sessions"),
    path("sessions/<int:pk>/", admin.site.admin_view(step_up.required(sessions.of_colleague)), name="sessions_of_colleague"),
    path("still-here/", admin.site.admin_view(limits.still_here), name="still_here"),
]
