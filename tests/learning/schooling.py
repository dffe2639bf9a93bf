"""What tests of learning begin with: a group of seamstresses in Kulob, women put forward, sessions held."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.core.models import new_id
from paivand.core.rules.attendance import Mark
from paivand.learning.actions.attendance import take_attendance
from paivand.learning.actions.enrolments import Joining, admit, enrol_participants, put_forward
from paivand.learning.actions.groups import plan_group, turn_group
from paivand.learning.models import Enrolment, Group, Session
from paivand.learning.rules.drafts import GroupDraft, LearnerDraft, Marked, SessionDraft
from paivand.learning.rules.states import EnrolmentState, GroupState, SessionState
from paivand.registry.actions.participants import register_participant
from paivand.registry.models import Family, Participant, Person
from paivand.registry.rules import Sex
from paivand.registry.rules.participants import ParticipantDraft, ParticipantKind
from tests.cast import KULOB, agreed, fresh, register

BEGAN = date(2022, 3, 14)


def plan_draft(lead: Any, **changes: Any) -> GroupDraft:
    """A group of seamstresses that meets on Mondays and Wednesdays."""
    values: dict[str, Any] = {
        "course": "seamstress",
        "name": "Дӯзандагон 1",
        "language": "tg",
        "place": "TJ-KT-02-02",
        "starts_on": BEGAN,
        "weekdays": (0, 2),
        "starts_at": time(9),
        "session_hours": Decimal(4),
        "capacity": 15,
        "lead": lead.pk,
        "qualification": "Дипломи дӯзанда, 12 сол таҷриба",
        "venue": "Маркази таълимӣ",
        "room": "2",
    }
    return GroupDraft(**{**values, **changes})


def planned(by: Any, *, lead: Any = None, district: str = KULOB, **changes: Any) -> Group:
    """A group planned by a trainer, who leads it herself unless another is named."""
    by = fresh(by)
    anyway = changes.pop("anyway", False)
    with acting_as(by):
        scope = placement(by, district)
        return plan_group(
            scope=scope, group_id=new_id(), draft=plan_draft(lead or by, **changes), by=by, anyway=anyway
        )  # fmt: skip


def opened(by: Any, **changes: Any) -> Group:
    """A group that takes people in."""
    group = planned(by, **changes)
    with acting_as(by):
        return turn_group(group=group, version=group.version, state=GroupState.OPEN, by=fresh(by), on=BEGAN)


def woman(by: Any, n: int = 0, **changes: Any) -> Person:
    """The head of a family of her own, old enough for a trade."""
    family: Family = registered(by, n, members=0, **changes)
    with acting_as(by):
        return family.head


def registered(by: Any, n: int = 0, **changes: Any) -> Family:
    """A family that was registered, and agreed, before the course."""
    day = date(2022, 1, 10)
    return register(by, given=f"Гулрухсор{'а' * n}", on=day, consent=agreed(given_on=day), **changes)


def sent(by: Any, group: Group, person: Person, **changes: Any) -> Enrolment:
    """Put forward by a social worker."""
    with acting_as(by):
        return put_forward(
            person=person, group=group, enrolment_id=new_id(), draft=LearnerDraft(**changes), by=fresh(by), today=BEGAN
        )  # fmt: skip


def running(
    trainer: Any, worker: Any, n: int = 2, families: int = 0, jamoat: str = "TJ-KT-02-02", **changes: Any
) -> tuple[Group, list[Enrolment]]:
    """A group that runs with ``n`` women in it; ``families`` sets their names apart from those of another group."""
    group = opened(trainer, **changes)
    rows = [sent(worker, group, woman(worker, families + i, jamoat=jamoat)) for i in range(n)]
    with acting_as(trainer):
        by = fresh(trainer)
        rows = admit(group=group, enrolments=rows, by=by, on=BEGAN)
        group.refresh_from_db()
        group = turn_group(group=group, version=group.version, state=GroupState.RUNNING, by=by, on=BEGAN)
    return group, rows


def held(by: Any, group: Group, marks: dict[Any, Mark], session: Session | None = None) -> Session:
    """The next session, held with these marks by enrolment; whoever is not named was there."""
    with acting_as(by):
        found = session or Session.objects.filter(group=group, state=SessionState.PLANNED).order_by("n").first()
        there = Enrolment.objects.filter(group=group, state=EnrolmentState.ENROLLED).values_list("pk", flat=True)
        named = {row.pk: mark for row, mark in marks.items()}
        draft = SessionDraft(
            on_day=found.on_day, topics=tuple(found.topics),
            marks={pk: Marked(named.get(pk, Mark.PRESENT)) for pk in there},
        )  # fmt: skip
        return take_attendance(group=group, session=found, version=found.version, draft=draft, by=fresh(by))


def hold_all(by: Any, group: Group, missing: dict[Any, int] | None = None) -> None:
    """Hold every session that is still planned; ``missing`` tells how many of the first each learner misses."""
    with acting_as(by):
        sessions = list(Session.objects.filter(group=group, state=SessionState.PLANNED).order_by("n"))
    for i, session in enumerate(sessions):
        marks = {row: Mark.ABSENT for row, n in (missing or {}).items() if i < n}
        held(by, group, marks, session)


def professional(by: Any, name: str = "Раҷабова Савсан", **changes: Any) -> Participant:
    """A social worker of the register."""
    values: dict[str, Any] = {
        "kind": ParticipantKind.PROFESSIONAL,
        "name": name,
        "sex": Sex.FEMALE,
        "agreed_on": BEGAN - timedelta(days=7),
        "birth_year": 1985,
        "organisation": "Шуъбаи ҳифзи иҷтимоӣ",
        "post": "social_worker",
    }
    by = fresh(by)
    with acting_as(by):
        return register_participant(
            scope=placement(by, KULOB), participant_id=new_id(), draft=ParticipantDraft(**{**values, **changes}), by=by
        )  # fmt: skip


def enrolled(by: Any, group: Group, participants: list[Participant]) -> list[Enrolment]:
    """Participants taken into a group by its trainer."""
    with acting_as(by):
        return enrol_participants(
            group=group, joining=[Joining(new_id(), one) for one in participants], by=fresh(by), today=BEGAN
        )  # fmt: skip
