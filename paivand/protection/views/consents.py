"""What a survivor agrees to."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.protection.actions import consents as actions
from paivand.protection.forms.consents import ConsentForm, WithdrawForm
from paivand.protection.models import SurvivorConsent
from paivand.protection.queries.directory import services_of
from paivand.protection.queries.referrals import under_way
from paivand.protection.queries.survivors import row_of
from paivand.protection.rules.consents import KIND_NAMES, Kind
from paivand.protection.views.door import sealed
from paivand.protection.views.files import asked_file, form_page


@require_http_methods(["GET", "POST"])
@sealed()
def consent_give(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """Write down one consent."""
    survivor = asked_file(by, survivor_id)
    form = ConsentForm(
        request.POST or None, services=services_of(by, survivor.district_id), minor=survivor.is_minor
    )  # fmt: skip

    def save() -> object:
        service = form.chosen_service
        return actions.record_consent(
            survivor=survivor, consent_id=form.form_key(), draft=form.draft(),
            agency=service.agency if service else None, by=by,
        )  # fmt: skip

    return form_page(request, survivor, form, save, heading=_("A consent"))


@require_http_methods(["GET", "POST"])
@sealed()
def consent_withdraw(
    request: HttpRequest, by: User, survivor_id: uuid.UUID, sealed_consent_id: uuid.UUID
) -> HttpResponse:
    """Withdraw a consent, after saying what follows from it."""
    survivor = asked_file(by, survivor_id)
    consent = row_of(by, SurvivorConsent, survivor, sealed_consent_id)
    if consent is None:
        raise Http404
    initial = {"version": consent.version}
    form = WithdrawForm(request.POST or None, initial=initial)
    everything = consent.kind == Kind.SERVICES
    stops = under_way(by, survivor, None if everything else [consent.pk])
    return form_page(
        request, survivor, form,
        lambda: actions.withdraw_consent(
            consent=consent, version=form.opened_with(), on=form.cleaned_data["on"], by=by
        ),
        heading=_("Withdraw the consent"), button=_("Withdraw the consent"), present=initial,
        template="protection/withdraw.html", consent=consent, kind=KIND_NAMES[Kind(consent.kind)], stops=stops,
        everything=everything,
    )  # fmt: skip
