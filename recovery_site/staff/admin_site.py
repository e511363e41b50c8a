"""The admin site that staff sign in to."""

import functools
import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from recovery_site import __version__
from recovery_site.staff import paths
from recovery_site.staff.recorded import RecordsChanges

logger = logging.getLogger(__name__)


class Panel(NamedTuple):
    """A panel on the admin index: a template to include, and its context, available there as `panel`."""

    template: str
    context: dict[str, Any]


PanelMaker = Callable[[HttpRequest], Panel | None]


class DeskLink(NamedTuple):
    """A page on the admin index: the desk that it lies on (a key of DESKS), its name, its address, and what it is for."""

    desk: str
    name: str
    url: str
    purpose: str = ""


# What all pages are grouped by on the admin index. A ModelAdmin names its own in `desk`, says in `purpose` what its list is for, and
# may return more pages from `desk_links(request)`. What names no desk is not shown.
DESKS = {
    "requests": _("Requests for help"),
    "guides": _("Guides"),
    "people": _("People, and who is on call"),
    "centers": _("Centers, and where requests go"),
    "records": _("Incidents and vendors"),
}


class RecoveryAdminSite(AdminSite):
    site_title = _("Recovery Site staff")
    site_header = _("Recovery Site staff")
    index_title = _("Your work")
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._panels: list[tuple[int, PanelMaker]] = []
        self._heads: list[PanelMaker] = []

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register a ModelAdmin, and let it record what is changed with it."""
        own = admin_class or ModelAdmin
        recorded = type(own.__name__, (RecordsChanges, own), {"__module__": own.__module__, "__doc__": own.__doc__})
        super().register(model_or_iterable, recorded, **options)

    def add_panel(self, maker: PanelMaker, *, order: int) -> None:
        """Add a panel to the admin index. Panels with a lower `order` come first.

        `maker` takes the request and returns a Panel, or None if there is nothing to show to this user.
        """
        self._panels.append((order, maker))
        self._panels.sort(key=lambda entry: entry[0])

    def add_head(self, maker: PanelMaker) -> None:
        """Add a line below the header of every staff page. It is made for each page, so it must cost next to nothing."""
        self._heads.append(maker)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        heads = [head for maker in self._heads if (head := maker(request)) is not None]
        more = {"version": __version__, "idle_seconds": settings.STAFF_IDLE_MINUTES * 60, "heads": heads}
        return {**super().each_context(request), **more}

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Return `view` for signed-in staff only.

        Unlike Django's, signing in leads back to the page that a form was sent from, and parameters that are no values of their
        column end in no error.
        """
        inner = super().admin_view(view, cacheable)

        @functools.wraps(inner)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not self.has_permission(request) and request.path != reverse("admin:logout"):
                return redirect_to_login(paths.page_of_form(request), reverse("admin:login"))
            if request.GET.get("_to_field", "x") == "":
                raise Http404
            name = request.resolver_match.url_name if request.resolver_match else ""
            try:
                answer: HttpResponse = inner(request, *args, **kwargs)
            except TypeError:
                if name == "view_on_site":  # of a row whose model has no page
                    raise Http404 from None
                raise
            except (ValueError, OverflowError, DataError) as error:
                if not (name or "").endswith("_changelist") or not request.GET or request.method != "GET":
                    raise
                # What Django does for other lookups that make no sense: the list with a message.
                logger.warning("A list was asked with parameters that make no sense: %s", type(error).__name__)
                return HttpResponseRedirect(f"{request.path}?e=1" if "e" not in request.GET else request.path)
            return answer

        return checked

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        panels = [panel for _order, maker in self._panels if (panel := maker(request)) is not None]
        return super().index(request, {**(extra_context or {}), "panels": panels, "desks": self._desks(request)})

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to the pages of this part of the site on the index. Raises Http404 for an app of which the person may see nothing."""
        if not self.get_app_list(request, app_label):
            raise Http404
        return HttpResponseRedirect(f"{reverse('admin:index')}#all-pages")

    def _desks(self, request: HttpRequest) -> list[tuple[str, list[DeskLink]]]:
        """Return (title, pages) of each desk on which the person has a page."""
        links: list[DeskLink] = []
        for app in self.get_app_list(request):
            for entry in app["models"]:
                admin: Any = self._registry[entry["model"]]
                if hasattr(admin, "desk") and entry["admin_url"]:
                    links.append(DeskLink(admin.desk, entry["name"], entry["admin_url"], admin.purpose))
                if hasattr(admin, "desk_links"):
                    links += admin.desk_links(request)
        found = [(str(title), [link for link in links if link.desk == desk]) for desk, title in DESKS.items()]
        return [(title, pages) for title, pages in found if pages]
