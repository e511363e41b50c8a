"""Support for tests: a database cluster, a browser, a mail server and the running site."""
