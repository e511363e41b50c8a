"""What the guides' side stores: the working copy, what surrounds it, and the editions that visitors read."""

from articles.models.editions import Address, Edition
from articles.models.events import GuideEvent
from articles.models.guides import Guide, Source, TimelinePhase

__all__ = ["Address", "Edition", "Guide", "GuideEvent", "Source", "TimelinePhase"]
