"""How somebody becomes a member of a centre, and who was told of changes of people and keys."""
