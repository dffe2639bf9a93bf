"""One family on the list of a selection: what is known, what is proposed, what is decided, and what she is told."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.cases.actions import commission as seats_actions
from paivand.cases.actions import selection_list as actions
from paivand.cases.forms.commission import AsideForm
from paivand.cases.forms.selection import DecisionForm, FillForm, RefusalForm, ToldForm
from paivand.cases.models import SelectionCandidate
from paivand.cases.queries import commission as commissions
from paivand.cases.queries import selection as queries
from paivand.cases.queries.selection_letters import letters
from paivand.cases.queries.selection_profiles import changed_since
from paivand.cases.rules.selection import Outcome, appeal_until
from paivand.cases.rules.selection_codes import numbers
from paivand.cases.views.selection import Asked, pressed, version_of


def _asked(request: HttpRequest, candidate_id: uuid.UUID) -> tuple[Asked, SelectionCandidate]:
    by = asking(request)
    demand(by, Verb.SELECTION_SIGN)
    candidate = queries.candidate_seen_by(by, candidate_id)
    if candidate is None:
        lose(by, Verb.SELECTION_SIGN)
    return Asked(by, candidate.round), candidate


@require_http_methods(["GET", "POST"])
def candidate_open(request: HttpRequest, candidate_id: uuid.UUID) -> HttpResponse:
    """One family with every factor of its profile, and the decision about it."""
    asked, candidate = _asked(request, candidate_id)
    form = DecisionForm(request.POST or None, candidate=candidate)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.decide(
                candidate=candidate, choice=form.choice(), version=form.cleaned_data["version"] or 0, by=asked.by
            )
            messages.success(request, _("The decision is kept."))
            following = queries.next_undecided(asked.by, candidate)
            if following:
                return redirect("cases:candidate-open", candidate_id=following.pk)
            return asked.back()
    return _show(request, asked, candidate, form=form)


def _show(
    request: HttpRequest, asked: Asked, candidate: SelectionCandidate, form: DecisionForm, **more: Any
) -> HttpResponse:  # fmt: skip
    by, chosen = asked.by, asked.chosen
    seats = commissions.seats(by, chosen)
    mine = next((seat for seat in seats if seat.user_id == by.pk and seat.is_taken), None)
    aside = commissions.conflicts_of(by, candidate)
    stepped = any(one.ended_at is None and one.seat_id == (mine.pk if mine else None) for one in aside)
    places = {place.jamoat_id: place for place in queries.places_of(by, chosen)}
    need = queries.need_by_jamoat(by, chosen)[candidate.jamoat_id]
    told = chosen.takes_appeals and candidate.outcome
    open_still = chosen.in_commission or chosen.takes_appeals
    before, behind = queries.around(by, candidate)
    context = {
        "candidate": candidate,
        "place": places.get(candidate.jamoat_id),
        "need": need,
        "before": before,
        "behind": behind,
        "change": changed_since(by, [candidate]).get(candidate.pk),
        "decisions": queries.decisions_of(by, candidate),
        "appeals": commissions.appeals_of(by, candidate),
        "aside": aside,
        "open_still": open_still,
        "mine": mine,
        "stepped": stepped,
        "may_decide": chosen.in_commission and mine is not None and not stepped,
        "aside_form": AsideForm(seats=seats, by=by, prefix="aside") if mine and open_still else None,
        "told_form": ToldForm(initial={"version": candidate.version}, prefix="told") if told else None,
        "refusal_form": _refusal_form(candidate) if told else None,
        "fill_form": _fill_form(candidate, free=need.n_free) if chosen.takes_appeals and mine else None,
        "may_appeal": chosen.takes_appeals and candidate.outcome != Outcome.SELECTED,
        "appeal_until": appeal_until(chosen.decided_on, candidate.told_on, numbers().appeal_days)
        if chosen.decided_on
        else None,
        **more,
    }
    return asked.page(request, "selection_family", form, **context)


def _refusal_form(candidate: SelectionCandidate) -> RefusalForm | None:
    if candidate.outcome not in {Outcome.SELECTED, Outcome.RESERVE}:
        return None
    return RefusalForm(initial={"version": candidate.version}, prefix="refusal")


def _fill_form(candidate: SelectionCandidate, *, free: int) -> FillForm | None:
    if candidate.outcome != Outcome.RESERVE or not free:
        return None
    return FillForm(initial={"version": candidate.version}, prefix="fill")


@require_POST
def conflict_declare(request: HttpRequest, candidate_id: uuid.UUID) -> HttpResponse:
    """Write down that a member of the commission steps aside from this family."""
    asked, candidate = _asked(request, candidate_id)
    seats = commissions.seats(asked.by, asked.chosen)
    form = AsideForm(request.POST, seats=seats, by=asked.by, prefix="aside")
    if form.is_valid():
        seat = next(one for one in seats if str(one.pk) == form.cleaned_data["seat"])
        pressed(
            request,
            lambda: seats_actions.step_aside(
                candidate=candidate, seat=seat, kind=form.tie(), words=form.cleaned_data["words"], by=asked.by
            ),
            _("It is written down. The others decide about this family."),
        )
    else:
        messages.error(request, _("Choose who steps aside, and what ties her or him to the family."))
    return redirect("cases:candidate-open", candidate_id=candidate.pk)


@require_POST
def conflict_end(request: HttpRequest, conflict_id: uuid.UUID) -> HttpResponse:
    """Find that there is no conflict after all."""
    by = asking(request)
    demand(by, Verb.SELECTION_SIGN)
    conflict = commissions.conflict_seen_by(by, conflict_id)
    if conflict is None:
        lose(by, Verb.SELECTION_SIGN)
    reason = request.POST.get("end-reason", "")
    pressed(
        request,
        lambda: seats_actions.end_conflict(conflict=conflict, reason=reason, by=by),
        _("It is written down that there is no conflict."),
    )
    return redirect("cases:candidate-open", candidate_id=conflict.candidate_id)


@require_POST
def candidate_assess(request: HttpRequest, candidate_id: uuid.UUID) -> HttpResponse:
    """Take a family that stood apart into the order of need."""
    asked, candidate = _asked(request, candidate_id)
    pressed(
        request,
        lambda: actions.assess_anew(candidate=candidate, version=version_of(request), by=asked.by),
        _("The family stands in the order of need now."),
    )
    return redirect("cases:candidate-open", candidate_id=candidate.pk)


@require_POST
def candidate_tell(request: HttpRequest, candidate_id: uuid.UUID) -> HttpResponse:
    """Note the day on which the family was told."""
    asked, candidate = _asked(request, candidate_id)
    form = ToldForm(request.POST, prefix="told")
    if form.is_valid():
        clean = form.cleaned_data
        pressed(
            request,
            lambda: actions.tell_family(
                candidate=candidate, told_on=clean["told_on"], version=clean["version"] or 0, by=asked.by
            ),
            _("Noted. The days for an appeal run from that day."),
        )
    else:
        messages.error(request, _("Write the day on which the family was told."))
    return redirect("cases:candidate-open", candidate_id=candidate.pk)


@require_POST
def candidate_refusal(request: HttpRequest, candidate_id: uuid.UUID) -> HttpResponse:
    """Note that the family does not want it."""
    asked, candidate = _asked(request, candidate_id)
    form = RefusalForm(request.POST, prefix="refusal")
    if form.is_valid():
        clean = form.cleaned_data
        pressed(
            request,
            lambda: actions.note_refusal(
                candidate=candidate, reason_code=clean["reason_code"], words=clean["words"],
                version=clean["version"] or 0, by=asked.by,
            ),
            _("Noted. The place of the family is free."),
        )  # fmt: skip
    else:
        messages.error(request, _("Choose why the family does not want it."))
    return redirect("cases:candidate-open", candidate_id=candidate.pk)


@require_POST
def candidate_fill(request: HttpRequest, candidate_id: uuid.UUID) -> HttpResponse:
    """Give a free place to a family of the reserve."""
    asked, candidate = _asked(request, candidate_id)
    form = FillForm(request.POST, prefix="fill")
    if form.is_valid():
        clean = form.cleaned_data
        pressed(
            request,
            lambda: actions.fill_place(
                candidate=candidate, words=clean["words"], version=clean["version"] or 0, by=asked.by
            ),
            _("The family is selected. Tell her."),
        )
    else:
        messages.error(request, _("Read the page again, then decide."))
    return redirect("cases:candidate-open", candidate_id=candidate.pk)


@require_POST
def candidate_step(request: HttpRequest, candidate_id: uuid.UUID) -> HttpResponse:
    """Write the selection into the journey, after the consent was given."""
    asked, candidate = _asked(request, candidate_id)
    pressed(
        request,
        lambda: actions.write_selection(candidate=candidate, version=version_of(request), by=asked.by),
        _("The journey of the family says now that it was selected."),
    )
    return redirect("cases:candidate-open", candidate_id=candidate.pk)


@require_GET
def candidate_notice(request: HttpRequest, candidate_id: uuid.UUID) -> HttpResponse:
    """The letter to a family about what was decided, in her language, for printing."""
    asked, candidate = _asked(request, candidate_id)
    if not asked.chosen.is_signed or not candidate.outcome:
        messages.error(request, _("There is a letter when the list is signed and decided."))
        return redirect("cases:candidate-open", candidate_id=candidate.pk)
    return show_letters(request, asked, [candidate])


def show_letters(
    request: HttpRequest, asked: Asked, candidates: list[SelectionCandidate], **more: Any
) -> HttpResponse:  # fmt: skip
    """Letters for printing, each in the language of its family, or all in one that is asked for."""
    wanted = request.GET.get("language", "")
    language = wanted if wanted in dict(settings.LANGUAGES) else ""
    found = []
    for letter in letters(asked.by, asked.chosen, candidates, language):
        with override(letter.language):
            found.append((letter, render_to_string("cases/parts/selection_letter.html", {"letter": letter})))
    context = {"chosen": asked.chosen, "letters": found, "language": language, **more}
    return render(request, "cases/selection_notices.html", context)
