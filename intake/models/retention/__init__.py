"""Records of keeping and erasing: legal holds, cases that a hold keeps after a withdrawal, rounds of erasing."""

from intake.models.retention.holds import LegalHold, WithheldCase
from intake.models.retention.rounds import ErasingRound

__all__ = ["ErasingRound", "LegalHold", "WithheldCase"]
