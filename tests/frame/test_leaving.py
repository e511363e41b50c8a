"""The way out without a script: where the link leads and what it takes along."""

from django.test import override_settings


def test_the_browser_is_told_to_forget_us_and_sent_to_a_blank_page(client):
    answer = client.get("/leave/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/blank/"
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_blank_page_says_nothing_about_us(client, settings):
    words = client.get("/blank/").content.decode().lower()
    for telling in (settings.SITE_NAME.lower(), "guide", "help", "recovery", "withdraw", "drug", "<a "):
        assert telling not in words


def test_a_reader_in_spanish_leaves_to_a_page_in_spanish(client):
    assert client.get("/es/leave/").headers["Location"] == "/es/blank/"


@override_settings(LEAVE_TO="https://weather.example.org/")
def test_an_operator_may_choose_an_everyday_page(client):
    assert client.get("/leave/").headers["Location"] == "https://weather.example.org/"


def test_the_safety_page_is_honest_about_the_history(client):
    words = client.get("/safety/").content.decode()
    assert "does not erase your history" in words
    assert "may become suspicious" in words
