"""On a narrow phone no line break divides a number, in either language, and the words of a danger card stand apart."""

from itertools import pairwise

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The numbers that stand on more than one line: (text, lines).
BROKEN = """
    () => [...document.querySelectorAll('main .number, main a[href^="tel:"]')].flatMap((one) => {
      const range = document.createRange();
      const digits = [...one.childNodes].filter((node) => node.nodeType === 3 && /\\d[\\d ()-]{5,}/.test(node.data));
      return digits.flatMap((node) => {
        const { index, 0: { length } } = /[(+]*\\d[\\d ()-]{5,}\\d/.exec(node.data);
        range.setStart(node, index);
        range.setEnd(node, index + length);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        return lines.size > 1 ? [node.data] : [];
      });
    })
"""


@pytest.fixture
def riverside_with_a_number(riverside):
    riverside.phone = "+1 (202) 555-0143"
    riverside.save()
    return riverside


@pytest.mark.parametrize("width", [320, 360])
def test_no_number_is_divided(live_server, new_page, riverside_with_a_number, width):
    page = new_page(viewport={"width": width, "height": 740})
    for path in ("/es/help-now/", "/help-now/", "/es/centers/", "/es/search/?q=sobredosis", "/es/helplines/", "/es/contact/"):
        page.goto(live_server.url + path)
        assert page.evaluate(BROKEN) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(f"{live_server.url}/es/help-now/")
    assert page.locator("main .number").count() >= 4


def test_the_paragraphs_of_the_card_on_the_search_page_stand_apart(live_server, new_page, riverside):
    page = new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{live_server.url}/search/?q=overdose+and+I+want+to+die")
    card = page.locator("aside.callout-emergency").first
    boxes = [each.bounding_box() for each in card.locator(".care-calls > li, :scope > p").all()]
    assert len(boxes) >= 3
    for above, below in pairwise(boxes):
        assert below["y"] - (above["y"] + above["height"]) >= 8
