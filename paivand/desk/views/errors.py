"""Pages for what went wrong: what happened and what to do."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something unreadable, or calls the server by an address that is not its own."""
    if isinstance(exception, DisallowedHost):
        return render(request, "errors/host.html", {"address": settings.PUBLIC_ADDRESS}, status=400)
    return render(request, "errors/400.html", status=400)


def without_right(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: within sight, but not allowed."""
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: it does not exist, or lies outside one's scope; nobody learns which."""
    return render(request, "errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our mistake. The page needs no database and no user."""
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is too old or came from elsewhere."""
    return render(request, "errors/csrf.html", status=403)
