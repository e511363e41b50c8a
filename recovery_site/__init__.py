"""The project: settings, addresses, middleware and the admin site. It knows nothing of guides or inquiries."""

__version__ = "0.1.0"
