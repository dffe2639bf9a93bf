"""The page behind a one-time link: open to whoever holds it, for one referral, after the PIN.

Nobody is signed in here, and who is signed in on the same browser is nobody here: everything is read and written under
the identity of the link. A cookie for this address alone, signed and short-lived, remembers that the PIN was given.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paivand.access.models.identity import for_link
from paivand.access.views.gate import refuse
from paivand.access.views.limits import tried
from paivand.referrals.actions import links as actions
from paivand.referrals.actions.links import PinTry
from paivand.referrals.forms.answers import PinForm
from paivand.referrals.forms.referrals import NoteForm
from paivand.referrals.models import AnswerLink
from paivand.referrals.queries import links as queries
from paivand.referrals.rules.clock import link_limits
from paivand.referrals.rules.links import LinkState, token_digest
from paivand.referrals.views.answering import answer_forms

COOKIE = "paivand_link"
SALT = "paivand.referrals.link"
View = Callable[..., HttpResponse]


def under_link(view: View) -> View:
    """Make a view one of the link that its address names: found by its digest, under its identity, in its language.

    The view gets the link. What is not there, taken back, used up, locked or over is told by a page that names whom to
    call, and by nothing else.
    """

    @login_not_required
    @functools.wraps(view)
    def run(request: HttpRequest, token: str) -> HttpResponse:
        request.user = AnonymousUser()
        digest = token_digest(token)
        with for_link(digest):
            link = queries.link_by_digest(digest)
            with translation.override(_language(request, link)):
                request.LANGUAGE_CODE = translation.get_language() or "tg"
                response = _answered(request, token, link, view)
        return _closed_in(response)

    return run


def _answered(request: HttpRequest, token: str, link: AnswerLink | None, view: View) -> HttpResponse:
    if link is None:
        # Who guesses at addresses is slowed down like who guesses at PINs.
        if _too_many(request, "unknown"):
            return _busy(request)
        return render(request, "referrals/link_gone.html", {"state": "unknown"}, status=404)
    state = link.state(timezone.now())
    if state is not LinkState.OPEN:
        return gone(request, link, state)
    return view(request, token, link)


def gone(request: HttpRequest, link: AnswerLink, state: LinkState) -> HttpResponse:
    """The page of a link that opens no more: whom to call, and nothing about anybody."""
    context = {"state": str(state), "call_whom": link.call_whom}
    return render(request, "referrals/link_gone.html", context, status=410)


def _language(request: HttpRequest, link: AnswerLink | None) -> str:
    """The language that was chosen in this browser, or that of the link."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in dict(settings.LANGUAGES):
        return chosen
    return link.language if link else str(translation.get_language())


def _closed_in(response: HttpResponse) -> HttpResponse:
    """Nothing of the page is stored, found by search engines, or told to other addresses.

    The policy of referrers stays at ``same-origin``: with ``no-referrer`` browsers send no origin with a form, and the
    token of the form could not be checked. The page leads to no other host.
    """
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "same-origin"
    return response


# --- the PIN ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@under_link
def answer_open(request: HttpRequest, token: str, link: AnswerLink) -> HttpResponse:
    """The PIN first; then the referral with its answers."""
    if request.method == "POST":
        return _pin(request, token, link)
    return _page(request, link) if _is_open(request, link) else _ask_pin(request, token, PinForm())


def _ask_pin(request: HttpRequest, token: str, form: PinForm, status: int = 200) -> HttpResponse:
    return render(request, "referrals/link_pin.html", {"form": form, "token": token}, status=status)


def _pin(request: HttpRequest, token: str, link: AnswerLink) -> HttpResponse:
    form = PinForm(request.POST)
    if not form.is_valid():
        return _ask_pin(request, token, form, 422)
    if _too_many(request, "address") or _too_many(request, "link", link.link_digest):
        return _busy(request)
    came = actions.try_pin(link, form.cleaned_data["pin"], now=timezone.now())
    if came is PinTry.SHUT:
        return gone(request, link, LinkState.LOCKED)
    if came is PinTry.WRONG:
        form.add_error(
            "pin", _("This is not the PIN. Ask who sent you the link. After a few wrong tries it is locked.")
        )
        return _ask_pin(request, token, form, 422)
    address = reverse("referrals:answer-open", kwargs={"token": token})
    response = redirect(address)
    response.set_cookie(
        COOKIE, signing.dumps(link.link_digest, salt=SALT), max_age=link_limits().open_minutes * 60, path=address,
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict",
    )  # fmt: skip
    return response


def _is_open(request: HttpRequest, link: AnswerLink) -> bool:
    """Whether the PIN of this link was given in this browser a short while ago."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=link_limits().open_minutes * 60)
    except signing.BadSignature:
        return False
    return bool(kept == link.link_digest)


def _too_many(request: HttpRequest, what: str, key: str = "") -> bool:
    """Count a try of this address, or on this link, and say whether there were too many lately."""
    limits = link_limits()
    most = limits.tries_of_link if key else limits.tries_of_address
    return tried(request, f"referral-link:{what}", within_minutes=limits.within_minutes, key=key) > most


def _busy(request: HttpRequest) -> HttpResponse:
    return render(
        request, "referrals/link_gone.html", {"state": "busy", "minutes": link_limits().within_minutes}, status=429
    )


# --- answering -------------------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest, link: AnswerLink, *, note: NoteForm | None = None, typed: object = None
) -> HttpResponse:
    """What the link shows, and the answers as buttons."""
    referral, shown = queries.answered_by(link), queries.shown_by(link)
    if referral is None or shown is None:
        return gone(request, link, LinkState.REVOKED)
    forms = answer_forms(referral, typed or {})  # type: ignore[arg-type]
    context = {
        "referral": referral, "shown": shown, "forms": forms, "note": note or NoteForm(), "link": link,
        "steps": queries.history_of(link),
    }  # fmt: skip
    failed = (note and note.errors) or any(form.errors for form in forms)
    return render(request, "referrals/link.html", context, status=422 if failed else 200)


@require_POST
@under_link
def answer_give(request: HttpRequest, token: str, link: AnswerLink) -> HttpResponse:
    """Answer by the link."""
    back = redirect("referrals:answer-open", token=token)
    referral = queries.answered_by(link)
    if not _is_open(request, link) or referral is None:
        return _ask_pin(request, token, PinForm(), 422)
    form = next((one for one in answer_forms(referral, request.POST) if one.is_bound), None)
    if form is None:
        return back
    if form.is_valid():
        with refuse(form):
            done = actions.answer_link(link, form.kind, now=_now(), **form.values())
            if not done.is_pending:
                response = render(request, "referrals/link_thanks.html", {"link": link})
                response.delete_cookie(COOKIE, path=str(back["Location"]), samesite="Strict")
                return response
            return back
    return _page(request, link, typed=request.POST)


@require_POST
@under_link
def answer_note(request: HttpRequest, token: str, link: AnswerLink) -> HttpResponse:
    """Write a few words to the sender."""
    back = redirect("referrals:answer-open", token=token)
    if not _is_open(request, link):
        return _ask_pin(request, token, PinForm(), 422)
    form = NoteForm(request.POST)
    if form.is_valid():
        with refuse(form):
            actions.write_by_link(link, form.cleaned_data["note"], now=_now())
            return back
    return _page(request, link, note=form)


def _now() -> datetime:
    return timezone.now()
