"""Staff pages have the language of the browser; the language of visitors' pages depends on the URL only."""

from django.urls import reverse

SPANISH = {"accept-language": "es-MX,es;q=0.9,en;q=0.5"}


def test_the_queue_is_spanish_in_a_spanish_browser(client, amara):
    client.force_login(amara)
    assert "Nadie le está esperando" in client.get(reverse("admin:intake_inquiry_changelist"), headers=SPANISH).content.decode()


def test_the_queue_is_english_in_any_other_browser(client, amara):
    client.force_login(amara)
    for language in ("en-GB", "fr"):
        queue = client.get(reverse("admin:intake_inquiry_changelist"), headers={"accept-language": language})
        assert "Nobody is waiting for you" in queue.content.decode()


def test_the_editors_callouts_get_spanish_titles(client, edith):
    client.force_login(edith)
    assert "Busque ayuda de emergencia" in client.get(reverse("admin:articles_guide_add"), headers=SPANISH).content.decode()


def test_a_visitors_page_is_the_same_for_every_browser(client, db):
    page = client.get("/about/", headers=SPANISH)
    assert page.headers["Content-Language"] == "en"
    assert "Accept-Language" not in page.headers.get("Vary", "")
