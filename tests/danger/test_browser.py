"""A browser hears what the server hears, in every line of the collection."""

import random

import pytest

from danger.assess import assess
from danger.corpus import collection
from danger.grammar import FOR_BROWSERS

pytestmark = [pytest.mark.browser, pytest.mark.once]

SPELT = [
    *(
        "s.u.i.c.i.d.e",
        "i want to d i e",
        "not\u200bbrea\u00adthing",
        "he won\u02bct wake up",
        "no.respira",
        "OD\u2019d",
        "KİLL myself",
        "bebé bebe",
    ),
    *("drinnnking 20 xanax", "1\n2\r\n3…", "?" * 50, "ß ﬁ ① ² no respira", "", "a, b: (c) not suicidal", "overdosed en 2016 … no. Now!"),
]


def texts():
    """Return every line, alone and as parts of longer messages, some with slips of the finger."""
    lines = [
        line.text
        for line in collection.sentences()
        + collection.kept_apart()
        + collection.independent()
        + collection.from_templates(3, random.Random(5))
    ]
    longer = [" ".join(lines[at : at + 3]) for at in range(0, len(lines) - 3, 7)]
    whole = ["\n".join(lines[at : at + 9]) for at in range(0, len(lines) - 9, 31)]
    return [*lines, *longer, *whole, *SPELT]


def test_a_browser_hears_what_the_server_hears(live_site, page):
    page.goto(f"{live_site.url}/contact/")
    asked = texts()
    assert len(asked) > 3000
    found = page.evaluate(
        """([data, texts]) => {
            const listen = dangerListener(JSON.parse(data));
            return texts.map((text) => listen(text).signs);
        }""",
        [FOR_BROWSERS.read_text(encoding="utf-8"), asked],
    )
    here = [{hit.code: int(hit.level) for hit in assess(text).signs} for text in asked]
    assert [(text, one, two) for text, one, two in zip(asked, here, found, strict=True) if one != two] == []
