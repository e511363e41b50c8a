"""The pages of who read what, for auditors, leads and operators."""
