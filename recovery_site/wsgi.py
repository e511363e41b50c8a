"""The WSGI application served by granian: cached pages first, then Django."""

import multiprocessing
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
django_application = get_wsgi_application()

from recovery_site.middleware import bodies, page_cache  # noqa: E402 (they need the settings)
from recovery_site.network import lifetimes  # noqa: E402

if multiprocessing.parent_process() is not None:  # a worker of granian: without its parent it would keep the port
    lifetimes.end_with_parent()

application = page_cache.before(bodies.measured(django_application))
