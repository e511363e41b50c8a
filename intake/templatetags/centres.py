"""Template tags about the centres."""

from django import template

from intake.scheduling import front_desk as desk
from intake.scheduling.front_desk import FrontDesk
from recovery_site.pages.public_pages import keep_until

register = template.Library()


@register.simple_tag(takes_context=True)
def front_desk(context: template.Context) -> FrontDesk | None:
    """The main centre, with its phone and whether it is open now. The page may be kept only until these words change."""
    shown = desk.front_desk()
    request = context.get("request")
    if shown is not None and request is not None:
        keep_until(request, shown.state.changes_at)
    return shown
