"""The visitors' addresses. A staff server doesn't answer at them, but draws pages that hold them (articles.rendering.guide_page)."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from articles.views import feeds

urlpatterns: list[URLPattern | URLResolver] = [
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
]
urlpatterns += i18n_patterns(
    path("", include("intake.urls")),
    path("", include("articles.urls")),
    prefix_default_language=False,
)
