"""What a device gets: the worker's own families and nobody else's, with a token that never lies."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.collect.queries.field_lists import NAMES, field_list, field_lists, list_tokens
from paivand.core.rules.writing import writing
from paivand.learning.actions.inside import about
from paivand.learning.models import FollowUp
from tests.cast import fresh, register

pytestmark = pytest.mark.django_db


def _read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_a_worker_gets_her_families_with_their_people_and_places(zarina: Any) -> None:
    family = register(zarina, village="Даҳана", given="Ҷамила", surname="Каримова")
    with acting_as(zarina):
        lists = field_lists(zarina, NAMES)
        rows = _read(lists["families"].content())
        people = _read(lists["people"].content())
        places = _read(lists["places"].content())
    assert rows == [
        {
            "name": str(family.pk), "label": f"{family.code} · Каримова Ҷамила Раҳимовна", "__version": "1",
            "code": family.code, "district": "TJ-KT-02", "jamoat": "TJ-KT-02-02", "village": "Даҳана",
            "head": "Каримова Ҷамила Раҳимовна", "n_members": "4", "housing": "", "land": "",
        }
    ]  # fmt: skip
    assert [row["is_child"] for row in people].count("1") == 2
    assert {row["family"] for row in people} == {str(family.pk)}
    assert {row["kind"] for row in places} >= {"jamoat"}
    assert {row["parent"] for row in places if row["kind"] == "jamoat"} == {"TJ-KT-02"}


def test_tokens_stay_as_long_as_nothing_changes(zarina: Any) -> None:
    register(zarina)
    with acting_as(zarina):
        before = list_tokens(zarina, NAMES)
        assert before == {name: field_list(zarina, name).token for name in NAMES}


def test_a_trainer_gets_sessions_to_write_down_with_topics_and_a_jamoat_to_inform_in(tahmina: Any, zarina: Any) -> None:
    from tests.learning.schooling import held, running

    group, rows = running(tahmina, zarina, starts_on=timezone.localdate() - timedelta(days=14))
    with acting_as(tahmina):
        before = _read(field_list(fresh(tahmina), "sessions").content())
    done = held(tahmina, group, {})
    with acting_as(tahmina):
        by = fresh(tahmina)
        after = _read(field_list(by, "sessions").content())
        topics = _read(field_list(by, "topics").content())
        places = _read(field_list(by, "places").content())
        learners = _read(field_list(by, "learners").content())
    assert {row["name"] for row in before} - {row["name"] for row in after} == {str(done.pk)}
    assert {row["course"] for row in topics} == {"seamstress"}
    assert {row["name"] for row in learners} == {str(row.pk) for row in rows}
    assert {row["parent"] for row in places if row["kind"] == "jamoat"} == {"TJ-KT-02"}


def test_a_question_afterwards_says_what_its_course_asks(tahmina: Any, zarina: Any) -> None:
    from paivand.learning.rules.courses import course
    from tests.learning.schooling import running

    group, rows = running(tahmina, zarina, n=1, course="ffs_drip_vegetables")
    with acting_as(tahmina), writing("a test"):
        row = about(rows[0], FollowUp(
            enrolment=rows[0], kind="after", months=3, due_on=timezone.localdate(), for_user_id=zarina.pk
        ))  # fmt: skip
        row.save()
    with acting_as(zarina):
        by = fresh(zarina)
        [listed] = _read(field_list(by, "follow_ups").content())
        practices = _read(field_list(by, "practices").content())
    declared = course(group.course)
    assert declared
    assert declared.follow_up
    assert (listed["name"], listed["months"], listed["course"]) == (str(row.pk), "3", "ffs_drip_vegetables")
    assert listed["asked"].split() == sorted(declared.follow_up.asked)
    assert [one["name"] for one in practices] == [one.code for one in declared.practices]


def test_a_referral_that_ended_lately_is_still_asked_about(family: Any, zarina: Any, nasiba: Any, anvar: Any) -> None:
    from paivand.referrals.rules.referrals import Act
    from tests.referrals.handshake import answered, sent, service

    row = answered(sent(family, service(nasiba, user=anvar), zarina), Act.DECLINE, anvar)
    with acting_as(zarina):
        now = _read(field_list(fresh(zarina), "referrals").content())
        later = _read(field_list(fresh(zarina), "referrals", today=timezone.localdate() + timedelta(days=61)).content())
    assert [one["name"] for one in now] == [str(row.pk)]
    assert later == []
