"""URLs under /admin/password/, for people who can't sign in yet. Django's sign-in page links to the name admin_password_reset."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("forgotten/", views.forgotten, name="admin_password_reset"),
    path("<uidb64>/<token>/", views.Choose.as_view(), name="choose_password"),
]
