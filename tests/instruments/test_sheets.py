"""Questionnaires on paper, written down many at a time: the same rules, scores, flags and steps as one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, WithoutRightError
from paivand.instruments.actions.sheets import Sheet, record_sheets
from paivand.instruments.models import Assessment, RedFlag, Score
from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.states import Stage
from paivand.registry.models import Family, JourneyStep
from tests.cast import DUSTI, KULOB, register
from tests.instruments.asking import SEEN, asked, profile, refused, worry

pytestmark = pytest.mark.django_db


def sheet(family: Family, **changes: Any) -> Sheet:
    values = {
        "person": family.head, "instrument": "phq4", "stage": Stage.BASELINE, "answered_on": timezone.localdate(),
        "answers": worry(1),
    }  # fmt: skip
    return Sheet(new_id(), family, **{**values, **changes})


def household(family: Family, **yes: str) -> Sheet:
    return sheet(family, person=None, instrument="vulnerability", answers=profile(**yes))


def written(by: Any, *sheets: Sheet, district: str = KULOB) -> list[Assessment]:
    return record_sheets(scope=placement(by, district), sheets=sheets, by=by)


def test_a_sheet_comes_to_the_same_as_the_questionnaire_on_the_screen(family: Family, zarina: Any) -> None:
    with acting_as(zarina):
        shown = asked(family, zarina, profile(debt=SEEN, housing=SEEN), "vulnerability")
        [typed] = written(zarina, household(family, debt=SEEN, housing=SEEN))
        typed = Assessment.objects.get(pk=typed.pk)
        for name in ("answers", "state", "answered_on", "instrument_version", "section", "person_id", "owner_id"):
            assert getattr(typed, name) == getattr(shown, name), name
        scores = [
            {one.scale: (one.value, one.band, one.working) for one in Score.objects.filter(assessment=row)}
            for row in (shown, typed)
        ]
        assert scores[0] == scores[1] != {}
        assert JourneyStep.objects.filter(service="assessment.made", person=family.head).count() == 2


def test_sheets_of_many_families_are_written_with_an_event_each(family: Family, zarina: Any, nasiba: Any) -> None:
    other = register(zarina, given="Маҳбуба")
    with acting_as(zarina):
        rows = written(zarina, sheet(family), sheet(other), household(other))
        assert Assessment.objects.filter(pk__in=[row.pk for row in rows]).count() == 3
    with acting_as(nasiba):
        found = AuditEvent.objects.filter(event="assessment.record", outcome="done")
        assert found.filter(subject_id__in=[str(row.pk) for row in rows]).count() == 3
        assert found.filter(detail__act="sheets", detail__sheets=3).count() == 1


def test_red_flags_are_raised_with_the_day_on_which_it_was_written(family: Family, zarina: Any) -> None:
    moment = timezone.now() - timedelta(days=3)
    urgent = replace(household(family, child_in_danger=""), answered_on=moment.date(), written_at=moment)
    with acting_as(zarina):
        [row] = written(zarina, urgent)
        [flag] = RedFlag.objects.filter(assessment=row)
    assert (flag.code, flag.raised_at) == ("child_in_danger", moment)


def test_what_was_not_answered_stays_without_a_value(family: Family, zarina: Any) -> None:
    with acting_as(zarina):
        [row] = written(zarina, sheet(family, answers={"worry": Answer("several_days")}))
        assert row.answers["down"] == {"missing": "not_asked"}
        assert Score.objects.get(assessment=row, scale="total").value is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"answers": {}}, "empty"),
        ({"answers": {"worry": Answer("sometimes")}}, "answer"),
        ({"answers": {"dance": Answer("yes")}}, "section"),
        ({"instrument": "horoscope"}, "instrument"),
        ({"person": None}, "person"),
        ({"instrument": "vulnerability", "answers": {"debt": Answer("no")}}, "person"),
        ({"answered_on": timezone.localdate() + timedelta(days=2)}, "date"),
        ({"answered_on": timezone.localdate() - timedelta(days=400)}, "date"),
        ({"person": None, "instrument": "vulnerability", "answers": {"debt": Answer("yes")}}, "evidence"),
    ],
)
def test_what_is_refused_on_the_screen_is_refused_on_paper(
    changes: dict[str, Any], why: str, family: Family, zarina: Any
) -> None:
    good = sheet(family)
    with acting_as(zarina):
        with refused(why):
            written(zarina, good, sheet(family, **changes))
        assert not Assessment.objects.exists(), "One sheet that cannot be keeps all of them out."


def test_who_is_too_old_and_somebody_of_another_family_are_not_asked(family: Family, zarina: Any) -> None:
    other = register(zarina, given="Маҳбуба")
    with acting_as(zarina):
        with refused("person"):
            written(zarina, sheet(family, person=other.head))
        with refused("age"):
            written(zarina, sheet(family, instrument="sdq", answers={"emotional": Answer("3")}))


def test_a_sheet_is_written_once(family: Family, zarina: Any) -> None:
    one = sheet(family)
    with acting_as(zarina):
        written(zarina, one)
        with refused("twice"):
            written(zarina, one)


def test_a_family_of_another_district_is_not_written_here(family: Family, dusti_family: Family, zarina: Any) -> None:
    with acting_as(zarina), pytest.raises((OutsideScopeError, WithoutRightError)):
        record_sheets(scope=replace(placement(zarina, KULOB), district_id=DUSTI), sheets=[sheet(family)], by=zarina)


def test_sheets_of_two_districts_are_not_mixed(dusti_family: Family, gulnoz: Any) -> None:
    with acting_as(gulnoz), refused("elsewhere"):
        written(gulnoz, sheet(dusti_family), district=KULOB)


def test_a_sheet_lies_where_its_family_lies(dusti_family: Family, nasiba: Any, farrukh: Any, zarina: Any) -> None:
    with acting_as(farrukh):
        theirs = sheet(dusti_family)
        [row] = written(farrukh, theirs, district=DUSTI)
        assert row.district_id == DUSTI
    with acting_as(zarina):
        assert not Assessment.objects.exists()


def test_who_has_no_right_writes_no_sheet(family: Family, zarina: Any, anvar: Any, manija: Any) -> None:
    with acting_as(zarina):
        one, place = sheet(family), placement(zarina, KULOB)
    for somebody in (anvar, manija):
        with acting_as(somebody), pytest.raises((OutsideScopeError, WithoutRightError)):
            record_sheets(scope=place, sheets=[one], by=somebody)
