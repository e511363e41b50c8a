"""Which addresses belong to staff."""

from django.http import HttpRequest

PATHS = ("/admin/", "/styleguide/")


def is_staff_page(request: HttpRequest) -> bool:
    """Tell whether the address belongs to staff: only there may anybody be signed in."""
    return request.path_info.startswith(PATHS)
