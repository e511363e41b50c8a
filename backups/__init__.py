"""Backups that prove themselves: data and keys in two encrypted archives, and a restore that opens a canary (docs/operations.md)."""
