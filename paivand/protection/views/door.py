"""The door of the sealed room: who may enter, how long it stays open, and what a page of it never lets out.

Every view of the room is made by ``sealed``. It asks for the right, for a touch within the last five minutes, or for a
new proof of who is there; it sends no address to other pages; and when it breaks, no value reaches a log.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.core.models.sealed import seal, unseal
from paivand.core.rules.errors import OutsideScopeError, WithoutRightError
from paivand.protection.rules.door import FRESH, MARK, is_due, is_open

NEUTRAL = "registry:place-list"
"""The page that stands there after a quick exit: a list of districts."""
LOCKED, LOCKED_WITH_TYPED = 423, 422
"""What a page answers while the door is closed. The second one tells the front end to show the answer in its place."""

_PASS = (Http404, PermissionDenied, SuspiciousOperation, OutsideScopeError, WithoutRightError)
View = Callable[..., HttpResponseBase]


class SealedPageError(Exception):
    """A page of the sealed room broke: the kind of error and the line, and nothing of what was in it."""


class UnlockForm(forms.Form):
    """The password once more."""

    password = forms.CharField(
        label=_("Password"), strip=False, max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        if settings.DEMO:
            del self.fields["password"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.by.check_password(password):
            raise forms.ValidationError(gettext("The password is not right. Try again."), code="password")
        return password


def sealed(verb: Verb = Verb.SURVIVOR_WORK, *, handed_over: bool = False) -> Callable[[View], View]:
    """Make a view one of the sealed room: ``view(request, by, …)``.

    Args:
        verb: the right that it asks for.
        handed_over: the page is for a survivor to whom the device is handed: it opens without the password, shows
            nothing of the room, and closes the door behind it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            by = asking(request)
            demand(by, verb)
            if handed_over:
                shut(request)
                return discreet(_without_values(view, request, by, *args, **kwargs))
            return discreet(_closed(request, by) or _without_values(view, request, by, *args, **kwargs))

        run.sealed = True  # type: ignore[attr-defined]
        return run

    return decorate


def discreet(response: HttpResponseBase) -> HttpResponseBase:
    """The answer with the headers of the room: nothing is kept, and no address is sent on."""
    response["Cache-Control"] = "no-store, max-age=0"
    # Never the address, only the host. With "no-referrer" browsers send no origin with a form, and the check against
    # forged requests would refuse every form that is sent without scripts.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def touch(request: HttpRequest) -> None:
    """Note that somebody is there."""
    request.session[MARK] = timezone.now().isoformat()


def shut(request: HttpRequest) -> None:
    """Close the door; signing in a moment ago does not open it again."""
    request.session.pop(MARK, None)
    for row in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, []):
        row["at"] = 0
    request.session.modified = True


def _closed(request: HttpRequest, by: User) -> HttpResponseBase | None:
    """The page of the lock; None where the door is open, or was opened by this very request."""
    touched = _touched_at(request)
    now = timezone.now()
    if is_open(touched, now):
        if is_due(touched, now):
            touch(request)
        return None
    if request.method == "POST" and "unlock" in request.POST:
        form = UnlockForm(request.POST, by=by)
        if _proven(request, by, form):
            touch(request)
            request.POST = QueryDict(_carried(by, request.POST.get("carried", "")))
            return None
        return lock_page(request, by, form, carried=request.POST.get("carried", ""))
    if proven_lately(request, by):
        touch(request)
        return None
    carried = seal(json.dumps([str(by.pk), request.POST.urlencode()])) if request.method == "POST" else ""
    return lock_page(request, by, UnlockForm(by=by), carried=carried)


def lock_page(request: HttpRequest, by: User, form: UnlockForm, *, carried: str = "") -> HttpResponse:
    """What stands there while the door is closed.

    Args:
        carried: what was being sent, sealed: it goes on once the password is right, and nobody reads it before.
    """
    status = LOCKED_WITH_TYPED if request.method == "POST" else LOCKED
    context = {
        "form": form, "carried": carried, "one_click": settings.DEMO, "has_password": by.has_usable_password(),
        "action": request.path if carried else reverse("protection:room-unlock"),
        "onwards": request.POST.get("onwards", "") or request.get_full_path(),
    }  # fmt: skip
    return render(request, "protection/locked.html", context, status=status)


def proven_lately(request: HttpRequest, by: User) -> bool:
    """Whether the library of sign-in noted a proof just now: signing in, a code, a passkey."""
    records = get_authentication_records(request, by)
    return bool(records) and 0 <= time.time() - max(float(row.get("at", 0)) for row in records) < FRESH.total_seconds()


def _proven(request: HttpRequest, by: User, form: UnlockForm) -> bool:
    """Whether the password is right; too many tries are refused, and each wrong one is noted."""
    if not ratelimit.consume(request, action="reauthenticate", user=by):
        form.add_error(None, gettext("Too many tries. Wait a minute, then try again."))
        return False
    if form.is_valid():
        return True
    record_event(Verb.SURVIVOR_WORK, by=by, outcome="refused", detail={"why": "password", "act": "door"})
    return False


def _touched_at(request: HttpRequest) -> datetime | None:
    written = request.session.get(MARK, "")
    found = parse_datetime(written) if written else None
    return found if found and found.tzinfo else None


def _carried(by: User, token: str) -> str:
    """What was being sent when the door closed; nothing for another user's, or one that was changed."""
    try:
        owner, typed = json.loads(unseal(token))
    except ValueError:
        return ""
    return str(typed) if owner == str(by.pk) else ""


def _without_values(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """The view's answer. An error of the program is told by its kind and its place, without its message.

    Messages of errors quote values: the database's name the row that failed. So the error that leaves is a new one,
    which has no memory of the first.
    """
    try:
        return view(request, *args, **kwargs)
    except _PASS:
        raise
    except Exception as error:
        where = _place_of(error)
    raise SealedPageError(where)


def _place_of(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if "paivand" in frame.filename] or list(frames)
    last = inside[-1]
    return f"{type(error).__name__} in {last.name}, line {last.lineno} of {last.filename.rpartition('paivand/')[2]}"


# --- the three addresses of the door itself ---------------------------------------------------------------------------


@require_POST
def room_unlock(request: HttpRequest) -> HttpResponseBase:
    """The password, from the page of the lock, or from one that the script has covered: then 204 where it is right."""
    by = asking(request)
    demand(by, Verb.SURVIVOR_WORK)
    form = UnlockForm(request.POST, by=by)
    onwards = request.POST.get("onwards", "")
    if onwards:
        if not _proven(request, by, form):
            return discreet(lock_page(request, by, form))
        touch(request)
        return discreet(redirect(onwards if _is_in_room(onwards) else reverse("protection:room-open")))
    if not _proven(request, by, form):
        words = [str(message) for messages in form.errors.values() for message in messages]
        return discreet(HttpResponse(" ".join(words), status=LOCKED_WITH_TYPED, content_type="text/plain"))
    touch(request)
    return discreet(HttpResponse(status=204))


def _is_in_room(address: str) -> bool:
    """Whether an address leads into the room and nowhere else."""
    plain = ".." not in address and "\\" not in address
    return (
        plain and address.startswith(reverse("protection:room-open")) and url_has_allowed_host_and_scheme(address, None)
    )


@require_POST
def room_stay(request: HttpRequest) -> HttpResponseBase:
    """Somebody is typing still: 204 while the door is open."""
    by = asking(request)
    demand(by, Verb.SURVIVOR_WORK)
    if not is_open(_touched_at(request), timezone.now()):
        return discreet(HttpResponse(status=LOCKED))
    touch(request)
    return discreet(HttpResponse(status=204))


@require_GET
def room_leave(request: HttpRequest) -> HttpResponseBase:
    """Quick exit: the door closes behind, and a page stands there that tells nothing."""
    by = asking(request)
    demand(by, Verb.SURVIVOR_WORK)
    shut(request)
    return discreet(redirect(NEUTRAL))
