"""The pages on which anyone checks a certificate, and the addresses by which programs check a badge.

Nobody is signed in here, and who is signed in on the same browser is nobody here: everything is read under the identity
of the code, which shows one row. A code that was mistyped, guessed or never was is answered by one and the same page,
after the same work; an address that asks for too many of them has to wait.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from paivand.access.models.identity import for_certificate
from paivand.access.views.limits import tried, tries
from paivand.learning.forms.certificates import CodeForm
from paivand.learning.models import Certificate
from paivand.learning.models.signing import public_keys
from paivand.learning.queries import certificates as queries
from paivand.learning.rules.badges import key_set, profile, public_jwk, revocations, thumbprint
from paivand.learning.rules.certificates import check_limits, code_digest, shown
from paivand.learning.views.badge_parts import BADGE_KINDS, award_of, badge_file, issuer_of

View = Callable[..., HttpResponse]
WRONG = "certificate-code"
"""What is counted of an address: codes that are not there."""


def in_public(view: View) -> View:
    """Make a view one for anyone: nobody is signed in, nothing is stored by the browser or found by search engines."""

    @login_not_required
    @functools.wraps(view)
    def run(request: HttpRequest, **parts: Any) -> HttpResponse:
        request.user = AnonymousUser()
        response = view(request, **parts)
        response.headers.setdefault("Cache-Control", "no-store, private")
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "same-origin"
        return response

    return run


def under_code(view: View) -> View:
    """Make a view one of the certificate whose code its address names. The view gets the certificate."""

    @in_public
    @functools.wraps(view)
    def run(request: HttpRequest, proof_code: str, **parts: Any) -> HttpResponse:
        limits = check_limits()
        digest = code_digest(proof_code)
        if tries(request, WRONG) >= limits.wrong_codes_of_address:
            context = {"busy": True, "minutes": limits.within_minutes}
            return render(request, "learning/verify_unknown.html", context, status=429)
        with for_certificate(digest):
            certificate = queries.certificate_by_digest(digest)
            if certificate is not None:
                return view(request, certificate, **parts)
        tried(request, WRONG, within_minutes=limits.within_minutes)
        return render(request, "learning/verify_unknown.html", {"form": CodeForm()}, status=404)

    return run


@require_GET
@in_public
def verify(request: HttpRequest) -> HttpResponse:
    """Type a code."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect(reverse("learning:verify-open", kwargs={"proof_code": form.typed()}))
    return render(request, "learning/verify.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@under_code
def verify_open(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """What anyone who has the code is told: number, course, day, whether it is valid; the name only if she agreed."""
    context = {"seen": shown(certificate), "certificate": certificate, "code": certificate.grouped_code}
    return render(request, "learning/verify_open.html", context)


@require_GET
@under_code
def verify_badge(request: HttpRequest, certificate: Certificate, badge_kind: str) -> HttpResponse:
    """The badge of a valid certificate, for whoever has the code: that is the holder, or whom she gave it."""
    if badge_kind not in BADGE_KINDS:
        raise Http404
    if not certificate.is_valid:
        return redirect(reverse("learning:verify-open", kwargs={"proof_code": certificate.grouped_code}))
    return badge_file(certificate, badge_kind, request)


@require_GET
@under_code
def verify_status(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """Whether a badge was revoked, as programs ask: a list that names this credential or nothing."""
    found = revocations(award_of(certificate, request), issuer_of(request), shown(certificate))
    return _for_programs(JsonResponse(found))


@require_GET
@in_public
def badge_issuer(request: HttpRequest) -> HttpResponse:
    """Who signs badges here: a page for people, JSON for programs."""
    issuer = issuer_of(request)
    keys = public_keys()
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        context = {"issuer": issuer, "keys": [(one, issuer.key(thumbprint(one))) for one in keys]}
        response = render(request, "learning/badge_issuer.html", context)
    else:
        told = {"@context": "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", **profile(issuer)}
        response = _for_programs(JsonResponse(told))
    response["Vary"] = "Accept, Cookie"
    return response


@require_GET
@in_public
def badge_keys(request: HttpRequest) -> HttpResponse:
    """All public keys, as a JSON Web Key Set."""
    return _for_programs(JsonResponse(key_set(public_keys(), issuer_of(request))))


@require_GET
@in_public
def badge_key(request: HttpRequest, thumb: str) -> HttpResponse:
    """One public key: where the header of a signed badge leads to."""
    found = next((one for one in public_keys() if thumbprint(one) == thumb), None)
    if found is None:
        raise Http404
    return _for_programs(JsonResponse(public_jwk(found, issuer_of(request))))


def _for_programs(response: HttpResponse) -> HttpResponse:
    """Verifiers run in other people's pages: they may read what is public anyway."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
