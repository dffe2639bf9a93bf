"""Many people at once: written into the register, taken into the group and marked as there, in one go."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.attendance import Mark
from paivand.core.rules.errors import Refused
from paivand.learning.actions.attendance import correct_attendance, take_attendance
from paivand.learning.actions.enrolments import Joining, enrol_participants
from paivand.learning.actions.groups import turn_group
from paivand.learning.models import Enrolment, Group, Session
from paivand.learning.rules.drafts import LearnerDraft, Marked, SessionDraft
from paivand.learning.rules.states import EnrolmentState, GroupState, SessionState
from paivand.registry.actions.participants import register_participants
from paivand.registry.models import Participant
from paivand.registry.rules.keys import row_key
from paivand.registry.rules.participants import ParticipantDraft


@dataclass(frozen=True, slots=True)
class QuickRow:
    """One person at the door: somebody of the register, or else written down anew by ``draft``.

    Args:
        key: of the enrolment; that of a new participant follows from it.
    """

    key: uuid.UUID
    draft: ParticipantDraft
    known: Participant | None = None
    learner: LearnerDraft = field(default_factory=LearnerDraft)


@action(Verb.LEARNING_TEACH, on="group")
def register_quickly(
    *, group: Group, rows: Sequence[QuickRow], by: User, session: Session | None = None, version: int = 0,
    also_there: Collection[uuid.UUID] = (), today: date | None = None,
) -> list[Enrolment]:  # fmt: skip
    """Take many people into a group at once, all of them or none; with ``session`` they are marked as there.

    A group that only waits to begin begins. Into a session that was written down already they are added as a
    correction, so that the trace says when they came in.

    Args:
        version: of the session.
        also_there: enrolments of those who were in the group before and came too; the others were not there.

    Raises:
        Refused: ``rows`` for nobody; ``full``; as ``register_participants``, ``enrol_participants`` and
            ``take_attendance``.
    """
    day = today or timezone.localdate()
    if not rows:
        raise Refused(_("Write down at least one person."), "rows")
    if Enrolment.objects.filter(pk__in=[row.key for row in rows]).exists():
        raise Refused(_("This form was saved already."), "twice")
    if group.n_enrolled + len(rows) > group.capacity:
        raise Refused(
            _("%(people)s people are written down, and %(places)s places are left. Make the group larger first.")
            % {"people": len(rows), "places": group.n_places_left}, "full",
        )  # fmt: skip
    before = set(Enrolment.objects.filter(group=group, state=EnrolmentState.ENROLLED).values_list("pk", flat=True))
    on = min(day, session.on_day) if session else day
    joining = [Joining(row.key, who, row.learner) for row, who in _participants(group, rows, by, day)]
    enrolments = enrol_participants(group=group, joining=joining, by=by, on=on)
    if session:
        came = {row.pk for row in enrolments}
        marks = dict.fromkeys(came, Mark.PRESENT)
        if session.state != SessionState.HELD:
            marks |= {key: Mark.PRESENT if key in also_there else Mark.ABSENT for key in before}
        _mark(group, session, version, marks, by=by)
    remark(act="learner.quick", n=len(enrolments), marked=session is not None)
    return enrolments


def _participants(
    group: Group, rows: Sequence[QuickRow], by: User, day: date
) -> list[tuple[QuickRow, Participant]]:  # fmt: skip
    new = [(row_key(row.key, "participant"), row.draft) for row in rows if row.known is None]
    scope = Scope(group.district_id, by.agency_id, by.team_id, by.pk)
    made = {who.pk: who for who in register_participants(scope=scope, drafts=new, by=by, today=day)} if new else {}
    return [(row, row.known or made[row_key(row.key, "participant")]) for row in rows]


def _mark(group: Group, session: Session, version: int, marks: Mapping[uuid.UUID, Mark], *, by: User) -> None:
    """Write down who was at the session."""
    group.refresh_from_db()
    if group.state == GroupState.OPEN:
        group = turn_group(group=group, version=group.version, state=GroupState.RUNNING, by=by, on=session.on_day)
    held = session.state == SessionState.HELD
    draft = SessionDraft(
        on_day=session.on_day, marks={key: Marked(mark) for key, mark in marks.items()}, topics=tuple(session.topics),
        note=session.note, life_topics=tuple(session.life_topics), energiser=session.energiser,
        reason=_("Registered afterwards") if held else "",
    )  # fmt: skip
    if held:
        correct_attendance(group=group, session=session, version=version, draft=draft, by=by)
    else:
        take_attendance(group=group, session=session, version=version, draft=draft, by=by)
