"""/health/ and /metrics, for a monitor. Never kept by any cache, and answered to nobody else."""

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from intake.health import metrics, state

# A proxy sets at least one of these, so a request without any came to this process directly.
FROM_A_PROXY = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Return {"ok": …, "issues": […]} with status 200, or 503 when something is wrong."""
    _guard(request)
    found = state.look(timezone.now())
    return JsonResponse({"ok": found.ok, "issues": list(found.codes)}, status=200 if found.ok else 503)


@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Return the gauges in the text format of Prometheus."""
    _guard(request)
    return HttpResponse(metrics.text(timezone.now()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _guard(request: HttpRequest) -> None:
    """Raise Http404 unless the request brings the token or comes from a program on this machine, past the proxy."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.HEALTH_TOKEN and hmac.compare_digest(token.encode(), settings.HEALTH_TOKEN.encode()):
        return
    try:
        is_here = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        is_here = False
    if not is_here or any(name in request.META for name in FROM_A_PROXY):
        raise Http404
