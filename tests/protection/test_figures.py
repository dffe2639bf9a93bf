"""Figures and the incident table."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import python_calamine
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import Refused
from paivand.methods.suppression import interval
from paivand.protection.actions.exports import export_incidents, look_at_figures
from paivand.protection.queries.figures import figures, recorder_rows
from paivand.protection.rules.figures import Fact, edition, last_day_counted
from paivand.protection.rules.people import AgeGroup
from paivand.protection.rules.recorder import ALWAYS_EMPTY, COLUMNS, MOST_ROWS
from paivand.protection.rules.violence import COUNTED, ReportedElsewhere, Violence
from tests.cast import KULOB
from tests.protection.stage import TODAY, happened, opened

YEAR = 2025
UNTIL = date(YEAR, 12, 31)
READS = 1
"""The rows with everything that belongs to them."""
REASON = "ба шӯрои ҳамоҳангсозӣ, ҳисоботи семоҳа"


def fact(violence="physical_assault", sex="female", age="26-40", tie="partner", month=3, **services):
    return Fact(violence, sex, age, tie, date(YEAR, month, 5), services)


FACTS = st.lists(
    st.builds(
        fact, st.sampled_from([str(one) for one in COUNTED]), st.sampled_from(["female", "male", ""]),
        st.sampled_from(["12-17", "18-25", "26-40", ""]), st.sampled_from(["partner", "stranger", ""]),
        st.integers(1, 12), health=st.sampled_from(["referred", "declined"]),
    ),
    max_size=60,
)  # fmt: skip


# --- figures ----------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(FACTS)
def test_whatever_was_told_no_small_figure_is_shown_or_can_be_computed(facts):
    found = edition(YEAR, UNTIL, facts)
    if len(facts) < 5:
        assert (found.total, found.tables, found.months) == (None, (), ())
        return
    assert found.total == len(facts)
    assert sum(count for _first, _last, count in found.months) == len(facts)
    assert not [count for _first, _last, count in found.months if 0 < count < 5]
    for table in found.tables:
        shown = [value for row in table.figures.cells for value in row]
        totals = [*table.figures.row_totals, *table.figures.column_totals, table.figures.total]
        assert None not in totals
        assert not [value for value in (*shown, *totals) if value and value < 5]


def test_every_hidden_figure_leaves_five_values_open():
    facts = [fact(age="18-25")] * 6 + [fact(age="26-40")] + [fact("denial", age="26-40")] * 9 + [fact("denial")] * 2
    table = next(one for one in edition(YEAR, UNTIL, facts).tables if one.key == "age")
    counts = [[sum(1 for one in facts if one.violence == violence and one.age_group == group)
               for group in ("18-25", "26-40")] for violence in ("physical_assault", "denial")]  # fmt: skip
    assert counts == [[6, 1], [0, 11]]
    hidden = {(0, 0), (0, 1), (1, 0), (1, 1)}
    low, high = interval(counts, hidden, (0, 1), totals_stay=True)
    assert high - low >= 4
    flat = [value for row in table.figures.cells for value in row if value is None]
    assert len(flat) == 4


def test_groups_that_are_small_stand_together():
    facts = [fact()] * 10 + [fact("rape")] * 2 + [fact("denial")] * 3
    table = next(one for one in edition(YEAR, UNTIL, facts).tables if one.key == "sex")
    assert [names for names in table.rows if len(names) > 1] == [
        ("rape", "denial of resources, opportunities or services")
    ]


def test_what_was_not_told_has_a_column_of_its_own():
    facts = [fact(sex="")] * 7 + [fact()] * 7
    table = next(one for one in edition(YEAR, UNTIL, facts).tables if one.key == "sex")
    assert ("not told",) in table.columns


@pytest.mark.parametrize(("today", "until"), [
    (date(2026, 1, 15), None), (date(2026, 3, 31), None), (date(2026, 4, 1), date(2026, 3, 31)),
    (date(2026, 12, 31), date(2026, 9, 30)), (date(2027, 1, 1), date(2026, 12, 31)),
])  # fmt: skip
def test_only_whole_quarters_count(today, until):
    assert last_day_counted(2026, today) == until


# --- from the database ------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(monkeypatch):
    """This year counts until today."""
    monkeypatch.setattr("paivand.protection.queries.figures.last_day_counted", lambda _year, _today: TODAY)


def test_left_out_is_who_did_not_agree_what_is_counted_elsewhere_and_what_is_no_gbv(counted, health, gulnoz):
    for changes in (
        {}, {"reported_elsewhere": ReportedElsewhere.COUNTING}, {"violence": Violence.NOT_GBV},
        {"reported_elsewhere": ReportedElsewhere.OTHER},
    ):  # fmt: skip
        survivor = opened(gulnoz)
        happened(survivor, gulnoz, **changes)
    silent = opened(gulnoz, reporting=False)
    happened(silent, gulnoz)
    for _each in range(4):
        happened(opened(gulnoz), gulnoz)
    with acting_as(gulnoz):
        assert figures(gulnoz, TODAY.year).total == 6


def test_looking_at_figures_is_noted_and_sealed(gulnoz, dpo):
    with acting_as(gulnoz):
        look_at_figures(year=TODAY.year, by=gulnoz)
    with acting_as(dpo):
        event = AuditEvent.objects.get(event="survivor.report")
    assert (event.sealed, event.detail) == (True, {"act": "figures", "year": TODAY.year})


def test_the_page_says_what_is_hidden(counted, health, gulnoz, room):
    for age in ("18-25", "18-25", "26-40"):
        for _each in range(3):
            happened(opened(gulnoz, age_group=AgeGroup(age)), gulnoz)
    html = room.get(reverse("protection:figure-list")).content.decode()
    assert "<strong>9</strong> incidents" in html
    assert room.get(reverse("protection:figure-list") + "?year=1900").status_code == 200


# --- the table --------------------------------------------------------------------------------------------------------


def taken_out(by, **changes):
    into = io.BytesIO()
    with acting_as(by):
        n_rows = export_incidents(
            into=into, by=by, **{"since": TODAY - timedelta(days=3), "until": TODAY, "reason": REASON, **changes}
        )
    return n_rows, python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(into.getvalue()))


def test_the_table_has_the_recorders_columns_in_codes(survivor, gulnoz):
    happened(
        survivor, gulnoz, perpetrator_tie="partner", place_id=KULOB, services={"health": "declined"},
        goods_exchanged=False, declined=frozenset({"abduction"}), legal_action=True,
    )  # fmt: skip
    n_rows, book = taken_out(gulnoz)
    head, row = book.get_sheet_by_index(0).to_python()
    cells = dict(zip([column.key for column in COLUMNS], row, strict=True))
    assert (n_rows, len(head)) == (1, 42)
    assert cells["survivor_code"] == survivor.code
    assert cells["incident_id"] == f"{survivor.code}/1"
    assert cells["violence"] == "Physical Assault"
    assert (cells["perpetrator_tie"], cells["health"], cells["legal"]) == ("partner", "declined", "")
    assert (cells["goods_exchanged"], cells["abduction"], cells["previous_incidents"]) == ("No", "declined", "")
    assert (cells["legal_action"], cells["consent"], cells["district"]) == ("Yes", "Yes", "Kulob")
    assert {cells[key] for key in ALWAYS_EMPTY} == {""}
    assert cells["caseworker_code"].startswith("CW-")


def test_the_event_tells_reason_and_rows_and_no_code(survivor, incident, gulnoz, dpo):
    taken_out(gulnoz)
    with acting_as(dpo):
        event = AuditEvent.objects.get(event="survivor.report")
    assert (event.sealed, event.reason, event.detail["rows"]) == (True, REASON, 1)
    assert len(event.detail["sha256"]) == 64
    assert survivor.code not in str(event.detail)


@pytest.mark.parametrize(("changes", "code"), [
    ({"reason": "барои кор"}, "reason"), ({"until": TODAY + timedelta(days=2)}, "date"),
    ({"since": TODAY + timedelta(days=2)}, "date"),
])  # fmt: skip
def test_the_table_is_refused(changes, code, gulnoz):
    with pytest.raises(Refused) as refused:
        taken_out(gulnoz, **changes)
    assert refused.value.code == code


def test_a_table_that_would_be_too_long_is_refused(survivor, incident, gulnoz, monkeypatch):
    monkeypatch.setattr("paivand.protection.actions.exports.MOST_ROWS", 0)
    with pytest.raises(Refused) as refused:
        taken_out(gulnoz)
    assert refused.value.code == "too_many"
    assert MOST_ROWS > 1000


def test_the_rows_are_read_in_a_fixed_number_of_statements(survivor, gulnoz, django_assert_num_queries):
    for _each in range(5):
        happened(survivor, gulnoz)
    with acting_as(gulnoz), django_assert_num_queries(READS):
        list(recorder_rows(gulnoz, TODAY - timedelta(days=3), TODAY))


def test_the_file_comes_under_a_name_that_tells_nothing(room, survivor, incident):
    values = {"since": str(TODAY - timedelta(days=3)), "until": str(TODAY), "reason": REASON}
    answer = room.post(reverse("protection:incident-export"), values)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="table-{TODAY}.xlsx"'
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b"PK")
    short = room.post(reverse("protection:incident-export"), {**values, "reason": "кӯтоҳ"})
    assert short.status_code == 422
