"""The timelines of the starter guides in a browser: on the narrowest screen no labels overlap or are cut off."""

from pathlib import Path

import pytest

from tests.support.site import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.once]

STARTER = Path(ROOT, "articles", "starter")
WITH_TIMELINE = sorted(path for path in STARTER.glob("*/*.md") if "\ntimeline:\n" in path.read_text())
CROWDED = """() => {
  const found = []
  for (const picture of document.querySelectorAll('.timeline-picture')) {
    const svg = picture.getBoundingClientRect()
    const texts = [...picture.querySelectorAll('text')].map(e => [e.textContent, e.getBoundingClientRect()])
    for (const [words, a] of texts) {
      if (a.left < svg.left - 1 || a.right > svg.right + 1) found.push(words + ' leaves the picture')
      for (const [others, b] of texts) {
        const crossing = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
        if (words < others && crossing) found.push(words + ' on ' + others)
      }
    }
  }
  return found
}"""
HEIGHT = "() => document.querySelector('.timeline-picture text').getBoundingClientRect().height"


@pytest.mark.parametrize("path", WITH_TIMELINE, ids=lambda path: path.stem)
def test_the_labels_of_a_timeline_have_room_and_grow_with_the_readers_letters(live_site, page, path):
    language = path.parent.name
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live_site.url}{'' if language == 'en' else '/' + language}/guides/{path.stem}/")
    assert page.evaluate(CROWDED) == []
    usual = page.evaluate(HEIGHT)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(CROWDED) == []
    assert page.evaluate(HEIGHT) > 1.8 * usual


def test_each_guide_about_a_withdrawal_that_has_times_shows_them():
    assert {path.stem for path in WITH_TIMELINE} == {
        "abstinencia-de-alcohol",
        "abstinencia-de-benzodiacepinas",
        "abstinencia-de-cannabis",
        "abstinencia-de-heroina",
        "alcohol-withdrawal",
        "benzodiazepine-withdrawal",
        "cannabis-withdrawal",
        "fentanilo-y-otros-opioides",
        "fentanyl-and-other-opioids",
        "gabapentin-sleeping-pills-and-other-sedatives",
        "gabapentina-pastillas-para-dormir-y-otros-sedantes",
        "metanfetamina-y-cocaina",
        "methamphetamine-and-cocaine",
        "pastillas-para-el-dolor",
        "prescription-opioids",
        "what-heroin-withdrawal-feels-like",
    }
