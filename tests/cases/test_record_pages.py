"""The pages on which a worker writes down what happened in a case."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.cases.actions.documents import keep_document
from paivand.cases.actions.notes import write_note
from paivand.cases.models import (
    CaseDocument,
    Conference,
    ConferenceDecision,
    GroupMeeting,
    GroupMember,
    LegalMatter,
    LegalStep,
    Note,
    PsychosocialGroup,
    PsychosocialSession,
    Schooling,
    SchoolTry,
    Visit,
)
from paivand.cases.rules.records import NoteKind, PaperDraft
from paivand.core.models import new_id
from paivand.core.models.files import path_of
from paivand.core.rules.uploads import largest_bytes
from paivand.registry.actions.particulars import add_phone
from paivand.registry.rules.drafts import PhoneDraft
from paivand.registry.rules.people import MayCall
from tests.cases.case_cast import a_case, people_of
from tests.cases.files import PLACE, pdf, photograph

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """A home of the installation that is empty."""
    settings.HOME = tmp_path


@pytest.fixture
def case(zarina, family):
    return a_case(zarina, family, kind="legal_aid", on=TODAY() - timedelta(days=30))


@pytest.fixture
def browser(zarina, sign_in):
    return sign_in(zarina)


def path(case, name, **parts):
    return reverse(f"cases:{name}", kwargs={"case_code": case.code, **parts})


def html(browser, address, status=200):
    answer = browser.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def field(page, name):
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found.group(1)


def sent(browser, address, **values):
    """The form of a page, sent back with these values and its own keys."""
    page = html(browser, address)
    own = {name: field(page, name) for name in ("form_id", "version") if f'name="{name}" value=' in page}
    return browser.post(address, {**own, **values})


# --- visits ----------------------------------------------------------------------------------------------------------


def test_a_visit_is_written_down_and_stands_on_the_page_of_the_case(browser, zarina, family, case):
    values = {
        "way": "home", "happened_on": TODAY().isoformat(), "people": [str(family.head_id)], "outcome": "completed",
        "seen": "Хона гарм аст.", "agreed": "Душанбе боз меоям.", "next_on": (TODAY() + timedelta(days=7)).isoformat(),
        "next_way": "phone",
    }  # fmt: skip
    answer = sent(browser, path(case, "visit-note"), **values)
    assert answer.status_code == 302
    page = html(browser, answer["Location"].partition("#")[0])
    assert "Душанбе боз меоям." in page
    assert "It was made" in page
    with acting_as(zarina):
        assert sorted(Visit.objects.values_list("state", flat=True)) == ["made", "planned"]


def test_a_double_tap_writes_one_visit(browser, zarina, family, case):
    address = path(case, "visit-note")
    values = {
        "form_id": field(html(browser, address), "form_id"), "way": "office", "happened_on": TODAY().isoformat(),
        "people": [str(family.head_id)], "outcome": "completed",
    }  # fmt: skip
    assert [browser.post(address, values).status_code for _tap in range(2)] == [302, 302]
    with acting_as(zarina):
        assert Visit.objects.count() == 1


def test_a_visit_without_anybody_says_so_at_the_field(browser, case):
    answer = sent(browser, path(case, "visit-note"), way="home", happened_on=TODAY().isoformat(), outcome="completed")
    assert answer.status_code == 422
    assert "Say who was met" in answer.content.decode()


def test_before_a_call_stands_what_must_be_known(browser, zarina, family, case):
    with acting_as(zarina):
        draft = PhoneDraft("+992918123456", MayCall.YES, hours="пас аз 5", say_what="аз курс", agreed_on=TODAY())
        add_phone(person=family.head, phone_id=new_id(), draft=draft, by=zarina)
    page = html(browser, path(case, "visit-note") + "?way=phone")
    assert "Before you call" in page
    assert page.index("пас аз 5") < page.index("918")
    assert "918" not in html(browser, path(case, "visit-note"))


def test_no_page_of_a_form_asks_to_write_about_harm(browser, case):
    for name in ("visit-note", "note-write", "session-note", "conference-hold"):
        page = html(browser, path(case, name))
        assert "Some things are not written down here" in page
        assert "violence" not in page.lower()


def test_a_visit_is_corrected_and_its_former_wording_is_read(browser, zarina, family, case):
    values = {
        "way": "home", "happened_on": TODAY().isoformat(), "people": [str(family.head_id)], "outcome": "completed",
        "seen": "як",
    }  # fmt: skip
    sent(browser, path(case, "visit-note"), **values)
    with acting_as(zarina):
        visit = Visit.objects.get()
    address = path(case, "visit-correct", visit_id=visit.pk)
    assert sent(browser, address, **values | {"seen": "ду"}).status_code == 422
    assert sent(browser, address, **values | {"seen": "ду", "reason": "иштибоҳ"}).status_code == 302
    page = html(browser, path(case, "visit-open", visit_id=visit.pk))
    assert "ду" in page
    assert "як" in page
    assert "иштибоҳ" in page
    stale = browser.post(address, {**values, "seen": "се", "reason": "боз", "version": 1})
    assert stale.status_code == 422
    assert "Compare before you save" in stale.content.decode()


def test_a_planned_visit_is_made_or_missed(browser, zarina, family, case):
    sent(browser, path(case, "visit-plan"), next_on=TODAY().isoformat(), next_way="home", next_purpose="ҳуҷҷат")
    with acting_as(zarina):
        visit = Visit.objects.get()
    values = {"why": "nobody_home", "next_on": (TODAY() + timedelta(days=2)).isoformat(), "next_way": "home"}
    assert sent(browser, path(case, "visit-miss", visit_id=visit.pk), **values).status_code == 302
    with acting_as(zarina):
        assert sorted(Visit.objects.values_list("state", flat=True)) == ["missed", "planned"]
    page = html(browser, path(case, "visit-list"))
    assert "nobody was at home" in page


# --- notes -----------------------------------------------------------------------------------------------------------


def test_each_person_reads_the_notes_that_are_meant_for_her(sign_in, zarina, nasiba, gulnoz, case):
    for kind, words in (("case", "барои ҳама"), ("supervisor", "барои сарвар"), ("private", "барои худам")):
        assert sent(sign_in(zarina), path(case, "note-write"), kind=kind, text=words).status_code == 302
    address = path(case, "note-list")
    own, supervisor, colleague = (html(sign_in(who), address) for who in (zarina, nasiba, gulnoz))
    assert [words in own for words in ("барои ҳама", "барои сарвар", "барои худам")] == [True, True, True]
    assert [words in supervisor for words in ("барои ҳама", "барои сарвар", "барои худам")] == [True, True, False]
    assert [words in colleague for words in ("барои ҳама", "барои сарвар", "барои худам")] == [True, False, False]


def test_a_note_of_another_day_is_added_to(browser, sign_in, zarina, nasiba, case):
    with acting_as(zarina):
        old = write_note(
            case=case, note_id=new_id(), kind=NoteKind.SUPERVISOR, text="дирӯз", by=zarina,
            now=timezone.now() - timedelta(days=2),
        )  # fmt: skip
    page = html(browser, path(case, "note-change", note_id=old.pk))
    assert "Add to the note" in page
    assert sent(sign_in(nasiba), path(case, "note-change", note_id=old.pk), text="ҷавоб").status_code == 302
    page = html(browser, path(case, "note-list"))
    assert "дирӯз" in page
    assert "ҷавоб" in page


def test_somebody_elses_private_note_is_not_there(sign_in, zarina, nasiba, case):
    with acting_as(zarina):
        note = write_note(case=case, note_id=new_id(), kind=NoteKind.PRIVATE, text="худам", by=zarina)
    for name in ("note-change", "note-strike"):
        assert sign_in(nasiba).get(path(case, name, note_id=note.pk)).status_code == 404


def test_words_are_taken_away(browser, zarina, case):
    with acting_as(zarina):
        note = write_note(case=case, note_id=new_id(), kind=NoteKind.CASE, text="сухан", by=zarina)
    assert sent(browser, path(case, "note-strike", note_id=note.pk), why="names").status_code == 302
    assert "сухан" not in html(browser, path(case, "note-list"))
    with acting_as(zarina):
        assert Note.objects.get().struck_why == "names"


# --- conferences -----------------------------------------------------------------------------------------------------


def test_a_conference_with_a_decision_that_is_answered(browser, zarina, nasiba, case):
    values = {
        "held_on": TODAY().isoformat(), "staff": [str(zarina.pk), str(nasiba.pk)], "points": "мактаб",
        "others": "директор\nдухтур", "what_0": "ба мактаб рафтан", "doer_0": str(zarina.pk),
        "due_on_0": (TODAY() + timedelta(days=5)).isoformat(), "what_1": "маълумотнома", "doer_1": "else",
    }  # fmt: skip
    assert sent(browser, path(case, "conference-hold"), **values).status_code == 422
    assert sent(browser, path(case, "conference-hold"), **values, who_1="котиб").status_code == 302
    with acting_as(zarina):
        conference = Conference.objects.get()
        one, _other = ConferenceDecision.objects.order_by("position")
    page = html(browser, path(case, "conference-open", conference_id=conference.pk))
    assert "директор" in page
    assert nasiba.full_name in page
    address = path(case, "decision-answer", decision_id=one.pk)
    assert sent(browser, address, done_on=TODAY().isoformat(), note="рафтем").status_code == 302
    again = path(case, "conference-correct", conference_id=conference.pk)
    more = {**values, "what_0": "боз як", "what_1": "", "doer_1": "", "reason": "фаромӯш шуд"}
    assert sent(browser, again, **more).status_code == 302
    with acting_as(zarina):
        assert ConferenceDecision.objects.count() == 3


# --- documents -------------------------------------------------------------------------------------------------------


def upload(content, name="photo.jpg", kind="image/jpeg"):
    file = io.BytesIO(content)
    file.name, file.content_type = name, kind
    return file


def added(browser, case, content, name="photo.jpg", **changes):
    values = {"kind": "birth_certificate", "person": "family", "only_theirs": "on", "file": upload(content, name)}
    return sent(browser, path(case, "document-add"), **values | changes)


def test_a_photograph_from_a_telephone_is_kept_and_shown_in_a_page_that_can_do_nothing(browser, zarina, case):
    assert added(browser, case, photograph()).status_code == 302
    with acting_as(zarina):
        document = CaseDocument.objects.get()
    address = path(case, "document-file", paper_id=document.pk)
    shown = browser.get(address + "?show=1")
    assert shown.content.startswith(b"\xff\xd8")
    assert PLACE not in shown.content
    assert shown["Content-Disposition"].startswith("inline;")
    policy = shown["Content-Security-Policy"]
    assert {"sandbox", "default-src 'none'"} <= {part.strip() for part in policy.split(";")}
    assert "script-src" not in policy
    handed = browser.get(address)
    assert handed["Content-Disposition"] == f'attachment; filename="{case.code}-birth_certificate.jpg"'
    for answer in (shown, handed):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
        assert answer["Content-Type"] == "image/jpeg"


def test_a_name_and_a_declared_type_are_not_believed(browser, zarina, case):
    answer = added(browser, case, b"<!DOCTYPE html><script>1</script>", "scan.pdf")
    assert answer.status_code == 422
    assert "Files of this kind are not kept here" in answer.content.decode()
    assert added(browser, case, pdf(), "virus.html").status_code == 302
    with acting_as(zarina):
        assert CaseDocument.objects.get().media_type == "application/pdf"


def test_a_file_that_is_too_large_is_never_held_and_what_was_typed_stays(browser, zarina, case):
    answer = added(browser, case, photograph() + bytes(largest_bytes()), title="шаҳодатномаи Нигина")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The file is too large" in page
    assert "This field is required" not in page
    assert "шаҳодатномаи Нигина" in page
    with acting_as(zarina):
        assert not CaseDocument.objects.exists()


def test_nothing_of_an_upload_touches_the_disk_in_plain(browser, case, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")
    big = pdf(pages=1) + b""
    padded = big.replace(b"%%EOF", b"%" + b"x" * 4_000_000 + b"\n%%EOF")
    assert added(browser, case, padded, "big.pdf").status_code == 302


def test_other_peoples_papers_stay_out(browser, zarina, family, case):
    answer = added(browser, case, pdf(), only_theirs="")
    assert answer.status_code == 422
    with acting_as(zarina):
        stranger = people_of(family)["Хадиҷа"].pk
    assert added(browser, case, pdf(), person=str(stranger)).status_code == 422


def test_an_upload_without_the_token_of_the_form_is_refused(zarina, case, sign_in, caplog):
    caplog.set_level("CRITICAL", logger="django.security.csrf")
    caplog.set_level("ERROR", logger="django.request")
    browser = sign_in(zarina)
    browser.handler.enforce_csrf_checks = True
    values = {"kind": "other", "person": "family", "only_theirs": "on", "file": upload(pdf(), "a.pdf")}
    assert browser.post(path(case, "document-add"), values).status_code == 403
    with acting_as(zarina):
        assert not CaseDocument.objects.exists()


def test_who_may_not_see_the_case_gets_no_file(sign_in, zarina, farrukh, anvar, manija, case):
    with acting_as(zarina):
        draft = PaperDraft("other")
        document = keep_document(case=case, document_id=new_id(), draft=draft, content=pdf(), by=zarina)
    address = path(case, "document-file", paper_id=document.pk)
    assert sign_in(farrukh).get(address).status_code == 404
    assert sign_in(anvar).get(address).status_code == 403
    assert sign_in(manija).get(address).status_code == 403


def test_a_document_of_another_case_is_not_found_under_this_one(browser, zarina, family, case):
    other = a_case(zarina, family, kind="psychosocial")
    with acting_as(zarina):
        draft = PaperDraft("other")
        document = keep_document(case=other, document_id=new_id(), draft=draft, content=pdf(), by=zarina)
    assert browser.get(path(case, "document-file", paper_id=document.pk)).status_code == 404


def test_a_document_is_taken_away_and_the_list_says_why(
    browser, zarina, case, django_capture_on_commit_callbacks
):  # fmt: skip
    added(browser, case, pdf(), "a.pdf")
    with acting_as(zarina):
        document = CaseDocument.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert sent(browser, path(case, "document-remove", paper_id=document.pk), why="wrong_file").status_code == 302
    assert not path_of(document.pk).exists()
    assert browser.get(path(case, "document-file", paper_id=document.pk)).status_code == 404
    assert "the wrong file was chosen" in html(browser, path(case, "document-list"))


# --- legal matters ---------------------------------------------------------------------------------------------------


def test_a_birth_is_registered_step_by_step(browser, zarina, family, case):
    page = html(browser, path(case, "matter-begin"))
    assert "Birth registration" in page
    with acting_as(zarina):
        child = people_of(family)["Нигина"]
    address = path(case, "matter-begin") + "?kind=birth_registration"
    values = {
        "person": str(child.pk),
        "opened_on": TODAY().isoformat(),
        "wish": "шаҳодатнома",
        "body": "civil_registry",
    }
    assert sent(browser, address, **values).status_code == 302
    with acting_as(zarina):
        matter = LegalMatter.objects.get()
        step = LegalStep.objects.get(matter=matter, code="advice")
    done = {"state": "done", "done_on": TODAY().isoformat(), "cost_amount": "12.50"}
    address = path(case, "legal-step", matter_id=matter.pk, legal_step_id=step.pk)
    assert sent(browser, address, **done).status_code == 302
    page = html(browser, path(case, "matter-open", matter_id=matter.pk))
    assert 'aria-current="step"' in page
    assert "12.5" in page
    address = path(case, "matter-end", matter_id=matter.pk)
    assert sent(browser, address, outcome="obtained", ended_on=TODAY().isoformat()).status_code == 302
    assert "obtained" in html(browser, path(case, "matter-open", matter_id=matter.pk))
    assert sent(browser, path(case, "matter-reopen", matter_id=matter.pk), reason="ҳанӯз не").status_code == 302
    edit = {**values, "wish": "ду нусха", "reason": "боз"}
    assert sent(browser, path(case, "matter-edit", matter_id=matter.pk), **edit).status_code == 302
    assert "ду нусха" in html(browser, path(case, "matter-open", matter_id=matter.pk))


# --- sessions and groups ---------------------------------------------------------------------------------------------


def test_a_session_is_written_down_and_corrected(browser, zarina, family, case):
    values = {
        "person": str(family.head_id), "happened_on": TODAY().isoformat(), "way": "office", "outcome": "completed",
        "flow": "five_sessions", "worked_on": ["managing_stress"],
    }  # fmt: skip
    assert sent(browser, path(case, "session-note"), **values).status_code == 302
    with acting_as(zarina):
        session = PsychosocialSession.objects.get()
    page = html(browser, path(case, "session-list"))
    assert "managing stress" in page
    assert "not measured yet" in page
    address = path(case, "session-correct", session_id=session.pk)
    assert sent(browser, address, **values | {"outcome": "partly", "reason": "кӯтоҳ"}).status_code == 302
    assert "had to be cut short" in html(browser, path(case, "session-list"))


def test_a_group_from_plan_to_its_first_meeting(browser, zarina, family, case):
    values = {
        "name": "Токзор", "flow": "five_sessions", "place": "TJ-KT-02-02", "facilitator": str(zarina.pk),
        "language": "tg", "starts_on": TODAY().isoformat(), "capacity": "12",
    }  # fmt: skip
    assert sent(browser, reverse("cases:group-plan"), **values).status_code == 302
    with acting_as(zarina):
        group = PsychosocialGroup.objects.get()
    place = {"group_id": group.pk}
    join = reverse("cases:group-join", kwargs=place) + f"?q={case.code}"
    page = html(browser, join)
    assert "Каримова" in page
    key = {"form_id": field(page, "form_id"), "person": str(family.head_id)}
    assert [browser.post(join, key).status_code for _tap in range(2)] == [302, 302]
    turn = reverse("cases:group-turn", kwargs=place)
    version = field(html(browser, reverse("cases:group-open", kwargs=place)), "version")
    browser.post(turn, {"version": version, "state": "running"})
    with acting_as(zarina):
        member = GroupMember.objects.get()
    hold = reverse("cases:meeting-hold", kwargs=place)
    assert 'value="managing_stress" checked' in re.sub(r"\s+", " ", html(browser, hold)).replace(
        'id="id_worked_on_0" ', ""
    )  # the first topic of the order is offered
    assert sent(browser, hold, held_on=TODAY().isoformat()).status_code == 422
    assert sent(browser, hold, held_on=TODAY().isoformat(), **{f"mark_{member.pk}": "late"}).status_code == 302
    with acting_as(zarina):
        meeting = GroupMeeting.objects.get()
    correct = reverse("cases:meeting-correct", kwargs={**place, "meeting_id": meeting.pk})
    marks = {f"mark_{member.pk}": "absent", "reason": "набуд"}
    assert sent(browser, correct, held_on=TODAY().isoformat(), **marks).status_code == 302
    page = html(browser, reverse("cases:group-open", kwargs=place))
    assert "mark-absent" in page
    leave = reverse("cases:member-leave", kwargs={**place, "group_member_id": member.pk})
    assert sent(browser, leave, why="moved", left_on=TODAY().isoformat()).status_code == 302
    assert "moved away" in html(browser, reverse("cases:group-open", kwargs=place))
    assert "Токзор" in html(browser, reverse("cases:group-list"))


# --- schooling -------------------------------------------------------------------------------------------------------


def test_a_child_goes_back_to_school(browser, zarina, family, case):
    with acting_as(zarina):
        child = people_of(family)["Фарҳод"]
    values = {"person": str(child.pk), "out_since": (TODAY() - timedelta(days=90)).isoformat(), "reason": "cost"}
    assert sent(browser, path(case, "schooling-begin"), **values).status_code == 302
    with acting_as(zarina):
        row = Schooling.objects.get()
    here = path(case, "schooling-open", schooling_id=row.pk)
    assert sent(browser, here, what="clothes_books", tried_on=TODAY().isoformat(), note="пойафзол").status_code == 302
    with acting_as(zarina):
        assert SchoolTry.objects.count() == 1
    back = path(case, "schooling-return", schooling_id=row.pk)
    assert "checked" in html(browser, back)
    assert sent(browser, back, back_on=TODAY().isoformat(), helped=["clothes_books"]).status_code == 302
    page = html(browser, here)
    assert "after 3 months" in page
    assert "clothes, shoes or books" in page


# --- the page of the case --------------------------------------------------------------------------------------------


def test_the_page_of_a_case_shows_its_records_and_the_quick_ways(browser, sign_in, nasiba, zarina, case):
    page = html(browser, reverse("cases:case-open", args=[case.code]))
    for section in ("visits", "notes", "documents", "matters", "conferences"):
        assert f'id="{section}"' in page, section
    assert path(case, "visit-note") in page
    assert path(case, "document-add") in page


def test_in_a_closed_case_everything_is_read_and_nothing_written(browser, zarina, case):
    from paivand.cases.models import Case
    from paivand.core.rules.writing import writing

    with acting_as(zarina), writing("tests"):
        Case.objects.filter(pk=case.pk).update(
            state="closed", closed_on=TODAY(), closing_reason="moved", outcome="not_known", next_due_at=None,
            next_due_kind="",
        )  # fmt: skip
    page = html(browser, reverse("cases:case-open", args=[case.code]))
    assert path(case, "visit-note") not in page
    answer = sent(browser, path(case, "note-write"), kind="case", text="а")
    assert answer.status_code == 422
    assert "This case is closed" in answer.content.decode()
