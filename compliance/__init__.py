"""The registers that the law asks for: incidents with their clock, and vendors with their agreements. No visitor is named in either."""
