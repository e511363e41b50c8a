"""The chain over the audit trail: what was recorded can't be changed, removed or put into another order without it showing.

docs/audit.md says how it works, how to verify it, and what it can't show.
"""

from intake.audit.chain import SITE, chain_of, newest_link

__all__ = ["SITE", "chain_of", "newest_link"]
