"""The periodic job of the accounts."""

from accounts import sign_in
from recovery_site.periodic import periodic

periodic("remove old counts of sign-in attempts")(sign_in.forget_expired)
