"""The life of the keys: making, rotating, retiring, verifying, encrypting and recovering them (`manage.py keys`, docs/keys.md)."""

from intake.crypto import pins
from intake.crypto.pins import fingerprint

__all__ = ["fingerprint", "pins"]
