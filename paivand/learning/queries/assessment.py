"""Tests and exams of a group, as the asking user may see them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from paivand.access.models import User
from paivand.learning.models import Enrolment, Exam, ExamResult, Group, TestSheet
from paivand.learning.rules.course import Stage
from paivand.learning.rules.states import EnrolmentState

LEARNT = (EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, EnrolmentState.FAILED)
"""States of those whose tests and exams are shown: who left is not compared."""


def learners(by: User, group: Group) -> list[Enrolment]:
    """Who learns in a group or finished it, by names."""
    rows = list(Enrolment.objects.seen_by(by).filter(group=group, state__in=LEARNT))
    for row in rows:
        row.group = group
    return sorted(rows, key=lambda row: (row.name.casefold(), row.pk))


def enrolled(by: User, group: Group) -> list[Enrolment]:
    """Who learns in a group now, by names: for whom something can be written down."""
    return [row for row in learners(by, group) if row.state == EnrolmentState.ENROLLED]


def sheets(by: User, group: Group, stage: Stage) -> Mapping[uuid.UUID, TestSheet]:
    """The tests of a stage by learner."""
    return {one.enrolment_id: one for one in TestSheet.objects.seen_by(by).filter(group=group, stage=stage)}


def sheet_of(by: User, enrolment: Enrolment, stage: Stage) -> TestSheet | None:
    """One learner's test of a stage."""
    found: TestSheet | None = TestSheet.objects.seen_by(by).filter(enrolment=enrolment, stage=stage).first()
    return found


def exams(by: User, group: Group) -> list[Exam]:
    """The exams of a group, the latest first."""
    return list(Exam.objects.seen_by(by).filter(group=group).order_by("-held_on"))


def exam_by_id(by: User, group: Group, exam_id: uuid.UUID) -> Exam | None:
    """One exam of a group."""
    row: Exam | None = Exam.objects.seen_by(by).filter(group=group, pk=exam_id).first()
    if row is not None:
        row.group = group
    return row


def results(by: User, exam: Exam) -> Mapping[uuid.UUID, ExamResult]:
    """What learners got in an exam, by learner."""
    return {one.enrolment_id: one for one in ExamResult.objects.seen_by(by).filter(exam=exam)}


def results_of_group(by: User, group: Group) -> Mapping[uuid.UUID, Mapping[uuid.UUID, ExamResult]]:
    """What learners got in every exam of a group, by exam and learner."""
    found: dict[uuid.UUID, dict[uuid.UUID, ExamResult]] = {}
    for one in ExamResult.objects.seen_by(by).filter(group=group):
        found.setdefault(one.exam_id, {})[one.enrolment_id] = one
    return found
