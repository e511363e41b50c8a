"""Pages about the people who work here: new colleagues, members of centres, what waits to be confirmed, what changed."""
