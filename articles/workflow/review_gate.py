"""What follows from the editorial checks: an error blocks approval, a warning wants a reason, a note informs."""

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
    """A finding, and the reason why it was left as it is, if somebody gave one."""

    finding: Finding
    justification: Justification | None

    @property
    def wants_reason(self) -> bool:
        """Whether it is a warning that nobody has answered."""
        return self.finding.level == Level.WARNING and self.justification is None

    @property
    def blocks(self) -> bool:
        """Whether it keeps the guide from being approved."""
        return self.finding.level == Level.ERROR or self.wants_reason


def reviewed_findings(guide: Guide) -> list[ReviewedFinding]:
    """Return what the checks find in the stored working copy, errors first, each with the reason given for it."""
    reasons = {reason.finding: reason for reason in Justification.objects.filter(guide=guide)}
    return [ReviewedFinding(finding, reasons.get(finding.key)) for finding in checks.run(guide)]


def why_not_ready(findings: list[ReviewedFinding]) -> str:
    """Return in words what the checks still want before a guide can be approved; "" when nothing."""
    errors = sum(1 for one in findings if one.finding.level == Level.ERROR)
    unanswered = sum(1 for one in findings if one.wants_reason)
    parts = []
    if errors:
        parts.append(ngettext("%(count)s error to mend", "%(count)s errors to mend", errors) % {"count": errors})
    if unanswered:
        words = ngettext("%(count)s warning to mend or give a reason for", "%(count)s warnings to mend or give a reason for", unanswered)
        parts.append(words % {"count": unanswered})
    return _("The checks found: %(list)s.") % {"list": ", ".join(parts)} if parts else ""


def for_the_record(findings: list[ReviewedFinding]) -> str:
    """Return the warnings that were left as they are with their reasons, one a line, to be kept with an approval."""
    kept = [one for one in findings if one.justification is not None and one.finding.level == Level.WARNING]
    lines = (f"{one.finding.message} {one.justification.person_name}: {one.justification.reason}" for one in kept if one.justification)
    return "\n".join(lines)


@transaction.atomic
def justify(guide: Guide, *, by: User, key: str, reason: str) -> Justification:
    """Say why a warning is left as it is. It counts until the words that were warned about change.

    Raises NotAllowed, or Refused when the reason is empty or there is no such warning (any more).
    """
    permissions.require(permissions.may_edit(by))
    if len(reason.split()) < 2:
        raise Refused(_("Say in a few words why this is right as it is."))
    finding = next((one.finding for one in reviewed_findings(guide) if one.finding.key == key and one.finding.level == Level.WARNING), None)
    if finding is None:
        raise Refused(_("This warning is not there any more."))
    values = {"check_name": finding.check, "reason": reason.strip()[:500], "person": by, "person_name": by.shown_name}
    return Justification.objects.update_or_create(guide=guide, finding=key, defaults=values)[0]
