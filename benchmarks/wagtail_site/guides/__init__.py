"""Guide pages."""
