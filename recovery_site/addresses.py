"""The network a request comes from, only as precise as rate limits need."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def single(request: HttpRequest) -> str:
    """Return what stands for one client: the address for IPv4, the /64 for IPv6 (one household or phone), or "unknown"."""
    return _network(request, 32)


def block(request: HttpRequest) -> str:
    """Return the client's network (/24 for IPv4, /64 for IPv6), or "unknown" if the request has no valid address."""
    return _network(request, 24)


def _network(request: HttpRequest, ipv4_bits: int) -> str:
    last_address = request.META.get(settings.CLIENT_ADDRESS_HEADER, "").split(",")[-1].strip()
    try:
        address = ip_address(last_address)
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network((address, ipv4_bits if address.version == 4 else 64), strict=False))
