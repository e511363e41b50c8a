"""URL configuration. A public server has no staff pages; a staff server has no visitor pages."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

from articles.views.guides import picture
from recovery_site import visitor_urls
from recovery_site.staff import styleguide

handler400 = "recovery_site.errors.bad_request"
handler500 = "recovery_site.errors.server_error"

# Guide pictures are shown to readers and, in the editor, to staff.
urlpatterns: list[URLPattern | URLResolver] = [path("media/guides/<str:name>", picture, name="picture")]
if settings.SERVES_STAFF:
    urlpatterns += [path("styleguide/", styleguide.styleguide, name="styleguide"), path("admin/", admin.site.urls)]
if settings.SERVES_VISITORS:
    urlpatterns += visitor_urls.urlpatterns
