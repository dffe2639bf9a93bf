"""Writing an entry down, changing a draft, letting it count, taking it back, correcting it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, forbid, refuse
from paivand.access.views.uploads import Measured
from paivand.core.rules.errors import Refused
from paivand.core.rules.privacy import DataClass
from paivand.outreach.actions import entries as actions
from paivand.outreach.forms.entries import ConfirmForm, CorrectForm, EntryForm, Offered, ReverseForm
from paivand.outreach.models import ReachEntry
from paivand.outreach.queries.campaigns import campaign_by_code, materials_at_hand, open_campaigns, plan_parts
from paivand.outreach.rules.catalogue import Channel, PlaceAsked, channels
from paivand.outreach.rules.estimates import COUNTINGS, Way
from paivand.outreach.views.found import agency_choices, entry_of, everywhere, once, place_choices


@require_GET
def entry_choose(request: HttpRequest) -> HttpResponse:
    """By which channel it was: each has a short form of its own."""
    by = asking(request)
    _demand_somewhere(by)
    day = timezone.localdate()
    context = {
        "channels": [one for one in channels().values() if one.is_offered(day)],
        "campaign": campaign_by_code(by, request.GET.get("campaign", "")),
    }
    return render(request, "outreach/entry_choose.html", context)


@csrf_exempt  # only until the handler of the upload is set; ``_entry_add`` is protected
@require_http_methods(["GET", "POST"])
def entry_add(request: HttpRequest, channel_code: str) -> HttpResponse:
    """Write an entry of a channel down; a file is measured while it comes in."""
    measured = Measured(request)
    request.upload_handlers = [measured]
    return _entry_add(request, channel_code, measured)


@csrf_protect
def _entry_add(request: HttpRequest, channel_code: str, measured: Measured) -> HttpResponse:
    by = asking(request)
    _demand_somewhere(by)
    channel = channels().get(channel_code)
    if channel is None or not channel.is_offered(timezone.localdate()):
        raise Http404
    way = _way(request, channel)
    campaign = campaign_by_code(by, request.GET.get("campaign", ""))
    initial: dict[str, Any] = {}
    if campaign:
        initial = {"campaign": str(campaign.pk), "topic": campaign.topics[0] if len(campaign.topics) == 1 else ""}
    form = _form(request, by, channel, way, measured=measured, initial=initial)
    if request.method == "POST" and form.is_valid():
        scope, jamoat = _where(by, form)
        with refuse(form):
            key, confirm = form.form_key(), request.POST.get("do") != "draft"
            once(lambda: actions.record_entry(
                scope=scope, entry_id=key, draft=form.draft(jamoat=jamoat), by=by, confirm=confirm,
                given=form.given(), sent=form.sent(),
            ))  # fmt: skip
            messages.success(request, _said(confirm=confirm))
            return redirect("outreach:entry-open", reach_id=key)
        form = _asks_whether_sure(request, form, by, channel, way)
    return _page(request, form, channel, way, campaign=campaign)


def _said(*, confirm: bool) -> str:
    return _("Written down. These contacts count now.") if confirm else _("Kept as a draft. It counts once confirmed.")


@csrf_exempt  # only until the handler of the upload is set; ``_entry_edit`` is protected
@require_http_methods(["GET", "POST"])
def entry_edit(request: HttpRequest, reach_id: uuid.UUID) -> HttpResponse:
    """Change a draft."""
    measured = Measured(request)
    request.upload_handlers = [measured]
    return _entry_edit(request, reach_id, measured)


@csrf_protect
def _entry_edit(request: HttpRequest, reach_id: uuid.UUID, measured: Measured) -> HttpResponse:
    by, row = entry_of(request, reach_id, Verb.OUTREACH_RECORD)
    if not row.is_draft:
        return redirect("outreach:entry-open", reach_id=row.pk)
    channel = _channel_of(row)
    way = Way(row.way) if row.n_listed else _way(request, channel, row)
    initial = EntryForm.initial_of(row)
    form = _form(request, by, channel, way, measured=measured, initial=initial, row=row)
    if request.method == "POST" and form.is_valid():
        _scope, jamoat = _where(by, form)
        confirm = request.POST.get("do") != "draft"
        with refuse(form):
            actions.edit_entry(
                entry=row, version=form.typed_version(), draft=form.draft(jamoat=jamoat), by=by, confirm=confirm,
                given=form.given(), sent=form.sent(),
            )  # fmt: skip
            messages.success(request, _said(confirm=confirm))
            return redirect("outreach:entry-open", reach_id=row.pk)
        form = _asks_whether_sure(request, form, by, channel, way, row=row)
    return _page(request, form, channel, way, entry=row, present=conflict(form, initial))


@require_http_methods(["GET", "POST"])
def entry_confirm(request: HttpRequest, reach_id: uuid.UUID) -> HttpResponse:
    """Let a draft count."""
    by, row = entry_of(request, reach_id, Verb.OUTREACH_RECORD)
    if not row.is_draft:
        return redirect("outreach:entry-open", reach_id=row.pk)
    form = ConfirmForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            sure = form.cleaned_data["sure"]
            actions.confirm_entry(entry=row, version=form.typed_version(), by=by, sure=sure)
            messages.success(request, _said(confirm=True))
            return redirect("outreach:entry-open", reach_id=row.pk)
    present = conflict(form, {"version": row.version})
    context = {"entry": row, "form": form, "asks": "sure" in form.errors, "present": present}
    return render(request, "outreach/entry_confirm.html", context, status=422 if form.errors else 200)


@require_POST
def entry_discard(request: HttpRequest, reach_id: uuid.UUID) -> HttpResponse:
    """Throw a draft away."""
    by, row = entry_of(request, reach_id, Verb.OUTREACH_RECORD)
    try:
        actions.discard_entry(entry=row, version=row.version, by=by)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("outreach:entry-open", reach_id=row.pk)
    messages.success(request, _("The draft is gone."))
    return redirect("outreach:reach-list")


@require_http_methods(["GET", "POST"])
def entry_reverse(request: HttpRequest, reach_id: uuid.UUID) -> HttpResponse:
    """Take a confirmed entry back."""
    by, row = entry_of(request, reach_id, Verb.OUTREACH_RECORD)
    form = ReverseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            key, reason = form.form_key(), form.cleaned_data["reason"]
            once(lambda: actions.reverse_entry(entry=row, reversal_id=key, reason=reason, by=by))
            messages.success(request, _("Taken back. These contacts do not count any more."))
            return redirect("outreach:entry-open", reach_id=row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "outreach/entry_reverse.html", {"entry": row, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def entry_correct(request: HttpRequest, reach_id: uuid.UUID) -> HttpResponse:
    """Write another entry instead of a confirmed one."""
    by, row = entry_of(request, reach_id, Verb.OUTREACH_RECORD)
    channel = _channel_of(row)
    way = _way(request, channel, row)
    initial = {**EntryForm.initial_of(row), "version": None}
    kept: dict[str, Any] = {"row": row, "kind": CorrectForm, "files": False, "listed": False}
    form = _form(request, by, channel, way, initial=initial, **kept)
    if request.method == "POST" and form.is_valid():
        _scope, jamoat = _where(by, form)
        with refuse(form):
            key, reason = form.form_key(), form.cleaned_data["reason"]
            once(lambda: actions.correct_entry(
                entry=row, entry_id=key, draft=form.draft(jamoat=jamoat), reason=reason, by=by
            ))  # fmt: skip
            messages.success(request, _("Corrected. The first entry is taken back, and this one counts."))
            return redirect("outreach:entry-open", reach_id=key)
        form = _asks_whether_sure(request, form, by, channel, way, **kept)
    return _page(request, form, channel, way, entry=row, correcting=True)


# --- parts -----------------------------------------------------------------------------------------------------------


def _demand_somewhere(by: User) -> None:
    """403 unless ``by`` may record anywhere at all."""
    demand(by, Verb.OUTREACH_RECORD)
    if not by.reach(Verb.OUTREACH_RECORD):
        forbid(by, Verb.OUTREACH_RECORD)


def _channel_of(row: ReachEntry) -> Channel:
    channel = channels().get(row.channel)
    if channel is None:
        raise Http404
    return channel


def _way(request: HttpRequest, channel: Channel, row: ReachEntry | None = None) -> Way:
    """How contacts are counted: as the address says, as before, or as the channel does first."""
    asked = request.GET.get("way", "")
    if asked in channel.ways:
        return Way(asked)
    return Way(row.way) if row and row.way in channel.ways else channel.ways[0]


def _form(
    request: HttpRequest, by: User, channel: Channel, way: Way, *, initial: dict[str, Any],
    measured: Measured | None = None, row: ReachEntry | None = None, kind: type[EntryForm] = EntryForm,
    files: bool = True, listed: bool | None = None, sure: bool = False,
) -> Any:  # fmt: skip
    free = channel.place is PlaceAsked.FREE
    campaigns = open_campaigns(by, timezone.localdate())
    if row and row.campaign and row.campaign not in campaigns:
        campaigns.append(row.campaign)
    offered = Offered(
        places=place_choices(by, row.district_id if row else None, free=free and (row is None or not row.district_id)),
        campaigns=campaigns, agencies=agency_choices(by), plan=plan_parts(by),
        materials=materials_at_hand(by) if files else (),
        names=bool(by.reach(Verb.OUTREACH_RECORD, DataClass.LEARNING)),
    )  # fmt: skip
    given: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    return kind(
        *given, channel=channel, way=way, offered=offered, initial=initial, files=files,
        listed=bool(row and row.n_listed) if listed is None else listed,
        sure=sure or "sure" in request.POST, too_large=bool(measured and measured.too_large),
    )  # fmt: skip


def _asks_whether_sure(
    request: HttpRequest, form: EntryForm, by: User, channel: Channel, way: Way, **kept: Any
) -> EntryForm:
    """The form once more, with the box that says that the unlikely is meant so; the same one in any other case."""
    doubtful = [error for error in form.non_field_errors().as_data() if error.code == "unlikely"]
    if not doubtful or "sure" in form.fields:
        return form
    asking_form: EntryForm = _form(request, by, channel, way, initial=dict(form.initial), sure=True, **kept)
    asking_form.is_valid()
    asking_form.add_error("sure", doubtful[0])
    return asking_form


def _where(by: User, form: EntryForm) -> tuple[Scope, str | None]:
    """Where the entry lies, and the jamoat where one was chosen."""
    chosen = form.cleaned_data["place"]
    if not chosen:
        return everywhere(by), None
    district = "-".join(chosen.split("-")[:3])
    return placement(by, district), None if chosen == district else chosen


def _page(request: HttpRequest, form: EntryForm, channel: Channel, way: Way, **more: Any) -> HttpResponse:
    context = {
        "form": form, "channel": channel, "way": way,
        "ways": [COUNTINGS[one] for one in channel.ways] if len(channel.ways) > 1 else [],
        "counting": COUNTINGS[way], **more,
    }  # fmt: skip
    return render(request, "outreach/entry_form.html", context, status=422 if form.errors else 200)
