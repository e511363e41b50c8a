"""Addresses that visitors see."""

from django.urls import path

from articles import pages, search_views, views

app_name = "articles"
urlpatterns = [
    path("", pages.home, name="home"),
    path("leave/", pages.leave, name="leave"),
    path("blank/", pages.blank, name="blank"),
    path("blank/forget.svg", pages.forget, name="forget"),
    path("safety/", pages.safety, name="safety"),
    path("helplines/", pages.all_helplines, name="helplines"),
    path("search/", search_views.search, name="search"),
    path("search/suggest/", search_views.suggest, name="suggest"),
    path("guides/", views.guide_list, name="guide_list"),
    path("guides/<slug:slug>/", views.guide, name="guide"),
    path("glossary/", views.glossary, name="glossary"),
    path("preview/<str:token>/", views.preview, name="preview"),
]
