"""Which URLs are staff pages."""

from django.http import HttpRequest

PATHS = ("/admin/", "/styleguide/")


def is_staff_page(request: HttpRequest) -> bool:
    """Return whether the URL is a staff page. Sessions exist only there."""
    return request.path_info.startswith(PATHS)
