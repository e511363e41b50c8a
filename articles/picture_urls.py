"""Addresses of pictures, for every server: readers see them in guides, staff in the editor."""

from django.urls import path

from articles.views import guides

urlpatterns = [path("<str:name>", guides.picture, name="picture")]
