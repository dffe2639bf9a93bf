"""Reporting that an entry is wrong: everybody may, those who keep the directory answer, the reporter reads it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.rules.verbs import Verb
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.referrals.actions.directory_reports import answer_report, report_change, see_answer
from paivand.referrals.models import ServiceReport
from paivand.referrals.queries import directory_reports as queries
from paivand.referrals.rules.directory_reports import ReportState, Wrong
from tests.cast import DUSTI
from tests.referrals.entries import entry

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def report(service, by, *, wrong=Wrong.PHONE, words="рақам дигар шуд", key=None):
    with acting_as(by):
        return report_change(service=service, report_id=key or new_id(), wrong=wrong, words=words, by=by)


def answer(row, by, *, state=ReportState.ACCEPTED, words="раҳмат, навишта шуд", version=1):
    with acting_as(by):
        return answer_report(report=row, state=state, answer=words, version=version, now=NOW, by=by)


@pytest.mark.parametrize("who", ["zarina", "farrukh", "anvar", "manija", "ministry", "admin", "dpo", "nasiba"])
def test_everybody_with_a_role_reports_what_is_wrong(everyone, nasiba, who):
    service, by = entry(nasiba), everyone[who]
    row = report(service, by)
    assert (row.state, row.reported_by_id, row.district_id) == ("waiting", by.pk, service.district_id)
    with acting_as(by):
        assert [one.pk for one in queries.own_reports(by)] == [row.pk]
        event = AuditEvent.objects.filter(actor_id=by.pk, event=Verb.DIRECTORY_REPORT).latest("pk")
    assert event.detail == {"act": "service.report", "wrong": "phone"}
    assert (event.subject_id, event.subject_label) == (row.pk, "")


def test_who_has_no_role_reports_nothing(everyone, nasiba):
    with pytest.raises(WithoutRightError):
        report(entry(nasiba), everyone["outsider"])


def test_what_may_not_be_known_cannot_be_reported(everyone, nasiba):
    with pytest.raises(OutsideScopeError):
        report(entry(nasiba, type="safe_house"), everyone["manija"])


def test_a_double_tap_reports_once_and_the_same_waits_once(nasiba, zarina):
    service, key = entry(nasiba), new_id()
    report(service, zarina, key=key)
    with pytest.raises(Refused) as twice:
        report(service, zarina, key=key)
    with pytest.raises(Refused) as waits:
        report(service, zarina)
    assert (twice.value.code, waits.value.code) == ("twice", "waits")
    report(service, zarina, wrong=Wrong.HOURS)
    with acting_as(zarina):
        assert len(queries.own_reports(zarina)) == 2


def test_the_keepers_of_the_district_read_it_the_oldest_first_and_nobody_else(everyone, nasiba, gulnoz, zarina):
    first = report(entry(nasiba), zarina)
    second = report(entry(nasiba), everyone["anvar"])
    third = report(entry(gulnoz, district=DUSTI), zarina)
    with acting_as(nasiba):
        assert [one.pk for one in queries.waiting_reports(nasiba).rows] == [first.pk, second.pk]
        assert queries.n_waiting_reports(nasiba, most=99) == 2
        assert queries.report_seen_by(nasiba, third.pk) is None
    with acting_as(gulnoz):
        assert [one.pk for one in queries.waiting_reports(gulnoz).rows] == [first.pk, second.pk, third.pk]
        assert [one.pk for one in queries.waiting_reports(gulnoz, after=str(first.pk)).rows] == [second.pk, third.pk]
        assert queries.waiting_reports(gulnoz, after="x").rows == []
    for who in ("anvar", "manija", "farrukh"):
        with acting_as(everyone[who]):
            assert queries.report_seen_by(everyone[who], first.pk) is None


@pytest.mark.parametrize("state", [ReportState.ACCEPTED, ReportState.DISMISSED])
def test_an_answer_reaches_who_reported_until_it_is_read(nasiba, zarina, state):
    row = report(entry(nasiba), zarina)
    with acting_as(zarina):
        assert queries.unread_answers(zarina) == []
    row = answer(row, nasiba, state=state)
    assert (row.state, row.answered_by_id, row.answered_at, row.seen_at) == (state, nasiba.pk, NOW, None)
    with acting_as(zarina):
        assert [one.answer for one in queries.unread_answers(zarina)] == ["раҳмат, навишта шуд"]
        assert see_answer(report=row, now=NOW, by=zarina).seen_at == NOW
        assert queries.unread_answers(zarina) == []
    with acting_as(nasiba):
        assert queries.waiting_reports(nasiba).rows == []


def test_reading_again_changes_nothing_and_an_unanswered_report_is_not_read(nasiba, zarina):
    row = report(entry(nasiba), zarina)
    with acting_as(zarina):
        assert see_answer(report=row, now=NOW, by=zarina).seen_at is None
    row = answer(row, nasiba)
    with acting_as(zarina):
        once = see_answer(report=row, now=NOW, by=zarina)
        assert see_answer(report=row, now=datetime(2027, 1, 1, tzinfo=UTC), by=zarina).seen_at == once.seen_at


def test_nobody_reads_an_answer_in_anothers_place(nasiba, zarina):
    row = answer(report(entry(nasiba), zarina), nasiba)
    with acting_as(nasiba), pytest.raises(OutsideScopeError):
        see_answer(report=row, now=NOW, by=nasiba)


@pytest.mark.parametrize(("changes", "code"), [({"words": " "}, "answer"), ({"version": 7}, "stale")])
def test_an_answer_says_something_about_the_report_as_it_stands(nasiba, zarina, changes, code):
    row = report(entry(nasiba), zarina)
    with pytest.raises(Refused) as caught:
        answer(row, nasiba, **changes)
    assert caught.value.code == code


def test_a_report_is_answered_once(nasiba, gulnoz, zarina):
    row = report(entry(nasiba), zarina)
    answer(row, gulnoz)
    with pytest.raises(Refused) as caught:
        answer(row, nasiba, version=2)
    assert caught.value.code == "answered"


def test_who_does_not_keep_the_directory_answers_nothing(everyone, nasiba, zarina):
    row = report(entry(nasiba), zarina)
    with pytest.raises(WithoutRightError):
        answer(row, zarina)
    with pytest.raises(OutsideScopeError):
        answer(row, everyone["farrukh"])


def test_the_database_wants_an_answer_whole(nasiba, zarina):
    row = report(entry(nasiba), zarina)
    with acting_as(nasiba), pytest.raises(IntegrityError), transaction.atomic(), writing("a test"):
        ServiceReport.objects.filter(pk=row.pk).update(state="accepted")
