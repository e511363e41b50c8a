"""No test module reads the clock while it is imported, when tests.support.clock has not set it yet."""

import re

import pytest

from tests.support.site import ROOT

pytestmark = pytest.mark.once
READ = re.compile(r"^[A-Z_]+ *=.*\b(?:now|today|localdate|localtime|time\.time)\(", re.M)


def test_no_test_module_reads_the_clock_when_it_is_imported():
    assert READ.search("NOW = timezone.now()")
    assert [str(path) for path in (ROOT / "tests").rglob("*.py") if READ.search(path.read_text("utf-8"))] == []
