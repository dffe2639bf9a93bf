"""Single psychosocial sessions within a case: written down, corrected; each one held reaches the person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.dues import cancel_due, note_contact, note_done, set_due
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.actions.reached import (
    agreeing,
    demand_day,
    demand_people,
    give_step,
    recount_contact,
    take_back,
    wording,
)
from paivand.cases.models import Case, FormerSession, PsychosocialSession
from paivand.cases.queries.flags import who_is_referred_first
from paivand.cases.rules.sessions import SESSION, SessionDraft, flows, topics
from paivand.cases.rules.sop import DueKind, evening
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh
from paivand.registry.actions.journey import Help
from paivand.registry.models import Person
from paivand.registry.rules.keys import row_key

_TOLD = ("happened_on", "way", "outcome", "worked_on", "note", "next_on", "flow")


@action(Verb.CASE_WORK, on="case")
def note_session(
    *, case: Case, session_id: uuid.UUID, draft: SessionDraft, by: User, now: datetime | None = None
) -> PsychosocialSession:  # fmt: skip
    """Write down a session that was held; ``session_id`` is made by the form.

    Raises:
        Refused: ``twice``, ``closed``, ``people``, ``date``, ``topic``; ``refer_first`` for a first session while an
            answer of the person asks for a specialist.
    """
    locked = locked_case(case)
    if PsychosocialSession.objects.filter(pk=session_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    moment = now or timezone.now()
    person = _demand_possible(locked, draft, by, timezone.localdate(moment))
    sessions = PsychosocialSession.objects.filter(case=locked, person=person)
    last = sessions.aggregate(last=Max("n"))["last"] or 0
    if not last:
        demand_no_specialist(by, [person])
    session = PsychosocialSession(id=session_id, person=person, n=last + 1)
    _fill(session, draft)
    if agreeing(by, [person]):
        session.step = give_step(person, _help(locked, draft), by, row_key(session_id, "step", 1))
    within(locked, session, by).save(force_insert=True)
    note_contact(locked, draft.happened_on, by=by, now=moment)
    note_done(locked, DueKind.SESSION, by=by, at=moment, about=person.pk)
    _agree_on_next(locked, session, by)
    remark(act="session.note", n=session.n, outcome=draft.outcome)
    return session


@action(Verb.CASE_WORK, on="session")
def correct_session(
    *, session: PsychosocialSession, version: int, draft: SessionDraft, reason: str, by: User,
    now: datetime | None = None,
) -> PsychosocialSession:  # fmt: skip
    """Correct a session: the former wording stays, and its step is reversed where day, outcome or person changed."""
    case = locked_case(session.case)
    row: PsychosocialSession = (
        PsychosocialSession.objects.select_for_update(of=("self",)).select_related("case", "step").get(pk=session.pk)
    )  # fmt: skip
    demand_fresh(row, version)
    moment = now or timezone.now()
    person = _demand_possible(case, draft, by, timezone.localdate(moment))
    if person.pk != row.person_id:
        raise Refused(_("The session was with somebody else. Take it back there, and write down a new one."),
                      "people", field="person")  # fmt: skip
    if not reason.strip():
        raise Refused(_("Say why it is corrected, in a few words and without names."), "reason", field="reason")
    former = FormerSession(session=row, n=row.version, values=wording(row, *_TOLD), reason=reason.strip())
    within(case, former, by).save()
    same = (row.happened_on, row.outcome) == (draft.happened_on, draft.outcome)
    step = row.step
    _fill(row, draft)
    row.version += 1
    if not same:
        row.step = None
        if agreeing(by, [person]):
            row.step = give_step(person, _help(case, draft), by, row_key(row.pk, "step", row.version))
    row.save()
    if not same:
        take_back(step, reason, by)
    _agree_on_next(case, row, by)
    recount_contact(case, by=by, now=moment)
    remark(act="session.correct", n=row.n)
    return row


def demand_no_specialist(by: User, people: Iterable[Person]) -> None:
    """Raise a Refused when an open answer of somebody asks for a specialist before any session."""
    named = {person.pk: person for person in people}
    for pk in who_is_referred_first(by, list(named)):
        raise Refused(
            _(
                "An answer of %(name)s says that a specialist must see her or him first. Refer to a specialist, and "
                "speak with your supervisor today."
            )
            % {"name": named[pk].full_name},
            "refer_first", field="person",
        )  # fmt: skip


def demand_topics(codes: Iterable[str]) -> None:
    """Raise a Refused for something that sessions do not work on."""
    if set(codes) - set(topics()):
        raise Refused(_("Choose from the list what was worked on."), "topic", field="worked_on")


def _demand_possible(case: Case, draft: SessionDraft, by: User, today: date) -> Person:
    demand_day(case, draft.happened_on, today, "happened_on")
    demand_topics(draft.worked_on)
    if draft.flow and draft.flow not in flows():
        raise Refused(_("Choose the order of sessions from the list."), "flow", field="flow")
    if draft.next_on and draft.next_on <= draft.happened_on:
        raise Refused(_("The next session lies before this one. Check both days."), "date", field="next_on")
    [person] = demand_people(case, [draft.person], by, field="person")
    return person


def _fill(session: PsychosocialSession, draft: SessionDraft) -> None:
    session.happened_on, session.way, session.outcome = draft.happened_on, draft.way, draft.outcome
    session.worked_on, session.note = list(draft.worked_on), draft.note.strip()
    session.next_on, session.flow = draft.next_on, draft.flow


def _help(case: Case, draft: SessionDraft) -> Help:
    return Help(SESSION, draft.outcome, draft.happened_on, case.family.jamoat)


def _agree_on_next(case: Case, session: PsychosocialSession, by: User) -> None:
    """The day of the next session is due, if this is the last one of the person."""
    if PsychosocialSession.objects.filter(case=case, person=session.person_id, n__gt=session.n).exists():
        return
    if session.next_on is None:
        cancel_due(case, DueKind.SESSION, about=session.person_id)
        return
    due_at = evening(session.next_on, timezone.get_current_timezone())
    set_due(case, DueKind.SESSION, due_at, by=by, about=session.person_id)
