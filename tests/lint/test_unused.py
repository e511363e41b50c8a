"""The lint rule on code that nothing uses."""

from pathlib import Path

import pytest

from script.checks import unused


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A project of one module and one template, with paths as git lists them."""
    monkeypatch.chdir(tmp_path)
    Path("intake").mkdir()
    Path("templates").mkdir()
    Path("tests").mkdir()
    Path("intake/queue.py").write_text(
        "class Row:\n    def used_here(self): ...\n    def shown_in_a_template(self): ...\n    def named_in_a_string(self): ...\n\n\n"
        "def left_over():\n    return Row().used_here()\n\n\ndef only_tests_call_this(): ...\n\n\nCOLUMNS = ['named_in_a_string']\n"
    )
    Path("templates/queue.html").write_text("{{ row.shown_in_a_template }}")
    Path("tests/test_queue.py").write_text("from intake.queue import only_tests_call_this\n\nonly_tests_call_this()\n")
    return [Path("intake/queue.py"), Path("templates/queue.html"), Path("tests/test_queue.py")]


def test_what_no_module_no_template_and_no_string_names_is_found(files):
    assert list(unused.find(files)) == [
        "intake/queue.py:7: nothing uses the function left_over",
        "intake/queue.py:11: nothing uses the function only_tests_call_this",
    ]
