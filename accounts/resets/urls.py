"""More URLs under /admin/sign-in/ (accounts.factors.urls has the others)."""

from django.contrib import admin
from django.urls import path

from accounts.resets import views

urlpatterns = [
    path("colleagues/<int:pk>/lost/", admin.site.admin_view(views.reset), name="reset_factors"),
    path("again/<uidb64>/<token>/", views.again, name="start_again"),
]
