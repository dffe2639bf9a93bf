"""The page of a receiver with an account: what was disclosed, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import lose, refuse
from paivand.referrals.actions import answers as actions
from paivand.referrals.forms.answers import ANSWER_WORDS, TOLD_WORDS, AnswerForm
from paivand.referrals.forms.referrals import NoteForm
from paivand.referrals.models import Referral
from paivand.referrals.queries import referrals as queries
from paivand.referrals.queries.receiving import is_receiver
from paivand.referrals.rules.referrals import ANSWERS, Act, Side, acts_from
from paivand.referrals.views.files import referral_asked

ACTIONS: Mapping[Act, Callable[..., Referral]] = {
    Act.ACCEPT: actions.accept,
    Act.DECLINE: actions.decline,
    Act.BEGIN: actions.begin_service,
    Act.COMPLETE: actions.complete,
    Act.NOT_COMPLETE: actions.not_complete,
}


def answer_forms(referral: Referral, data: Mapping[str, Any], *, told: bool = False) -> list[AnswerForm]:
    """A form for each answer that is possible now; the one that was sent holds what was typed."""
    sent, words = data.get("act"), TOLD_WORDS if told else ANSWER_WORDS
    return [
        AnswerForm(act, data if act == sent else None, version=referral.version, about=str(words[act]))
        for act in acts_from(referral.state, Side.RECEIVER)
        if act in ANSWERS
    ]


def received_page(
    request: HttpRequest, by: User, referral: Referral, *, note: NoteForm | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """What was disclosed, drawn from that record alone, and how to answer."""
    if not is_receiver(by, referral):
        lose(by, Verb.REFERRAL_ANSWER)
    referral = actions.receive(referral=referral, by=by)
    forms = answer_forms(referral, typed or {})
    context = {
        "referral": referral,
        "shown": queries.disclosures_shown(by, [referral.pk]).get(referral.pk),
        "steps": queries.steps_of(by, referral),
        "forms": forms,
        "note": note or NoteForm(),
    }
    failed = (note and note.errors) or any(form.errors for form in forms)
    return render(request, "referrals/referral_received.html", context, status=422 if failed else 200)


@require_POST
def referral_answer(request: HttpRequest, referral_code: str) -> HttpResponse:
    """Answer."""
    by, referral = _received(request, referral_code)
    form = next((one for one in answer_forms(referral, request.POST) if one.is_bound), None)
    if form is None:
        # The referral went on meanwhile, or the form was sent twice: the page tells where it stands.
        messages.info(request, _("Somebody worked on this referral meanwhile. This is how it stands now."))
        return redirect("referrals:referral-open", referral_code=referral.code)
    if form.is_valid():
        with refuse(form):
            ACTIONS[form.kind](referral=referral, by=by, **form.values())
            messages.success(request, _("Thank you. Who referred sees your answer at once."))
            return redirect("referrals:referral-open", referral_code=referral.code)
    return received_page(request, by, referral, typed=request.POST)


@require_POST
def note_answer(request: HttpRequest, referral_code: str) -> HttpResponse:
    """Write a few words to the sender."""
    by, referral = _received(request, referral_code)
    form = NoteForm(request.POST)
    if form.is_valid():
        with refuse(form):
            actions.write_to_sender(referral=referral, note=form.cleaned_data["note"], by=by)
            messages.success(request, _("Who referred will read it."))
            return redirect("referrals:referral-open", referral_code=referral.code)
    return received_page(request, by, referral, note=form)


def _received(request: HttpRequest, code: str) -> tuple[User, Referral]:
    """A referral that was sent to who asks; for anybody else of either side it is none to answer."""
    by, referral = referral_asked(request, code, Verb.REFERRAL_ANSWER)
    if not is_receiver(by, referral):
        lose(by, Verb.REFERRAL_ANSWER)
    return by, referral
