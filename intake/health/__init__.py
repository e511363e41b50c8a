"""Whether the site is well: what is wrong, in codes; the system checks; who is told, and by which ways."""
