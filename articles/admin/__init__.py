"""The editors' and reviewers' pages in the admin."""

from articles.admin.editions import EditionAdmin
from articles.admin.guides import GuideAdmin
from articles.admin.library import PictureAdmin, TermAdmin
from articles.admin.synonyms import SynonymAdmin

__all__ = ["EditionAdmin", "GuideAdmin", "PictureAdmin", "SynonymAdmin", "TermAdmin"]
