"""URL configuration. A public server has no staff pages; a staff server has no visitor pages."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from recovery_site.pages import crawlers
from recovery_site.staff import styleguide

handler400 = "recovery_site.errors.bad_request"
handler403 = "recovery_site.errors.permission_denied"
handler404 = "articles.views.old_addresses.page_not_found"  # looks first for an address of a site that was moved here
handler500 = "recovery_site.errors.server_error"

# Pictures of guides are shown to readers and, in the editor, to staff.
urlpatterns: list[URLPattern | URLResolver] = [
    path("media/guides/", include("articles.picture_urls")),
    path("", include("intake.health.urls")),
    path("favicon.ico", crawlers.icon, name="icon"),
]
if settings.SERVES_STAFF:
    urlpatterns += [
        path("styleguide/", styleguide.styleguide, name="styleguide"),
        path("admin/", include("accounts.urls")),
        path("admin/sign-in/", include("accounts.factors.urls")),
        path("admin/sign-in/", include("accounts.resets.urls")),
        path("admin/", admin.site.urls),
    ]
if settings.SERVES_VISITORS:
    urlpatterns += [
        path("sitemap.xml", crawlers.sitemap, name="sitemap"),
        path("robots.txt", crawlers.robots, name="robots"),
        *i18n_patterns(
            path("", include("intake.urls")),
            path("", include("articles.urls")),
            prefix_default_language=False,
        ),
    ]
