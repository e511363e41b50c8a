"""The lint rule on the format of style sheets and scripts."""

import pytest

from script.checks import assets


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("queue.css", ".a { color: red; margin: 0 }\n", ".a {\n  color: red;\n  margin: 0\n}\n"),
        ("queue.js", "if (seen) {\n   show( )\n}\n", "if (seen) {\n  show()\n}\n"),
    ],
)
def test_what_is_not_formatted_is_named_and_can_be_formatted(tmp_path, monkeypatch, name, text, wanted):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path.relative_to(tmp_path) / "static"
    folder.mkdir()
    path = folder / name
    path.write_text(text)

    assert list(assets.find([path])) == [f"static/{name}: not formatted; run script/lint --fix"]

    assets.fix([path])
    assert path.read_text() == wanted
    assert list(assets.find([path])) == []
