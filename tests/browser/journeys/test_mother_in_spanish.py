"""Rosa speaks Spanish. Her son had an overdose last week, and she asks what to do now."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.journeys.asking import PHONE, ask, on_first_screen
from tests.browser.test_every_page_is_usable import visible_overflow
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once]

STORY = "Mi hijo tuvo una sobredosis la semana pasada. ¿Qué hago ahora?"
ENGLISH = re.compile(r"\b(the|your|words|between|written|will|and|Sunday|Monday)\b")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_rosa_finds_her_language_a_guide_and_somebody_who_calls(live_site, new_page, scripts):
    page = new_page(java_script_enabled=scripts, viewport=PHONE, locale="es-MX")
    page.goto(live_site.url + "/")
    spanish = page.get_by_role("link", name="Español").first
    assert on_first_screen(spanish)
    follow(spanish)
    page.locator("main [name=q]").fill(STORY)
    follow(page.locator("main").get_by_role("button", name="Buscar"))
    expect(page.locator("main .rows a").first).to_have_text("Naloxona y qué hacer en una sobredosis")
    expect(page.locator("main .callout-emergency")).to_have_count(1)

    way = {"contact_way": "phone", "phone": "202 555 0143", "consent_call": "on", "name": "Rosa"}
    ask(page, live_site.url + "/es/contact/", STORY, for_whom="other", **way)
    main = page.locator("main")
    expect(main.locator(".callout-emergency")).to_have_count(1)
    # It is over: what to do afterwards stands there, too.
    expect(main).to_contain_text("¿Ya pasó? Qué hacer después:")
    expect(main.get_by_role("link", name="Después de una sobredosis")).to_be_visible()
    expect(main).to_contain_text(re.compile(r"le llamará el \w+ \d+ de \w+, entre las? \d+:\d\d [ap]\.\sm\. y las? \d+:\d\d [ap]\.\sm\."))
    assert ENGLISH.search(main.inner_text()) is None
    assert visible_overflow(page) <= 0 if scripts else True
