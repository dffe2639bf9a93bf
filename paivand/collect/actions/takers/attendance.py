"""Attendance taken in the field: who was not there, excused or late was marked; whoever was on the list was there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.collect.actions.takers.parts import decided, demand_same, difference, found_at, photo_at, said_at
from paivand.collect.models import Submission
from paivand.collect.rules.filled import Filled
from paivand.collect.rules.taking import Made, Taken
from paivand.core.rules.attendance import MARK_NAMES, Mark
from paivand.core.rules.errors import Refused
from paivand.learning.actions.attendance import correct_attendance, take_attendance
from paivand.learning.actions.photos import add_session_photo
from paivand.learning.models import Attendance, Enrolment, FieldPhoto, Session
from paivand.learning.rules.drafts import Marked, SessionDraft
from paivand.learning.rules.states import EnrolmentState, SessionState
from paivand.registry.rules.keys import row_key

ALSO_THERE = "marks/also_there"
_MARKS = {Mark.ABSENT: "marks/absent", Mark.EXCUSED: "marks/excused", Mark.LATE: "marks/late"}
_FIELDS = {"on_day": "on_day", "marks": ALSO_THERE, "topics": "taught/topics"}


def take(*, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any]) -> Taken:
    """Write the session down, with its photograph.

    Raises:
        Refused: as ``take_attendance`` and ``add_session_photo``; ``marks`` names who came into the group after the
            list was fetched; ``choose``, ``gone``, ``missing``.
        Undecided: ``conflict`` where the session was written down already and something else stands there.
    """
    rows = Session.objects.seen_by(by).select_related("group__place", "taken_by")
    session: Session = found_at(filled, "session", rows)
    demand_same(answers, session.pk)
    draft = _draft(filled, session, by)
    if session.state == SessionState.HELD:
        _meet(session, draft, by, answers)
    else:
        with said_at(_FIELDS, "session"):
            take_attendance(group=session.group, session=session, version=session.version, draft=draft, by=by)
    _photo(filled, sent, session, by)
    return Taken((
        Made(
            "session", session.pk, f"{session.group.code} № {session.n}", "learning:session-open",
            {"group_code": session.group.code, "session_n": str(session.n)},
        ),
    ))  # fmt: skip


def _draft(filled: Filled, session: Session, by: User) -> SessionDraft:
    on_day = filled.day("on_day")
    if on_day is None:
        raise Refused(_("Write the day on which the session was held."), "date", field="on_day")
    return SessionDraft(
        on_day=on_day, marks=_marks(filled, session, by), topics=filled.values("taught/topics"),
        life_topics=filled.values("taught/life_topics"), energiser=filled.value("taught/energiser"),
        note=filled.value("taught/note_session"), reason=_("What a phone sent was chosen."),
    )  # fmt: skip


def _marks(filled: Filled, session: Session, by: User) -> dict[uuid.UUID, Marked]:
    """The mark of each learner; whoever left the group meanwhile has none."""
    told = {key: mark for mark, path in _MARKS.items() for key in filled.values(path)}
    listed = {*filled.values("learners"), *filled.values(ALSO_THERE), *told}
    notes = {row.value("learner"): row.value("note") for row in filled.repeats("remarks")}
    found: dict[uuid.UUID, Marked] = {}
    unknown: list[str] = []
    for row in _in_group(session, by, filled):
        key = str(row.pk)
        if key in listed:
            found[row.pk] = Marked(told.get(key, Mark.PRESENT), notes.get(key, ""))
        else:
            unknown.append(row.name)
    if unknown:
        raise Refused(
            _(
                "Not on the phone's list when it was filled in: %(names)s. Mark each of them: there, late, excused or "
                "not there."
            ) % {"names": ", ".join(unknown)}, "marks", field=ALSO_THERE,
        )  # fmt: skip
    return found


def _in_group(session: Session, by: User, filled: Filled) -> QuerySet[Enrolment]:
    """Who needs a mark: of a session to be written down, everybody enrolled on its day; of one that is, who has one."""
    rows: QuerySet[Enrolment] = Enrolment.objects.seen_by(by).filter(group=session.group).order_by("name", "pk")
    if session.state == SessionState.HELD:
        return rows.filter(pk__in=Attendance.objects.filter(session=session).values("enrolment_id"))
    return rows.filter(state=EnrolmentState.ENROLLED, enrolled_on__lte=filled.day("on_day"))


def _meet(session: Session, draft: SessionDraft, by: User, answers: Mapping[str, Any]) -> None:
    """Compare with what stands; correct it where a person chose what was sent."""
    differs = _differs(session, draft, by)
    if differs and decided(answers, differs):
        with said_at(_FIELDS, "session"):
            correct_attendance(group=session.group, session=session, version=session.version, draft=draft, by=by)


def _differs(session: Session, draft: SessionDraft, by: User) -> list[dict[str, str]]:
    rows = (
        Attendance.objects.seen_by(by).filter(session=session).select_related("enrolment").order_by("enrolment__name")
    )
    found = difference("on_day", session.on_day, draft.on_day)
    for row in rows:
        sent = draft.marks.get(row.enrolment_id)
        if sent is None:
            continue
        marks, notes = (Mark(row.mark), sent.mark), (row.note.strip(), sent.note.strip())
        if marks[0] != marks[1] or notes[0] != notes[1]:
            # The form asks for no mark of one person: what is kept are the names of the marks.
            found.append({
                "path": "", "label": row.enrolment.name, "kept": MARK_NAMES[marks[0]], "kept_more": notes[0],
                "sent": MARK_NAMES[marks[1]], "sent_more": notes[1],
            })  # fmt: skip
    for path, here, told in (
        ("taught/topics", list(session.topics), list(draft.topics)),
        ("taught/note_session", session.note, draft.note.strip()),
    ):
        found += difference(path, here, told) if told else []
    return found


def _photo(filled: Filled, sent: Submission, session: Session, by: User) -> None:
    content, key = photo_at(filled, sent, "photo"), row_key(sent.pk, "photo")
    if content is None or FieldPhoto.objects.filter(pk=key).exists():
        return
    with said_at({}, "photo"):
        add_session_photo(
            group=session.group, session=session, photo_id=key, content=content, by=by, caption=filled.value("caption")
        )
