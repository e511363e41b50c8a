""" "Leave this page" without JavaScript."""

import re

import pytest
from django.test import override_settings


def test_the_browser_is_told_to_clear_our_data_and_sent_to_a_blank_page(client):
    answer = client.get("/leave/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/blank/"
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_mailbox_is_closed_even_in_a_browser_that_ignores_the_header(client):
    client.cookies["mailbox"] = "token"
    cookie = client.get("/leave/").cookies["mailbox"]
    assert cookie.value == ""
    assert cookie["max-age"] == 0


def test_the_blank_page_makes_the_browser_drop_cached_pages(client):
    [address] = re.findall(r'<img src="([^"]+)"', client.get("/blank/").content.decode())
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Clear-Site-Data"] == '"cache"'
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


@pytest.mark.django_db
def test_the_safety_page_is_honest_about_the_history(client):
    words = client.get("/safety/").content.decode()
    assert "does not erase your history" in words
    assert "may become suspicious" in words
