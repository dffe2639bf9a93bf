"""Documents of a case: kept sealed outside the database, opened by those who see the case, taken away with a reason."""

from __future__ import annotations

import hashlib
import stat
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.actions import documents as actions
from paivand.cases.models import CaseDocument
from paivand.cases.rules.records import PaperDraft
from paivand.core.models import new_id
from paivand.core.models.files import LostFileError, content_of, documents_folder, path_of
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.core.rules.uploads import fit
from tests.cases.case_cast import a_case, people_of
from tests.cases.files import PLACE, docx, pdf, photograph

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """A home of the installation that is empty."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def case(zarina, family):
    return a_case(zarina, family)


def kept(case, by, content=None, **described):
    values = {"kind": "birth_certificate", "title": "шаҳодатнома", **described}
    with acting_as(by):
        return actions.keep_document(
            case=case, document_id=new_id(), draft=PaperDraft(**values), content=content or photograph(), by=by
        )


def refused(code, run, **given):
    with pytest.raises(Refused) as error:
        run(**given)
    assert error.value.code == code


def test_a_photograph_is_kept_sealed_and_bare(zarina, case, home):
    document = kept(case, zarina)
    path = path_of(document.pk)
    sealed = path.read_bytes()
    assert path.is_relative_to(home / "documents")
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    assert b"\xff\xd8" not in sealed[:4]
    assert PLACE not in sealed
    content = content_of(document)
    assert content == fit(photograph()).content
    assert PLACE not in content
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert (document.media_type, document.n_bytes) == ("image/jpeg", len(content))


def test_nothing_of_a_browser_lies_where_documents_lie(home, settings):
    assert not documents_folder().is_relative_to(settings.STATIC_ROOT)
    assert not settings.STATIC_ROOT.is_relative_to(documents_folder())


def test_a_second_sending_keeps_one(zarina, case, home):
    key = new_id()
    with acting_as(zarina):
        given = {"case": case, "document_id": key, "draft": PaperDraft("other"), "by": zarina}
        actions.keep_document(content=pdf(), **given)
        refused("twice", actions.keep_document, content=docx(), **given)
        assert CaseDocument.objects.get().media_type == "application/pdf"
    assert len(list((home / "documents").rglob("*-*"))) == 1


def test_what_a_file_is_its_content_says(zarina, case, home):
    with acting_as(zarina):
        given = {"case": case, "document_id": new_id(), "draft": PaperDraft("other"), "by": zarina}
        refused("kind", actions.keep_document, content=b"<!DOCTYPE html><script>1</script>", **given)
        refused("empty", actions.keep_document, content=b"", **given)
        refused("active", actions.keep_document, content=docx(word__vbaProject_dot_bin=b"x"), **given)
        assert not CaseDocument.objects.exists()
    assert not list(home.rglob("documents/*"))


def test_only_papers_of_people_of_the_case_are_kept(zarina, family, case):
    with acting_as(zarina):
        people = people_of(family)
        given = {"case": case, "document_id": new_id(), "content": pdf(), "by": zarina}
        refused("people", actions.keep_document, draft=PaperDraft("other", person=people["Хадиҷа"].pk), **given)
        refused("kind", actions.keep_document, draft=PaperDraft("love_letter"), **given)
        refused("matter", actions.keep_document, draft=PaperDraft("other", matter=new_id()), **given)
        later = timezone.localdate() + timedelta(days=1)
        refused("date", actions.keep_document, draft=PaperDraft("other", dated_on=later), **given)
        mine = actions.keep_document(draft=PaperDraft("other", person=people["Фарҳод"].pk), **given)
        assert mine.person_id == people["Фарҳод"].pk


def test_who_opens_a_document_is_written_into_the_audit(zarina, nasiba, case):
    document = kept(case, zarina)
    with acting_as(nasiba):
        actions.open_document(document=document, by=nasiba)
        event = AuditEvent.objects.filter(event="case.view", actor_id=nasiba.pk).latest("id")
        assert event.detail == {"act": "document.open", "document": str(document.pk), "kind": "birth_certificate"}


def test_a_document_is_opened_within_reach_only(zarina, farrukh, anvar, case):
    document = kept(case, zarina)
    for who in (farrukh, anvar):
        with acting_as(who), pytest.raises(OutsideScopeError):
            actions.open_document(document=document, by=who)


def test_a_document_is_taken_away_for_good_and_the_row_says_why(zarina, case, django_capture_on_commit_callbacks):
    document = kept(case, zarina)
    with acting_as(zarina):
        given = {"document": document, "by": zarina}
        refused("why", actions.remove_document, version=1, why="bored", **given)
        with django_capture_on_commit_callbacks(execute=True):
            row = actions.remove_document(version=1, why="wrong_person", **given)
        assert (row.removed_why, row.removed_by_id) == ("wrong_person", zarina.pk)
        assert not path_of(document.pk).exists()
        refused("stale", actions.remove_document, version=1, why="asked", **given)
        refused("already", actions.remove_document, version=2, why="asked", **given)
        refused("removed", actions.open_document, document=CaseDocument.objects.get(), by=zarina)


def test_a_removal_that_is_undone_leaves_the_file(zarina, case, django_capture_on_commit_callbacks):
    document = kept(case, zarina)

    def undone():
        with transaction.atomic():
            actions.remove_document(document=document, version=1, why="asked", by=zarina)
            raise RuntimeError

    with acting_as(zarina), django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(RuntimeError):
            undone()
        assert CaseDocument.objects.get().removed_at is None
    assert content_of(document)


def test_a_file_that_was_changed_or_lost_is_not_handed_out(zarina, case):
    document = kept(case, zarina)
    path = path_of(document.pk)
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-4] + b"AAAA")
    with pytest.raises(LostFileError):
        content_of(document)
    other = kept(case, zarina, pdf())
    path.write_bytes(path_of(other.pk).read_bytes())
    with pytest.raises(LostFileError):
        content_of(document)
    path.unlink()
    with pytest.raises(LostFileError):
        content_of(document)


def test_what_a_document_is_cannot_be_rewritten_by_raw_sql(zarina, case):
    kept(case, zarina)
    for change in ("sha256 = repeat('0', 64)", "person_id = null", "kind = 'other'", "media_type = 'text/html'"):
        with acting_as(zarina), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update cases_casedocument set {change}")


def test_the_audit_holds_neither_title_nor_name(zarina, case):
    kept(case, zarina, title="Карими судшуда")
    with acting_as(zarina):
        event = AuditEvent.objects.filter(event="case.work").latest("id")
    assert event.detail.keys() == {"act", "kind", "type", "bytes"}
