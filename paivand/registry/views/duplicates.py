"""The review of possible duplicates: the list, two records side by side, merging and undoing it."""

from __future__ import annotations

import time
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.registry.actions.duplicates import decide_pair, find_pairs
from paivand.registry.actions.merges import merge_people, undo_merge
from paivand.registry.forms.duplicates import LookForm, MergeForm, UndoForm, VerdictForm
from paivand.registry.models import DuplicatePair, Family
from paivand.registry.queries import duplicates as queries
from paivand.registry.queries.comparisons import side_by_side
from paivand.registry.rules.duplicates import VERDICT_NAMES, Verdict

SECONDS = 4
"""How long one press of the button looks; then it can be pressed again, and goes on."""


@require_GET
def pair_list(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one person, what speaks most for it first."""
    by = asking(request)
    demand(by, Verb.DUPLICATE_REVIEW)
    asked = request.GET.get("verdict", "")
    verdict = Verdict(asked) if asked in set(Verdict) else Verdict.OPEN
    page = queries.pairs(by, verdict=verdict, after=request.GET.get("after", ""))
    homes = queries.homes(by, {pk for pair in page.rows for pk in (pair.one_id, pair.other_id)})
    for pair in page.rows:
        pair.people = [(person, homes.get(person.pk, [])) for person in (pair.one, pair.other)]  # type: ignore[attr-defined]
    context = {
        "page": page,
        "verdict": verdict,
        "verdicts": VERDICT_NAMES.items(),
        "look": _look_form(by, request),
        "further": request.GET.get("further", ""),
    }
    return render(request, "registry/pair_list.html", context)


def _look_form(by: User, request: HttpRequest) -> LookForm | None:
    """The button of a supervisor that looks for duplicates in her districts."""
    if Verb.PERSON_MERGE not in by.verbs:
        return None
    initial = {"after": request.GET.get("further", ""), "district": request.GET.get("district", "")}
    return LookForm(districts=queries.review_districts(by), initial=initial)


@require_POST
def pairs_look(request: HttpRequest) -> HttpResponse:
    """Look for duplicates now: as far as a few seconds reach, and on from there with the next press."""
    by = asking(request)
    demand(by, Verb.PERSON_MERGE)
    form = LookForm(request.POST, districts=queries.review_districts(by))
    address = reverse("registry:pair-list")
    if not form.is_valid():
        messages.error(request, _("Choose the district in which to look."))
        return redirect(address)
    district, after = form.cleaned_data["district"], form.cleaned_data["after"]
    until = time.monotonic() + SECONDS
    people = pairs = 0
    with refuse(form, request):
        while True:
            found = find_pairs(scope=placement(by, district.pk), after=after, by=by)
            people, pairs, after = people + found.looked_for, pairs + found.pairs, found.after
            if after is None or time.monotonic() > until:
                break
        messages.success(request, _found_words(people, pairs))
    return redirect(f"{address}?further={after}&district={district.pk}" if after else address)


def _found_words(people: int, pairs: int) -> str:
    looked = ngettext("Looked at %(count)s person.", "Looked at %(count)s people.", people) % {"count": people}
    if not pairs:
        return f"{looked} {_('No new pair.')}"
    return f"{looked} {ngettext('%(count)s new pair.', '%(count)s new pairs.', pairs) % {'count': pairs}}"


@require_http_methods(["GET", "POST"])
def pair_open(request: HttpRequest, pair_id: uuid.UUID) -> HttpResponse:
    """Two records side by side, and the decision whether they are one person."""
    by = asking(request)
    demand(by, Verb.DUPLICATE_REVIEW)
    pair = _pair(by, pair_id)
    form = VerdictForm(request.POST or None, initial={"version": pair.version})
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            decide_pair(
                pair=pair, verdict=Verdict(clean["verdict"]), reason=clean["reason"], version=clean["version"] or 0,
                by=by,
            )  # fmt: skip
            messages.success(request, _("The decision is kept."))
            if clean["verdict"] == Verdict.SAME and by.reach(Verb.PERSON_MERGE).covers(pair):
                return redirect(f"{reverse('registry:pair-open', kwargs={'pair_id': pair.pk})}#merge")
            return redirect("registry:pair-list")
    return _show(request, by, pair, form=form)


@require_POST
def pair_merge(request: HttpRequest, pair_id: uuid.UUID) -> HttpResponse:
    """Merge the two records of a pair: one stays, the other points to it."""
    by = asking(request)
    demand(by, Verb.PERSON_MERGE)
    pair = _pair(by, pair_id)
    form = _merge_form(by, pair, request.POST)
    if form.is_valid():
        clean = form.cleaned_data
        kept, absorbed = (pair.one, pair.other) if clean["kept"] == str(pair.one_id) else (pair.other, pair.one)
        with refuse(form):
            merge_people(kept=kept, absorbed=absorbed, reason=clean["reason"], join=clean.get("join", False), by=by)
            messages.success(request, _("The two records are one person now. It can be undone under Merges."))
            return redirect("registry:pair-list")
    return _show(request, by, pair, merge_form=form)


def _show(
    request: HttpRequest, by: User, pair: DuplicatePair, form: VerdictForm | None = None,
    merge_form: MergeForm | None = None,
) -> HttpResponse:  # fmt: skip
    sides = side_by_side(by, pair)
    if sides is None:
        raise Http404
    merged = queries.live_merge_of(by, pair.one) or queries.live_merge_of(by, pair.other)
    may_merge = by.reach(Verb.PERSON_MERGE).covers(pair) and merged is None
    if may_merge and merge_form is None:
        merge_form = _merge_form(by, pair)
    failed = any(one is not None and one.errors for one in (form, merge_form))
    context = {
        "pair": pair,
        "sides": sides,
        "form": form or VerdictForm(initial={"version": pair.version}),
        "merge_form": merge_form if may_merge else None,
        "merged": merged,
        "joinable": _joinable(by, pair),
    }
    return render(request, "registry/pair.html", context, status=422 if failed else 200)


def _merge_form(by: User, pair: DuplicatePair, data: Any = None) -> MergeForm:
    """The form of merging; the record with the older file stays unless one chooses otherwise."""
    homes = queries.homes(by, [pair.one_id, pair.other_id])
    records = [
        (str(person.pk), " · ".join((person.full_name, *(home.family.code for home in homes.get(person.pk, [])[:1]))))
        for person in (pair.one, pair.other)
    ]
    joinable = bool(_joinable(by, pair))
    initial = {"kept": records[0][0], "join": joinable, "reason": pair.reason}
    return MergeForm(data, records=records, joinable=joinable, initial=initial, auto_id="id_merge_%s")


def _joinable(by: User, pair: DuplicatePair) -> list[Family]:
    """The two open files that the two records head, or nothing."""
    found = [queries.headed_by(by, person) for person in (pair.one, pair.other)]
    families = [family for family in found if family is not None]
    return families if len(families) == 2 else []


@require_GET
def merge_list(request: HttpRequest) -> HttpResponse:
    """What was merged, the latest first, and what was undone."""
    by = asking(request)
    demand(by, Verb.PERSON_MERGE)
    undone = request.GET.get("undone") == "1"
    page = queries.merges(by, after=request.GET.get("after", ""), undone=undone)
    return render(request, "registry/merge_list.html", {"page": page, "undone": undone})


@require_http_methods(["GET", "POST"])
def merge_undo(request: HttpRequest, merge_id: uuid.UUID) -> HttpResponse:
    """Make two records of a merge two people again."""
    by = asking(request)
    demand(by, Verb.PERSON_MERGE)
    merge = queries.merge(by, merge_id)
    if merge is None:
        lose(by, Verb.PERSON_MERGE)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            undo_merge(merge=merge, reason=form.cleaned_data["reason"], by=by)
            messages.success(request, _("They are two people again, exactly as before."))
            return redirect("registry:merge-list")
    return render(
        request, "registry/merge_undo.html", {"merge": merge, "form": form}, status=422 if form.errors else 200
    )


def _pair(by: User, pair_id: uuid.UUID) -> DuplicatePair:
    pair = queries.pair(by, pair_id)
    if pair is None:
        lose(by, Verb.DUPLICATE_REVIEW)
    return pair
