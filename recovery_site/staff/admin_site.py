"""The admin site that staff sign in to."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from recovery_site import __version__


class Panel(NamedTuple):
    """A panel on the admin index: a template to include, and its context, available there as `panel`."""

    template: str
    context: dict[str, Any]


PanelMaker = Callable[[HttpRequest], Panel | None]


class RecoveryAdminSite(AdminSite):
    site_title = _("Recovery Site staff")
    site_header = _("Recovery Site staff")
    index_title = _("Your work")
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._panels: list[tuple[int, PanelMaker]] = []
        self._heads: list[PanelMaker] = []

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
        return {**super().each_context(request), "version": __version__, "heads": heads}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        panels = [panel for _order, maker in self._panels if (panel := maker(request)) is not None]
        return super().index(request, {**(extra_context or {}), "panels": panels})
