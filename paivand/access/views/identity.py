"""Middleware: one transaction for each request, with the identity of who asks; the second factor where it is due."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import get_user
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from paivand.access.actions.mechanism import from_address
from paivand.access.models.identity import set_identity
from paivand.access.models.users import User
from paivand.core.rules.errors import OutsideScopeError, WithoutRightError

Handler = Callable[[HttpRequest], HttpResponse]
WITHOUT_DATABASE = ("/healthz", "/static/")
OF_DEVICES = ("/key/", "/openrosa/")
"""Where devices come in. They show a token and no session, and their views open the transaction themselves: while a
slow phone is sending, no connection to the database is kept waiting."""
SIGN_IN = "/account/"
SEEN_EVERY = timedelta(seconds=60)


class DevicesMiddleware:
    """Lets devices in by a short way, past everything that serves people: sessions, cookies, sign-in, messages.

    Whoever is signed in on the same browser is nobody here, and stays signed in elsewhere. It stands below what holds
    for every answer: https and compression. An address that is no device's goes on as any other.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(OF_DEVICES):
            return self.get_response(request)
        found = None
        with suppress(Resolver404):
            found = resolve(request.path_info)
        if found is None:  # and no error that quotes the address, with a token in it, hangs on what follows
            return self.get_response(request)
        request.resolver_match = found
        language = translation.get_language_from_request(request)
        with from_address(_address(request)), translation.override(language):
            response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class IdentityMiddleware:
    """Opens the transaction, tells PostgreSQL who asks, and turns the errors of actions into 404 and 403.

    The transaction holds the whole request, templates included, so that nothing is read without identity. A response
    of 500 or worse rolls it back.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(WITHOUT_DATABASE):
            return self.get_response(request)
        with transaction.atomic(), from_address(_address(request)):
            self._identify(request)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            if isinstance(getattr(request, "user", None), User):
                # Phones are shared: nothing that a signed-in person saw stays in the browser's store.
                response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OutsideScopeError):
            raise Http404 from exception
        if isinstance(exception, WithoutRightError):
            raise PermissionDenied from exception
        return None

    def _identify(self, request: HttpRequest) -> None:
        purpose = "sign-in" if request.path.startswith(SIGN_IN) else ""
        set_identity(_session_user(request), purpose)
        user = get_user(request)
        if not isinstance(user, User):
            set_identity(None, purpose)
            return
        request.user = user
        translation.activate(user.language)
        request.LANGUAGE_CODE = user.language
        _keep_alive(request)


class SecondFactorMiddleware:
    """Outside the demo, leads a user whose roles see sensitive data to set up a second factor before anything else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        exempt = request.path.startswith((*WITHOUT_DATABASE, SIGN_IN)) or request.path == reverse(
            "access:language-choose"
        )
        if settings.DEMO or exempt or not isinstance(user, User) or not user.needs_second_factor:
            return self.get_response(request)
        from allauth.mfa.utils import is_mfa_enabled

        if is_mfa_enabled(user):
            return self.get_response(request)
        return HttpResponseRedirect(reverse("mfa_index"))


def _session_user(request: HttpRequest) -> uuid.UUID | None:
    value = request.session.get(SESSION_KEY)
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        return None


def _keep_alive(request: HttpRequest) -> None:
    """Push the idle time-out forward, writing the session at most once a minute.

    A page that asks again by itself says so: nobody is at work because of it.
    """
    if request.headers.get("X-By-Itself"):
        return
    seen = parse_datetime(request.session.get("seen_at", "")) if request.session.get("seen_at") else None
    now = timezone.now()
    if seen is None or now - seen > SEEN_EVERY:
        request.session["seen_at"] = now.isoformat()
        UserSession.objects.create_from_request(request)


def _address(request: HttpRequest) -> str | None:
    """The client's address; behind a proxy the last hop that the proxy itself wrote."""
    if hasattr(settings, "SECURE_PROXY_SSL_HEADER"):
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if forwarded:
            return str(forwarded.split(",")[-1].strip()) or None
    return request.META.get("REMOTE_ADDR") or None
