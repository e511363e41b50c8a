"""The admin site that staff sign in to."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from recovery_site import __version__


class Panel(NamedTuple):
    """A part of the front page: a template that is included, and `panel` in its context."""

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

    def add_panel(self, maker: PanelMaker, *, order: int) -> None:
        """Let an app show its work on the front page; `maker` returns None for people it has nothing for.

        Panels with a lower `order` come first.
        """
        self._panels.append((order, maker))
        self._panels.sort(key=lambda entry: entry[0])

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "version": __version__}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        panels = [panel for _order, maker in self._panels if (panel := maker(request)) is not None]
        return super().index(request, {**(extra_context or {}), "panels": panels})
