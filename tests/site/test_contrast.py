"""All colour pairs have enough contrast, light and dark (WCAG 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

WORDS = [  # text on background
    *[(word, ground) for word in ("ink", "soft", "brand", "clay") for ground in ("paper", "surface")],
    *[("ink", ground) for ground in ("tint", "clay-tint", "plum-tint", "alarm-tint")],
    *[("soft", "tint"), ("brand", "tint"), ("clay", "clay-tint"), ("plum", "plum-tint"), ("alarm", "alarm-tint"), ("brand", "plum-tint")],
    *[
        ("brand", "alarm-tint"),
        ("on-alarm", "alarm"),
        ("on-focus", "glow"),
        ("soft", "alarm-tint"),
        ("on-brand", "brand"),
        ("on-deep", "deep"),
        ("on-focus", "focus"),
    ],
]
SHAPES = [  # borders of fields, focus rings, bars of the timeline
    *[(shape, ground) for shape in ("edge", "brand", "clay") for ground in ("paper", "surface")],
    *[("on-focus", "focus"), ("alarm", "paper"), ("plum", "plum-tint")],
]


def tokens(dark: bool) -> dict[str, str]:
    sheet = Path(settings.BASE_DIR, "static/css/site.css").read_text()
    light, _, rest = sheet.partition("@media screen and (prefers-color-scheme: dark)")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", light.split("}")[0]))
    return colours | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", rest.split("}")[0])) if dark else colours


def brightness(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((brightness(one), brightness(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(WORDS, 4.5), (SHAPES, 3)], ids=["words", "shapes"])
def test_pairs_of_colours_have_enough_contrast(dark, pairs, least):
    colours = tokens(dark)
    near = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in near.items() if ratio < least} == {}


def test_the_scale_is_that_of_the_guidelines():
    assert contrast("#fff", "#000000") == 21
    assert round(contrast("#777", "#fff"), 2) == 4.48
