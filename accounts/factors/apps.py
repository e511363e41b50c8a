"""The application of allauth that its second factors need, without what this site doesn't use of it."""

from allauth.account.apps import AccountConfig


class LibraryConfig(AccountConfig):
    """allauth.account without its middleware, which the visitors' pages would pay for.

    None of allauth's pages is in the URL conf, so there is nothing for the middleware to catch; accounts.factors gives the library the
    request where it asks for one (accounts.factors.passkeys).
    """

    default = False

    def ready(self) -> None:
        """Skip the library's check that its middleware is there."""
