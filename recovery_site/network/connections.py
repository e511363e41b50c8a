"""Connections to other machines, which lead out of our own network unless the caller says otherwise."""

import http.client
import socket
import ssl
from ipaddress import ip_address
from urllib.parse import SplitResult


class NotPublic(Exception):
    """The host has no address on the public internet, or one that isn't."""


def open_to(parts: SplitResult, *, timeout: float, inside: bool = False) -> http.client.HTTPConnection:
    """Return a connection to the host of an http or https URL, its certificate verified. Close it after use.

    The name is looked up once, and the connection is to the address that was judged, so that a name can't lead elsewhere in between.
    With `inside` it may also be an address of our own network. `timeout` is in seconds, for each step. Raises NotPublic or OSError.
    """
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    stream = socket.create_connection((address_of(host, port, inside=inside), port), timeout=timeout)
    if parts.scheme == "https":
        try:
            stream = ssl.create_default_context().wrap_socket(stream, server_hostname=host)
        except BaseException:
            stream.close()
            raise
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    connection.sock = stream
    return connection


def address_of(host: str, port: int, *, inside: bool = False) -> str:
    """Return an address of `host`, IPv4 where it has one. Raises NotPublic unless all are public or `inside`; OSError if there is none."""
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not found or not (inside or all(is_public(address) for address in found)):
        raise NotPublic
    return sorted(found, key=lambda address: ":" in address)[0]


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet."""
    parsed = ip_address(address.partition("%")[0])
    if parsed.version == 6 and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return parsed.is_global and not parsed.is_multicast
