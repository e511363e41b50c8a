"""Pages only: what a visitor reads."""

from django.urls import include, path
from wagtail import urls

urlpatterns = [path("", include(urls))]
