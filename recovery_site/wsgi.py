"""The WSGI application served by granian: cached pages first, then Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
django_application = get_wsgi_application()

from recovery_site.middleware import bodies, page_cache  # noqa: E402 (they need the settings)

application = page_cache.before(bodies.measured(django_application))
