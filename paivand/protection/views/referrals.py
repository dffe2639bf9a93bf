"""Referrals of a file: sent with the least data, followed, taken back; and the answers that come back to the room."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.views.gate import refuse
from paivand.core.rules.errors import Refused
from paivand.core.rules.whole_numbers import read_whole
from paivand.protection.actions import referrals as actions
from paivand.protection.forms.fields import SealedForm
from paivand.protection.forms.referrals import AnswerForm, LinkForm, ReferForm, TakeBackForm
from paivand.protection.models import Survivor, SurvivorConsent
from paivand.protection.queries.directory import names, services_of
from paivand.protection.queries.referrals import Opened, notice_seen_by, referral_of
from paivand.protection.queries.survivors import live_referral_consents
from paivand.protection.views.door import sealed
from paivand.protection.views.files import asked_file, form_page
from paivand.referrals.actions.links import Issued
from paivand.referrals.actions.notices import see_notice
from paivand.referrals.actions.sealed import issue_sealed_link, revoke_sealed_link
from paivand.referrals.models import DirectoryService
from paivand.referrals.rules.lenses import fields, lens
from paivand.referrals.rules.referrals import NEXT_STEPS, ReferralState, Side, Way, acts_from

ANSWER_PAGE = "referrals:answer-open"
"""Where a link is opened, in the room of referrals."""


def _ways(by: User, survivor: Survivor) -> list[tuple[SurvivorConsent, DirectoryService]]:
    """The services that a consent which counts reaches, each with that consent."""
    consents, services = live_referral_consents(by, survivor), services_of(by, survivor.district_id)
    return [
        (consent, service)
        for service in services
        for consent in [next((row for row in consents if names(row, service)), None)]
        if consent
    ]


def _asked(by: User, survivor_id: uuid.UUID, referral_id: uuid.UUID) -> tuple[Survivor, Opened]:
    survivor = asked_file(by, survivor_id)
    opened = referral_of(by, survivor, referral_id)
    if opened is None:
        raise Http404
    return survivor, opened


@require_http_methods(["GET", "POST"])
@sealed()
def referral_send(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """Refer to a service of an organisation that she named."""
    survivor = asked_file(by, survivor_id)
    ways = _ways(by, survivor)
    form = ReferForm(request.POST or None, ways=ways, told=actions.told_of(survivor))

    def save() -> object:
        consent, service = form.way
        return actions.refer(
            survivor=survivor, referral_id=form.form_key(), consent=consent, service=service,
            priority=form.cleaned_data["priority"], lens=form.cleaned_data["lens"], chosen=form.optional(),
            words=form.words(), by=by,
        )  # fmt: skip

    return form_page(
        request, survivor, form, save, heading=_("Refer"), button=_("Send"), template="protection/refer.html", ways=ways
    )


class _Forms(dict[str, SealedForm]):
    """The forms of a referral's page by what they do; the one that was sent is bound."""

    def __init__(self, request: HttpRequest, opened: Opened, by: User) -> None:
        super().__init__()
        row, self.sent = opened.referral, request.POST.get("what", "")
        self.acts = list(acts_from(row.state, Side.RECEIVER)) if row.is_pending and row.way != Way.ACCOUNT else []
        initial = {"version": row.version, "call_whom": by.full_name, "language": get_language()}
        for what, make, more in (
            ("back", TakeBackForm, {}),
            ("answer", AnswerForm, {"acts": self.acts}),
            ("link", LinkForm, {"languages": list(settings.LANGUAGES)}),
        ):
            data = request.POST if what == self.sent else None
            self[what] = make(data, initial=initial, auto_id=f"{what}_%s", **more)


@require_http_methods(["GET", "POST"])
@sealed()
def referral_open(
    request: HttpRequest, by: User, survivor_id: uuid.UUID, sealed_referral_id: uuid.UUID
) -> HttpResponse:
    """One referral: where it stands, what left, and what can be done."""
    survivor, opened = _asked(by, survivor_id, sealed_referral_id)
    forms = _Forms(request, opened, by)
    if forms.sent == "revoke":
        return _revoke(request, survivor, opened, by)
    issued = None
    form = forms.get(forms.sent)
    if form and form.is_valid():
        with refuse(form):
            if forms.sent == "link":
                issued = issue_sealed_link(
                    referral=opened.referral, language=form.cleaned_data["language"],
                    call_whom=form.cleaned_data["call_whom"], version=form.opened_with(), by=by,
                )  # fmt: skip
                survivor, opened = _asked(by, survivor_id, sealed_referral_id)
            else:
                _carry_out(survivor, opened, forms, by)
                messages.success(request, _("Saved."))
                return redirect(request.path)
    context = _words(opened) | {
        "survivor": survivor, "referral": opened.referral, "opened": opened, "forms": forms, "issued": issued,
        "address": _address_of(request, issued), "acts": forms.acts,
    }  # fmt: skip
    return render(request, "protection/referral.html", context, status=422 if form and form.errors else 200)


def _carry_out(survivor: Survivor, opened: Opened, forms: _Forms, by: User) -> None:
    form = forms[forms.sent]
    clean = form.cleaned_data
    if forms.sent == "back":
        actions.take_back(
            survivor=survivor, referral=opened.referral, version=form.opened_with(), reason=clean["reason"], by=by
        )
    else:
        actions.note_answer(
            survivor=survivor, referral=opened.referral, version=form.opened_with(), act=clean["act"],
            reason=clean["reason"], outcome=clean["outcome"], happened_on=clean["happened_on"], by=by,
        )  # fmt: skip


def _revoke(request: HttpRequest, survivor: Survivor, opened: Opened, by: User) -> HttpResponse:
    typed = request.POST.get("version", "")
    try:
        revoke_sealed_link(referral=opened.referral, version=read_whole(typed) or 0, by=by)
        messages.success(request, _("The link opens no more."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("protection:referral-open", survivor_id=survivor.pk, sealed_referral_id=opened.referral.pk)


def _words(opened: Opened) -> dict[str, object]:
    language, row = (get_language() or "en")[:2], opened.referral
    return {
        "left": [
            (shown, lens(shown.lens).title(language), [fields()[code].title(language) for code in shown.fields])
            for shown in opened.disclosures
        ],
        "next_step": NEXT_STEPS[ReferralState(row.state)],
        "by_link": row.way == Way.LINK,
    }


def _address_of(request: HttpRequest, issued: Issued | None) -> str:
    """The address of a link just made; it is shown this once."""
    if issued is None:
        return ""
    return request.build_absolute_uri(reverse(ANSWER_PAGE, kwargs={"token": issued.token}))


@require_POST
@sealed()
def notice_see(request: HttpRequest, by: User, sealed_notice_id: uuid.UUID) -> HttpResponse:
    """The room has seen an answer; a help that was given is counted with it."""
    notice = notice_seen_by(by, sealed_notice_id)
    if notice is None:
        raise Http404
    see_notice(notice=notice, by=by)
    return redirect("protection:room-open")
