"""script/upgrade: a release is installed beside the running one, and takes over when it works. Only Python's own library.

SITE/current        a link to the release that runs; units and operators name this path
SITE/releases/NAME  the code of each release, with .venv, a link to its environment
SITE/environments   an environment for each list of pins
"""


class Refused(Exception):
    """A step failed. Its text is one sentence for the operator."""
