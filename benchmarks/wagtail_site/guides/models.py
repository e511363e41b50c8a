"""A guide as a typical Wagtail page model, with sections, facts and sources as StreamField blocks."""

from django.db import models
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page


class GuidePage(Page):
    """A guide."""

    summary = models.CharField(max_length=300)
    facts = StreamField([("fact", blocks.StructBlock([("label", blocks.CharBlock()), ("text", blocks.CharBlock())]))])
    body = StreamField([("section", blocks.RichTextBlock())])
    sources = StreamField(
        [
            (
                "source",
                blocks.StructBlock([(name, blocks.CharBlock(required=False)) for name in ("number", "title", "publisher", "year", "url")]),
            )
        ]
    )
    reviewed_on = models.DateField(null=True, blank=True)

    template = "guide.html"
