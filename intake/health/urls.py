"""URLs for monitors, on each server, in no language."""

from django.urls import path

from intake.health import views

urlpatterns = [
    path("health/", views.health, name="health"),
    path("metrics", views.figures, name="metrics"),
]
