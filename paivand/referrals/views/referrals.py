"""Pages on referrals: the list of both sides, those of a family, and one of them from the sender's side."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.core.rules.privacy import DataClass
from paivand.referrals.actions import sending
from paivand.referrals.actions.notices import see_notice
from paivand.referrals.forms.lists import ListForm
from paivand.referrals.forms.referrals import NoteForm, WithdrawForm
from paivand.referrals.models import Referral
from paivand.referrals.queries import referrals as queries
from paivand.referrals.queries.feedback import feedback_of
from paivand.referrals.queries.receiving import is_receiver
from paivand.referrals.rules.groups import RECEIVED_GROUPS, SENT_GROUPS
from paivand.referrals.rules.notices import Audience
from paivand.referrals.rules.referrals import ENDS, REASONS_OF, Act, Side, Way, acts_from
from paivand.referrals.views.answering import answer_forms, received_page
from paivand.referrals.views.files import family_asked, referral_asked
from paivand.registry.queries.families import members


@require_GET
def referral_list(request: HttpRequest) -> HttpResponse:
    """Referrals of one's own side: sent, or received; the newest first."""
    by = asking(request)
    demand(by, Verb.REFERRAL_ANSWER)
    may_send = Verb.REFERRAL_SEND in by.verbs
    side = "received" if not may_send or request.GET.get("side") == "received" else "sent"
    groups = RECEIVED_GROUPS if side == "received" else SENT_GROUPS
    form = ListForm(request.GET, groups=groups, by=by, sent=side == "sent")
    ask = queries.received if side == "received" else queries.sent
    context = {
        "side": side,
        "may_send": may_send,
        "groups": form.groups(),
        "form": form,
        "page": ask(by, form.filters(), after=request.GET.get("after", "")),
        "narrowed": form.narrows,
        "names": by.sees(DataClass.IDENTITY),
        "may_watch": Verb.CASE_APPROVE in by.verbs,
    }
    return render(request, "referrals/referral_list.html", context)


@require_GET
def family_referrals(request: HttpRequest, code: str) -> HttpResponse:
    """The referrals of the members of a family."""
    by = asking(request)
    demand(by, Verb.REFERRAL_SEND)
    family = family_asked(by, code)
    present: list[Any] = list(members(by, family))
    people = [pk for member in present for pk in member.records]
    context = {
        "family": family,
        "referrals": queries.referrals_of_people(by, people),
        "names": by.sees(DataClass.IDENTITY),
        "may_refer": family.is_active and by.reach(Verb.REFERRAL_SEND, DataClass.CASE).covers(family),
    }
    return render(request, "referrals/family_referrals.html", context)


@require_GET
def referral_open(request: HttpRequest, referral_code: str) -> HttpResponse:
    """One referral: for the sender its whole history, for the receiver what was disclosed and how to answer."""
    by, referral = referral_asked(request, referral_code, Verb.REFERRAL_ANSWER)
    if referral.code != referral_code:
        return redirect("referrals:referral-open", referral_code=referral.code)
    as_receiver = request.GET.get("as") == "receiver" and is_receiver(by, referral)
    if as_receiver or referral.is_sealed or not queries.sends(by, referral):
        return received_page(request, by, referral)
    return sent_page(request, by, referral)


def sent_page(
    request: HttpRequest,
    by: User,
    referral: Referral,
    *,
    note: NoteForm | None = None,
    told: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of the sender's side; with a form that came back with errors, if one did."""
    notices = [one for one in queries.notices_about(by, referral) if one.audience != Audience.RECEIVER]
    news = [one for one in notices if one.audience == Audience.SENDER]
    sending.open_referral(referral=referral, by=by)
    link = queries.link_of(by, referral) if referral.way == Way.LINK else None
    forms = answer_forms(referral, told or {}, told=True) if _may_tell(referral) else []
    context = {
        "referral": queries.referral_whole(by, referral),
        "prepared": queries.preparation_of(by, referral),
        "disclosures": queries.disclosures_of(by, referral),
        "steps": queries.steps_of(by, referral),
        "feedback": feedback_of(by, referral),
        "link": link,
        "news": news,
        "alerts": [one for one in notices if one.audience == Audience.SUPERVISORS],
        "names": by.sees(DataClass.IDENTITY),
        "may_withdraw": Act.WITHDRAW in acts_from(referral.state, Side.SENDER),
        "is_outside": not referral.is_draft and referral.way != Way.ACCOUNT,
        "told_forms": forms,
        "answers_too": is_receiver(by, referral),
        "note": note or (NoteForm() if referral.is_pending and referral.way == Way.ACCOUNT else None),
        "may_override": Verb.REFERRAL_OVERRIDE in by.verbs,
    }
    failed = (note and note.errors) or any(form.errors for form in forms)
    return render(request, "referrals/referral.html", context, status=422 if failed else 200)


def _may_tell(referral: Referral) -> bool:
    return referral.is_pending and referral.way != Way.ACCOUNT


@require_http_methods(["GET", "POST"])
def referral_withdraw(request: HttpRequest, referral_code: str) -> HttpResponse:
    """Take a referral back, or throw a draft away."""
    by, referral = referral_asked(request, referral_code)
    if referral.state in ENDS:
        messages.info(request, _("This referral has ended already."))
        return redirect("referrals:referral-open", referral_code=referral.code)
    initial = {"version": referral.version}
    form = WithdrawForm(request.POST or None, reasons=REASONS_OF[Act.WITHDRAW], initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            clean = form.cleaned_data
            sending.withdraw_referral(
                referral=referral, reason=clean["reason"], note=clean["note"], version=clean["version"], by=by
            )
            messages.success(request, _("The referral is taken back."))
            return redirect("referrals:referral-open", referral_code=referral.code)
    context = {"form": form, "referral": queries.referral_whole(by, referral)}
    return render(request, "referrals/referral_withdraw.html", context, status=422 if form.errors else 200)


@require_POST
def note_send(request: HttpRequest, referral_code: str) -> HttpResponse:
    """Write a few words to the receiver."""
    by, referral = referral_asked(request, referral_code)
    form = NoteForm(request.POST)
    if form.is_valid():
        with refuse(form):
            sending.write_to_receiver(referral=referral, note=form.cleaned_data["note"], by=by)
            messages.success(request, _("The service will read it."))
            return redirect("referrals:referral-open", referral_code=referral.code)
    return sent_page(request, by, referral, note=form)


@require_POST
def answer_told(request: HttpRequest, outside_code: str) -> HttpResponse:
    """Write down what a receiver without account told."""
    by, referral = referral_asked(request, outside_code)
    form = next((one for one in answer_forms(referral, request.POST, told=True) if one.is_bound), None)
    if form is None:
        messages.error(request, _("This cannot be done now. Look at what stands now, and decide anew."))
        return redirect("referrals:referral-open", referral_code=referral.code)
    if form.is_valid():
        with refuse(form):
            sending.tell_answer(referral=referral, act=str(form.kind), by=by, **form.values())
            messages.success(request, _("The answer is written down."))
            return redirect("referrals:referral-open", referral_code=referral.code)
    return sent_page(request, by, referral, told=request.POST)


@require_POST
def notice_seen(request: HttpRequest, news_id: uuid.UUID) -> HttpResponse:
    """Somebody of those who were told has seen it."""
    by = asking(request)
    demand(by, Verb.REFERRAL_ANSWER)
    notice = queries.notice_seen_by(by, news_id)
    if notice is None or notice.is_sealed:
        lose(by, Verb.REFERRAL_ANSWER)
    see_notice(notice=notice, by=by)
    return redirect("referrals:referral-open", referral_code=notice.referral.code)
