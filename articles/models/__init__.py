"""Models of guides: working copies, the editions that visitors read, and what belongs to them."""

from articles.models.editions import Address, Edition, OldAddress
from articles.models.events import GuideEvent
from articles.models.feedback import HelpfulCount
from articles.models.guides import Guide, Source, TimelinePhase
from articles.models.library import Picture, PictureFile, Term
from articles.models.links import LinkCheck
from articles.models.review import FactAnswer
from articles.models.search import SearchDocument, SearchWord, Synonym
from articles.models.supply_alerts import SupplyAlert
from articles.models.teamwork import Comment, Justification, Presence, Reminder, ShareLink, UnsavedText

__all__ = [
    "Address",
    "Comment",
    "Edition",
    "FactAnswer",
    "Guide",
    "GuideEvent",
    "HelpfulCount",
    "Justification",
    "LinkCheck",
    "OldAddress",
    "Picture",
    "PictureFile",
    "Presence",
    "Reminder",
    "SearchDocument",
    "SearchWord",
    "ShareLink",
    "Source",
    "SupplyAlert",
    "Synonym",
    "Term",
    "TimelinePhase",
    "UnsavedText",
]
