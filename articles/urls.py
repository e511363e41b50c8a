"""Addresses that visitors see."""

from django.urls import path

from articles import feeds, guide_tools, pages, search_views, topic_views, views

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
    path("topics/", topic_views.topic_list, name="topic_list"),
    path("topics/<slug:kind>/<slug:code>/", topic_views.topic, name="topic"),
    path("about/", pages.about, name="about"),
    path("privacy/", pages.privacy, name="privacy"),
    path("health-data/", pages.health_data, name="health_data"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("guides/", views.guide_list, name="guide_list"),
    path("guides/atom.xml", feeds.atom, name="atom"),
    path("guides/<slug:slug>/", views.guide, name="guide"),
    path("glossary/", views.glossary, name="glossary"),
    path("guides/<slug:slug>/helpful/", guide_tools.helpful, name="helpful"),
    path("guides/<slug:slug>/send/", guide_tools.send, name="send"),
    path("thanks/", guide_tools.thanks, name="thanks"),
    path("preview/<str:token>/", views.preview, name="preview"),
]
