"""Many rows written with one statement hold exactly what was assigned, whatever the type of the column."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.db.models import F
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import WriteOutsideActionError
from paivand.core.rules.writing import writing
from paivand.learning.models import Enrolment, Session
from tests.cast import fresh
from tests.learning.schooling import running

pytestmark = pytest.mark.django_db
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x00"), max_size=40
)  # fmt: skip
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@pytest.fixture
def group(tahmina, zarina):
    return running(tahmina, zarina, n=2)


@settings(max_examples=40)
@given(
    lacks=st.lists(st.dictionaries(TEXTS, TEXTS | st.integers() | st.none(), max_size=3), max_size=3),
    met=st.lists(TEXTS, max_size=3), said=TEXTS, hours=st.decimals(0, 9999, places=2, allow_nan=False),
    project=st.booleans() | st.none(), points=st.decimals(0, 999, places=2) | st.none(), agreed=DAYS | st.none(),
)  # fmt: skip
def test_json_arrays_texts_numbers_days_and_nothing_come_back_as_they_were(
    tahmina, group, lacks, met, said, hours, project, points, agreed
):
    _group, rows = group
    row = rows[0]
    row.lacks, row.met, row.said, row.hours, row.project_passed = lacks, met, said, hours, project
    row.exam_points, row.calls_agreed_on = points, agreed
    names = ["lacks", "met", "said", "hours", "project_passed", "exam_points", "calls_agreed_on"]
    with acting_as(tahmina), writing("test"):
        assert Enrolment.objects.bulk_update(rows, names) == 2
        found = Enrolment.objects.get(pk=row.pk)
    assert [getattr(found, name) for name in names] == [getattr(row, name) for name in names]


def test_moments_keep_their_microseconds_and_keys_their_rows(tahmina, group):
    learning, _rows = group
    moment = datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
    with acting_as(tahmina), writing("test"):
        [one, other] = Session.objects.filter(group=learning).order_by("n")[:2]
        one.starts_at, one.taken_by_id, one.hours = time(8, 15, 0, 5), tahmina.pk, Decimal("3.25")
        one.state, one.taken_at, other.room = "held", moment, "12 «б» — \"'\\"
        Session.objects.bulk_update([one, other], ["starts_at", "taken_by", "hours", "state", "taken_at", "room"])
        found, second = Session.objects.filter(pk__in=[one.pk, other.pk]).order_by("n")
    assert (found.starts_at, found.taken_by_id, found.hours, found.taken_at) == (
        time(8, 15, 0, 5), tahmina.pk, Decimal("3.25"), moment,
    )  # fmt: skip
    assert second.room == other.room
    assert second.taken_at is None


def test_it_is_refused_outside_an_action_and_by_the_wall(tahmina, farrukh, group):
    _learning, rows = group
    with acting_as(tahmina), pytest.raises(WriteOutsideActionError):
        Enrolment.objects.bulk_update(rows, ["said"])
    rows[0].said = "elsewhere"
    with acting_as(fresh(farrukh)), writing("test"):
        assert Enrolment.objects.bulk_update(rows, ["said"]) == 0


def test_an_expression_is_left_to_the_framework(tahmina, group):
    _learning, rows = group
    with acting_as(tahmina), writing("test"):
        rows[0].version = F("version") + 5
        Enrolment.objects.bulk_update(rows[:1], ["version"])
        assert Enrolment.objects.get(pk=rows[0].pk).version > 5


def test_no_rows_are_no_statement(tahmina, django_assert_num_queries):
    with acting_as(tahmina), writing("test"), django_assert_num_queries(0):
        assert Enrolment.objects.bulk_update([], ["said"]) == 0
