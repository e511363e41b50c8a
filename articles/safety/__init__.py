"""What a guide must say because lives depend on it, and what is said on its page at once."""
