"""Who works at a centre, and with which role: the verbs that change it, who must confirm them, and who is told.

Nothing else writes Membership rows. docs/decisions/0066 says why.
"""
