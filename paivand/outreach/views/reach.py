"""Reach: the list of entries with what they add up to, and one entry."""

from __future__ import annotations

import uuid
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.outreach.queries import entries as queries
from paivand.outreach.queries.campaigns import materials_given_at
from paivand.outreach.queries.entries import Wanted
from paivand.outreach.rules.catalogue import channels, topics
from paivand.outreach.views.found import entry_of, records


@require_GET
def reach_list(request: HttpRequest) -> HttpResponse:
    """Entries of reach, the latest first, narrowed by channel, topic, district and month; and their totals."""
    by = asking(request)
    demand(by, Verb.RESULTS_VIEW)
    wanted = _wanted(request)
    span = queries.months_of(by)
    context = {
        "page": queries.entries(by, wanted, after=request.GET.get("after", "")),
        "totals": queries.totals(by, wanted),
        "wanted": wanted,
        "channels": channels().values(),
        "topics": topics().values(),
        "districts": queries.districts_reached(by),
        "months": _months(*span) if span else [],
        "drafts": queries.drafts_of(by) if Verb.OUTREACH_RECORD in by.verbs else [],
    }
    return render(request, "outreach/reach_list.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    """What is asked for; what cannot be read asks nothing."""
    channel, topic = request.GET.get("channel", ""), request.GET.get("topic", "")
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = None
    return Wanted(
        channel=channel if channel in channels() else "", topic=topic if topic in topics() else "",
        district=request.GET.get("district", "")[:12], month=month,
    )  # fmt: skip


def _months(first: date, last: date) -> list[date]:
    """The months from the last to the first."""
    found: list[date] = []
    month = last.replace(day=1)
    while month >= first.replace(day=1) and len(found) < 240:
        found.append(month)
        month = month.replace(year=month.year - (month.month == 1), month=(month.month - 2) % 12 + 1)
    return found


@require_GET
def entry_open(request: HttpRequest, reach_id: uuid.UUID) -> HttpResponse:
    """One entry: its contacts, how they are told, what shows them, and what became of it."""
    by, row = entry_of(request, reach_id)
    may_record = records(by, row)
    sees = may_record and queries.sees_lists(by, row)
    channel = channels().get(row.channel)
    context = {
        "entry": row,
        "reversal": getattr(row, "reversed_by", None),
        "correction": getattr(row, "corrected_by", None),
        "files": queries.files_of(by, row),
        "given": materials_given_at(by, row),
        "lines": queries.lines_of(by, row) if sees and row.n_listed else [],
        "may_record": may_record,
        "sees_names": sees,
        "keeps_list": bool(channel and channel.register),
    }
    return render(request, "outreach/entry.html", context)
