"""The admin of guides, for editors and clinical reviewers."""

from django.contrib import admin

from articles.admin.editions import EditionAdmin, HelpfulCountAdmin
from articles.admin.front_page import guides_panel
from articles.admin.guides import GuideAdmin
from articles.admin.library import PictureAdmin, TermAdmin
from articles.admin.supply_alerts import SupplyAlertAdmin
from articles.admin.synonyms import SynonymAdmin
from articles.admin.unsaved_texts import keep_unsent
from recovery_site.staff import unsent

unsent.keepers.append(keep_unsent)
admin.site.add_panel(guides_panel, order=15)  # type: ignore[attr-defined]

__all__ = ["EditionAdmin", "GuideAdmin", "HelpfulCountAdmin", "PictureAdmin", "SupplyAlertAdmin", "SynonymAdmin", "TermAdmin"]
