"""Files of many answers: made in the background with the rights of who asked, for nobody else, and for a day."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from paivand.access.actions.roles import assign_role, end_role
from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.rules.roles import RoleKey
from paivand.collect import tasks
from paivand.collect.actions import survey_files
from paivand.collect.actions.survey_exports import Written
from paivand.collect.models import SurveyAnswer, SurveyFile, SurveyFilePiece
from paivand.collect.rules.survey_export import SHORTEST_REASON, FileKind, FileState, FileTrouble
from paivand.collect.views import survey_files as pages
from paivand.core.models import Place
from paivand.core.models.files import path_of, store
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.core.rules.writing import writing
from tests.cast import DISTRICTS, KULOB, fresh
from tests.collect.surveys import FILE_REASON, answered, asked_for, for_all_agencies, in_use, made_in_background
from tests.methods.photographs import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """ODK Validate takes a second for each form."""
    monkeypatch.setattr("paivand.collect.rules.xforms.java_present", lambda: False)


@pytest.fixture
def version(manija: Any) -> Any:
    return in_use(manija)


def taken_out(by: Any, dpo: Any) -> list[Any]:
    with acting_as(dpo):
        return list(AuditEvent.objects.filter(event="survey.manage", actor_id=by.pk, reason=FILE_REASON))


def test_a_long_file_is_made_in_turns_and_fetched_in_pieces(
    sign_in: Any, manija: Any, second_monitor: Any, zarina: Any, dpo: Any, version: Any, monkeypatch: pytest.MonkeyPatch
):
    for rooms in range(5):
        answered(zarina, version, {"rooms": str(rooms)})
    monkeypatch.setattr(tasks, "ANSWERS_AT_ONCE", 2)
    monkeypatch.setattr(survey_files, "PIECE_BYTES", 100)
    monkeypatch.setattr(pages, "AT_ONCE", 3)
    browser, page = sign_in(manija), f"/surveys/{version.form_id}/export/"
    assert "the file is made in the background" in browser.get(page).content.decode()
    posted = {"kind": "csv", "words": "codes", "language": "tg", "reason": FILE_REASON}
    posted["form_id"] = "01a00000-0000-7000-8000-000000000001"
    for _twice in range(2):
        assert browser.post(page, posted).status_code == 302
    waits = browser.get(f"{page}files/").content.decode()
    assert "Waiting for its turn" in waits
    assert 'data-by-itself hx-headers=\'{"X-By-Itself": "1"}\'' in waits, "a page that asks by itself is nobody at work"
    with acting_as(manija):
        [row] = SurveyFile.objects.all()
    told: list[int] = []
    monkeypatch.setattr(tasks.survey_files, "tell_progress", lambda _key, n: told.append(n))
    tasks.make_file(file=str(row.pk), by=str(manija.pk))
    assert told == [2, 4, 5]
    with acting_as(manija):
        assert SurveyFilePiece.objects.count() > 3
        row.refresh_from_db()
    assert (row.state, row.n_done, row.n_total) == (FileState.DONE, 5, 5)
    assert f"/export/files/{row.pk}" in browser.get(page).content.decode()
    file = browser.get(f"{page}files/{row.pk}")
    content = b"".join(file.streaming_content)
    assert len(content) == row.n_bytes == int(file["Content-Length"])
    assert [line["rooms"] for line in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))] == list("43210")
    events = [one for one in taken_out(manija, dpo) if "sha256" in one.detail]
    assert sorted(one.detail.get("act", "") for one in events) == ["", "fetched"]
    assert {(one.detail["rows"], one.detail["sha256"]) for one in events} == {(5, row.sha256)}
    with acting_as(second_monitor):
        assert not SurveyFile.objects.exists()
        assert not SurveyFilePiece.objects.exists()


def test_a_file_holds_what_the_page_shows_under_the_same_filters(
    sign_in: Any, manija: Any, zarina: Any, farrukh: Any, version: Any, monkeypatch: pytest.MonkeyPatch
):
    for_all_agencies(manija, version)
    for at, roof in enumerate(("tin", "clay", "tin")):
        answered(zarina, version, {"roof": roof, "today": f"2026-11-2{at}"})
        answered(farrukh, version, {"roof": roof, "today": f"2026-11-2{at}"})
    monkeypatch.setattr(tasks, "ANSWERS_AT_ONCE", 2)
    monkeypatch.setattr(pages, "AT_ONCE", 0)
    browser, start = sign_in(manija), f"/surveys/{version.form_id}/"
    posted = {"kind": "csv", "words": "codes", "language": "tg", "reason": FILE_REASON}
    filters = (
        "choice=roof%3Dtin", "since=2026-11-21&until=2026-11-21", f"worker={zarina.pk}", f"district={KULOB}",
        f"version={version.pk}", f"choice=needs%3Dlight&since=2026-11-21&worker={farrukh.pk}",
    )  # fmt: skip
    for at, chosen in enumerate(filters):
        shown = browser.get(f"{start}answers/?{chosen}")
        posted["form_id"] = f"01a00000-0000-7000-8000-00000000000{at}"
        assert browser.post(f"{start}export/?{chosen}", posted).status_code == 302
        tasks.make_file(file=posted["form_id"], by=str(manija.pk))
        fetched = b"".join(browser.get(f"{start}export/files/{posted['form_id']}").streaming_content)
        held = [line[0] for line in csv.reader(io.StringIO(fetched.decode("utf-8-sig")))][1:]
        assert held == [str(row.pk) for row in shown.context["page"].rows], chosen
        assert 0 < len(held) <= 6


def test_a_page_shows_how_far_a_file_is(sign_in: Any, manija: Any, zarina: Any, version: Any):
    for _each in range(3):
        answered(zarina, version)
    row, browser = asked_for(manija, version.form), sign_in(manija)
    with acting_as(manija):
        assert survey_files.take_up(file=row, by=fresh(manija))
    survey_files.tell_progress(row.pk, 2)
    page = browser.get(f"/surveys/{version.form_id}/export/files/").content.decode()
    assert '<progress class="progress" max="3" value="2"' in " ".join(page.split())


def test_the_page_says_beforehand_how_long_a_reason_is(sign_in: Any, manija: Any, version: Any):
    page = sign_in(manija).get(f"/surveys/{version.form_id}/export/").content.decode()
    assert f"At least {SHORTEST_REASON} letters. It is kept in the audit" in page


def test_photographs_are_asked_for_once_for_some_answers(
    manija: Any, zarina: Any, version: Any, monkeypatch: pytest.MonkeyPatch
):
    sent = [answered(zarina, version, {"photo": "a.jpg"}, files={"a.jpg": jpeg()}) for _each in range(3)]
    monkeypatch.setattr(tasks, "ANSWERS_AT_ONCE", 2)
    with CaptureQueriesContext(connection) as asked:
        row = made_in_background(manija, version.form, FileKind.MEDIA)
    found = [one["sql"] for one in asked if 'FROM "collect_submissionfile"' in one["sql"]]
    assert (row.n_done, len(found)) == (len(sent), 2)


def test_photographs_are_always_made_in_the_background(sign_in: Any, manija: Any, zarina: Any, version: Any):
    answered(zarina, version, {"photo": "roof.jpg"}, files={"roof.jpg": jpeg()})
    browser, page = sign_in(manija), f"/surveys/{version.form_id}/export/"
    posted = {"kind": "zip", "words": "codes", "language": "tg", "reason": FILE_REASON}
    assert browser.post(page, posted).status_code == 302
    with acting_as(manija):
        key = SurveyFile.objects.get().pk
    tasks.make_file(file=str(key), by=str(manija.pk))
    content = b"".join(browser.get(f"{page}files/{key}").streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        [name] = packed.namelist()
    assert name.endswith("1-roof.jpg")


def test_files_that_may_tell_where_they_were_made_are_left_out(sign_in: Any, manija: Any, zarina: Any, version: Any):
    place = b"+37.912345+069.784567"
    files = {
        "roof.jpg": jpeg(), "roof.heic": b"\0\0\0\x18ftypheic" + place,
        "film.mp4": b"\0\0\0\x18ftypmp42udta\xa9xyz" + place, "false.jpg": b"%PDF-1.7 " + place,
    }  # fmt: skip
    sent = answered(zarina, version, {"photo": "roof.heic"}, files=files)
    row = made_in_background(manija, version.form, FileKind.MEDIA)
    assert (row.state, row.n_done, row.n_left_out) == (FileState.DONE, 1, 3)
    browser, start = sign_in(manija), f"/surveys/{version.form_id}/"
    page = browser.get(f"{start}export/").content.decode()
    assert "3 files are left out, and named in left-out.txt." in page
    file = b"".join(browser.get(f"{start}export/files/{row.pk}").streaming_content)
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        assert [name.rpartition("/")[2] for name in packed.namelist()] == ["4-roof.jpg", "left-out.txt"]
        told = packed.read("left-out.txt").decode()
        assert [line.rpartition("/")[2] for line in told.split()[-3:]] == ["1-false.jpg", "2-film.mp4", "3-roof.heic"]
        assert not [name for name in packed.namelist() if place in packed.read(name)]
    whole = made_in_background(manija, version.form, FileKind.WHOLE)
    assert (whole.state, whole.n_done, whole.n_left_out) == (FileState.DONE, 1, 0)
    answer = browser.get(f"{start}export/files/{whole.pk}")
    assert answer["Content-Disposition"].endswith('.zip"')
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        kept = {name.rpartition("-")[2]: packed.read(name) for name in packed.namelist()}
    assert kept == files, "a photograph that can be cleaned is clean, all else is as it came"
    with acting_as(manija):
        key = SurveyAnswer.objects.get(submission=sent).pk
    one = browser.get(f"{start}answers/{key}/").content.decode()
    assert "stays sealed" in one
    assert f"{key}/files/roof.heic" not in one
    for name in files:
        answer = browser.get(f"{start}answers/{key}/files/{name}")
        assert answer.status_code == (200 if name == "roof.jpg" else 404)
        assert place not in answer.content


def test_one_file_of_a_survey_is_made_at_a_time_for_one_person(manija: Any, version: Any):
    asked_for(manija, version.form)
    with pytest.raises(Refused) as refused:
        asked_for(manija, version.form, FileKind.XLSX)
    assert refused.value.code == "busy"


def test_whoever_sees_no_answers_asks_for_no_file(everyone: Any, second_monitor: Any, version: Any):
    for stranger in (everyone["manager"], second_monitor):
        with pytest.raises(OutsideScopeError):
            asked_for(stranger, version.form)


def test_a_right_that_ends_meanwhile_ends_the_file(manija: Any, zarina: Any, version: Any, admin: Any):
    answered(zarina, version)
    row = asked_for(manija, version.form)
    with acting_as(admin):
        for assignment in manija.assignments.all():
            end_role(assignment=assignment, reason="She works elsewhere now", by=fresh(admin))
    tasks.make_file(file=str(row.pk), by=str(manija.pk))
    with for_purpose("upkeep"):
        row.refresh_from_db()
        assert not SurveyFilePiece.objects.exists()
    assert (row.state, row.trouble) == (FileState.FAILED, FileTrouble.RIGHT)


def _loses_dusti(manija: Any, admin: Any) -> None:
    """She keeps the right, in Kulob alone."""
    with acting_as(admin):
        for assignment in manija.assignments.all():
            end_role(assignment=assignment, reason="Dusti has its own officer now", by=fresh(admin))
        assign_role(
            user=fresh(manija), role=RoleKey.MONITORING_OFFICER, scope=DISTRICTS, reason="Kulob only", by=fresh(admin),
            districts=list(Place.objects.districts().filter(pk=KULOB)),
        )  # fmt: skip
    # The whole test is one transaction, and the database asks whether the role has begun before it.
    with acting_as(admin), writing("a test"):
        manija.assignments.filter(ended_at=None).update(starts_at=timezone.now() - timedelta(days=1))


def test_whoever_may_see_less_by_now_fetches_no_file_made_before(
    sign_in: Any, manija: Any, farrukh: Any, zarina: Any, version: Any, admin: Any, dpo: Any
):
    for_all_agencies(manija, version)
    answered(farrukh, version)
    row = made_in_background(manija, version.form)
    page = f"/surveys/{version.form_id}/export/"
    assert sign_in(manija).get(f"{page}files/{row.pk}").status_code == 200
    waiting = asked_for(manija, version.form)
    with acting_as(manija):
        assert survey_files.take_up(file=waiting, by=fresh(manija))
    _loses_dusti(manija, admin)
    gone = sign_in(manija).get(f"{page}files/{row.pk}")
    assert gone.status_code == 404
    assert "Ask for it anew." in gone.content.decode()
    assert f"files/{row.pk}" not in sign_in(manija).get(page).content.decode()
    with acting_as(fresh(manija)):
        for act in (
            lambda: survey_files.fetch_file(file=row, reason=row.reason, by=fresh(manija)),
            lambda: survey_files.keep_file(
                file=waiting, made=io.BytesIO(b"x"), written=Written(1), reason=FILE_REASON, stored=[], by=fresh(manija)
            ),
        ):
            with pytest.raises(OutsideScopeError):
                act()
    fetched = [one for one in taken_out(manija, dpo) if one.detail.get("act") == "fetched"]
    assert len(fetched) == 1
    answered(zarina, version)
    tasks.make_file(file=str(waiting.pk), by=str(manija.pk))
    with for_purpose("upkeep"):
        waiting.refresh_from_db()
    assert (waiting.state, waiting.trouble) == (FileState.FAILED, FileTrouble.RIGHT)


def test_files_of_a_survey_go_when_an_answer_is_erased(
    manija: Any, zarina: Any, version: Any, django_capture_on_commit_callbacks: Any
):
    answered(zarina, version)
    row, other = made_in_background(manija, version.form), asked_for(manija, version.form)
    with acting_as(manija):
        [piece] = SurveyFilePiece.objects.all()
        assert survey_files.take_up(file=other, by=fresh(manija))
    with django_capture_on_commit_callbacks(execute=True):
        survey_files.drop_files(version.form_id)
    assert not path_of(piece.pk).exists()
    with acting_as(manija):
        assert list(SurveyFile.objects.values_list("pk", "state")) == [(other.pk, FileState.WAITING)]
        late = survey_files.keep_file(
            file=other,
            made=io.BytesIO(b"read before"),
            written=Written(1),
            reason=FILE_REASON,
            stored=[],
            by=fresh(manija),
        )
        assert (late.state, SurveyFilePiece.objects.count()) == (FileState.WAITING, 0)
    tasks.make_file(file=str(other.pk), by=str(manija.pk))
    with acting_as(manija):
        assert SurveyFile.objects.get().state == FileState.DONE
        assert row.pk != other.pk


def test_what_cannot_stand_in_a_file_is_told_on_the_page(
    sign_in: Any, manija: Any, zarina: Any, version: Any, monkeypatch: pytest.MonkeyPatch
):
    answered(zarina, version)
    answered(zarina, version)
    monkeypatch.setattr("paivand.collect.actions.survey_exports.MOST_ANSWERS", 1)
    row = made_in_background(manija, version.form)
    assert (row.state, row.trouble) == (FileState.FAILED, FileTrouble.TOO_MANY)
    assert "Narrow the filters" in sign_in(manija).get(f"/surveys/{version.form_id}/export/").content.decode()


def test_a_silent_file_is_begun_anew_and_given_up_after_some_tries(manija: Any, version: Any):
    row = asked_for(manija, version.form)
    later = timezone.now() + timedelta(minutes=6)
    assert survey_files.wake_silent_files(now=later) == 1
    assert survey_files.wake_silent_files(now=later) == 0
    with acting_as(manija):
        begun = [survey_files.take_up(file=row, by=fresh(manija)) for _try in range(4)]
        row.refresh_from_db()
    assert begun == [True, True, True, False]
    assert row.trouble == FileTrouble.SILENT


def test_a_worker_that_ends_gives_its_file_back_without_counting_a_try(manija: Any, zarina: Any, version: Any):
    answered(zarina, version)
    tasks.end_soon()
    try:
        row = made_in_background(manija, version.form)
    finally:
        tasks._ending.clear()
    assert (row.state, row.n_tries) == (FileState.WAITING, 0)
    tasks.make_file(file=str(row.pk), by=str(manija.pk))
    with acting_as(manija):
        row.refresh_from_db()
    assert (row.state, row.n_tries, row.n_done) == (FileState.DONE, 1, 1)


def test_no_piece_stays_of_a_file_that_could_not_be_kept(
    manija: Any, zarina: Any, version: Any, monkeypatch: pytest.MonkeyPatch
):
    answered(zarina, version)
    row, keys = asked_for(manija, version.form), []

    def full(key: Any, content: bytes) -> None:
        keys.append(key)
        if len(keys) == 3:
            assert all(path_of(one).exists() for one in keys[:2])
            raise OSError(28, "No space left on device")
        store(key, content)

    monkeypatch.setattr(survey_files, "PIECE_BYTES", 100)
    monkeypatch.setattr(survey_files, "store", full)
    with pytest.raises(OSError, match="No space"):
        tasks.make_file(file=str(row.pk), by=str(manija.pk))
    assert [path_of(key).exists() for key in keys] == [False, False, False]
    with acting_as(manija):
        row.refresh_from_db()
        assert not SurveyFilePiece.objects.exists()
    assert row.state == FileState.WORKING  # silent by now: it is begun anew


def test_a_file_goes_after_a_day(
    sign_in: Any, manija: Any, zarina: Any, version: Any, django_capture_on_commit_callbacks
):
    answered(zarina, version)
    row = made_in_background(manija, version.form)
    with acting_as(manija):
        [piece] = SurveyFilePiece.objects.all()
    assert path_of(piece.pk).exists()
    assert survey_files.forget_old_files(now=timezone.now() + timedelta(hours=23)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert survey_files.forget_old_files(now=timezone.now() + timedelta(hours=25)) == 1
    assert not path_of(piece.pk).exists()
    assert sign_in(manija).get(f"/surveys/{version.form_id}/export/files/{row.pk}").status_code == 404
