"""The admin and the public site share one palette."""

import re
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

CSS = Path(settings.BASE_DIR) / "static" / "css"
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b")


def test_the_admin_uses_only_colours_of_the_public_site():
    tokens = CSS.joinpath("site.css").read_text().split("/* Words */")[0]
    strangers = set(COLOUR.findall(CSS.joinpath("admin.css").read_text())) - set(COLOUR.findall(tokens))
    assert not strangers
