"""django-helpdesk set up as its manual says, to compare with our queue. Runs in a separate environment."""
