"""Guards on what is installed."""

import importlib.util

import pytest

pytestmark = pytest.mark.once


def test_psycopg_3_is_not_installed():
    # Django would silently prefer it to psycopg2, at half again the cost in processor time.
    assert importlib.util.find_spec("psycopg") is None
