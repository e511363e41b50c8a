"""Where people are, as codes and in words."""
