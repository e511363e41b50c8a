"""django-helpdesk as its manual sets it up, to be measured beside our queue. Runs in an environment of its own."""
