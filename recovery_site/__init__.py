"""The project: settings, URLs, middleware and the admin site. It doesn't depend on guides or inquiries."""

__version__ = "0.1.0"
