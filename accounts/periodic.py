"""Periodic jobs of the accounts app."""

from accounts import sign_in
from accounts.sessions import ending
from recovery_site.periodic import periodic

periodic("remove old counts of sign-in attempts")(sign_in.forget_expired)
periodic("remove sessions that have ended")(ending.forget_ended)
