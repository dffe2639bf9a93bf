"""One's own account, the language of the screens, and the demonstration's sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from paivand.access.actions.users import choose_language
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.queries import users as queries
from paivand.access.queries.demo import demo_accounts
from paivand.access.views.gate import asking
from paivand.access.views.words import data_class_names


@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    """Who one is here: particulars, roles, scope, second factor, sessions."""
    by = asking(request)
    context = {
        "assignments": [row for row in queries.assignments_of(by, by) if row.is_live],
        "sees": data_class_names(data_class for role in by.roles for data_class in role.sees),
        "second_factor": queries.has_second_factor(by),
        "idle_minutes": settings.IDLE_MINUTES,
    }
    return render(request, "access/profile.html", context)


@login_not_required
@require_POST
def language_choose(request: HttpRequest) -> HttpResponse:
    """Change the language, for the user if signed in and for the browser in any case; then back to the page."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if isinstance(request.user, User) and request.user.language != language:
        choose_language(language=language, by=request.user)
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    response = redirect(target)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=settings.LANGUAGE_COOKIE_AGE, samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE, httponly=True,
    )  # fmt: skip
    return response


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest, username: str) -> HttpResponse:
    """Sign in as a demonstration account by one click. Outside the demonstration the page does not exist."""
    if not settings.DEMO or username not in {account.username for account in demo_accounts()}:
        raise Http404
    with for_purpose("sign-in"):
        user = queries.user_named(username)
        if user is None:
            raise Http404
        response: HttpResponse = perform_login(request, Login(user=user))
    return response


def demo_context(request: HttpRequest) -> dict[str, Any]:
    """The accounts for the sign-in page of the demonstration; nothing elsewhere."""
    if not settings.DEMO or request.user.is_authenticated:
        return {}
    return {"demo_accounts": demo_accounts()}
