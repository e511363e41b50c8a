"""The network that a request comes from, as coarse as a limit needs it."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def block(request: HttpRequest) -> str:
    """Return the /24 or /64 that the request came from; all that name none share one."""
    given = request.META.get(settings.CLIENT_ADDRESS_HEADER, "").split(",")[-1].strip()
    try:
        address = ip_address(given)
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network((address, 24 if address.version == 4 else 64), strict=False))
