"""A group of learners at the end of their course, for the tests of certificates."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db import connection

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.writing import writing
from paivand.learning.models import Enrolment, Exam, ExamResult, Group
from paivand.learning.rules.issuing import Terms
from paivand.registry.rules import Relation, Sex
from paivand.registry.rules.drafts import MemberDraft
from tests.cast import person, register

ISSUED = date(2026, 5, 30)
STARTED, FINISHED = date(2026, 3, 2), date(2026, 5, 29)
NAMES = ("Нигора", "Мадина", "Зебо", "Шаҳноза", "Фотима", "Гулрӯ", "Парвина", "Сайёра")
COMMISSION = [
    {"name": "Раҳима Ҳакимова", "post": "мактаб", "chair": True}, {"name": "Шариф Ғафуров", "post": "устохона"},
    {"name": "Мавҷуда Ӯрунова", "post": "барнома"},
]  # fmt: skip


def group_of(trainer: Any, course: str = "seamstress", **changes: Any) -> Group:
    """A finished group of Kulob that ``trainer`` leads."""
    with acting_as(trainer), writing("test"):
        values = {
            "number": _next_number(), "course": course, "course_from": STARTED, "name": "Чакан",
            "language": "tg", "place_id": "TJ-KT-02-02", "capacity": 60, "starts_on": STARTED, "starts_at": time(9),
            "session_hours": Decimal(4), "state": "finished", "opened_on": STARTED, "started_on": STARTED,
            "finished_on": FINISHED, "n_completed": 60, "district_id": "TJ-KT-02", "agency_id": trainer.agency_id,
            "team_id": trainer.team_id, "owner_id": trainer.pk, **changes,
        }  # fmt: skip
        group: Group = Group(**values)
        group.save()
    return group


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select nextval('learning_group_number')")
        return int(cursor.fetchone()[0])


def learners(trainer: Any, worker: Any, group: Group, n: int = 3, **changes: Any) -> list[Enrolment]:
    """So many women of registered families who completed the course of a group."""
    made = []
    while len(made) < n:
        names = [NAMES[(len(made) + k) % len(NAMES)] for k in range(min(n - len(made), 12))]
        members = [
            MemberDraft(person(name, f"Саидова{len(made) + k}", "", Sex.FEMALE, 1994), Relation.CHILD)
            for k, name in enumerate(names)
        ]
        family = register(worker, given=f"Модар{len(made)}", members=members)
        with acting_as(worker):
            people = [one.person for one in family.members.exclude(relation="head").order_by("pk")]
        assert people
        with acting_as(trainer), writing("test"):
            made += [_enrolment(group, one, family, changes) for one in people[: n - len(made)]]
    return made


def _enrolment(group: Group, one: Any, family: Any, changes: dict[str, Any]) -> Enrolment:
    values = {
        "group": group, "person": one, "course": group.course, "name": f"{one.family_name} {one.given_name}",
        "sex": one.sex, "birth_year": 1994, "state": "completed", "asked_on": STARTED, "enrolled_on": STARTED,
        "ended_on": FINISHED, "hours": Decimal(156), "practical_hours": Decimal(104), "n_held": 40, "n_there": 39,
        "n_excused": 1, "exam_points": Decimal(84), "exam_passed": True, "project_passed": True,
        "asked_by_id": family.owner_id, "district_id": group.district_id, "agency_id": group.agency_id,
        "team_id": group.team_id, "owner_id": group.owner_id, "second_id": group.second_id,
        "home_district_id": family.district_id, "home_agency_id": family.agency_id, "home_team_id": family.team_id,
        "home_owner_id": family.owner_id, **changes,
    }  # fmt: skip
    row: Enrolment = Enrolment(**values)
    row.save()
    return row


def examined(trainer: Any, group: Group, enrolments: list[Enrolment]) -> Exam:
    """The exam that they all passed."""
    place = {name: getattr(group, name) for name in ("district_id", "agency_id", "team_id", "owner_id", "second_id")}
    with acting_as(trainer), writing("test"):
        exam: Exam = Exam(group=group, held_on=FINISHED, commission=COMMISSION, recorded_by=trainer, **place)
        exam.save()
        for one in enrolments:
            ExamResult(exam=exam, group=group, enrolment=one, total=Decimal(84), passed=True, **place).save()
    return exam


def terms(enrolments: list[Enrolment] | None = None, **changes: Any) -> Terms:
    """What is printed on all of them, with a number of the state for each."""
    numbers = {str(one.pk): f"{45127 + n:07d}" for n, one in enumerate(enrolments or [])}
    values: dict[str, Any] = {
        "issued_on": ISSUED, "signatories": ("Гулбаҳор Ғаниева", "Раҳима Ҳакимова"), "diploma_series": "ДТ",
        "diploma_numbers": numbers, **changes,
    }  # fmt: skip
    return Terms(**values)


def issued(trainer: Any, group: Group, enrolment: Enrolment, **changes: Any) -> Any:
    """A certificate for one of them."""
    from paivand.learning.actions.certificates import issue_certificate

    with acting_as(trainer):
        return issue_certificate(
            group=group, enrolment=enrolment, certificate_id=new_id(), terms=terms([enrolment], **changes), by=trainer
        )  # fmt: skip
