"""What a visitor was told is sent is there after the server was killed, and opens with the receipt they were shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cluster import Cluster
from tests.support.drills import Visitors
from tests.support.site import Site, site_like

ENOUGH = 8  # forms that were acknowledged before the kill


@pytest.fixture
def site(site_template: Path, static_folder: Path, live_cluster: Cluster | None, tmp_path: Path) -> Iterator[Site]:
    """A running site of this test's own, where each request may name the address it comes from."""
    settings = {"CLIENT_ADDRESS_HEADER": "HTTP_X_REAL_IP", "PROOF_OF_WORK": "never"}
    with site_like(site_template, tmp_path / "data", static_folder, live_cluster, **settings) as running:
        yield running


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc to find the processes in")
def test_a_form_that_was_acknowledged_survives_a_kill_of_all_processes(site: Site) -> None:
    with Visitors([site.url], threads=3) as visitors:
        visitors.wait_for(ENOUGH)
        site.kill()
    site.start()

    assert visitors.lost() == []
    assert visitors.words_lost() == {}
