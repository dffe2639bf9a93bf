"""A list from the file to the registry."""

from __future__ import annotations

from paivand.access.models.identity import acting_as
from paivand.registry.models import Document, Family, FamilyMember, Person, Phone
from tests.collect.sheets import family_rows, workbook


def test_a_list_is_taken_in(desk, jamoats):
    batch = desk.upload(workbook(family_rows(12, jamoats, children=2), titles=["Рӯйхати оилаҳои муҳоҷирон", ""]))
    assert batch.header_row == 3
    batch = desk.check(batch)
    assert (batch.state, batch.n_rows, batch.n_ok, batch.n_families) == ("checked", 36, 36, 12)
    batch = desk.take_in(batch)
    assert (batch.state, batch.job_state, batch.n_taken_in) == ("merged", "done", 12)
    with acting_as(desk.by):
        assert Family.objects.count() == 12
        assert FamilyMember.objects.count() == 36
        assert Phone.objects.count() == 12
        assert Document.objects.count() == 12
        head = Person.objects.get(given_name="Ҷамила", family_name="Каримова")
        assert head.heads.origin == "import"
        assert head.consents.get().method == "signature"


def test_the_same_list_again_changes_nothing(desk, jamoats):
    content = workbook(family_rows(5, jamoats))
    first = desk.take_in(desk.check(desk.upload(content)))
    again = desk.upload(content)
    assert again.same_as_id == first.pk
    again = desk.check(again)
    assert (again.state, again.n_ok, again.n_skipped) == ("checked", 0, 10)
    with acting_as(desk.by):
        assert Family.objects.count() == 5


def test_thousands_of_rows_are_taken_in_whole(desk, jamoats):
    batch = desk.take_in(desk.check(desk.upload(workbook(family_rows(1500, jamoats)))))
    assert (batch.state, batch.n_taken_in) == ("merged", 1500)
    with acting_as(desk.by):
        assert Family.objects.count() == 1500
