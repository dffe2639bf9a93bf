"""How a device comes in: its token, in the address or as the password of Basic, and what every answer carries.

Nobody is signed in here. The token is shown under an identity of its own; then the request goes on as the worker.
Wrong, revoked and expired tokens, suspended workers and those without the right are one answer.
"""

from __future__ import annotations

import base64
import errno
import functools
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, DisallowedHost, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from paivand.access.views.limits import tried, tries
from paivand.collect.queries.door import Opened, Shut, show_token, token_digest
from paivand.collect.rules.openrosa import TurnedAway, response
from paivand.collect.rules.tokens import door_limits, is_token

logger = logging.getLogger("paivand.collect")
View = Callable[..., HttpResponse]
WRONG = "device-token"
"""What is counted of an address: tokens that are no device's."""
XML = "text/xml; charset=utf-8"
NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""What a browser does with an answer of the door that somebody opens as a page: it shows it, and runs nothing."""


def at_door(*methods: str) -> Callable[[View], View]:
    """Make a view one that devices ask, by these methods. It gets the request and its parts, and calls ``come_in``."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @login_not_required
        @functools.wraps(view)
        def run(request: HttpRequest, **parts: Any) -> HttpResponse:
            request.user = AnonymousUser()
            asked_in = translation.get_language()
            try:
                with _troubles_told():
                    if request.method not in methods:
                        raise TurnedAway("method")
                    answer = view(request, **parts)
            except TurnedAway as turned_away:
                answer = _turned_away(turned_away)
            answer["Content-Language"] = translation.get_language() or "tg"
            translation.activate(asked_in or settings.LANGUAGE_CODE)
            return _dressed(answer)

        return run

    return decorate


def come_in(request: HttpRequest, token: str | None) -> Opened:
    """Let a device in, or turn it away; inside a transaction, which goes on with the identity of the worker.

    Raises:
        TurnedAway: ``token``, ``revoked``, ``busy``, and by Basic ``sign_in``, ``unsafe``.
    """
    username = None
    if token is None:
        username, token = _basic(request)
    found = show_token(token_digest(token), timezone.now()) if is_token(token) else Shut.UNKNOWN
    if isinstance(found, Opened) and username is not None and username != found.username:
        found = Shut.UNKNOWN
    # A phone in use is never made to wait for what somebody else does behind the same address; one that comes for the
    # first time is, so that a guess that hits opens nothing either.
    if (found is Shut.UNKNOWN or (isinstance(found, Opened) and not found.was_here)) and _is_guessed_at(request):
        raise TurnedAway("busy")
    if isinstance(found, Shut):
        raise _Wrong(found, by_basic=username is not None)
    translation.activate(found.language)
    return found


def _is_guessed_at(request: HttpRequest) -> bool:
    """Whether too many wrong tokens came from the address of this request lately."""
    return tries(request, WRONG) >= door_limits().wrong_tokens_of_address


class _Wrong(TurnedAway):
    """A token opens nothing. It is counted once the transaction is over, so that it stays counted."""

    def __init__(self, why: Shut, *, by_basic: bool) -> None:
        # Told to whoever holds a token that was good: its page removes what it holds, also what was not sent.
        is_final = why in {Shut.REVOKED, Shut.SUSPENDED}
        super().__init__("sign_in" if by_basic else "revoked" if is_final else "token")
        self.why = why


@contextmanager
def inside(request: HttpRequest, token: str | None) -> Iterator[Opened]:
    """A transaction with the identity of the worker whose device shows this token.

    Raises:
        TurnedAway: see ``come_in``.
    """
    try:
        with transaction.atomic():
            yield come_in(request, token)
    except _Wrong as wrong:
        count_wrong(request, wrong)
        raise


def count_wrong(request: HttpRequest, wrong: TurnedAway) -> None:
    """Count a token that is no device's. A device that was shut off may ask as often as its phone likes."""
    if isinstance(wrong, _Wrong) and wrong.why is Shut.UNKNOWN:
        tried(request, WRONG, within_minutes=door_limits().within_minutes)


def _basic(request: HttpRequest) -> tuple[str, str]:
    """User name and token; over https only, but for the demonstration on one's own machine."""
    at_home = settings.DEMO and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
    if not (request.is_secure() or at_home):
        raise TurnedAway("unsafe")
    kind, _space, said = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic" or len(said) > 1000:
        raise TurnedAway("sign_in")
    try:
        username, mark, token = base64.b64decode(said, validate=True).decode().partition(":")
    except ValueError:  # no base64, no letters of it, or no UTF-8 below
        raise TurnedAway("sign_in") from None
    if not mark:
        raise TurnedAway("sign_in")
    return username.strip().lower(), token.strip()


# --- answers ---------------------------------------------------------------------------------------------------------


def said(message: str, status: int, nature: str = "") -> HttpResponse:
    """An OpenRosaResponse."""
    return HttpResponse(response(message, nature), status=status, content_type=XML)


def told(content: bytes) -> HttpResponse:
    """A list, as XML."""
    return HttpResponse(content, content_type=XML)


def _turned_away(why: TurnedAway) -> HttpResponse:
    answer = said(_(why.words), why.status, "submit_error")
    answer["X-Paivand-Reason"] = why.code  # the sentence is for people; the browser form goes by the word
    if why.status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="Paivand", charset="UTF-8"'
    if why.status in {429, 503}:
        answer["Retry-After"] = "60"
    return answer


def _dressed(answer: HttpResponse) -> HttpResponse:
    """What clients look for on every answer. ``Date`` is the server's own; that of the client is never looked at."""
    answer["X-OpenRosa-Version"] = "1.0"
    answer["X-OpenRosa-Accept-Content-Length"] = str(door_limits().max_bytes)
    answer.headers.setdefault("Cache-Control", "no-store")
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Content-Security-Policy"] = NOTHING_RUNS
    answer["Referrer-Policy"] = "no-referrer"
    # Django logs the address of what was refused, and the token stands in it.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


_NO_ROOM = {"53100", "53200", "53300", "53400"}
"""Conditions of PostgreSQL: the disk, the memory, the connections or another limit are used up."""


@contextmanager
def _troubles_told() -> Iterator[None]:
    """Turn a full disk, a database that is away and whatever else breaks into answers that a phone understands.

    What the client is to blame for is no fault of ours: it would come again for ever.

    What broke is logged by its place only: the message of an error may quote what was filled in.
    """
    try:
        yield
    except TurnedAway:
        raise
    except DisallowedHost:
        # What it calls us is not quoted: anybody writes anything there.
        logger.warning("A device asks by an address that PAIVAND_HOSTS does not name")
        raise TurnedAway("host") from None
    except (SuspiciousOperation, BadRequest):
        raise TurnedAway("unreadable") from None
    except OSError as broken:
        if broken.errno in {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM}:
            logger.error("No room for a submission: %s", _place_of(broken))
            raise TurnedAway("no_room") from None
        logger.error("The door broke at %s", _place_of(broken))
        raise TurnedAway("broken") from None
    except DatabaseError as broken:
        state = getattr(broken.__cause__, "sqlstate", None) or ""
        logger.error("The database refused with %s: %s", state or "no state", _place_of(broken))
        if state in _NO_ROOM:
            raise TurnedAway("no_room") from None
        away = isinstance(broken, OperationalError | InterfaceError)
        raise TurnedAway("not_now" if away else "broken") from None
    except Exception as broken:
        logger.error("The door broke at %s", _place_of(broken))
        raise TurnedAway("broken") from None


def _place_of(broken: Exception) -> str:
    frames = traceback.extract_tb(broken.__traceback__)
    return f"{type(broken).__name__}, " + ", ".join(f"{Path(one.filename).name}:{one.lineno}" for one in frames[-4:])
