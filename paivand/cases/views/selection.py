"""Pages of a selection: the rounds, one round with its list, its places, and the way to the commission."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.cases.actions import selection as actions
from paivand.cases.actions import selection_list
from paivand.cases.forms.selection import (
    FamilyCodeForm,
    FilterForm,
    ManyForm,
    PlacesForm,
    ReasonForm,
    RoundForm,
    ShareForm,
    ToldForm,
    VersionForm,
)
from paivand.cases.models import SelectionCandidate, SelectionRound
from paivand.cases.queries import commission as commissions
from paivand.cases.queries import selection as queries
from paivand.cases.queries.selection_profiles import changed_since
from paivand.cases.rules.selection import Part
from paivand.cases.rules.selection_codes import numbers
from paivand.core.rules.errors import Refused
from paivand.core.rules.whole_numbers import read_whole
from paivand.registry.queries.families import family_by_code


@dataclass(frozen=True)
class Asked:
    """Who asks, and about which round."""

    by: User
    chosen: SelectionRound

    @classmethod
    def of(cls, request: HttpRequest, round_id: uuid.UUID) -> Asked:
        """The round of the address, or 403 for a role without the right and 404 beyond the reach."""
        by = asking(request)
        demand(by, Verb.SELECTION_SIGN)
        chosen = queries.round_seen_by(by, round_id)
        if chosen is None:
            lose(by, Verb.SELECTION_SIGN)
        return cls(by, chosen)

    def page(
        self, request: HttpRequest, template: str, form: forms.BaseForm | None = None, **more: Any
    ) -> HttpResponse:
        """A page of the round; 422 when a form has errors."""
        context = {"chosen": self.chosen, "form": form, **more}
        status = 422 if form is not None and form.errors else 200
        return render(request, f"cases/{template}.html", context, status=status)

    def back(self, name: str = "cases:round-open") -> HttpResponse:
        """The way back to a page of the round."""
        return redirect(name, round_id=self.chosen.pk)


def version_of(request: HttpRequest) -> int:
    """The version that a button knows; 0 where it knows none."""
    typed = request.POST.get("version", "")
    return read_whole(typed) or 0


def pressed(request: HttpRequest, act: Callable[[], object], words: str) -> None:
    """Do what a button says, and tell what came of it."""
    with refuse(VersionForm(), request):
        act()
        messages.success(request, words)


@require_GET
def round_list(request: HttpRequest) -> HttpResponse:
    """Selections within reach, the latest first."""
    by = asking(request)
    demand(by, Verb.SELECTION_SIGN)
    page = queries.rounds(by, after=request.GET.get("after", ""))
    return render(request, "cases/selection_rounds.html", {"page": page})


@require_http_methods(["GET", "POST"])
def round_begin(request: HttpRequest) -> HttpResponse:
    """Begin a selection in one of one's districts."""
    by = asking(request)
    demand(by, Verb.SELECTION_SIGN)
    jamoats = list(queries.jamoats_open_to(by))
    districts = list({jamoat.parent_id: jamoat.parent for jamoat in jamoats}.values())
    asked = request.GET.get("district", "")
    district = next((one for one in districts if one and one.pk == asked), districts[0] if districts else None)
    here = [jamoat for jamoat in jamoats if district and jamoat.parent_id == district.pk]
    form = RoundForm(request.POST or None, jamoats=here)
    if request.method == "POST" and district is not None and form.is_valid():
        clean, key = form.cleaned_data, form.form_key()
        with refuse(form):
            try:
                actions.open_round(
                    scope=placement(by, district.pk), round_id=key, programme=clean["programme"],
                    purpose=clean["purpose"], places=form.places(), by=by,
                )  # fmt: skip
            except Refused as refused:
                if refused.code != "twice":
                    raise
            return redirect("cases:round-open", round_id=key)
    context = {"form": form, "district": district, "districts": districts}
    bad = request.method == "POST" and (form.errors or district is None)
    return render(request, "cases/selection_begin.html", context, status=422 if bad else 200)


@require_GET
def round_open(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """The list of a round, jamoat by jamoat, with the quota against the need."""
    asked = Asked.of(request, round_id)
    by, chosen = asked.by, asked.chosen
    places = queries.places_of(by, chosen)
    needs = queries.need_by_jamoat(by, chosen)
    part = Part.TO_ASSESS if request.GET.get("part") == Part.TO_ASSESS else Part.LISTED
    form = FilterForm(request.GET, chosen=chosen, places=places)
    filters = form.filters(part)
    page = queries.candidates(by, chosen, filters, after=request.GET.get("after", ""))
    seat = commissions.seat_of(by, chosen)
    seated = seat is not None and seat.is_taken
    context = {
        "here": "list",
        "places": [(place, needs[place.jamoat_id]) for place in places],
        "whole": queries.whole_need(needs),
        "filters": filters,
        "narrowed": bool(filters.jamoat or filters.decided or filters.urgent),
        "page": page,
        "changes": changed_since(by, page.rows),
        "aside": commissions.conflicts(by, chosen, [row.pk for row in page.rows]),
        "seat": seat,
        "seated": seated,
        "to_come": _to_come(by, chosen) if chosen.is_preparing else None,
        "share": ShareForm(initial={"version": chosen.version}),
        "many": ManyForm() if seated and chosen.in_commission else None,
        "told": ToldForm(prefix="told") if chosen.takes_appeals else None,
        "waiting": queries.without_step(by, chosen) if chosen.is_signed else [],
    }
    return render(request, "cases/selection_round.html", {"chosen": chosen, "form": form, **context})


def _to_come(by: User, chosen: SelectionRound) -> dict[str, Any]:
    """What is still to be done before the commission gets the list."""
    signers = [seat for seat in commissions.seats(by, chosen) if seat.is_signer and seat.is_taken]
    needed = numbers().signers
    return {
        "drawn": chosen.drawn_at is not None,
        "n_signers": len(signers),
        "needed": needed,
        "seats": len(signers) >= needed,
    }


@require_http_methods(["GET", "POST"])
def places_edit(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Set for how many families of each jamoat there is help."""
    asked = Asked.of(request, round_id)
    by, chosen = asked.by, asked.chosen
    jamoats = [jamoat for jamoat in queries.jamoats_open_to(by) if jamoat.parent_id == chosen.district_id]
    form = PlacesForm(
        request.POST or None, jamoats=jamoats, places=queries.places_of(by, chosen), fixed=not chosen.is_preparing,
        initial={"version": chosen.version},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.plan_places(
                chosen=chosen, places=form.places(), version=form.cleaned_data["version"] or 0, by=by
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.back()
    return asked.page(request, "selection_places", form, needs=queries.need_by_jamoat(by, chosen))


@require_POST
def places_share(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Share a number of places by need."""
    asked = Asked.of(request, round_id)
    form = ShareForm(request.POST)
    if form.is_valid():
        clean = form.cleaned_data
        pressed(
            request,
            lambda: actions.share_places(
                chosen=asked.chosen, total=clean["total"], version=clean["version"] or 0, by=asked.by
            ),
            _("The places are shared by need. They can be changed one by one."),
        )
    else:
        messages.error(request, _("Write how many places there are in all."))
    return asked.back()


@require_POST
def list_draw(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Draw up the list from the profiles of this moment."""
    asked = Asked.of(request, round_id)
    pressed(
        request,
        lambda: actions.draw_up_list(chosen=asked.chosen, version=version_of(request), by=asked.by),
        _("The list is drawn up from the profiles of this moment."),
    )
    return asked.back()


@require_POST
def commission_begin(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Hand the list to the commission."""
    asked = Asked.of(request, round_id)
    pressed(
        request,
        lambda: actions.begin_commission(chosen=asked.chosen, version=version_of(request), by=asked.by),
        _("The commission has the list now. Its order stays as it is."),
    )
    return asked.back()


@require_http_methods(["GET", "POST"])
def round_call_off(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Call a selection off that is not signed."""
    asked = Asked.of(request, round_id)
    form = ReasonForm(request.POST or None, initial={"version": asked.chosen.version})
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            actions.call_off(chosen=asked.chosen, reason=clean["reason"], version=clean["version"] or 0, by=asked.by)
            messages.success(request, _("The selection is called off. What was written stays."))
            return asked.back()
    return asked.page(request, "selection_call_off", form)


@require_http_methods(["GET", "POST"])
def family_add(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Put a forgotten family onto the list."""
    asked = Asked.of(request, round_id)
    form = FamilyCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        family = family_by_code(asked.by, form.cleaned_data["code"])
        if family is None:
            form.add_error("code", _("No family with this code lies within your reach. Check the code."))
        else:
            with refuse(form):
                added = selection_list.add_family(chosen=asked.chosen, family=family, by=asked.by)
                messages.success(request, _("The family is on the list."))
                return redirect("cases:candidate-open", candidate_id=added.pk)
    return asked.page(request, "selection_add", form)


@require_POST
def candidates_decide(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Decide about the ticked families of a page; each refusal is told with the code of its family."""
    asked = Asked.of(request, round_id)
    form, ticked = ManyForm(request.POST), _ticked(request)
    if not ticked or not form.is_valid():
        messages.error(request, _("Tick at least one family, and choose what is decided."))
        return _back_to_list(request, asked)

    def act(candidate: SelectionCandidate, version: int) -> None:
        choice = form.choice(candidate)
        if choice is None:
            raise Refused(_("Nothing is proposed for a family whose need is not known. Assess it first."), "unassessed")
        selection_list.decide(candidate=candidate, choice=choice, version=version, by=asked.by)

    done = _each(request, asked, ticked, act)
    if done:
        words = ngettext("Decided about %(n)s family.", "Decided about %(n)s families.", done) % {"n": done}
        messages.success(request, words)
    return _back_to_list(request, asked)


@require_POST
def candidates_tell(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Note for the ticked families of a page the day on which they were told."""
    asked = Asked.of(request, round_id)
    form, ticked = ToldForm(request.POST, prefix="told"), _ticked(request)
    if not ticked or not form.is_valid():
        messages.error(request, _("Tick at least one family, and write the day on which it was told."))
        return _back_to_list(request, asked)
    day = form.cleaned_data["told_on"]
    done = _each(
        request, asked, ticked,
        lambda candidate, version: selection_list.tell_family(
            candidate=candidate, told_on=day, version=version, by=asked.by
        ),
    )  # fmt: skip
    if done:
        words = ngettext("Noted for %(n)s family.", "Noted for %(n)s families.", done) % {"n": done}
        messages.success(request, words)
    return _back_to_list(request, asked)


def _ticked(request: HttpRequest) -> dict[uuid.UUID, int]:
    """The ticked rows of a page with the version of each, as ``key:version``."""
    found = {}
    for value in request.POST.getlist("row")[: queries.PAGE]:
        key, _colon, version = value.partition(":")
        stands = read_whole(version)
        with suppress(ValueError):
            if stands is not None:
                found[uuid.UUID(key)] = stands
    return found


def _each(
    request: HttpRequest, asked: Asked, ticked: dict[uuid.UUID, int], act: Callable[[SelectionCandidate, int], object]
) -> int:  # fmt: skip
    """Act on each of these rows by itself; what is refused is told, and stops nobody else."""
    done = 0
    for candidate in queries.candidates_of(asked.by, asked.chosen, ticked):
        code = candidate.seen.code if candidate.seen else _("a family beyond your reach")  # type: ignore[attr-defined]
        try:
            act(candidate, ticked[candidate.pk])
            done += 1
        except Refused as refused:
            messages.error(request, f"{code}: {refused.message}")
    return done


def _back_to_list(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The list as it was narrowed."""
    query = request.GET.urlencode()
    response = asked.back()
    if query:
        response["Location"] += f"?{query}"
    return response


@require_POST
def proposals_take(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Decide as proposed about everybody of a jamoat who gets no place."""
    asked = Asked.of(request, round_id)
    with refuse(VersionForm(), request):
        taken = selection_list.take_proposals(
            chosen=asked.chosen, jamoat_id=request.POST.get("jamoat", ""), by=asked.by
        )
        words = ngettext("Decided about %(n)s family.", "Decided about %(n)s families.", taken.n_decided)
        left = ngettext(
            "%(n)s family is left for a look of its own.",
            "%(n)s families are left for a look of their own.",
            taken.n_left,
        )
        messages.success(request, f"{words % {'n': taken.n_decided}} {left % {'n': taken.n_left}}")
    return _back_to_list(request, asked)
