"""Skips tests for missing programs, which `script/test --all` turns into failures."""

import os
from typing import NoReturn

import pytest


def unavailable(reason: str) -> NoReturn:
    """Skip the current test because something isn't installed, or fail it if nothing may be skipped."""
    if os.environ.get("TEST_FORBID_SKIPS"):
        pytest.fail(f"{reason}; --all allows no skipping")
    pytest.skip(reason)
