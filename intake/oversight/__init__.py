"""Who read what: the audit trail as auditors and leads read it, and reading that is unusual."""
