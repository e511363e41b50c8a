"""What is drawn of a guide's page when it is published."""

from django.db import models


class PublishedPage(models.Model):
    """The parts of a guide's page that are its own, as HTML. Derived: articles.rendering.guide_page makes it anew whenever it is missing.

    `drawn_from` is a digest of all that they were made from; a reader gets them only while it still fits.
    """

    guide = models.OneToOneField("articles.Guide", models.CASCADE, primary_key=True, related_name="published_page")
    drawn_from = models.CharField(max_length=32)
    head = models.TextField()
    article = models.TextField()

    def __str__(self) -> str:
        return f"page of guide {self.guide_id}"
