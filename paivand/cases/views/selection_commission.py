"""The commission of a selection: seats, signatures, the decision over the whole list, and the minutes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.cases.actions import commission as actions
from paivand.cases.forms.commission import CloseForm, ConcludeForm, OfferForm, OutsideForm, SeatForm, SignForm
from paivand.cases.queries import commission as queries
from paivand.cases.queries import selection as lists
from paivand.cases.queries.selection_minutes import minutes_lines
from paivand.cases.rules.selection_codes import numbers
from paivand.cases.views.selection import Asked, pressed
from paivand.core.rules.errors import Refused


@require_GET
def commission_open(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Who sits in the commission."""
    return _show_commission(request, Asked.of(request, round_id))


def _show_commission(
    request: HttpRequest, asked: Asked, offer: OfferForm | None = None, outside: OutsideForm | None = None
) -> HttpResponse:  # fmt: skip
    by, chosen = asked.by, asked.chosen
    forming = chosen.is_preparing or chosen.in_commission
    mine = queries.seat_of(by, chosen)
    seats = queries.seats(by, chosen)
    context = {
        "here": "commission",
        "seats": [seat for seat in seats if seat.left_on is None],
        "former": [seat for seat in seats if seat.left_on is not None],
        "mine": mine,
        "forming": forming,
        "needed": numbers().signers,
        "n_signers": sum(seat.is_signer and seat.is_taken for seat in seats),
        "seat_form": SeatForm() if forming and not (mine and mine.is_taken) else None,
        "offer_form": (offer or _offer_form(asked)) if forming else None,
        "outside_form": (outside or OutsideForm(prefix="outside")) if forming else None,
    }
    failed = offer or outside
    return asked.page(request, "selection_commission", failed if failed and failed.errors else None, **context)


def _offer_form(asked: Asked, data: Any = None) -> OfferForm:
    colleagues = queries.possible_signers(asked.by, asked.chosen)
    return OfferForm(data, colleagues=colleagues, prefix="offer")


@require_POST
def seat_take(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Sit down in the commission."""
    asked = Asked.of(request, round_id)
    function = request.POST.get("function", "")
    pressed(
        request,
        lambda: actions.take_seat(chosen=asked.chosen, function=function, by=asked.by),
        _("You sit in the commission. Keep what you read to yourself, and step aside where you are tied to a family."),
    )
    return asked.back("cases:round-commission")


@require_POST
def seat_offer(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Offer a colleague a seat."""
    asked = Asked.of(request, round_id)
    form = _offer_form(asked, request.POST)
    if form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            _once(
                lambda: actions.offer_seat(
                    chosen=asked.chosen, seat_id=form.form_key(), user=clean["user"], function=clean["function"],
                    by=asked.by,
                )
            )  # fmt: skip
            messages.success(request, _("The seat is offered. Your colleague finds it on this page and takes it."))
            return asked.back("cases:round-commission")
    return _show_commission(request, asked, offer=form)


@require_POST
def seat_outside(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Write down a member from outside."""
    asked = Asked.of(request, round_id)
    form = OutsideForm(request.POST, prefix="outside")
    if form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            _once(
                lambda: actions.seat_outside_member(
                    chosen=asked.chosen, seat_id=form.form_key(), function=clean["function"],
                    organisation=clean["organisation"], by=asked.by,
                )
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.back("cases:round-commission")
    return _show_commission(request, asked, outside=form)


def _once(save: Callable[[], object]) -> None:
    """Save; a second sending of the same form changes nothing and is no error."""
    try:
        save()
    except Refused as refused:
        if refused.code != "twice":
            raise


@require_POST
def seat_leave(request: HttpRequest, seat_id: uuid.UUID) -> HttpResponse:
    """Leave a seat."""
    by = asking(request)
    demand(by, Verb.SELECTION_SIGN)
    seat = queries.seat_seen_by(by, seat_id)
    if seat is None:
        lose(by, Verb.SELECTION_SIGN)
    pressed(
        request,
        lambda: actions.leave_seat(seat=seat, reason=request.POST.get("reason", ""), by=by),
        _("The seat is left."),
    )
    return Asked(by, seat.round).back("cases:round-commission")


@require_GET
def signatures_open(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """What was signed, by whom, what is missing, and the forms of signing and deciding."""
    return _show_signatures(request, Asked.of(request, round_id))


def _show_signatures(
    request: HttpRequest, asked: Asked, sign: SignForm | None = None, other: ConcludeForm | CloseForm | None = None
) -> HttpResponse:  # fmt: skip
    by, chosen = asked.by, asked.chosen
    found = queries.signatures(by, chosen)
    live = [one for one in found if not one.is_void]
    whole = lists.whole_need(lists.need_by_jamoat(by, chosen))
    present = queries.present_list(by, chosen) if chosen.in_commission else None
    version = {"version": chosen.version}
    conclude = other if isinstance(other, ConcludeForm) else ConcludeForm(initial=version)
    close = other if isinstance(other, CloseForm) else CloseForm(initial=version)
    context = {
        "here": "signatures",
        "live": live,
        "void": [one for one in found if one.is_void],
        "whole": whole,
        "present": present,
        "fingerprint": chosen.list_hash or (present.fingerprint if present else ""),
        "n_short": len(present.short(live)) if present else 0,
        "n_missing": max(0, numbers().signers - len(live)),
        "seated": queries.is_seated(by, chosen),
        "signed": any(one.signer_id == by.pk for one in live),
        "sign_form": sign or SignForm(initial={"list_hash": present.fingerprint if present else ""}),
        "conclude_form": conclude if chosen.in_commission else None,
        "close_form": close if chosen.takes_appeals else None,
        "minutes": queries.minutes_of(by, chosen) if chosen.is_signed else None,
    }
    failed = sign or other
    return asked.page(request, "selection_signatures", failed if failed and failed.errors else None, **context)


@require_POST
def list_sign(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Stand for the whole list."""
    asked = Asked.of(request, round_id)
    form = SignForm(request.POST)
    if form.is_valid():
        with refuse(form):
            actions.sign_list(chosen=asked.chosen, list_hash=form.cleaned_data["list_hash"], by=asked.by)
            messages.success(request, _("Signed. Any change of the list makes your signature void, and tells you so."))
            return asked.back("cases:round-signatures")
    return _show_signatures(request, asked, sign=form)


@require_POST
def round_conclude(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Make the signed list the decision."""
    asked = Asked.of(request, round_id)
    form = ConcludeForm(request.POST)
    if form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            actions.conclude(
                chosen=asked.chosen, leave_unassessed=clean["leave_unassessed"], version=clean["version"] or 0,
                by=asked.by,
            )  # fmt: skip
            messages.success(request, _("The list is decided. Tell every family, with its letter."))
            return asked.back()
    return _show_signatures(request, asked, other=form)


@require_http_methods(["POST"])
def round_close(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """End a selection."""
    asked = Asked.of(request, round_id)
    form = CloseForm(request.POST)
    if form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            actions.close_round(chosen=asked.chosen, reason=clean["reason"], version=clean["version"] or 0, by=asked.by)
            messages.success(request, _("The selection is closed."))
            return asked.back()
    return _show_signatures(request, asked, other=form)


@require_GET
def minutes_open(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """The minutes of the signed list, by codes of families, for printing and stamping."""
    asked = Asked.of(request, round_id)
    minutes = queries.minutes_of(asked.by, asked.chosen)
    if minutes is None:
        messages.error(request, _("There are minutes when the list is signed and decided."))
        return asked.back("cases:round-signatures")
    context = {
        "minutes": minutes,
        "lines": minutes_lines(asked.by, minutes),
        "seats": [seat for seat in queries.seats(asked.by, asked.chosen) if seat.is_taken],
        "signatures": [one for one in queries.signatures(asked.by, asked.chosen) if not one.is_void],
    }
    return asked.page(request, "selection_minutes", None, **context)
