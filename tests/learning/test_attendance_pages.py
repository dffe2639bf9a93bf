"""Taking attendance on a page: preset, sent twice, two at once, corrected."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from paivand.access.models.identity import acting_as
from paivand.core.rules.attendance import Mark
from paivand.learning.models import Attendance, FormerAttendance, Session
from paivand.learning.rules.states import SessionState
from tests.cast import fresh
from tests.learning.schooling import held, opened, running

pytestmark = pytest.mark.django_db


def address(group, name, n=1):
    return reverse(f"learning:session-{name}", kwargs={"group_code": group.code, "session_n": n})


def typed(page):
    """What a browser would send of the form as it stands."""
    form = page.context["form"]
    found = {}
    for field in form:
        value = field.value()
        if value is None or value is False:
            continue
        if hasattr(value, "isoformat") and field.name == "on_day":
            value = value.isoformat()
        if hasattr(value, "strftime") and field.name == "starts_at":
            value = value.strftime("%H:%M")
        found[field.name] = value
    return found


def first(by, group):
    with acting_as(by):
        return Session.objects.get(group=group, n=1)


def marks(by, group):
    with acting_as(by):
        return dict(Attendance.objects.filter(group=group, session__n=1).values_list("enrolment_id", "mark"))


def test_everybody_was_there_unless_it_is_said_otherwise(tahmina, zarina, sign_in):
    group, [one, other] = running(tahmina, zarina, n=2)
    browser = sign_in(tahmina)
    page = browser.get(address(group, "take"))
    values = typed(page)
    assert {values[f"mark_{row.pk}"] for row in (one, other)} == {Mark.PRESENT}
    values |= {f"mark_{one.pk}": "late", f"note_{one.pk}": "автобус"}
    answer = browser.post(address(group, "take"), values)
    assert (answer.status_code, answer.url) == (302, reverse("learning:group-open", args=[group.code]))
    assert marks(tahmina, group) == {one.pk: "late", other.pk: "present"}
    session = first(tahmina, group)
    assert (session.state, session.n_there, session.topics) == (SessionState.HELD, 2, values["topics"])
    text = browser.get(address(group, "open")).content.decode()
    assert "автобус" in text
    assert "late" in text


def test_the_same_attendance_sent_twice_changes_nothing(tahmina, zarina, sign_in):
    group, [one] = running(tahmina, zarina, n=1)
    browser = sign_in(tahmina)
    values = typed(browser.get(address(group, "take"))) | {f"mark_{one.pk}": "absent"}
    assert browser.post(address(group, "take"), values).status_code == 302
    version = first(tahmina, group).version
    again = browser.post(address(group, "take"), values)
    assert again.status_code == 302
    assert first(tahmina, group).version == version
    with acting_as(tahmina):
        assert not FormerAttendance.objects.filter(group=group).exists()


def test_two_who_take_it_at_once_are_shown_both_readings_and_nothing_is_lost(tahmina, zarina, behruz, sign_in):
    group, [one, other] = running(tahmina, zarina, n=2)
    second = sign_in(behruz)
    values = typed(second.get(address(group, "take"))) | {
        f"mark_{one.pk}": "excused",
        f"note_{one.pk}": "дар беморхона",
    }
    held(tahmina, group, {one: Mark.ABSENT})
    answer = second.post(address(group, "take"), values)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Somebody else wrote this session down meanwhile" in text
    assert "дар беморхона" in text
    assert address(group, "correct") in text
    assert marks(tahmina, group)[one.pk] == "absent"
    kept = typed(answer) | {"reason": "аз модараш пурсидам"}
    assert second.post(address(group, "correct"), kept).status_code == 302
    assert marks(tahmina, group) == {one.pk: "excused", other.pk: "present"}
    with acting_as(tahmina):
        assert [(row.mark, row.by_id) for row in FormerAttendance.objects.filter(group=group)] == [
            ("absent", behruz.pk)
        ]  # fmt: skip


def test_a_correction_asks_why_and_shows_what_stood_there(tahmina, zarina, sign_in):
    group, [one] = running(tahmina, zarina, n=1)
    held(tahmina, group, {one: Mark.ABSENT})
    browser = sign_in(tahmina)
    page = browser.get(address(group, "correct"))
    values = typed(page) | {f"mark_{one.pk}": "present"}
    assert browser.post(address(group, "correct"), values).status_code == 422
    assert browser.post(address(group, "correct"), values | {"reason": "хато навишта шуд"}).status_code == 302
    text = " ".join(browser.get(address(group, "open")).content.decode().split())
    assert "Before: not there. Corrected by Таҳмина Қодирова" in text
    assert "хато навишта шуд" in text


def test_a_session_of_a_group_that_does_not_run_cannot_be_taken(tahmina, sign_in):
    group = opened(tahmina)
    answer = sign_in(tahmina).get(address(group, "take"))
    assert "The group is not running" in answer.content.decode()


def test_a_session_that_is_written_down_leads_to_its_page(tahmina, zarina, sign_in):
    group, _rows = running(tahmina, zarina, n=1)
    held(tahmina, group, {})
    browser = sign_in(tahmina)
    assert browser.get(address(group, "take")).url == address(group, "open")
    assert browser.get(address(group, "correct", n=2)).url == address(group, "take", n=2)
    assert browser.get(address(group, "open", n=999)).status_code == 404


def test_a_social_worker_looks_and_does_not_take(tahmina, zarina, sign_in):
    group, _rows = running(tahmina, zarina, n=1)
    browser = sign_in(zarina)
    assert browser.get(address(group, "take")).status_code == 403
    assert browser.get(address(group, "open")).status_code == 200


def test_a_session_moves_and_a_clash_is_named_before_it_is_meant_so(tahmina, zarina, sign_in):
    from django.utils import timezone

    ahead = timezone.localdate() + timedelta(days=30)
    group, _rows = running(tahmina, zarina, n=1)
    other = opened(tahmina, name="Дӯзандагон 2", starts_on=ahead, anyway=True)
    with acting_as(tahmina):
        taken = Session.objects.filter(group=other).order_by("n").first()
    browser = sign_in(tahmina)
    values = typed(browser.get(address(group, "move"))) | {"on_day": taken.on_day.isoformat()}
    answer = browser.post(address(group, "move"), values)
    assert answer.status_code == 422
    assert "Дӯзандагон 2" in answer.content.decode()
    assert "anyway" in answer.content.decode()
    assert browser.post(address(group, "move"), values | {"anyway": "on"}).status_code == 302
    assert first(tahmina, group).on_day == taken.on_day


def test_a_session_is_struck_out_with_its_reason_and_another_is_added_once(tahmina, zarina, sign_in):
    group, _rows = running(tahmina, zarina, n=1)
    browser = sign_in(tahmina)
    values = typed(browser.get(address(group, "cancel")))
    assert browser.post(address(group, "cancel"), values).status_code == 422
    assert browser.post(address(group, "cancel"), values | {"why": "барф"}).status_code == 302
    assert first(tahmina, group).state == SessionState.CANCELLED
    add = reverse("learning:session-add", args=[group.code])
    values = typed(browser.get(add)) | {"on_day": "2022-04-01", "topics": ["seams"]}
    for _time in range(2):
        assert browser.post(add, values).status_code == 302
    with acting_as(fresh(tahmina)):
        assert Session.objects.filter(group=group).count() == group.n_sessions + 1
