"""Public URLs of guides and of the site's pages."""

from django.urls import path

from articles.views import feed, guide_tools, guides, search, site_pages, topics

app_name = "articles"
urlpatterns = [
    path("", site_pages.home, name="home"),
    path("leave/", site_pages.leave, name="leave"),
    path("blank/", site_pages.blank, name="blank"),
    path("blank/forget.svg", site_pages.forget, name="forget"),
    path("safety/", site_pages.safety, name="safety"),
    path("helplines/", site_pages.all_helplines, name="helplines"),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("topics/", topics.topic_list, name="topic_list"),
    path("topics/<slug:kind>/<slug:code>/", topics.topic, name="topic"),
    path("about/", site_pages.about, name="about"),
    path("privacy/", site_pages.privacy, name="privacy"),
    path("health-data/", site_pages.health_data, name="health_data"),
    path("accessibility/", site_pages.accessibility, name="accessibility"),
    path("guides/", guides.guide_list, name="guide_list"),
    path("guides/atom.xml", feed.atom, name="atom"),
    path("guides/<slug:slug>/", guides.guide, name="guide"),
    path("glossary/", guides.glossary, name="glossary"),
    path("guides/<slug:slug>/helpful/", guide_tools.helpful, name="helpful"),
    path("guides/<slug:slug>/send/", guide_tools.send, name="send"),
    path("thanks/", guide_tools.thanks, name="thanks"),
    path("preview/<str:token>/", guides.preview, name="preview"),
]
