"""The network a request comes from, only as precise as rate limits need."""

import logging
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)


def single(request: HttpRequest) -> str:
    """Return what stands for one client: the address for IPv4, the /64 for IPv6 (one household or phone), or "unknown"."""
    return _network(request, 32)


def block(request: HttpRequest) -> str:
    """Return the client's network (/24 for IPv4, /64 for IPv6), or "unknown" if the request has no valid address.

    The last address of the header counts, which the proxy next to us added. Some proxies write a port behind it.
    """
    return _network(request, 24)


def _network(request: HttpRequest, ipv4_bits: int) -> str:
    address = _parsed(request.META.get(settings.CLIENT_ADDRESS_HEADER, "").split(",")[-1])
    if address is None:
        _warn_once(settings.CLIENT_ADDRESS_HEADER)
        return "unknown"
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network((address, ipv4_bits if address.version == 4 else 64), strict=False))


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in "203.0.113.9", "203.0.113.9:4711", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:80"."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


@cache
def _warn_once(header: str) -> None:
    """Tell the operator that requests can't be told apart: then all visitors share one limit."""
    logger.warning("No valid address in %s (CLIENT_ADDRESS_HEADER), so all visitors share one limit. Look at the proxy's settings.", header)
