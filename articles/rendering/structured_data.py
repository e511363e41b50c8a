"""schema.org JSON-LD for search engines. Includes only what the page itself shows."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from articles.models import Edition, Guide

Thing = dict[str, Any]


def medical_web_page(edition: Edition, guide: Guide) -> Thing:
    """Return the MedicalWebPage of a guide. The reviewer and date are included only if it was reviewed."""
    page: Thing = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": edition.title,
        "url": settings.SITE_URL + edition.get_absolute_url(),
        "inLanguage": edition.language,
        "datePublished": timezone.localdate(edition.published_at).isoformat(),
        "publisher": _site(),
        "isAccessibleForFree": True,
        "citation": [_work(source) for source in edition.sources],
    }
    if edition.summary:
        page["description"] = edition.summary
    if guide.reviewed_on:
        page["lastReviewed"] = guide.reviewed_on.isoformat()
        page["reviewedBy"] = {"@type": "Person", "name": guide.reviewed_by}
    return page


def faq_page(questions: list[tuple[str, str]]) -> Thing:
    """Return the FAQPage of (question, answer) pairs."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer}} for question, answer in questions
        ],
    }


def _work(source: Thing) -> Thing:
    work: Thing = {"@type": "CreativeWork", "name": source["title"], "publisher": {"@type": "Organization", "name": source["publisher"]}}
    if source.get("url"):
        work["url"] = source["url"]
    if source.get("year"):
        work["datePublished"] = str(source["year"])
    return work


def _site() -> Thing:
    return {"@type": "Organization", "name": settings.SITE_NAME, "url": settings.SITE_URL + "/"}
