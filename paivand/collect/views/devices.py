"""Pages on devices: one's own and those of colleagues, giving access, shutting off, and cards for a day of training."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, forbid, lose, refuse
from paivand.collect.actions.device_cards import issue_many
from paivand.collect.actions.devices import issue_device, revoke_device
from paivand.collect.forms.devices import DeviceForm, TrainingForm
from paivand.collect.models import Device
from paivand.collect.queries import devices as queries
from paivand.collect.rules.devices import (
    STATE_NAMES,
    STATE_TONES,
    Code,
    DeviceState,
    app_of,
    collect_settings,
    drawn,
    setup_text,
)
from paivand.collect.rules.submissions import DeviceKind
from paivand.core.paper import typeset
from paivand.core.rules.errors import Refused
from paivand.core.templatetags.paivand import day

TRAINING_DAYS = 30
"""How long the cards of a training are proposed to open something."""


def server_address(request: HttpRequest, token: str) -> str:
    """The address of the server that a device is given, with its token in it."""
    path = reverse("collect:door-form-list", kwargs={"device_token": token}).removesuffix("/formList")
    base = (
        settings.PUBLIC_ADDRESS.rstrip("/") if settings.PUBLIC_ADDRESS else request.build_absolute_uri("/").rstrip("/")
    )
    return f"{base}{path}"


def project_name(device: Device) -> str:
    """What the project is called on the phone: short, and without a name of anybody served."""
    return f"Paivand · {device.label}"[:60]


def code_of(device: Device, address: str) -> Code:
    """What the app scans: the address with the token, and how it is to be set up for the worker."""
    told = collect_settings(address, project_name(device), device.user.language, queries.password_of(device))
    return drawn(setup_text(told))


@require_GET
def device_list(request: HttpRequest) -> HttpResponse:
    """The devices of whoever asks, and of the colleagues she cares for."""
    by = _caring(request)
    page = queries.colleagues_devices(by, after=request.GET.get("after", ""))
    return render(
        request, "collect/device_list.html",
        {
            "own": [_line(row) for row in queries.own_devices(by)], "page": page,
            "others": [_line(row) for row in page.rows], "cares": queries.cares(by), "guides": queries.guides(by),
            "fills": Verb.FORM_FILL in by.verbs,
        },
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def device_give(request: HttpRequest) -> HttpResponse:
    """Give a device access; the answer shows its code once."""
    by = _caring(request)
    form = DeviceForm(
        request.POST if request.method == "POST" else None,
        by=by, colleagues=queries.colleagues(by), may_own=Verb.FORM_FILL in by.verbs,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            clean = form.cleaned_data
            device, token = issue_device(
                user=form.chosen(), kind=DeviceKind.COLLECT, label=clean["label"], expires_on=clean["expires_on"],
                by=by, device_id=form.form_key(),
            )  # fmt: skip
            return _token_shown(request, device, token, by)
    return render(request, "collect/device_give.html", {"form": form}, status=422 if form.errors else 200)


def _token_shown(request: HttpRequest, device: Device, token: str, by: User) -> HttpResponse:
    address = server_address(request, token)
    code = code_of(device, address)
    return render(
        request, "collect/device_token.html",
        {"device": device, "address": address, "code": code, "is_own": device.user_id == by.pk},
    )  # fmt: skip


@never_cache
@require_GET
def device_open(request: HttpRequest, device_id: uuid.UUID) -> HttpResponse:
    """One device: when it was here last, with what, and what it holds."""
    by = _caring(request)
    row = _device(by, device_id)
    held = queries.held_forms(by, row)
    return render(
        request, "collect/device.html",
        {
            **_line(row), "held": held, "is_own": row.user_id == by.pk,
            "n_old": sum(not one.is_current for one in held),
            "password": queries.password_of(row) if queries.cares_for(by, row) else "",
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def device_shut(request: HttpRequest, device_id: uuid.UUID) -> HttpResponse:
    """Shut a device off, after asking once."""
    by = _caring(request)
    row = _device(by, device_id)
    if row.user_id != by.pk and not by.reach(Verb.DEVICE_MANAGE).covers(row):
        forbid(by, Verb.DEVICE_MANAGE, row)
    if request.method == "POST":
        try:
            revoke_device(device=row, by=by)
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("The device is shut off. It gets nothing any more and can send nothing."))
        return redirect("collect:device-open", device_id=row.pk)
    return render(request, "collect/device_shut.html", {**_line(row), "is_own": row.user_id == by.pk})


@never_cache
@require_http_methods(["GET", "POST"])
def device_training(request: HttpRequest) -> HttpResponse:
    """Cards for the people of a team: a page for each, with the code to be scanned."""
    by = asking(request)
    demand(by, Verb.DEVICE_MANAGE)
    teams = list(queries.cared_teams(by))
    chosen = request.POST.get("team") or request.GET.get("team") or (str(by.team_id) if by.team_id else "")
    team = next((one for one in teams if str(one.pk) == chosen), teams[0] if teams else None)
    people = queries.colleagues(by, team) if team else []
    proposed = {
        "label": _("Training %(day)s") % {"day": day(timezone.localdate())},
        "expires_on": timezone.localdate() + timedelta(days=TRAINING_DAYS),
    }
    sent = request.POST if request.method == "POST" else None
    form = TrainingForm(sent, colleagues=people, initial=proposed)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            clean = form.cleaned_data
            found = issue_many(
                users=form.chosen(), label=clean["label"], expires_on=clean["expires_on"], by=by,
                form_id=form.form_key(),
            )  # fmt: skip
            return _cards(request, found)
    return render(
        request, "collect/device_training.html", {"form": form, "teams": teams, "team": team, "people": people},
        status=422 if form.errors else 200,
    )  # fmt: skip


def _cards(request: HttpRequest, found: list[tuple[Device, str]]) -> HttpResponse:
    """A PDF with a card for each device; it holds the only copy of their tokens."""
    data = {
        "title": _("Cards for telephones"),
        "steps": [
            _("Install ODK Collect from the app shop of the phone, and open it."),
            _("Choose to set it up by a QR code, and scan this one."),
            _("Wait until the forms are there. After that no network is needed to fill them in."),
        ],
        "keep": _("This card is a key. Do not photograph it or hand it on; tear it up when the phone is set up."),
        "cards": [_card(request, device, token) for device, token in found],
    }
    answer = HttpResponse(typeset("devices", data, get_language() or "tg"), content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="paivand-cards.pdf"'
    return answer


def _card(request: HttpRequest, device: Device, token: str) -> dict[str, Any]:
    address = server_address(request, token)
    code = code_of(device, address)
    until = _("Until %(day)s") % {"day": day(device.expires_on)} if device.expires_on else ""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {code.size} {code.size}"><path d="{code.path}"/></svg>'
    return {"name": device.user.full_name, "label": device.label, "until": until, "qr": svg}


def _caring(request: HttpRequest) -> User:
    """Who asks; a page on devices is for those who fill in forms or care for devices."""
    by = asking(request)
    if not queries.cares(by):
        demand(by, Verb.FORM_FILL)
    return by


def _device(by: User, device_id: uuid.UUID) -> Device:
    row = queries.device_by_id(by, device_id)
    if row is None:
        lose(by, Verb.DEVICE_MANAGE)
    return row


def _line(row: Device) -> dict[str, Any]:
    state = queries.state_of(row, timezone.localdate())
    return {
        "device": row, "state_name": _(STATE_NAMES[state]), "tone": STATE_TONES[state], "app": app_of(row.agent),
        "is_open": state in {DeviceState.NEW, DeviceState.USED},
    }  # fmt: skip
