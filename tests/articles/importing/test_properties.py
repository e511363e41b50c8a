"""Whatever an editor's file holds: it is read, or refused with a reason, and what was read is the same the second time."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.importing.document import UnreadableDocument
from articles.importing.readers.detection import read_guide

PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<h2>", "</h1>", "<table><tr><td>", "</td>", "<ul><li>", "<a href='", "<!--", "-->", "<script>", "&amp;", "&#0;",
        "# ", "## ", "- ", "1. ", "[", "](", "```", "---\n", "title: x\n", "| a | b |\n|---|---|\n", "> ", "\n\n", "\n", "\t", " ",
        "[^1]", "[^1]: ", "***", "{#id}", "[gallery ids=\"1\"]", "<!-- wp:paragraph -->", "•", "\x00", "\ufeff", "\u202e",
        "Overdose can kill.", "Llame al 911.", "10 mg", "https://example.org/a",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=40).map("".join)
STEADY = settings(max_examples=150, derandomize=True, deadline=None, database=None)


def read(content: bytes, ending: str):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"guide{ending}")
        path.write_bytes(content)
        try:
            return read_guide(path, "en")
        except UnreadableDocument as refused:
            return str(refused)


@pytest.mark.parametrize("ending", [".md", ".html", ".txt"])
def test_any_text_is_read_or_refused(ending):
    @STEADY
    @given(text=TEXTS)
    def try_one(text):
        content = text.encode("utf-8", "surrogatepass")
        first = read(content, ending)
        assert first
        assert read(content, ending) == first

    try_one()


@pytest.mark.parametrize("ending", [".md", ".html", ".txt", ".docx"])
def test_any_bytes_are_read_or_refused(ending):
    @STEADY
    @given(content=st.binary(max_size=400))
    def try_one(content):
        assert read(content, ending)

    try_one()
