"""What the tests stand on: a database cluster, a browser, a mail server and the running site."""
