"""Addresses that guides had on the site they were imported from."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from articles import published
from articles.models.editions import path_of
from recovery_site import errors
from recovery_site.staff.paths import is_staff_page


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return a 301 to the guide that was at this address on another site, else the 404 page. One query.

    A guide that was taken off the site is answered at its own address, which says so. Drafts stay unknown.
    """
    if request.method in ("GET", "HEAD") and not is_staff_page(request):
        guide = published.guide_at_old_path(request.path_info)
        if guide is not None and guide.live_edition is not None:
            return HttpResponsePermanentRedirect(guide.live_edition.get_absolute_url())
        if guide is not None and (address := guide.addresses.last()) is not None:
            return HttpResponsePermanentRedirect(path_of(address.language, address.slug))
    return errors.page_not_found(request, exception)
