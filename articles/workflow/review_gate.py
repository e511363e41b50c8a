"""The consequences of editorial checks: errors block approval, warnings need a reason, notes only inform."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from articles import checks, permissions
from articles.checks import Finding, Level
from articles.models import Guide, Justification
from recovery_site.verbs import Refused


@dataclass(frozen=True)
class ReviewedFinding:
    """A finding of the checks with the reason for leaving it as it is, if any."""

    finding: Finding
    justification: Justification | None

    @property
    def wants_reason(self) -> bool:
        """Whether it is a warning without a reason."""
        return self.finding.level == Level.WARNING and self.justification is None

    @property
    def blocks(self) -> bool:
        """Whether it prevents approval."""
        return self.finding.level == Level.ERROR or self.wants_reason


def reviewed_findings(guide: Guide) -> list[ReviewedFinding]:
    """Run the checks on the stored working copy. Return the findings with their justifications, errors first."""
    reasons = {reason.finding: reason for reason in Justification.objects.filter(guide=guide)}
    return [ReviewedFinding(finding, reasons.get(finding.key) or reasons.get(finding.key_of_excerpt)) for finding in checks.run(guide)]


def why_not_ready(findings: list[ReviewedFinding]) -> str:
    """Return why the findings prevent approval, as a message for the screen, or "" if they don't."""
    errors = sum(1 for reviewed in findings if reviewed.finding.level == Level.ERROR)
    unanswered = sum(1 for reviewed in findings if reviewed.wants_reason)
    parts = []
    if errors:
        parts.append(ngettext("%(count)s error to fix", "%(count)s errors to fix", errors) % {"count": errors})
    if unanswered:
        words = ngettext("%(count)s warning to fix or give a reason for", "%(count)s warnings to fix or give a reason for", unanswered)
        parts.append(words % {"count": unanswered})
    return _("The checks found: %(list)s.") % {"list": ", ".join(parts)} if parts else ""


def for_the_record(findings: list[ReviewedFinding]) -> str:
    """Return the justified warnings with their reasons, one per line, to be stored with an approval."""
    justified = [(reviewed.finding, reviewed.justification) for reviewed in findings if reviewed.finding.level == Level.WARNING]
    lines = (f"{finding.message} {reason.person_name}: {reason.reason}" for finding, reason in justified if reason is not None)
    return "\n".join(dict.fromkeys(lines))  # a phrase that stands twice is said once


@transaction.atomic
def justify(guide: Guide, *, by: User, key: str, reason: str) -> Justification:
    """Give a reason for leaving a warning as it is. It is valid for its phrase in this guide, in later editions, too.

    Raises NotAllowed, or Refused if the reason is too short or the warning doesn't exist (any more).
    """
    permissions.require(permissions.may_edit(by))
    if len(reason.split()) < 2:
        raise Refused(_("Say in a few words why this is right as it is."))
    warnings = [reviewed.finding for reviewed in reviewed_findings(guide) if reviewed.finding.level == Level.WARNING]
    finding = next((warning for warning in warnings if warning.key == key), None)
    if finding is None:
        raise Refused(_("This warning is not there any more."))
    values = {"check_name": finding.check, "reason": reason.strip()[:500], "person": by, "person_name": by.shown_name}
    return Justification.objects.update_or_create(guide=guide, finding=key, defaults=values)[0]
