"""Notes: read by whom they are meant for, changed on their first day, added to afterwards, struck where they harm."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.actions import notes as actions
from paivand.cases.models import Note
from paivand.cases.rules.records import NoteKind, StruckWhy
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from tests.cases.case_cast import a_case

pytestmark = pytest.mark.django_db
PRIVATE, CASE, SUPERVISOR = NoteKind.PRIVATE, NoteKind.CASE, NoteKind.SUPERVISOR


@pytest.fixture
def case(zarina, family):
    return a_case(zarina, family)


def noted(case, by, kind=CASE, text="модар хаста аст", **changes):
    with acting_as(by):
        return actions.write_note(case=case, note_id=new_id(), kind=kind, text=text, by=by, **changes)


def by_raw_sql(who):
    """The words that the database hands out when the program asks for every note without a filter."""
    with acting_as(who), connection.cursor() as cursor:
        cursor.execute("select text from cases_note order by text")
        return [text for (text,) in cursor.fetchall()]


def through_the_program(who):
    with acting_as(who):
        return sorted(Note.objects.seen_by(who).values_list("text", flat=True))


def refused(code, run, **given):
    with pytest.raises(Refused) as error:
        run(**given)
    assert error.value.code == code


@pytest.mark.parametrize("read", [by_raw_sql, through_the_program])
def test_each_note_is_read_by_whom_it_is_meant_for(read, everyone, zarina, nasiba, case):
    noted(case, zarina, CASE, "ҳама")
    noted(case, zarina, SUPERVISOR, "сарвар")
    noted(case, zarina, PRIVATE, "худам")
    noted(case, nasiba, PRIVATE, "Насиба танҳо")
    noted(case, nasiba, SUPERVISOR, "аз Насиба")
    assert read(zarina) == sorted(["ҳама", "сарвар", "худам"])
    assert read(nasiba) == sorted(["ҳама", "сарвар", "Насиба танҳо", "аз Насиба"])
    assert read(everyone["gulnoz"]) == ["ҳама"]
    for name in ("farrukh", "anvar", "manija", "rustam", "admin", "dpo", "manager", "outsider", "tahmina", "behruz"):
        assert read(everyone[name]) == [], name


def test_no_supervisor_changes_a_private_note_by_raw_sql(zarina, nasiba, case):
    noted(case, zarina, PRIVATE, "худам")
    with acting_as(nasiba), connection.cursor() as cursor:
        cursor.execute("update cases_note set version = version + 1")
        assert cursor.rowcount == 0
    with acting_as(zarina):
        assert Note.objects.get().version == 1


def test_nobody_writes_in_the_name_of_another_by_raw_sql(zarina, nasiba, case):
    note = noted(case, zarina)
    columns = ", ".join(f'"{field.column}"' for field in Note._meta.concrete_fields if field.name not in {"id", "text"})
    with acting_as(nasiba), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"insert into cases_note (id, text, {columns}) "
            f"select %s, 'forged', {columns} from cases_note where id = %s",
            [new_id(), note.pk],
        )


def test_a_note_has_words_and_is_written_once(zarina, case):
    key = new_id()
    with acting_as(zarina):
        given = {"case": case, "note_id": key, "kind": CASE, "by": zarina}
        refused("text", actions.write_note, text="  \n", **given)
        actions.write_note(text="хаста", **given)
        refused("twice", actions.write_note, text="хаста", **given)
        assert Note.objects.count() == 1


def test_its_author_changes_it_on_the_first_day_only(zarina, nasiba, case):
    now = timezone.now()
    note = noted(case, zarina, now=now)
    with acting_as(zarina):
        later = {"note": note, "by": zarina, "text": "модар беҳтар аст"}
        row = actions.change_note(version=1, now=now + timedelta(hours=23, minutes=59), **later)
        assert (row.text, row.edited_at) == ("модар беҳтар аст", now + timedelta(hours=23, minutes=59))
        refused("stale", actions.change_note, version=1, **later)
        refused("late", actions.change_note, version=2, now=now + timedelta(hours=24), **later)
    with acting_as(nasiba):
        refused("author", actions.change_note, note=note, version=2, text="x", by=nasiba, now=now)


def test_later_words_are_added_and_read_by_the_same_people(zarina, nasiba, gulnoz, case):
    note = noted(case, zarina, SUPERVISOR, now=timezone.now() - timedelta(days=3))
    with acting_as(nasiba):
        key = new_id()
        added = actions.add_to_note(note=note, note_id=key, text="гап задем", by=nasiba)
        assert (added.kind, added.amends_id) == ("supervisor", note.pk)
        refused("twice", actions.add_to_note, note=note, note_id=key, text="гап задем", by=nasiba)
    with acting_as(zarina):
        more = actions.add_to_note(note=added, note_id=new_id(), text="хуб", by=zarina)
        assert more.amends_id == note.pk
        assert Note.objects.get(pk=note.pk).text == "модар хаста аст"
    assert by_raw_sql(gulnoz) == []


def test_words_that_must_not_stand_here_are_taken_away(zarina, nasiba, gulnoz, case):
    own, shared = noted(case, zarina, PRIVATE), noted(case, zarina)
    with acting_as(gulnoz):
        refused("author", actions.strike_note, note=shared, version=1, why=StruckWhy.SENSITIVE, by=gulnoz)
    with acting_as(nasiba):
        row = actions.strike_note(note=shared, version=1, why=StruckWhy.SENSITIVE, by=nasiba)
        assert (row.text, row.struck_why, row.struck_by_id) == ("", "sensitive", nasiba.pk)
        refused("already", actions.strike_note, note=shared, version=2, why=StruckWhy.ASKED, by=nasiba)
        with pytest.raises(OutsideScopeError):
            actions.strike_note(note=own, version=1, why=StruckWhy.ASKED, by=nasiba)
    with acting_as(zarina):
        assert actions.strike_note(note=own, version=1, why=StruckWhy.ASKED, by=zarina).text == ""
        refused("struck", actions.change_note, note=shared, version=2, text="x", by=zarina)
        refused(
            "struck", actions.add_to_note, note=Note.objects.get(pk=shared.pk), note_id=new_id(), text="x", by=zarina
        )


def test_who_works_elsewhere_and_who_has_no_right(farrukh, anvar, manija, zarina, case):
    for who in (farrukh, anvar, manija):
        with acting_as(who), pytest.raises((OutsideScopeError, WithoutRightError)):
            actions.write_note(case=case, note_id=new_id(), kind=CASE, text="x", by=who)


def test_the_audit_holds_no_word_of_a_note(zarina, case):
    noted(case, zarina, SUPERVISOR, "сирри оила")
    with acting_as(zarina):
        event = AuditEvent.objects.filter(event="case.work").latest("id")
        assert event.detail == {"act": "note.write", "kind": "supervisor"}
        assert "сирр" not in f"{event.subject_label}{event.reason}"
