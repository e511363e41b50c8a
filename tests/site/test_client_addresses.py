"""Visitors are told apart by the network they come from, however the proxy writes the address."""

import pytest

from recovery_site import addresses


@pytest.mark.parametrize(
    ("header", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("203.0.113.9:4711", "203.0.113.0/24"),
        ("198.51.100.7, 203.0.113.9:4711", "203.0.113.0/24"),
        ("2001:db8:0:1::5", "2001:db8:0:1::/64"),
        ("[2001:db8:0:1::5]", "2001:db8:0:1::/64"),
        ("[2001:db8:0:1::5]:80", "2001:db8:0:1::/64"),
        ('"[2001:db8:0:1::5]:80"', "2001:db8:0:1::/64"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("unknown", "unknown"),
        ("203.0.113:4711", "unknown"),
    ],
)
def test_a_port_beside_the_address_is_no_part_of_it(rf, settings, header, network):
    settings.CLIENT_ADDRESS_HEADER = "HTTP_X_FORWARDED_FOR"
    assert addresses.block(rf.get("/", HTTP_X_FORWARDED_FOR=header)) == network


def test_the_operator_is_told_once_when_visitors_cannot_be_told_apart(rf, settings, caplog):
    settings.CLIENT_ADDRESS_HEADER = "HTTP_X_SOMETHING_ELSE"
    for _visit in range(3):
        addresses.block(rf.get("/"))
    assert [record.getMessage() for record in caplog.records].count(caplog.records[0].getMessage()) == 1
    assert "CLIENT_ADDRESS_HEADER" in caplog.text
