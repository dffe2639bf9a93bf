"""Back to school: why a child is out, what is tried, what made the difference, and whether it lasts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.actions import schooling as actions
from paivand.cases.actions.schooling import ReturnDraft, SchoolingDraft
from paivand.cases.models import Due, FormerVersion, SchoolCheck, Schooling, SchoolTry
from paivand.cases.rules.schooling import EndedWhy, SchoolTryKind, Still, months_later
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.registry.actions.particulars import write_particulars
from paivand.registry.models import Particulars
from paivand.registry.queries.journey import steps_of
from paivand.registry.rules.drafts import ParticularsDraft
from paivand.registry.rules.people import OutOfSchoolReason
from tests.cases.case_cast import a_case, people_of

TODAY = timezone.localdate


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 24))
def test_months_later_is_the_same_day_or_the_last_of_that_month(day, months):
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


pytestmark = pytest.mark.django_db


@pytest.fixture
def case(zarina, family):
    return a_case(zarina, family, on=TODAY() - timedelta(days=200))


def opened(case, family, by, name="Фарҳод", **changes):
    with acting_as(by):
        values = {
            "person": people_of(family)[name].pk, "out_since": TODAY() - timedelta(days=500),
            "reason": OutOfSchoolReason.COST, "reason_note": "пойафзол нест", **changes,
        }  # fmt: skip
        return actions.open_schooling(case=case, schooling_id=new_id(), draft=SchoolingDraft(**values), by=by)


def back(row, by, days_ago=0, version=1):
    draft = ReturnDraft(TODAY() - timedelta(days=days_ago), "мактаби 12, синфи 6", (SchoolTryKind.CLOTHES_BOOKS,), "")
    with acting_as(by):
        return actions.return_to_school(schooling=row, version=version, draft=draft, by=by)


def particulars(by, family, name="Фарҳод"):
    with acting_as(by):
        return Particulars.objects.get(person=people_of(family)[name])


def counting(by, family):
    with acting_as(by):
        found = steps_of(by, [person.pk for person in people_of(family).values()])
        return [one.person.given_name for own in found.values() for one in own if one.service == "school.returned"]


def waiting(about):
    return Due.objects.filter(kind="school_check", about=about, done_at=None, cancelled_at=None).exists()


def refused(code, run, **given):
    with pytest.raises(Refused) as error:
        run(**given)
    assert error.value.code == code


def test_a_child_out_of_school_stands_so_in_the_familys_file_too(zarina, family, case):
    with acting_as(zarina):
        person = people_of(family)["Фарҳод"]
        told = ParticularsDraft(school="attending", education="primary", languages=("tg", "uz"))
        write_particulars(person=person, version=0, draft=told, by=zarina)
    opened(case, family, zarina)
    row = particulars(zarina, family)
    assert (row.school, row.out_of_school_reason) == ("out", "cost")
    assert (row.education, row.languages, row.version) == ("primary", ["tg", "uz"], 2)


def test_a_child_is_out_once_at_a_time_and_is_a_child_of_the_case(zarina, family, case):
    opened(case, family, zarina)
    with acting_as(zarina):
        keys = {name: person.pk for name, person in people_of(family).items()}
    for changes, code in [
        ({}, "listed"), ({"person": keys["Ҷамила"]}, "age"), ({"person": keys["Хадиҷа"]}, "people"),
        ({"person": keys["Нигина"], "out_since": TODAY() + timedelta(days=1)}, "date"),
    ]:  # fmt: skip
        with pytest.raises(Refused) as error:
            opened(case, family, zarina, **changes)
        assert error.value.code == code


def test_what_is_done_is_written_down_once(zarina, family, case):
    row = opened(case, family, zarina)
    key = new_id()
    with acting_as(zarina):
        given = {"schooling": row, "what": SchoolTryKind.TALK_SCHOOL, "tried_on": TODAY(), "note": "", "by": zarina}
        actions.note_try(try_id=key, **given)
        refused("twice", actions.note_try, try_id=key, **given)
        refused("date", actions.note_try, try_id=new_id(), **{**given, "tried_on": TODAY() + timedelta(days=1)})
        assert SchoolTry.objects.count() == 1


def test_a_return_counts_and_is_asked_about_after_three_and_six_months(zarina, family, case):
    row = back(opened(case, family, zarina), zarina, days_ago=10)
    assert counting(zarina, family) == ["Фарҳод"]
    assert (particulars(zarina, family).school, particulars(zarina, family).out_of_school_since) == ("attending", None)
    with acting_as(zarina):
        checks = list(SchoolCheck.objects.order_by("months"))
        assert [check.months for check in checks] == [3, 6]
        assert [check.due_on for check in checks] == [months_later(row.back_on, 3), months_later(row.back_on, 6)]
        assert all(waiting(check.pk) for check in checks)
        event = AuditEvent.objects.filter(event="case.work").latest("id")
        assert event.detail == {"act": "schooling.return", "helped": ["clothes_books"]}


def test_a_return_says_what_made_the_difference(zarina, family, case):
    row = opened(case, family, zarina)
    with acting_as(zarina):
        given = {"schooling": row, "version": 1, "by": zarina}
        refused("helped", actions.return_to_school, draft=ReturnDraft(TODAY()), **given)
        early = ReturnDraft(case.opened_on - timedelta(days=1), helped_note="а")
        refused("date", actions.return_to_school, draft=early, **given)
        refused(
            "stale", actions.return_to_school, draft=ReturnDraft(TODAY(), helped_note="а"), **{**given, "version": 4}
        )
    done = back(row, zarina)
    with acting_as(zarina):
        refused("twice", actions.return_to_school, schooling=done, version=1, by=zarina,
                draft=ReturnDraft(TODAY(), helped=(SchoolTryKind.OTHER,)))  # fmt: skip


def test_an_answer_that_the_child_is_still_there_ends_that_question(zarina, family, case):
    row = back(opened(case, family, zarina), zarina, days_ago=100)
    with acting_as(zarina):
        three, six = SchoolCheck.objects.select_related("schooling__case", "case").order_by("months")
        given = {"check": three, "version": 1, "still": Still.YES, "note": "", "by": zarina}
        refused("date", actions.answer_check, checked_on=row.back_on, **given)
        actions.answer_check(checked_on=TODAY(), **given)
        refused("stale", actions.answer_check, checked_on=TODAY(), **given)
        assert not waiting(three.pk)
        assert waiting(six.pk)


def test_a_child_that_is_out_again_begins_a_new_way_back(zarina, family, case):
    back(opened(case, family, zarina), zarina, days_ago=100)
    with acting_as(zarina):
        three, six = SchoolCheck.objects.select_related("schooling__case", "case").order_by("months")
        actions.answer_check(check=three, version=1, still=Still.NO, checked_on=TODAY(), note="", by=zarina)
        assert not waiting(six.pk)
        again = Schooling.objects.get(state="out")
        assert (again.out_since, again.person.given_name) == (TODAY(), "Фарҳод")
    assert particulars(zarina, family).school == "out"
    assert counting(zarina, family) == ["Фарҳод"]


def test_a_return_that_was_wrong_is_taken_back(zarina, family, case):
    row = back(opened(case, family, zarina), zarina)
    with acting_as(zarina):
        refused("reason", actions.take_back_return, schooling=row, version=row.version, reason=" ", by=zarina)
        row = actions.take_back_return(schooling=row, version=row.version, reason="бародараш буд", by=zarina)
        assert (row.state, row.back_on, row.step) == ("out", None, None)
        assert FormerVersion.objects.get(about=row.pk).values["helped"] == ["clothes_books"]
        assert not any(waiting(check.pk) for check in SchoolCheck.objects.all())
    assert counting(zarina, family) == []
    assert particulars(zarina, family).school == "out"
    again = back(row, zarina, version=row.version)
    assert counting(zarina, family) == ["Фарҳод"]
    with acting_as(zarina):
        assert SchoolCheck.objects.filter(schooling=again).count() == 2
        assert all(waiting(check.pk) for check in SchoolCheck.objects.all())


def test_the_way_back_may_end_otherwise(zarina, family, case):
    row = opened(case, family, zarina)
    with acting_as(zarina):
        done = actions.end_schooling(schooling=row, version=1, why=EndedWhy.VOCATIONAL, by=zarina)
        assert (done.state, done.ended_on) == ("ended", TODAY())
        refused("state", actions.end_schooling, schooling=done, version=2, why=EndedWhy.OTHER, by=zarina)
    assert opened(case, family, zarina).state == "out"


def test_who_works_elsewhere_and_who_has_no_right(zarina, farrukh, anvar, family, case):
    row = opened(case, family, zarina)
    for who in (farrukh, anvar):
        with acting_as(who), pytest.raises(OutsideScopeError):
            actions.end_schooling(schooling=row, version=1, why=EndedWhy.OTHER, by=who)
