"""`manage.py doctor`: finds what is wrong with an installation, and says the mend. The checks themselves are Django's system checks."""
