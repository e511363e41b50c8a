"""Samples of what guides draw, for the style guide: {% load guide_samples %}."""

from itertools import pairwise

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from articles.rendering import timeline
from articles.views import guide_tools

register = template.Library()


@register.simple_tag
def sample_timeline() -> SafeString:
    """A timeline of two curves with a phase of each strength, from the first hours to weeks."""
    names = [_("First"), _("Second")]
    hours = [4, 24, 48, 96, 240, 1344]
    phases = [
        {
            "from_hour": begin,
            "to_hour": end,
            "intensity": strength,
            "title": f"{names[strength % 2]}: {_('A phase')}",
            "text": _("A few words"),
        }
        for strength, (begin, end) in enumerate(pairwise(hours), start=1)
    ]
    return mark_safe(timeline.render(phases))  # noqa: S308 (drawn from a template)


@register.simple_tag
def sample_qr_code() -> SafeString:
    """The site's own address as a QR code."""
    return guide_tools.square(settings.SITE_URL)
