"""The pages of reports, as somebody walks through them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from paivand.access.models import Agency
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.evidence.actions.reports import give_sections
from paivand.evidence.models import Report, ReportSection, ReportWork, Story
from paivand.evidence.rules.reports import ReportState, SectionKey, SectionState
from paivand.evidence.tasks import make_for_report
from tests.cases.files import photograph
from tests.cast import fresh
from tests.evidence.reports import agrees_to_photos, lock, mailed, ready, review, sections, tell, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = str(tmp_path)


@pytest.fixture
def section(manija, report):
    return sections(manija, report, key=SectionKey.SUMMARY, language="en")[0]


def to(name, **which):
    return reverse(f"evidence:{name}", kwargs=which)


def text_of(answer):
    return answer.content.decode()


def make(by, report):
    """What was asked for, as the worker makes it."""
    with acting_as(by):
        work = ReportWork.objects.get(report=report, asked_by=by, ended_at=None)
    make_for_report(work=str(work.pk), by=str(by.pk))


def test_an_empty_list_says_what_to_do(sign_in, manija, ministry):
    assert "Begin the report of a year" in text_of(sign_in(manija).get(to("report-list")))
    assert "as soon as it is locked" in text_of(sign_in(ministry).get(to("report-list")))


def test_a_report_is_begun_by_its_form(sign_in, programme, manija):
    typed = {
        "programme": programme.pk, "kind": "annual", "first_on": "2025-01-01", "last_on": "2025-12-31",
        "languages": ["ru", "en"], "form_id": new_id(),
    }  # fmt: skip
    browser = sign_in(manija)
    assert browser.post(to("report-begin"), {**typed, "last_on": "2024-12-31"}).status_code == 422
    answer = browser.post(to("report-begin"), typed)
    with acting_as(manija):
        report = Report.objects.get()
    assert answer["Location"] == to("report-open", report_id=report.pk)
    assert report.languages == ["en", "ru"]
    assert "not taken yet" in text_of(browser.get(answer["Location"]))


def test_a_section_is_written_commented_on_and_reviewed(sign_in, manija, manager, report, section):
    writer, reviewer = sign_in(manija), sign_in(manager)
    page = to("section-write", section_id=section.pk)
    assert writer.post(page, {"text": "Reached **45**.\n- one", "version": 1}).status_code == 302
    seen = text_of(writer.get(to("section-open", section_id=section.pk)))
    assert "<strong>45</strong>" in seen
    assert "Somebody else reviews it" in seen
    reviewer.post(to("section-comment", section_id=section.pk), {"text": "Where?", "form_id": new_id()})
    told = reviewer.post(to("section-review", section_id=section.pk), {"version": 2}, follow=True)
    assert "Settle them first" in text_of(told)
    with acting_as(manager):
        comment = ReportSection.objects.get(pk=section.pk).comments.get()
    writer.post(to("comment-settle", comment_id=comment.pk))
    reviewer.post(to("section-review", section_id=section.pk), {"version": 2})
    with acting_as(manager):
        assert ReportSection.objects.get(pk=section.pk).state == SectionState.REVIEWED


def test_what_two_people_write_at_once_stands_side_by_side(sign_in, manija, manager, section):
    write(manager, section, "Of the manager")
    browser = sign_in(manija)
    page = to("section-write", section_id=section.pk)
    answer = browser.post(page, {"text": "Of the officer", "version": 1})
    assert answer.status_code == 422
    assert "Of the manager" in text_of(answer)
    assert "Of the officer" in text_of(answer)
    assert 'name="version" value="2"' in text_of(answer)
    assert browser.post(page, {"text": "Of both", "version": 2}).status_code == 302


def test_a_text_that_may_name_somebody_is_warned_about(sign_in, manija, section):
    write(manija, section, "Ҷамила Раҳимова told us. Call 93 555 12 12.")
    page = text_of(sign_in(manija).get(to("section-open", section_id=section.pk)))
    assert "Ҷамила Раҳимова</bdi>" in page
    assert "93 555 12 12</bdi>" in page


def test_what_is_typed_is_no_markup_of_the_page(sign_in, manija, section):
    write(manija, section, "<script>alert(1)</script>")
    page = text_of(sign_in(manija).get(to("section-open", section_id=section.pk)))
    assert "&lt;script&gt;alert(1)" in page


def test_another_agencys_section_says_that_it_is_hers(sign_in, manija, manager, report, section):
    with acting_as(manager):
        other = Agency.objects.exclude(pk=manija.agency_id).first()
        give_sections(report=report, key=SectionKey.SUMMARY, output="", agency=other, by=fresh(manager))
    answer = sign_in(manija).post(to("section-write", section_id=section.pk), {"text": "x", "version": 1})
    assert (answer.status_code, "Another agency writes" in text_of(answer)) == (422, True)


def test_the_manager_gives_a_section_to_an_agency(sign_in, manija, manager, report):
    with acting_as(manager):
        agency = Agency.objects.first()
    typed = {"section": "summary~", "agency": agency.pk, "form_id": new_id()}
    assert sign_in(manager).post(to("report-give", report_id=report.pk), typed).status_code == 302
    assert {row.agency_id for row in sections(manija, report, key=SectionKey.SUMMARY)} == {agency.pk}


def test_a_report_walks_to_the_lock_and_is_printed_for_everyone(counted, sign_in, manija, manager, ministry, report):
    for row in sections(manager, report):
        review(manija, write(manager, row))
    browser = sign_in(manager)

    def press(name, **more):
        with acting_as(manager):
            version = Report.objects.get(pk=report.pk).version
        return browser.post(to(name, report_id=report.pk), {"version": version, **more}, follow=True)

    press("report-figures")
    make(manager, report)
    assert "in review" in text_of(press("report-review"))
    assert "Locked on" in text_of(press("report-lock"))
    reader = sign_in(ministry)
    assert "On paper" in text_of(reader.get(to("report-open", report_id=report.pk)))
    reader.post(to("report-papers", report_id=report.pk), {"paper": ["tg.pdf", "tg.docx"]})
    make(ministry, report)
    for paper, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        made = reader.get(to("report-paper", report_id=report.pk, report_language="tg", paper_format=paper))
        assert made.content.startswith(begins)
        assert "no-store" in made["Cache-Control"]
    press("report-back", reason="One sum.")
    with acting_as(manager):
        assert Report.objects.get(pk=report.pk).state == ReportState.DRAFT
    assert reader.get(to("report-open", report_id=report.pk)).status_code == 404


def test_a_paper_of_a_language_or_form_that_there_is_not_is_not_found(sign_in, manija, report):
    browser = sign_in(manija)
    for language, form in (("ru", "pdf"), ("en", "exe")):
        page = to("report-paper", report_id=report.pk, report_language=language, paper_format=form)
        assert browser.get(page).status_code == 404


def test_a_story_is_found_by_the_family_and_kept_with_its_photograph(sign_in, zarina, manija, family, report):
    browser = sign_in(manija)
    page = to("story-add", report_id=report.pk)
    assert browser.get(page, {"family": "F-999-9999"}).status_code == 422
    assert "Nobody in this family agreed" in text_of(browser.get(page, {"family": family.code}))
    consent = agrees_to_photos(zarina, family)
    form = text_of(browser.get(page, {"family": family.code}))
    assert "Каримова" not in form
    typed = {
        "person": consent.pk, "language": "en", "title": "A start", "text": "She sews.", "caption": "Hands",
        "photo": SimpleUploadedFile("her.jpg", photograph(), "image/jpeg"), "form_id": new_id(),
    }  # fmt: skip
    assert browser.post(f"{page}?family={family.code}", typed).status_code == 302
    with acting_as(manija):
        story = Story.objects.get()
    assert browser.get(to("story-photo", story_id=story.pk))["Content-Type"] == "image/jpeg"
    assert "A start" in text_of(browser.get(to("report-open", report_id=report.pk)))
    browser.post(to("story-remove", story_id=story.pk))
    assert browser.get(to("story-photo", story_id=story.pk)).status_code == 404


def test_a_photograph_is_not_shown_before_the_report_is_locked(
    counted, sign_in, zarina, manija, manager, ministry, family, report
):
    story = tell(manija, report, agrees_to_photos(zarina, family), photo=photograph(), caption="Hands")
    reader = sign_in(ministry)
    assert reader.get(to("story-photo", story_id=story.pk)).status_code == 404
    ready(manager, manija, report)
    from django.utils import timezone

    lock(manager, report, now=timezone.now())
    assert reader.get(to("story-photo", story_id=story.pk)).status_code == 200


def test_mails_are_asked_for_listed_and_stopped(sign_in, settings, programme, manager, ministry):
    settings.EMAIL_HOST = ""
    schedule = mailed(manager, programme, ministry)
    browser = sign_in(manager)
    page = to("mail-list", programme_code=programme.code)
    shown = text_of(browser.get(page))
    assert "No mail server is set" in shown
    assert ministry.full_name in shown
    typed = {
        "sent": "report", "recipient": ministry.pk, "language": "tg", "often": "yearly", "next_on": "2030-01-01",
        "form_id": new_id(),
    }  # fmt: skip
    assert browser.post(page, typed).status_code == 302
    assert "stopped" in text_of(browser.post(to("mail-stop", schedule_id=schedule.pk), follow=True))
    assert browser.get(to("mail-list", programme_code="NONE-1")).status_code == 404
