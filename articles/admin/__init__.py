"""The admin of guides, for editors and clinical reviewers."""

from articles.admin.editions import EditionAdmin
from articles.admin.feedback import HelpfulCountAdmin
from articles.admin.guides import GuideAdmin
from articles.admin.library import PictureAdmin, TermAdmin
from articles.admin.synonyms import SynonymAdmin

__all__ = ["EditionAdmin", "GuideAdmin", "HelpfulCountAdmin", "PictureAdmin", "SynonymAdmin", "TermAdmin"]
