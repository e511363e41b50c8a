"""The health check of a web container: ends with 0 when the site answers. Other containers of the image have none (deploy/compose.yaml)."""

import http.client
import os
import sys


def main() -> int:
    """Ask for a page that needs no database. A redirect to https and a refused name are answers, too."""
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    try:
        connection.request("GET", "/static/", headers={"Host": os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]})
        return 0 if connection.getresponse().status < 500 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
