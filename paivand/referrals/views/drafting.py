"""Pages on which a referral is drafted, looked through and sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.core.rules.errors import Refused
from paivand.referrals.actions import drafts, sending
from paivand.referrals.forms.referrals import DraftForm, OverrideForm, PrepareForm
from paivand.referrals.models import DirectoryService, Preparation, Referral
from paivand.referrals.queries import directory
from paivand.referrals.queries import referrals as queries
from paivand.referrals.queries.consent import ConsentGround, ground_of
from paivand.referrals.queries.contents import values_mark, values_of
from paivand.referrals.queries.origins import Origin, origin_of
from paivand.referrals.rules.consent import WHY_NOT
from paivand.referrals.rules.directory import service_types
from paivand.referrals.rules.lenses import Lens, Place, fields, lenses, offered_lenses
from paivand.referrals.rules.referrals import Way
from paivand.referrals.templatetags.referrals import priority_words, value_lines
from paivand.referrals.views.files import family_asked, referral_asked
from paivand.registry.actions.consents import record_consents
from paivand.registry.forms.consents import ConsentTalkForm
from paivand.registry.models import Family
from paivand.registry.queries.families import members
from paivand.registry.rules import PURPOSE_NAMES, ConsentPurpose


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _origin(request: HttpRequest, by: User, family: Family) -> Origin | None:
    """What the referral grows out of, if the address names something of this family that ``by`` may work with."""
    kind, _colon, text = request.GET.get("origin", "").partition(":")
    key = _key(text)
    found = origin_of(by, kind, key) if key else None
    return found if found and found.family in {family.pk, family.merged_into_id} else None


@require_http_methods(["GET", "POST"])
def referral_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a referral of a member of a family: first the service, then who, how soon and what for."""
    by = asking(request)
    demand(by, Verb.REFERRAL_SEND)
    family = family_asked(by, code)
    service = directory.service_seen_by(by, key) if (key := _key(request.GET.get("service", ""))) else None
    if service is None:
        return _choose_service(request, by, family)
    present: list[Any] = list(members(by, family))
    people = [member.shown for member in present if member.shown]
    origin = _origin(request, by, family)
    asked = request.GET.get("person", "") or (str(origin.people[0]) if origin and origin.people else "")
    initial = {"person": asked} if asked in {str(one.pk) for one in people} else {}
    form = DraftForm(request.POST or None, people=people, priorities=priority_words(), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            return redirect("referrals:referral-prepare", draft_code=_drafted(form, family, service, origin, by))
    context = {"form": form, "family": family, "service": service, "relations": _relations(present)}
    return render(request, "referrals/referral_draft.html", context, status=422 if form.errors else 200)


def _drafted(form: DraftForm, family: Family, service: DirectoryService, origin: Origin | None, by: User) -> str:
    """The code of the draft; a second sending of the same form leads to the one that the first made."""
    try:
        row: Referral = drafts.draft_referral(
            referral_id=form.form_key(), family=family, person=form.who(), service=service,
            priority=form.cleaned_data["priority"], needs=form.cleaned_data["needs"], by=by,
            origin=(origin.kind, origin.key) if origin else None,
            told={"reference": origin.reference, **origin.told} if origin else None,
        )  # fmt: skip
    except Refused as refused:
        if refused.code != "twice":
            raise
        return str(refused.detail["code"])
    return row.code


def _relations(present: list[Any]) -> dict[str, str]:
    return {str(member.shown.pk): member.relation_name for member in present if member.shown}


def _choose_service(request: HttpRequest, by: User, family: Family) -> HttpResponse:
    """The services of the family's district, of one kind if it is named, or of another district."""
    district = request.GET.get("district") or str(family.district_id)
    kind = request.GET.get("type", "")
    types = service_types()
    found = directory.services_for(by, district, [kind] if kind in types else [])
    language = get_language() or "en"
    context = {
        "family": family,
        "services": found,
        "districts": directory.districts(by),
        "district": district,
        "kinds": [(code, one.title(language), one.icon) for code, one in types.items()],
        "kind": kind if kind in types else "",
        "kept": {name: request.GET[name] for name in ("person", "origin") if request.GET.get(name)},
    }
    return render(request, "referrals/referral_choose.html", context, status=422 if request.method == "POST" else 200)


# --- looking through and sending -------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def referral_prepare(request: HttpRequest, draft_code: str) -> HttpResponse:
    """Look through a draft: exactly what would leave, on which consent, by which way; then send it."""
    by, referral = referral_asked(request, draft_code)
    if not referral.is_draft:
        return redirect("referrals:referral-open", referral_code=referral.code)
    referral = queries.referral_whole(by, referral)
    prepared = queries.preparation_of(by, referral)
    if prepared is None or referral.person is None:
        raise Http404
    ground = ground_of(by, referral.person, referral.service)
    values = values_of(by, referral, prepared, ground.consent)
    form = _prepare_form(request, referral, prepared, values)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            return _prepared(request, by, referral, form)
    context = {
        "form": form,
        "referral": referral,
        "ground": ground,
        "why_not": _(WHY_NOT[ground.why]) if ground.why else "",
        "rows": _rows(form, lenses()[prepared.lens], prepared, values),
        "lens": lenses()[prepared.lens],
        "lens_meaning": lenses()[prepared.lens].meaning(get_language() or "en"),
        "may_override": Verb.REFERRAL_OVERRIDE in by.verbs,
        "may_record": by.reach(Verb.CONSENT_RECORD).covers(referral),
        "may_send": ground.consent is not None or referral.overridden_at is not None,
    }
    return render(request, "referrals/referral_prepare.html", context, status=422 if form.errors else 200)


def _prepare_form(
    request: HttpRequest, referral: Referral, prepared: Preparation, values: Mapping[str, Any]
) -> PrepareForm:
    initial = {
        "version": referral.version, "seen": values_mark(values), "priority": referral.priority,
        "needs": prepared.needs, "lens": prepared.lens, "fields_": prepared.fields,
        "names_agreed": prepared.names_agreed,
    }  # fmt: skip
    return PrepareForm(
        request.POST or None, lenses=offered_lenses(referral.service_type), ways=sending.ways_to(referral.service),
        priorities=priority_words(), initial=initial,
    )  # fmt: skip


def _prepared(request: HttpRequest, by: User, referral: Referral, form: PrepareForm) -> HttpResponse:
    """Save the draft, and send it where that is asked; a refusal to send keeps what was saved."""
    clean = form.cleaned_data
    before = queries.preparation_of(by, referral)
    other_lens = before is not None and before.lens != clean["lens"]
    ticked = lenses()[clean["lens"]].ticked if other_lens else clean["fields_"]
    saved: Referral = drafts.prepare_referral(
        referral=referral, priority=clean["priority"], needs=clean["needs"], lens=clean["lens"], fields=ticked,
        names_agreed=clean["names_agreed"], version=clean["version"], by=by,
    )  # fmt: skip
    here = redirect("referrals:referral-prepare", draft_code=referral.code)
    if request.POST.get("do") != "send":
        messages.success(request, _("Saved. Nothing has left yet."))
        return here
    if other_lens:
        told = _("You chose anew what the service is told. Look through what would leave now, and send it.")
        messages.info(request, told)
        return here
    try:
        sent: Referral = sending.send_referral(
            referral=saved, version=saved.version, way=clean["way"], shown=clean["seen"], by=by
        )
    except Refused as refused:
        messages.error(request, refused.message)
        return here
    if sent.way == Way.LINK:
        return redirect("referrals:link-issue", outside_code=sent.code)
    if sent.way == Way.PDF:
        return redirect("referrals:pdf-issue", outside_code=sent.code)
    messages.success(request, _("The referral is sent."))
    return redirect("referrals:referral-open", referral_code=sent.code)


def _rows(form: PrepareForm, chosen: Lens, prepared: Preparation, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every field of the lens with its value in words: what always leaves, what is ticked, what nothing is known of."""
    language = get_language() or "en"
    ticked = set(form["fields_"].value() or [])
    return [
        {
            "code": code,
            "label": fields()[code].title(language),
            "lines": value_lines(code, values[code]) if code in values else [],
            "needed": place is Place.NEEDED,
            "ticked": place is Place.NEEDED or code in ticked,
            "identifies": fields()[code].identifies,
        }
        for code, place in chosen.places.items()
        if code not in {"needs", "priority"}
    ]


@require_http_methods(["GET", "POST"])
def referral_consent(request: HttpRequest, draft_code: str) -> HttpResponse:
    """Write down on the way that the person agrees to be referred, to this receiver unless told otherwise."""
    by, referral = referral_asked(request, draft_code)
    demand(by, Verb.CONSENT_RECORD)
    referral = queries.referral_whole(by, referral)
    back = redirect("referrals:referral-prepare", draft_code=referral.code)
    if not referral.is_draft or referral.person is None or referral.family is None:
        return back
    present: list[Any] = list(members(by, referral.family))
    about = [(one, one.shown) for one in present if one.shown and referral.person_id in one.records]
    if not about:
        raise Http404
    data = None
    if request.method == "POST":
        data = request.POST.copy()
        data.setlist("people", [str(about[0][1].pk)])
        data.setlist("purposes", [ConsentPurpose.REFERRAL])
    form = ConsentTalkForm(data, members=about, given={}, initial={"extent": referral.service.provider_name})
    if form.is_bound and form.is_valid():
        with refuse(form):
            try:
                record_consents(family=referral.family, given=form.given(), form_id=form.form_key(), by=by)
            except Refused as refused:
                if refused.code != "twice":
                    raise
            messages.success(request, _("The consent is written down."))
            return back
    context = {
        "form": form,
        "referral": referral,
        "who": form.who[0],
        "purpose": PURPOSE_NAMES[ConsentPurpose.REFERRAL],
    }
    return render(request, "referrals/referral_consent.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def referral_override(request: HttpRequest, draft_code: str) -> HttpResponse:
    """Decide that a draft may be sent without a consent; a right of its own, and supervisors are told."""
    by, referral = referral_asked(request, draft_code, Verb.REFERRAL_OVERRIDE)
    if not referral.is_draft or referral.overridden_at:
        return redirect("referrals:referral-open", referral_code=referral.code)
    referral = queries.referral_whole(by, referral)
    form = OverrideForm(request.POST or None, initial={"version": referral.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            drafts.override_consent(
                referral=referral, reason=form.cleaned_data["reason"], version=form.cleaned_data["version"], by=by
            )
            messages.success(request, _("It may be sent without a consent. The supervisors of the place are told."))
            return redirect("referrals:referral-prepare", draft_code=referral.code)
    ground: ConsentGround = ground_of(by, referral.person, referral.service) if referral.person else ConsentGround()
    context = {"form": form, "referral": referral, "why_not": _(WHY_NOT[ground.why]) if ground.why else ""}
    return render(request, "referrals/referral_override.html", context, status=422 if form.errors else 200)
