"""What allauth's second factors take from this site: its name, what an account is called, and how secrets are sealed."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from accounts.factors import sealing


class Adapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises sealing.CanNotOpen, never returns an empty seed: codes made from it would be anybody's."""
        return sealing.unseal(encrypted_text)

    def _get_site_name(self) -> str:
        return settings.SITE_NAME

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.get_username())
