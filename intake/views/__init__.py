"""The pages that a visitor who asks for help sees."""
