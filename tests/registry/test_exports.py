"""Taking families out in a file: what is in it, what never is, and what the audit says."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from python_calamine import CalamineWorkbook

from paivand.access.actions.glass import break_glass
from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.core.rules.privacy import DataClass
from paivand.core.rules.spreadsheets import harmless
from paivand.core.rules.writing import writing
from paivand.registry.actions.cells import _CELLS, cell
from paivand.registry.actions.exports import export_families
from paivand.registry.models import Absence, Consent, Family, MigrationEpisode, Person, Remittance
from paivand.registry.queries.exports import Told, classes_to_export, export_rows
from paivand.registry.rules.exports import (
    BEGINS_WITH,
    COLUMNS,
    FileKind,
    Per,
    columns_of,
    offered,
)
from paivand.registry.rules.families import FamilyState
from paivand.registry.rules.lists import Filters
from paivand.registry.rules.migration import AbsenceStatus
from tests.cast import DUSTI, register
from tests.registry.test_search import give_paper, give_phone

pytestmark = pytest.mark.django_db

REASON = "Visits in November, for the team in Kulob."
ALL = [column.chosen_as for column in COLUMNS]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def taken(by, *, chosen=tuple(ALL), per=Per.FAMILY, kind=FileKind.CSV, reason=REASON, **asked):
    """The bytes of a file."""
    into = io.BytesIO()
    with acting_as(by):
        export_families(
            filters=Filters(**asked), said=[("Jamoat", "Зираки")], chosen=chosen, per=per, kind=kind, reason=reason,
            into=into, by=by,
        )  # fmt: skip
    return into.getvalue()


def rows_of(content):
    """The rows of a plain table, by heading."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def scoped(record):
    return {name: getattr(record, name) for name in ("district_id", "agency_id", "team_id", "owner_id")}


def withdraw(person, by, purpose="reporting"):
    """A consent that was given and withdrawn."""
    gone = {"withdrawn_on": timezone.localdate(), "withdrawal_recorded_by": by}
    with acting_as(by), writing("test"):
        if not Consent.objects.filter(person=person, purpose=purpose).update(**gone):
            Consent.objects.create(
                person=person, purpose=purpose, given_by="self", method="spoken", language="tg",
                given_on=date(2026, 1, 1), recorded_by=by, **gone, **scoped(person),
            )  # fmt: skip


# --- the columns ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_every_column_comes_from_a_field_of_its_class_that_may_leave(column):
    name, field = column.source.split(".")
    model = apps.get_model("registry", name)
    try:
        model._meta.get_field(field)
    except FieldDoesNotExist:
        pytest.fail(f"{column.key} says that it comes from {column.source}, which is no field.")
    assert model.privacy.data_class == column.data_class
    assert model.privacy.leaves, f"{name} must not leave."


def test_every_column_has_a_cell_and_every_cell_a_column():
    assert set(_CELLS) == {column.key for column in COLUMNS}
    assert len({column.key for column in COLUMNS}) == len(COLUMNS)


def test_no_column_tells_of_a_ban_a_dated_absence_or_the_ground_of_a_stay():
    sources = {column.source for column in COLUMNS}
    assert not {source for source in sources if source.startswith(("ReentryBan", "Absence", "Consent"))}
    assert not sources & {"MigrationEpisode.legal_status", "MigrationEpisode.return_kind", "MigrationEpisode.note"}


def test_what_is_chosen_first_tells_nobodys_name():
    identity = {column.key for column in COLUMNS if column.data_class is not DataClass.FAMILY}
    assert not identity & BEGINS_WITH


def test_a_telephone_number_never_comes_without_what_was_said_about_calling():
    keys = [column.key for column in columns_of(["phone"], Per.PERSON, set(DataClass))]
    assert keys == ["code", "phone_may_call", "phone_hours", "phone_who", "phone_say", "phone_of", "phone_number"]
    assert "phone_number" not in {key for group in offered(set(DataClass)).values() for key in group}


# --- who takes out what ---------------------------------------------------------------------------------------------


def test_a_supervisor_takes_out_the_families_of_her_district(family, dusti_family, nasiba):
    [row] = rows_of(taken(nasiba))
    assert row["code of the family"] == family.code
    assert row["head: surname"] == "Каримова"
    assert row["number of members"] == "4"


def test_a_row_for_each_member_names_the_relation(family, nasiba):
    rows = rows_of(taken(nasiba, per=Per.PERSON))
    assert sorted(row["given name"] for row in rows) == sorted(["Ҷамила", "Фарҳод", "Нигина", "Хадиҷа"])
    assert {row["relation to the head"] for row in rows if row["given name"] == "Нигина"} == {"daughter or son"}
    assert {row["code of the family"] for row in rows} == {family.code}


def test_the_monitoring_officer_takes_out_codes_without_a_name_or_a_number(family, manija, zarina):
    give_phone(family.head, zarina)
    give_paper(family.head, zarina)
    for per in Per:
        text = taken(manija, per=per).decode("utf-8-sig")
        assert family.code in text
        for word in ("Каримова", "Ҷамила", "918123456", "0123456", "surname", "telephone"):
            assert word not in text
    with acting_as(manija):
        # She reads answers of surveys, too; no column of a family is of that class.
        assert classes_to_export(manija) == {DataClass.FAMILY, DataClass.FIELD}
        assert all(column.data_class is not DataClass.FIELD for column in COLUMNS)


def test_who_has_no_right_to_export_takes_out_nothing(family, zarina, sign_in):
    assert sign_in(zarina).get("/families/export/").status_code == 403
    with pytest.raises(Exception, match=r"family\.export"):
        taken(zarina)


def test_break_glass_lends_reading_but_no_export(family, dusti_family, nasiba):
    with acting_as(nasiba):
        break_glass(district=Place.objects.get(pk=DUSTI), reason="садама дар роҳи Дӯстӣ, кӯдак танҳо", by=nasiba)
    assert [row["code of the family"] for row in rows_of(taken(nasiba))] == [family.code]


def test_the_filters_of_the_list_hold_for_the_file(family, nasiba, zarina):
    other = register(zarina, jamoat="TJ-KT-02-01")
    assert [row["code of the family"] for row in rows_of(taken(nasiba, jamoat="TJ-KT-02-01"))] == [other.code]


def test_files_are_read_piece_by_piece_and_nobody_is_missed_or_doubled(nasiba, zarina, monkeypatch):
    monkeypatch.setattr("paivand.registry.queries.exports.AT_ONCE", 2)
    codes = [register(zarina, members=1).code for _ in range(5)]
    assert [row["code of the family"] for row in rows_of(taken(nasiba))] == codes[::-1]
    assert len(rows_of(taken(nasiba, per=Per.PERSON))) == 10


# --- what never leaves ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in FamilyState if state not in {"active", "merged"}])
def test_closed_files_do_not_leave(state, family, nasiba, zarina):
    with acting_as(zarina), writing("test"):
        Family.objects.filter(pk=family.pk).update(state=state, state_on=timezone.localdate())
    assert rows_of(taken(nasiba)) == []
    with pytest.raises(Refused) as refused:
        taken(nasiba, state=state)
    assert refused.value.code == "closed"


@pytest.mark.parametrize("purpose", ["reporting", "registration"])
def test_who_withdrew_consent_for_reporting_is_left_out(purpose, family, nasiba, zarina):
    with acting_as(zarina):
        child = Person.objects.get(given_name="Нигина")
    withdraw(child, zarina, purpose)
    names = [row["given name"] for row in rows_of(taken(nasiba, per=Per.PERSON))]
    assert "Нигина" not in names
    assert len(names) == 3
    withdraw(family.head, zarina, purpose)
    assert rows_of(taken(nasiba)) == []
    assert len(rows_of(taken(nasiba, per=Per.PERSON))) == 2


def test_a_restricted_absence_does_not_leave(family, nasiba, zarina):
    with acting_as(zarina), writing("test"):
        Family.objects.filter(pk=family.pk).update(absence_status=AbsenceStatus.CONSCRIPTED)
        Absence.objects.create(
            family=family, status=AbsenceStatus.CONSCRIPTED, since_on=date(2026, 1, 1), recorded_by=zarina,
            note="front", **scoped(family),
        )  # fmt: skip
    text = taken(nasiba).decode("utf-8-sig")
    assert "conscripted" not in text
    assert "front" not in text
    assert rows_of(taken(nasiba))[0]["the migrant's tie to the family"] == ""


def test_a_number_that_must_not_be_called_stays_inside_and_its_warning_leaves(family, nasiba, zarina):
    give_phone(family.head, zarina, may_call="no", say_what="=1+1")
    [row] = rows_of(taken(nasiba))
    assert row["head: may we call"] == "must not be called"
    assert row["head: telephone number"] == ""


def test_the_number_that_may_be_called_is_chosen_among_several(family, nasiba, zarina):
    give_phone(family.head, zarina, number="+992918000001", may_call="through_other", who_may_answer="Хадиҷа")
    give_phone(family.head, zarina, number="+992918000002", may_call="yes", hours="after 17")
    give_phone(family.head, zarina, number="+992918000003", may_call="no")
    give_phone(family.head, zarina, number="+992918000004", ended_on=date(2026, 1, 1))
    [row] = rows_of(taken(nasiba))
    assert (row["head: telephone number"], row["head: when to call"]) == ("'+992918000002", "after 17")


def test_somebody_with_two_records_leaves_once(family, nasiba, zarina):
    other = register(zarina, surname="Раҷабова", given="Моҳира", members=0)
    with acting_as(zarina), writing("test"):
        Person.objects.filter(pk=other.head_id).update(merged_into=family.head_id, is_head=False)
        Family.objects.filter(pk=other.pk).update(state="merged", merged_into=family.pk, state_on=date(2026, 1, 1))
    give_phone(other.head, zarina)
    rows = rows_of(taken(nasiba, per=Per.PERSON))
    assert len(rows) == 4
    assert [row["telephone number"] for row in rows if row["given name"] == "Ҷамила"] == ["'+992918123456"]


# --- cells ----------------------------------------------------------------------------------------------------------

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_plain_table_begins_a_cell_as_a_formula(text, nasiba, zarina):
    register(zarina, members=0, village=text)
    content = taken(nasiba)
    [row] = rows_of(content)
    assert row["village or street"] == f"'{text}"
    assert harmless("Зираки") == "Зираки"


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_spreadsheet_holds_a_formula(text, nasiba, zarina):
    import zipfile

    register(zarina, members=0, village=text)
    content = taken(nasiba, kind=FileKind.XLSX)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert text.strip() in {str(value).strip() for value in _sheet(content, 0)[1]}


def _sheet(content, index):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(index).to_python()


def test_a_spreadsheet_has_days_numbers_and_a_sheet_about_itself(family, nasiba):
    content = taken(nasiba, kind=FileKind.XLSX)
    heads, row = _sheet(content, 0)
    cells = dict(zip(heads, row, strict=True))
    assert cells["registered on"] == family.registered_on
    assert cells["number of members"] == 4
    about = {line[0]: line[1] for line in _sheet(content, 1)}
    assert about["Made by"] == nasiba.full_name
    assert about["Reason"] == REASON
    assert about["Filters"] == "Jamoat: Зираки"
    assert about["Rows"] == "1"
    assert "living people" in about["Treat it so"]


def test_headings_and_cells_are_in_the_readers_language_from_right_to_left_for_dari(family, nasiba):
    from django.utils.translation import override

    with override("fa"):
        content = taken(nasiba, kind=FileKind.XLSX)
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b'rightToLeft="1"' in archive.read("xl/worksheets/sheet1.xml")


def test_births_and_journeys_are_told_as_exactly_as_they_are_known(family, nasiba, zarina):
    with acting_as(zarina), writing("test"):
        MigrationEpisode.objects.create(
            person=family.head, country="RU", departed_on=date(2025, 3, 1), departed_precision="month",
            **scoped(family),
        )  # fmt: skip
        Remittance.objects.create(
            family=family, month=timezone.localdate().replace(day=1), amount=100, currency="TJS", rate=1,
            amount_tjs=Decimal("100.00"), recorded_by=zarina, **scoped(family),
        )  # fmt: skip
    [row] = rows_of(taken(nasiba))
    assert row["head: date of birth"] == "1988"
    assert row["head: left on"] == "2025-03"
    assert row["head: last country of work"] == "Russia"
    assert row["received in 12 months, somoni"] == "100.00"


def test_empty_cells_are_empty_where_nothing_is_known(family):
    told = Told(family=family)
    assert {cell(column.key, told) for column in COLUMNS if column.about is Per.PERSON} == {""}


# --- reason, audit, page --------------------------------------------------------------------------------------------


def test_a_file_without_a_reason_is_refused_and_that_is_noted(family, nasiba):
    with acting_as(nasiba):
        with pytest.raises(Refused) as refused:
            export_families(
                filters=Filters(), said=[], chosen=[], per=Per.FAMILY, kind=FileKind.CSV, reason="for work     ",
                into=io.BytesIO(), by=nasiba,
            )  # fmt: skip
        assert (refused.value.code, refused.value.field) == ("reason", "reason")
        assert AuditEvent.objects.filter(event="family.export", outcome="refused").exists()


def test_a_file_that_grows_too_long_is_refused(nasiba, zarina, monkeypatch):
    monkeypatch.setattr("paivand.registry.actions.exports.MOST_ROWS", 1)
    for _ in range(2):
        register(zarina, members=0)
    for kind in FileKind:
        with pytest.raises(Refused) as refused:
            taken(nasiba, kind=kind)
        assert refused.value.code == "too_many"


def test_the_audit_tells_what_was_taken_out_and_whose_file_it_is_but_no_value(family, nasiba):
    content = taken(nasiba, chosen=["family_name", "phone"], jamoat="TJ-KT-02-02")
    with acting_as(nasiba):
        event = AuditEvent.objects.filter(event="family.export", outcome="done").latest("at")
    assert event.reason == REASON
    assert event.detail["rows"] == 1
    assert event.detail["columns"][:2] == ["code", "family_name"]
    assert event.detail["classes"] == ["contact", "family", "identity"]
    assert event.detail["filters"] == {"jamoat": "TJ-KT-02-02"}
    assert event.detail["sha256"] == hashlib.sha256(content).hexdigest()
    assert "Каримова" not in str(event.detail)


def test_who_watches_reads_in_the_audit_what_left_and_why(family, nasiba, dpo, sign_in):
    content = taken(nasiba, chosen=["family_name", "phone"])
    page = sign_in(dpo).get("/audit/?event=family.export").content.decode()
    for words in (
        REASON,
        "1 row",
        "telephone numbers",
        "names and dates of birth",
        hashlib.sha256(content).hexdigest()[:12],
    ):
        assert words in page


def test_the_page_gives_the_file_that_the_audit_knows(family, nasiba, sign_in):
    client = sign_in(nasiba)
    page = client.get("/families/export/?jamoat=TJ-KT-02-02")
    assert page.context["n_families"] == 1
    assert client.post("/families/export/", {"reason": "short", "per": "family", "kind": "csv"}).status_code == 422
    answer = client.post(
        "/families/export/?jamoat=TJ-KT-02-02",
        {"reason": REASON, "per": "family", "kind": "xlsx", "columns": ["jamoat", "family_name"]},
    )
    content = b"".join(answer.streaming_content)
    assert answer.headers["Content-Type"] == XLSX
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"families-{timezone.localdate():%Y-%m-%d}.xlsx" in answer.headers["Content-Disposition"]
    with acting_as(nasiba):
        event = AuditEvent.objects.filter(event="family.export", outcome="done").latest("at")
    assert event.detail["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_monitoring_officer_is_offered_no_column_with_a_name(family, manija, sign_in):
    page = sign_in(manija).get("/families/export/").content.decode()
    assert 'value="jamoat"' in page
    for key in ("family_name", "phone", "paper_numbers", "received"):
        assert f'value="{key}"' not in page


def test_a_column_that_was_not_offered_is_refused_by_the_form(family, manija, sign_in):
    answer = sign_in(manija).post(
        "/families/export/", {"reason": REASON, "per": "family", "kind": "csv", "columns": ["family_name"]}
    )
    assert answer.status_code == 422


def test_reading_asks_a_bounded_number_of_questions(nasiba, zarina, django_assert_max_num_queries):
    for _ in range(6):
        register(zarina)
    with acting_as(nasiba):
        columns = columns_of(ALL, Per.PERSON, set(DataClass))
        nasiba.forget_rights()
        with django_assert_max_num_queries(24):
            assert len(list(export_rows(nasiba, Filters(), columns, Per.PERSON))) == 24
