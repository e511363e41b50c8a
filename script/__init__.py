"""The commands a person types, and what they are made of."""
