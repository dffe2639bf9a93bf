"""Asking after learners: whose task it is, what is written down, what it tells of a group."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.rules.attendance import Mark
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.learning.actions.completion import finish_group
from paivand.learning.actions.following import answer_follow_up
from paivand.learning.models import Enrolment, FollowUp
from paivand.learning.queries.follow_ups import answers_of_group, due_on_desk, due_page
from paivand.learning.rules.drafts import FollowDraft
from paivand.learning.rules.states import FollowKind, FollowState
from tests.cast import fresh
from tests.learning.schooling import held, hold_all, running

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def _words(response):
    return " ".join(response.content.decode().split())


def _missed(tahmina, zarina):
    """A task about somebody who missed two sessions."""
    group, [row, _other] = running(tahmina, zarina, n=2)
    for _time in range(2):
        held(tahmina, group, {row: Mark.ABSENT})
    with acting_as(zarina):
        return FollowUp.objects.get(kind=FollowKind.MISSED)


def _finished(tahmina, zarina, n=2):
    """A group whose learners all completed it."""
    group, rows = running(tahmina, zarina, n=n)
    hold_all(tahmina, group)
    with acting_as(tahmina):
        with writing("test"):
            Enrolment.objects.filter(group=group).update(
                exam_points=Decimal(80), exam_passed=True, project_passed=True
            )  # fmt: skip
        group.refresh_from_db()
        group = finish_group(group=group, version=group.version, by=fresh(tahmina), on=group.ends_on)
    return group, rows


def _answer(by, task, **changes):
    values = {"reached": True, "on": TODAY, "note": "модараш бемор буд"}
    with acting_as(by):
        return answer_follow_up(
            follow_up=task, version=task.version, draft=FollowDraft(**{**values, **changes}), by=fresh(by)
        )


# --- whose task it is ------------------------------------------------------------------------------------------------


def test_the_task_lies_on_the_desk_of_the_social_worker_and_on_nobody_elses(tahmina, zarina, nasiba, farrukh, sign_in):
    task = _missed(tahmina, zarina)
    for user, expected in ((zarina, [task]), (nasiba, []), (tahmina, []), (farrukh, [])):
        with acting_as(user):
            assert due_on_desk(fresh(user), TODAY) == expected
    words = _words(sign_in(zarina).get("/"))
    assert f"/learning/questions/{task.pk}/" in words


def test_a_task_of_next_month_is_not_on_the_desk_yet(tahmina, zarina):
    _finished(tahmina, zarina, n=1)
    with acting_as(zarina):
        by = fresh(zarina)
        first = FollowUp.objects.order_by("due_on").first()
        assert first not in due_on_desk(by, first.due_on - timedelta(days=8))
        assert first in due_on_desk(by, first.due_on - timedelta(days=7))


def test_the_list_shows_the_own_tasks_or_all_within_reach(tahmina, zarina, nasiba, farrukh):
    task = _missed(tahmina, zarina)
    with acting_as(nasiba):
        assert due_page(fresh(nasiba)).rows == []
        assert due_page(fresh(nasiba), everybody=True).rows == [task]
    with acting_as(farrukh):
        assert due_page(fresh(farrukh), everybody=True).rows == []


def test_the_list_goes_on_from_a_key_and_loses_nobody(tahmina, zarina, monkeypatch):
    monkeypatch.setattr("paivand.learning.queries.follow_ups.PAGE", 2)
    _finished(tahmina, zarina, n=2)
    found, after = [], ""
    with acting_as(zarina):
        by = fresh(zarina)
        for _page in range(4):
            page = due_page(by, after=after)
            found += page.rows
            after = page.after or ""
            if not page.more:
                break
        assert len(found) == len({row.pk for row in found}) == 6
        assert [row.due_on for row in found] == sorted(row.due_on for row in found)
        assert due_page(by, after="nonsense~key").rows == []


# --- the answer ------------------------------------------------------------------------------------------------------


def test_an_answer_is_written_down_and_may_be_corrected(tahmina, zarina, sign_in):
    task = _missed(tahmina, zarina)
    browser, path = sign_in(zarina), f"/learning/questions/{task.pk}/"
    assert browser.get(path).status_code == 200
    form = {"version": task.version, "reached": "yes", "on": TODAY.isoformat(), "note": "кӯдак бемор буд"}
    assert browser.post(path, form).status_code == 302
    with acting_as(zarina):
        task.refresh_from_db()
        assert (task.state, task.note, task.done_by_id) == (FollowState.DONE, "кӯдак бемор буд", zarina.pk)
    assert browser.post(path, form | {"note": "дигар"}).status_code == 422  # an old page
    page = _words(browser.get(path))
    assert "кӯдак бемор буд" in page
    assert browser.post(path, form | {"version": task.version, "note": "дигар"}).status_code == 302
    with acting_as(zarina):
        task.refresh_from_db()
        assert task.note == "дигар"
        assert due_on_desk(fresh(zarina), TODAY) == []


def test_the_form_asks_what_the_course_asks_and_nothing_else(tahmina, zarina, sign_in):
    _finished(tahmina, zarina, n=1)
    with acting_as(zarina):
        after = FollowUp.objects.filter(kind=FollowKind.AFTER).first()
    words = _words(sign_in(zarina).get(f"/learning/questions/{after.pk}/"))
    assert 'name="working"' in words
    assert 'name="income_after"' in words
    assert 'name="practices"' not in words
    missed = _missed(tahmina, zarina)
    words = _words(sign_in(zarina).get(f"/learning/questions/{missed.pk}/"))
    assert 'name="working"' not in words


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"note": " "}, "note"),
        ({"on": TODAY + timedelta(days=2)}, "date"),
        ({"income_after": Decimal(-1)}, "income"),
        ({"practices": ("unknown",)}, "practices"),
    ],
)
def test_what_cannot_be_is_refused(tahmina, zarina, changes, code):
    task = _missed(tahmina, zarina)
    with pytest.raises(Refused) as refused:
        _answer(zarina, task, **changes)
    assert refused.value.code == code
    with acting_as(zarina):
        task.refresh_from_db()
        assert task.state == FollowState.DUE


def test_an_old_version_and_a_task_that_is_off_are_refused(tahmina, zarina):
    task = _missed(tahmina, zarina)
    _answer(zarina, task)
    with pytest.raises(Refused) as refused:
        _answer(zarina, task)
    assert refused.value.code == "stale"
    with acting_as(zarina), writing("test"):
        FollowUp.objects.filter(pk=task.pk).update(state=FollowState.OFF, done_on=None, done_by=None)
        task.refresh_from_db()
    with pytest.raises(Refused) as refused:
        _answer(zarina, task)
    assert refused.value.code == "state"


def test_who_could_not_be_reached_needs_no_note(tahmina, zarina):
    task = _answer(zarina, _missed(tahmina, zarina), reached=False, note="", working=True)
    assert (task.state, task.working) == (FollowState.NOT_REACHED, None)


def test_from_elsewhere_or_without_the_right_nobody_answers(tahmina, zarina, farrukh, manija, sign_in):
    task = _missed(tahmina, zarina)
    with pytest.raises(OutsideScopeError):
        _answer(farrukh, task)
    with pytest.raises((WithoutRightError, OutsideScopeError)):
        _answer(manija, task)
    assert sign_in(farrukh).get(f"/learning/questions/{task.pk}/").status_code == 404
    assert sign_in(manija).get(f"/learning/questions/{task.pk}/").status_code == 403


def test_the_event_tells_how_it_ended_and_no_word_of_what_was_said(tahmina, zarina, dpo):
    _answer(zarina, _missed(tahmina, zarina))
    with acting_as(dpo):
        event = AuditEvent.objects.filter(event="learning.enrol", detail__act="learner.ask").latest("id")
    assert event.detail == {"act": "learner.ask", "kind": "missed", "months": event.detail["months"], "state": "done"}


# --- what became of a group ------------------------------------------------------------------------------------------


def test_the_answers_of_a_group_are_counted(tahmina, zarina, sign_in):
    group, rows = _finished(tahmina, zarina, n=2)
    with acting_as(zarina):
        first = {task.enrolment_id: task for task in FollowUp.objects.filter(months=3)}
        later = FollowUp.objects.filter(months=12).first()
    _answer(
        zarina, first[rows[0].pk], working=True, own_business=False, income_before=Decimal(200),
        income_after=Decimal(900),
    )  # fmt: skip
    _answer(zarina, first[rows[1].pk], working=False, income_after=Decimal(100))
    _answer(zarina, later, reached=False)
    with acting_as(tahmina):
        three, six, twelve = answers_of_group(fresh(tahmina), group)
    assert (three.months, three.n_due, three.n_reached, three.n_not_reached) == (3, 2, 2, 0)
    assert (three.working, three.own_business) == ((1, 2), (0, 1))
    assert (three.n_incomes, three.before, three.after) == (1, Decimal(200), Decimal(900))
    assert (six.n_reached, twelve.n_not_reached) == (0, 1)
    words = _words(sign_in(tahmina).get(f"/groups/{group.code}/afterwards/"))
    assert "3 months afterwards" in words
    assert "1 of 2" in words


def test_the_summary_is_for_those_who_see_who_learns_there(tahmina, zarina, farrukh, manija, sign_in):
    group, _rows = _finished(tahmina, zarina, n=1)
    path = f"/groups/{group.code}/afterwards/"
    assert sign_in(zarina).get(path).status_code == 200
    assert sign_in(farrukh).get(path).status_code == 404
    assert sign_in(manija).get(path).status_code == 403
