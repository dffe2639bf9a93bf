"""What a family was asked: the newest results, how they changed, what can be asked now; and beginning to ask."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking
from paivand.core.rules.errors import Refused
from paivand.instruments.actions.assessments import begin_assessment, demand_age
from paivand.instruments.forms.answers import BeginForm
from paivand.instruments.models import Assessment, RedFlag, Score
from paivand.instruments.queries import assessments as queries
from paivand.instruments.queries.flags import flags_of
from paivand.instruments.rules.answers import read_answers
from paivand.instruments.rules.catalogue import instrument, instruments
from paivand.instruments.rules.instruments import Band, Instrument, say
from paivand.instruments.rules.pictures import Curve, curve
from paivand.instruments.rules.scores import bands as bands_of
from paivand.instruments.views.found import address, family_of, next_of
from paivand.registry.models import Family
from paivand.registry.queries.consents import covered
from paivand.registry.queries.families import members
from paivand.registry.rules import ConsentPurpose


@dataclass
class Told:
    """One time of asking: the questionnaire, its main score and the band in words."""

    row: Assessment
    declared: Instrument
    score: Score | None
    band: Band | None


@dataclass
class Thread:
    """One questionnaire asked of one person or family, the latest time first."""

    declared: Instrument
    times: list[Told]
    picture: Curve | None = None
    due_on: date | None = None

    @property
    def newest(self) -> Told:
        """The latest time."""
        return self.times[0]

    @property
    def is_due(self) -> bool:
        """Whether the time has come to ask again."""
        return self.due_on is not None and self.due_on <= timezone.localdate()


@dataclass
class Asked:
    """One person, or the family as a whole: what was asked, what is being answered, what can be asked."""

    person: Any
    threads: list[Thread] = field(default_factory=list)
    drafts: list[Told] = field(default_factory=list)
    offers: list[Instrument] = field(default_factory=list)
    agrees: bool = True


def read(row: Assessment, scores: dict[str, Score]) -> Told | None:
    """A questionnaire with its main score; None where its declaration is gone."""
    declared = instrument(row.instrument, row.instrument_version)
    if declared is None:
        return None
    score = scores.get(declared.main)
    band = declared.main_scale.band(score.band) if score and score.band else None
    return Told(row, declared, score, band)


def thread(times: list[Told]) -> Thread:
    """What was asked again and again, with its picture."""
    newest = times[0]
    told = sorted(times, key=lambda one: (one.row.answered_on or date.min, one.row.completed_at))
    asked = [
        (one.row.answered_on or date.min, one.score.value if one.score else None, one.score.band if one.score else "",
         str(one.row.pk))
        for one in told
    ]  # fmt: skip
    bands = bands_of(newest.declared, newest.declared.main_scale, read_answers(newest.row.answers))
    due = None
    if newest.row.answered_on and newest.declared.again_after:
        due = newest.row.answered_on + timedelta(days=newest.declared.again_after)
    picture = curve(newest.declared.main_scale, bands, asked, mirrored=get_language_bidi())
    return Thread(newest.declared, times, picture, due)


@require_GET
def family_assessments(request: HttpRequest, code: str) -> HttpResponse:
    """What was asked of a family and its members, what it came to, and what can be asked now."""
    by = asking(request)
    family = family_of(by, code, Verb.CASE_VIEW)
    if family.code != code:
        return redirect("instruments:family-assessments", code=family.code)
    present: list[Any] = [member for member in members(by, family) if member.shown]  # type: ignore[attr-defined]
    rows = queries.assessments_of(by, family, present=present)
    may_ask = family.is_active and by.reach(Verb.ASSESSMENT_RECORD).covers(family)
    agree = _agreeing(by, family, present) if may_ask else set()
    groups = _grouped(by, family, present, rows, agree)
    context = {
        "family": family, "groups": groups, "may_ask": may_ask, "any": bool(rows),
        "others": [one for one in groups if not one.threads and not one.drafts and (one.offers or not one.agrees)],
        "flags": _open(flags_of(by, rows)), "may_answer": by.reach(Verb.CASE_APPROVE).covers(family),
    }  # fmt: skip
    return render(request, "instruments/family.html", context)


def _agreeing(by: User, family: Family, present: list[Any]) -> set[uuid.UUID]:
    """Those who agree to services; the head answers for the household."""
    return covered(by, [family.head_id, *(member.shown.pk for member in present)], ConsentPurpose.SERVICES)


def _open(flags: list[RedFlag]) -> list[RedFlag]:
    return [flag for flag in flags if flag.is_open]


def _grouped(
    by: User, family: Family, present: list[Any], rows: list[Assessment], agree: set[uuid.UUID]
) -> list[Asked]:
    """The household, and each present member, with what was asked of them."""
    scores = queries.current_scores(by, [row.pk for row in rows if row.is_completed])
    whole = Asked(None, agrees=family.head_id in agree)
    people = [Asked(member, agrees=member.shown.pk in agree) for member in present]
    places: dict[uuid.UUID | None, Asked] = {pk: one for one in people for pk in one.person.records} | {None: whole}
    told: dict[tuple[int, str], list[Told]] = {}
    for row in rows:
        group, one = places.get(row.person_id), read(row, scores.get(row.pk, {}))
        if group is None or one is None:
            continue
        if row.is_draft:
            group.drafts.append(one)
        else:
            told.setdefault((id(group), row.instrument), []).append(one)
    for group in [whole, *people]:
        for declared in instruments().values():
            if times := told.get((id(group), declared.code)):
                group.threads.append(thread(times))
            if _may_be_asked(declared, group):
                group.offers.append(declared)
    return [whole, *people]


def _may_be_asked(declared: Instrument, group: Asked) -> bool:
    """Whether a questionnaire can be begun now: it is in use, fits the age, and is not being answered already."""
    if declared.retired or declared.about_person != (group.person is not None):
        return False
    if any(one.row.instrument == declared.code for one in group.drafts):
        return False
    return group.person is None or _fits(declared, group.person.shown)


def _fits(declared: Instrument, person: Any) -> bool:
    try:
        demand_age(declared, person, timezone.localdate())
    except Refused:
        return False
    return True


@require_http_methods(["GET", "POST"])
def assessment_begin(request: HttpRequest, code: str) -> HttpResponse:
    """Choose what to ask and of whom, and begin."""
    by = asking(request)
    family = family_of(by, code, Verb.ASSESSMENT_RECORD)
    present: list[Any] = [member for member in members(by, family) if member.shown]  # type: ignore[attr-defined]
    declared = instruments().get(request.GET.get("instrument", ""))
    if declared is None or declared.retired:
        return _choose(request, family, present)
    agree = _agreeing(by, family, present)
    fit = [member for member in present if _fits(declared, member.shown) and member.shown.pk in agree]
    people = [(str(member.shown.pk), member.shown.full_name) for member in fit] if declared.about_person else []
    form = BeginForm(
        request.POST or None, people=people,
        initial={"person": request.GET.get("person", ""), "stage": request.GET.get("stage", "")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        chosen = next((m.shown for m in fit if str(m.shown.pk) == form.cleaned_data.get("person")), None)
        try:
            row = begin_assessment(
                assessment_id=form.form_key(), family=family, person=chosen, instrument=declared.code,
                stage=form.stage_chosen(), mode=form.mode_chosen(), by=by,
            )  # fmt: skip
            return redirect(address(request, "assessment-open", assessment_id=row.pk))
        except Refused as refused:
            running = refused.detail.get("assessment")
            if refused.code in {"twice", "draft"} and running:
                if refused.code == "draft":
                    messages.info(request, _("This questionnaire was begun already. Go on with it here."))
                return redirect(address(request, "assessment-open", assessment_id=running))
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    latest = _asked_before(by, family, declared, fit)
    context = {
        "form": form, "family": family, "declared": declared, "nobody": declared.about_person and not people,
        "head_refuses": not declared.about_person and family.head_id not in agree, "latest": latest,
        "left_out": [m.shown for m in present if declared.about_person and m.shown.pk not in agree],
        "n_items": len(list(declared.items())), "next": next_of(request),
    }  # fmt: skip
    return render(request, "instruments/begin.html", context, status=422 if request.method == "POST" else 200)


def _choose(request: HttpRequest, family: Family, present: list[Any]) -> HttpResponse:
    """What can be asked: for one member where the address names one, else for everybody."""
    chosen = next((m.shown for m in present if str(m.shown.pk) == request.GET.get("person")), None)
    offers = []
    for declared in instruments().values():
        if declared.retired:
            continue
        whom = [m.shown for m in present if _fits(declared, m.shown)] if declared.about_person else []
        if declared.about_person and (not whom or (chosen and chosen not in whom)):
            continue
        if chosen and not declared.about_person:
            continue
        more = {name: request.GET.get(name, "") for name in ("person", "stage")}
        way = address(request, "assessment-begin", code=family.code, more={"instrument": declared.code, **more})
        offers.append((declared, way))
    context = {"family": family, "offers": offers, "chosen": chosen, "next": next_of(request)}
    return render(request, "instruments/choose.html", context, status=422 if request.method == "POST" else 200)


def _asked_before(by: User, family: Family, declared: Instrument, fit: list[Any]) -> list[tuple[str, date, bool]]:
    """Who was asked the same when: the name (empty for the household), the day, and whether that is too near."""
    language, today = get_language() or "en", timezone.localdate()
    subjects = {m.shown.pk: m.shown.full_name for m in fit} if declared.about_person else {family.pk: ""}
    rows = queries.latest_completed(by, subjects, declared.code)
    near = timedelta(days=declared.again_after)
    return [
        (name or say(declared.title, language), row.answered_on, today < row.answered_on + near)
        for pk, name in subjects.items()
        if (row := rows.get(pk)) and row.answered_on
    ]
