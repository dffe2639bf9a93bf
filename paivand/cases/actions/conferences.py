"""Case conferences: those who help meet, and what they decide becomes due."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.dues import cancel_due, note_done, set_due
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.actions.reached import demand_day, keep_former, wording
from paivand.cases.models import Case, Conference, ConferenceDecision, ConferencePresence
from paivand.cases.rules.records import ConferenceDraft, DecisionDraft, FormerOf
from paivand.cases.rules.sop import DueKind, evening
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh
from paivand.registry.rules.keys import row_key


@action(Verb.CASE_WORK, on="case")
def hold_conference(
    *, case: Case, conference_id: uuid.UUID, draft: ConferenceDraft, by: User, now: datetime | None = None
) -> Conference:  # fmt: skip
    """Write down a conference; ``conference_id`` is made by the form.

    Raises:
        Refused: ``twice``, ``closed``, ``date``; ``points`` without words; ``staff`` without anybody of the programme;
            ``doer`` for a decision that nobody carries out.
    """
    locked = locked_case(case)
    if Conference.objects.filter(pk=conference_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    _demand_possible(locked, draft, timezone.localdate(now))
    conference = Conference(id=conference_id)
    _fill(conference, draft)
    within(locked, conference, by).save(force_insert=True)
    _note_presences(conference, draft, by)
    for position, decision in enumerate(draft.decisions):
        _decide(conference, position, decision, by)
    remark(act="conference.hold", present=len(draft.staff) + len(draft.others), decisions=len(draft.decisions))
    return conference


@action(Verb.CASE_WORK, on="conference")
def correct_conference(
    *, conference: Conference, version: int, draft: ConferenceDraft, reason: str, by: User,
    now: datetime | None = None,
) -> Conference:  # fmt: skip
    """Correct what was written down; the former wording stays. ``draft.decisions`` are added to those that stand."""
    case = locked_case(conference.case)
    row: Conference = (
        Conference.objects.select_for_update(of=("self",)).select_related("case").get(pk=conference.pk)
    )  # fmt: skip
    demand_fresh(row, version)
    _demand_possible(case, draft, timezone.localdate(now))
    values = wording(row, "held_on", "venue", "points")
    values["present"] = [str(one.user_id or one.function) for one in row.presences.all() if one.was_there]
    keep_former(row, FormerOf.CONFERENCE, values, reason=reason, by=by)
    _fill(row, draft)
    row.version += 1
    row.save()
    _note_presences(row, draft, by)
    first = row.decisions.count()
    for position, decision in enumerate(draft.decisions, start=first):
        _decide(row, position, decision, by)
    remark(act="conference.correct", decisions=len(draft.decisions))
    return row


def _demand_possible(case: Case, draft: ConferenceDraft, today: date) -> None:
    demand_day(case, draft.held_on, today, "held_on")
    if not draft.points.strip():
        raise Refused(_("Write what was spoken about."), "points", field="points")
    if not draft.staff:
        raise Refused(_("Choose who of the programme took part."), "staff", field="staff")
    known = set(User.objects.filter(pk__in=_named(draft)).values_list("pk", flat=True))
    if set(_named(draft)) - known:
        raise Refused(_("Somebody of the programme was not found. Choose from the list."), "staff", field="staff")
    for decision in draft.decisions:
        if decision.doer is None and not decision.who.strip():
            raise Refused(_("Say for each decision who carries it out."), "doer")


def _named(draft: ConferenceDraft) -> list[uuid.UUID]:
    return [*draft.staff, *(decision.doer for decision in draft.decisions if decision.doer)]


def _fill(conference: Conference, draft: ConferenceDraft) -> None:
    conference.held_on, conference.venue = draft.held_on, draft.venue.strip()
    conference.points = draft.points.strip()


def _note_presences(conference: Conference, draft: ConferenceDraft, by: User) -> None:
    """One row for each who took part; who was named wrongly stays as one who did not."""
    others = [name for name in (" ".join(other.split()) for other in draft.others) if name]
    present: Iterable[tuple[uuid.UUID | None, str]] = [*((pk, "") for pk in draft.staff), *((None, o) for o in others)]
    rows = {(row.user_id, row.function): row for row in conference.presences.all()}
    told = dict.fromkeys(present)
    for key in {*rows, *told}:
        row = rows.get(key)
        if row is None:
            row = within(
                conference.case, ConferencePresence(conference=conference, user_id=key[0], function=key[1]), by
            )
            row.save()
        elif row.was_there != (key in told):
            row.was_there = key in told
            row.version += 1
            row.save()


def _decide(conference: Conference, position: int, draft: DecisionDraft, by: User) -> None:
    decision = ConferenceDecision(
        id=row_key(conference.pk, "decision", position), conference=conference, position=position,
        what=draft.what.strip(), doer_id=draft.doer, who="" if draft.doer else draft.who.strip(), due_on=draft.due_on,
    )  # fmt: skip
    within(conference.case, decision, by).save(force_insert=True)
    if draft.due_on:
        zone = timezone.get_current_timezone()
        set_due(conference.case, DueKind.DECISION, evening(draft.due_on, zone), by=by, about=decision.pk)


@action(Verb.CASE_WORK, on="decision")
def answer_decision(
    *, decision: ConferenceDecision, version: int, done_on: date, note: str, by: User, now: datetime | None = None
) -> ConferenceDecision:  # fmt: skip
    """Write down that a decision was carried out, or what became of it.

    Raises:
        Refused: ``already``, ``stale``, ``closed``; ``date`` before the conference or in the future; ``note``.
    """
    case = locked_case(decision.case)
    row: ConferenceDecision = (
        ConferenceDecision.objects.select_for_update(of=("self",)).select_related("case", "conference")
        .get(pk=decision.pk)
    )  # fmt: skip
    demand_fresh(row, version)
    moment = now or timezone.now()
    if row.done_on:
        raise Refused(_("This was answered already."), "already")
    if not row.conference.held_on <= done_on <= timezone.localdate(moment):
        raise Refused(_("The day lies before the conference, or in the future. Check it."), "date", field="done_on")
    if not note.strip():
        raise Refused(_("Say what came of it, in a few words."), "note", field="note")
    row.done_on, row.done_note = done_on, note.strip()
    row.version += 1
    row.save()
    if not note_done(case, DueKind.DECISION, by=by, at=moment, about=row.pk):
        cancel_due(case, DueKind.DECISION, about=row.pk, now=moment)
    remark(act="decision.answer")
    return row
