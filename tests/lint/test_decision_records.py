"""Every decision record says when it was made and whether it still holds, and the index says the same."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
HEAD = re.compile(r"# (\d+)\. (.+)\n\n- Date: (\d{4}-\d\d-\d\d)\n- Status: ((?:Accepted|Amended|Superseded)(?: by [\d, and]+)?)\n\n")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name[:4])
def test_a_record_begins_with_its_number_title_date_and_status(record):
    head = HEAD.match(record.read_text())

    assert head is not None
    assert int(head[1]) == int(record.name[:4])


def test_the_index_lists_every_record_as_it_is():
    heads = [(record, HEAD.match(record.read_text())) for record in RECORDS]
    rows = [f"| [{head[1]}. {head[2]}]({record.name}) | {head[3]} | {head[4]} |" for record, head in heads if head]

    assert re.findall(r"^\| \[.*$", (FOLDER / "README.md").read_text(), re.MULTILINE) == rows


def test_no_two_records_have_one_number():
    numbers = [record.name[:4] for record in RECORDS]

    assert len(numbers) == len(set(numbers))
