"""What clinical reviewers confirmed when they approved a guide."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FactAnswer(models.Model):
    """What the reviewer said of one fact (articles.safety.must_carry) with an approval or a review.

    It is about the text with the digest of `event`. `question` is kept as it was asked, since the data may change later.
    """

    class Said(models.TextChoices):
        CARRIED = "carried", _("The guide says it")
        NOWHERE = "nowhere", _("The guide says it nowhere")
        NOT_NEEDED = "not_needed", _("This guide doesn’t need it")
        HARMLESS = "harmless", _("It is there and does no harm")

    event = models.ForeignKey("articles.GuideEvent", models.CASCADE, related_name="fact_answers", verbose_name=_("step"))
    fact = models.CharField(_("fact"), max_length=60)
    question = models.CharField(_("question"), max_length=500)
    said = models.CharField(_("answer"), max_length=12, choices=Said.choices)
    place = models.CharField(_("place in the text"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("confirmed fact")
        verbose_name_plural = _("confirmed facts")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["event", "fact"], name="one_answer_a_fact")]

    def __str__(self) -> str:
        return f"{self.fact}: {self.get_said_display()}"
