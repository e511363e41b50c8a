"""The other public pages: topics, about pages, structured data, feeds and sitemaps."""

import datetime as dt
import json

import pytest
from django.template.loader import render_to_string
from lxml import etree, html

from articles import topics
from articles.models import Guide, HelpfulCount
from articles.workflow import publishing, review
from recovery_site.pages.tags import json_ld
from tests.articles.guides import approve
from tests.support.vocabulary import mistakes

pytestmark = pytest.mark.django_db


def tree(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return html.fromstring(answer.content)


def data(client, path):
    [script] = tree(client, path).cssselect('script[type="application/ld+json"]')
    return json.loads(script.text)


class TestTopics:
    def test_only_topics_with_guides_are_listed(self, client, published):
        links = [link.get("href") for link in tree(client, "/topics/").cssselect(".chips a")]
        assert links == ["/topics/substance/heroin/", "/topics/stage/withdrawal/", "/topics/reader/self/"]

    def test_a_topic_lists_its_guides(self, client, published):
        assert [link.get("href") for link in tree(client, "/topics/substance/heroin/").cssselect(".rows a")] == ["/guides/the-first-days/"]

    def test_an_empty_topic_offers_further_links(self, client):
        assert "There is no guide about this yet." in tree(client, "/topics/substance/nicotine/").text_content()

    @pytest.mark.parametrize("path", ["/topics/substance/chocolate/", "/topics/colour/red/"])
    def test_an_unknown_topic_is_not_found(self, client, path):
        assert client.get(path).status_code == 404


def danger(substances, kind=Guide.Kind.WITHDRAWAL, stages=()):
    return topics.danger_of(kind, topics.search_line(substances, stages, []))


class TestDanger:
    def first_words(self, client):
        return [
            element.text_content()
            for element in tree(client, "/guides/the-first-days/").cssselect("article > header h1 + .callout-emergency")
        ]

    def test_a_guide_on_street_opioids_says_under_its_title_what_can_kill(self, client, published):
        assert "can threaten life" in self.first_words(client)[0]
        page = tree(client, "/guides/the-first-days/")
        assert page.cssselect("article > header .callout-emergency a.care-call")[0].get("href") == "tel:911"

    def test_sudden_stopping_is_named_for_alcohol_and_benzodiazepines(self):
        assert danger(["alcohol"]) == "sudden-stop"
        assert danger(["opioids", "benzodiazepines"]) == "sudden-stop"

    def test_no_alarm_where_there_is_no_such_danger(self):
        assert danger(["cannabis"]) == ""
        assert danger(["alcohol"], kind=Guide.Kind.GENERAL) == ""
        assert danger([], kind=Guide.Kind.LAW) == ""

    @pytest.mark.parametrize(
        ("substances", "kind", "stages", "code"),
        [
            (["opioids"], "safety", ["overdose"], "overdose"),
            (["opioids", "heroin"], "treatment", ["detox", "treatment"], "opioids"),
            (["prescription-opioids"], "withdrawal", [], "opioids"),
            (["cocaine"], "withdrawal", ["treatment"], "stimulants"),
            (["opioids", "alcohol"], "treatment", ["detox"], "sudden-stop"),
            ([], "treatment", ["detox"], "detox"),
            (["fentanyl"], "withdrawal", ["overdose"], "adulterated"),
        ],
    )
    def test_wherever_something_can_kill_it_is_said(self, substances, kind, stages, code):
        assert danger(substances, kind, stages) == code

    def test_every_danger_of_the_data_has_words(self):
        for one in topics.dangers():
            if one.code != "overdose":  # the steps stand in its place
                strip = render_to_string("components/danger.html", {"danger": one.code})
                assert "callout-emergency" in strip
        assert "Stimulants can kill" in render_to_string("components/danger.html", {"danger": "stimulants"})


class TestForMachines:
    def test_a_guide_is_a_medical_web_page_with_its_review_and_sources(self, client, published):
        page = data(client, "/guides/the-first-days/")
        assert mistakes(page) == []
        assert page["@type"] == "MedicalWebPage"
        assert page["reviewedBy"]["name"] == "Ruth Romero, RN"
        assert dt.date.fromisoformat(page["lastReviewed"])
        assert [work["name"] for work in page["citation"]] == ["A study of first days", "A handbook"]

    def test_the_day_of_publishing_is_the_one_shown_on_the_page(self, client, published, settings):
        settings.TIME_ZONE = "Pacific/Kiritimati"  # where it is the next day already
        assert "Nov. 26, 2026, edition" in " ".join(tree(client, "/guides/the-first-days/").text_content().split())
        assert data(client, "/guides/the-first-days/")["datePublished"] == "2026-11-26"

    def test_a_guide_that_nobody_reviewed_claims_no_review(self, client, published):
        Guide.objects.filter(pk=published.pk).update(reviewed_on=None, reviewed_by="")
        page = data(client, "/guides/the-first-days/")
        assert "lastReviewed" not in page
        assert "reviewedBy" not in page

    def test_the_validation_finds_what_schema_org_does_not_define(self):
        page = {
            "@type": "MedicalWebPage",
            "lastReviewed": "soon",
            "reviewedBy": {"@type": "Place"},
            "doses": "none",
            "citation": {"@type": "X"},
        }
        assert len(mistakes(page)) == 5

    def test_privacy_questions_are_a_faq_page(self, client):
        page = data(client, "/privacy/")
        assert mistakes(page) == []
        shown = [heading.text_content() for heading in tree(client, "/privacy/").cssselect("main h2")]
        assert {entry["name"] for entry in page["mainEntity"]} <= set(shown)

    def test_no_text_of_a_guide_can_break_out_of_the_data(self, client, published):
        text = json_ld({"name": "</script><script>alert(1)</script>&"})
        assert text.count("<") == 2
        assert json.loads(text.split(">", 1)[1].rsplit("<", 1)[0])["name"].startswith("</script>")

    def test_the_sitemap_lists_every_page_with_its_languages(self, client, published, settings):
        root = etree.fromstring(client.get("/sitemap.xml").content)
        places = [element.text.removeprefix(settings.SITE_URL) for element in root.iter("{*}loc")]
        assert "/" in places
        assert "/es/privacy/" in places
        assert "/guides/the-first-days/" in places
        assert {"/topics/substance/heroin/", "/centers/", "/es/contact/"} <= set(places)
        assert "/es/topics/substance/heroin/" not in places, "nothing is there in Spanish"
        assert len(places) == len(set(places))
        assert all(client.get(place).status_code == 200 for place in places)

    def test_the_feed_lists_editions(self, client, published, settings):
        root = etree.fromstring(client.get("/guides/atom.xml").content)
        assert [title.text for title in root.iterfind("{*}entry/{*}title")] == ["The first days without"]
        assert etree.fromstring(client.get("/es/guides/atom.xml").content).find("{*}entry") is None

    @pytest.mark.parametrize(
        "path", ["/", "/guides/", "/topics/", "/about/", "/search/", "/centers/", "/contact/", "/topics/substance/alcohol/"]
    )
    def test_every_page_names_itself_and_its_translations(self, client, settings, path):
        for here, locale in ((path, "en"), (f"/es{path}", "es")):
            page = tree(client, here)
            assert page.cssselect("link[rel=canonical]")[0].get("href") == settings.SITE_URL + here
            languages = {link.get("hreflang"): link.get("href") for link in page.cssselect("link[hreflang]")}
            assert languages == {
                "en": settings.SITE_URL + path,
                "es": f"{settings.SITE_URL}/es{path}",
                "x-default": settings.SITE_URL + path,
            }
            shared = {meta.get("property"): meta.get("content") for meta in page.cssselect("meta[property]")}
            assert shared["og:title"] == page.cssselect("title")[0].text_content()
            assert shared["og:url"] == settings.SITE_URL + here
            assert shared["og:locale"] == locale

    def test_a_guide_without_a_translation_claims_none(self, client, published):
        assert not tree(client, "/guides/the-first-days/").cssselect("link[hreflang]")

    @pytest.mark.parametrize("path", ["/search/?q=dope", "/mailbox/", "/thanks/", "/no-such-page/"])
    def test_private_pages_have_no_metadata(self, client, path):
        assert "canonical" not in client.get(path).content.decode()

    def test_a_quotation_mark_in_a_title_does_not_break_an_attribute(self, client, draft, edith, ruth):
        draft.title, draft.summary = '"><b>x', '"><i>y'
        draft.save()
        publishing.publish(approve(review.submit(draft, by=edith), by=ruth), by=edith)
        page = tree(client, "/guides/the-first-days/")
        assert page.cssselect('meta[property="og:title"]')[0].get("content") == '"><b>x'
        assert page.cssselect("meta[name=description]")[0].get("content") == '"><i>y'

    def test_robots_learn_where_nothing_is(self, client):
        lines = client.get("/robots.txt").content.decode().splitlines()
        closed = {line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")}
        questions = {f"{prefix}/contact/questions/{page}" for prefix in ("", "/es") for page in ("", "check/")}
        assert closed == {"/admin/", "/leave/", "/es/leave/", "/mailbox/", "/es/mailbox/"} | questions

    def test_a_guide_names_its_address_and_picture_of_itself(self, client, published, settings):
        page = tree(client, "/guides/the-first-days/")
        own = f"{settings.SITE_URL}/guides/the-first-days/"
        assert page.cssselect("link[rel=canonical]")[0].get("href") == own
        assert page.cssselect('meta[property="og:url"]')[0].get("content") == own
        assert not page.cssselect('meta[property="og:image"]')


class TestHelpful:
    def test_yes_and_no_are_counted_and_nothing_else(self, client, published):
        for answer in ("yes", "yes", "no"):
            done = client.post("/guides/the-first-days/helpful/", {"helpful": answer})
            assert (done.status_code, done.headers["Location"]) == (303, "/thanks/")
            assert not done.cookies
        [row] = HelpfulCount.objects.values("guide", "yes", "no")
        assert row == {"guide": published.pk, "yes": 2, "no": 1}

    @pytest.mark.parametrize(("said", "headers"), [("maybe", {}), ("", {}), ("yes", {"sec-fetch-site": "cross-site"})])
    def test_anything_else_is_not_counted(self, client, published, said, headers):
        assert client.post("/guides/the-first-days/helpful/", {"helpful": said}, headers=headers).status_code == 303
        assert not HelpfulCount.objects.exists()

    def test_opening_the_page_counts_nothing(self, client, published):
        assert client.get("/guides/the-first-days/helpful/").status_code == 405
        assert client.get("/thanks/").status_code == 200
        assert not HelpfulCount.objects.exists()

    def test_a_guide_that_does_not_exist_is_not_found(self, client):
        assert client.post("/guides/none/helpful/", {"helpful": "yes"}).status_code == 404


def test_the_qr_code_is_generated_by_us(client, published, settings):
    page = tree(client, "/guides/the-first-days/send/")
    assert page.cssselect("svg.qr path")
    assert f"{settings.SITE_URL}/guides/the-first-days/" in page.text_content()
    assert not page.cssselect("[style]")
