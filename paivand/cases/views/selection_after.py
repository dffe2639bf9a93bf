"""What comes after a selection is decided: letters, appeals, and the second look at a sample."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.cases.actions import appeals as actions
from paivand.cases.actions import selection_review
from paivand.cases.forms.commission import AppealForm, LookForm, SampleForm, VerdictForm
from paivand.cases.queries import commission as queries
from paivand.cases.queries import selection as lists
from paivand.cases.queries.selection_letters import letters_to_print
from paivand.cases.queries.selection_profiles import changed_since
from paivand.cases.rules.selection import AppealState, Group
from paivand.cases.rules.selection_codes import numbers
from paivand.cases.views.selection import Asked
from paivand.cases.views.selection_family import show_letters
from paivand.core.rules.errors import Refused
from paivand.registry.queries.families import family_by_code


@require_GET
def notices_open(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """The letters to the families who were not told yet, a page of them at a time, for printing."""
    asked = Asked.of(request, round_id)
    if not asked.chosen.is_signed:
        messages.error(request, _("There are letters when the list is signed and decided."))
        return asked.back()
    page = letters_to_print(
        asked.by, asked.chosen, jamoat=request.GET.get("jamoat", ""), after=request.GET.get("after", "")
    )
    return show_letters(request, asked, list(page.rows), page=page)


@require_GET
def appeals_open(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """The appeals of a round: those that wait, and those that were decided."""
    asked = Asked.of(request, round_id)
    state = request.GET.get("state", "")
    state = state if state in set(AppealState) else AppealState.OPEN
    page = queries.appeals(asked.by, asked.chosen, state=state, after=request.GET.get("after", ""))
    needs = lists.need_by_jamoat(asked.by, asked.chosen)
    places = [(place, needs[place.jamoat_id]) for place in lists.places_of(asked.by, asked.chosen)]
    days = numbers()
    return asked.page(
        request, "selection_appeals", None, here="appeals", state=state, page=page, places=places,
        appeal_days=days.appeal_days, answer_days=days.answer_days,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def appeal_bring(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Write down an appeal."""
    asked = Asked.of(request, round_id)
    form = AppealForm(request.POST or None, initial={"code": request.GET.get("family", "")})
    if request.method == "POST" and form.is_valid():
        clean, key = form.cleaned_data, form.form_key()
        family = family_by_code(asked.by, clean["code"])
        if family is None:
            form.add_error("code", _("No family with this code lies within your reach. Check the code."))
        else:
            with refuse(form):
                try:
                    actions.bring_appeal(
                        chosen=asked.chosen, appeal_id=key, family=family, brought_by=clean["brought_by"],
                        brought_on=clean["brought_on"], words=clean["words"], by=asked.by,
                    )  # fmt: skip
                except Refused as refused:
                    if refused.code != "twice":
                        raise
                messages.success(request, _("The appeal is written down."))
                return redirect("cases:appeal-open", appeal_id=key)
    return asked.page(request, "selection_appeal_bring", form, days=numbers().appeal_days)


@require_http_methods(["GET", "POST"])
def appeal_open(request: HttpRequest, appeal_id: uuid.UUID) -> HttpResponse:
    """One appeal with what was decided before, what it would change, and the decision about it."""
    by = asking(request)
    demand(by, Verb.SELECTION_SIGN)
    appeal = queries.appeal_seen_by(by, appeal_id)
    if appeal is None:
        lose(by, Verb.SELECTION_SIGN)
    asked, candidate = Asked(by, appeal.round), appeal.candidate
    need = lists.need_by_jamoat(by, appeal.round)[candidate.jamoat_id]
    signer = queries.signed_by(by, appeal.round)
    form = VerdictForm(request.POST or None, signer=signer, full=not need.n_free, initial={"version": appeal.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.decide_appeal(
                appeal=appeal, verdict=form.verdict(), version=form.cleaned_data["version"] or 0, by=by
            )
            messages.success(request, _("The appeal is decided. Tell the family."))
            return redirect("cases:appeal-open", appeal_id=appeal.pk)
    context = {
        "appeal": appeal,
        "candidate": candidate,
        "need": need,
        "signer": signer,
        "decisions": lists.decisions_of(by, candidate),
        "change": changed_since(by, [candidate]).get(candidate.pk),
        "mine": queries.seat_of(by, appeal.round),
        "stepped": any(
            one.ended_at is None and one.seat.user_id == by.pk for one in queries.conflicts_of(by, candidate)
        ),
        "answer_by": appeal.brought_on + timedelta(days=numbers().answer_days),
    }
    return asked.page(request, "selection_appeal", form, **context)


@require_GET
def errors_open(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """How often the selection erred, as far as a sample tells, without anybody's name; and whom to look at again."""
    asked = Asked.of(request, round_id)
    sample = queries.sample_of(asked.by, asked.chosen)
    group = Group.OTHERS if request.GET.get("group") == Group.OTHERS else Group.SELECTED
    page = queries.revisits(asked.by, asked.chosen, group, after=request.GET.get("after", "")) if sample else None
    whole = lists.whole_need(lists.need_by_jamoat(asked.by, asked.chosen))
    n_others = asked.chosen.n_families - whole.n_selected
    context = {
        "here": "errors",
        "sample": sample,
        "review": queries.review(asked.by, sample) if sample else None,
        "group": group,
        "page": page,
        "sample_form": SampleForm() if asked.chosen.is_signed and sample is None else None,
        "sizes": (selection_review.proposed_size(whole.n_selected), selection_review.proposed_size(n_others)),
        "counts": (whole.n_selected, n_others),
        "numbers": numbers(),
    }
    return asked.page(request, "selection_errors", None, **context)


@require_POST
def sample_draw(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Draw the sample."""
    asked = Asked.of(request, round_id)
    form = SampleForm(request.POST)
    if form.is_valid():
        with refuse(form, request):
            selection_review.draw_sample(chosen=asked.chosen, most=form.cleaned_data["most"], by=asked.by)
            messages.success(request, _("The sample is drawn. Let people look who had no part in the decision."))
    else:
        messages.error(request, _("Write a whole number of families, or leave the field empty."))
    return asked.back("cases:round-errors")


@require_http_methods(["GET", "POST"])
def revisit_record(request: HttpRequest, revisit_id: uuid.UUID) -> HttpResponse:
    """Write down what the second look at a family found."""
    by = asking(request)
    demand(by, Verb.SELECTION_SIGN)
    revisit = queries.revisit_seen_by(by, revisit_id)
    if revisit is None:
        lose(by, Verb.SELECTION_SIGN)
    form = LookForm(request.POST or None, revisit=revisit)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            selection_review.record_revisit(
                revisit=revisit, look=form.look(), version=form.cleaned_data["version"] or 0, by=by
            )
            messages.success(request, _("Saved."))
            return redirect("cases:round-errors", round_id=revisit.round_id)
    return Asked(by, revisit.round).page(request, "selection_revisit", form, revisit=revisit)
