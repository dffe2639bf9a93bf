"""Figures and papers of a report in the background: made once, whole, with the rights of who asked, kept a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from paivand.access.actions.roles import end_role
from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, for_purpose
from paivand.core.models.files import path_of
from paivand.core.paper import PaperError
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.evidence.actions import report_works as actions
from paivand.evidence.actions.reports import send_to_review
from paivand.evidence.models import KeptPaper, ReportWork
from paivand.evidence.queries.works import works_of
from paivand.evidence.rules.making import KEPT_HOURS, MOST_TRIES, Trouble, WorkState
from paivand.evidence.tasks import make_for_report
from tests.cast import fresh
from tests.evidence.reports import agrees_to_photos, lock, now_of, ready, sections, tell, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = str(tmp_path)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Papers that need no typesetter."""
    monkeypatch.setattr(actions, "report_pdf", lambda content, photos: f"%PDF {content.language}".encode())
    monkeypatch.setattr(actions, "report_docx", lambda content, photos, at: f"PK {content.language}".encode())


def asked(by, report, *papers):
    with acting_as(by):
        return actions.ask_papers(report=report, papers=papers, by=fresh(by))


def figures_asked(by, report):
    row = now_of(by, report)
    with acting_as(by):
        return actions.ask_figures(report=row, version=row.version, by=fresh(by))


def run(work):
    with TestCase.captureOnCommitCallbacks(execute=True):
        make_for_report(work=str(work.pk), by=str(work.asked_by_id))
    return seen(work)


def seen(work):
    with for_purpose("upkeep"):
        return ReportWork.objects.get(pk=work.pk)


def papers_of(by):
    with acting_as(by):
        return {str(one): one for one in KeptPaper.objects.filter(made_for=by)}


def to(name, **which):
    return reverse(f"evidence:{name}", kwargs=which)


def paper(report, language="en", form="pdf"):
    return to("report-paper", report_id=report.pk, report_language=language, paper_format=form)


def test_all_papers_are_made_and_each_can_be_opened_by_who_asked_alone(counted, sign_in, manija, manager, report):
    work = asked(manija, report)
    assert (work.state, work.n_total) == (WorkState.WAITING, 4)
    done = run(work)
    assert (done.state, done.n_done, done.trouble) == (WorkState.DONE, 4, "")
    browser = sign_in(manija)
    answer = browser.get(paper(report, "tg"))
    assert (answer.content, answer["Content-Type"]) == (b"%PDF tg", "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    assert browser.get(paper(report, "en", "docx")).content == b"PK en"
    assert sign_in(manager).get(paper(report))["Location"] == to("report-open", report_id=report.pk)
    row = papers_of(manija)["tg.pdf"]
    assert b"%PDF" not in path_of(row.pk).read_bytes(), "it lies sealed"
    with acting_as(manija):
        event = AuditEvent.objects.filter(event="results.export", detail__language="tg").get()
    assert event.detail["sha256"] == row.sha256


def test_asked_twice_is_made_once_and_anew_takes_the_place_of_the_former(counted, manija, report):
    first, again = asked(manija, report, "en.pdf"), asked(manija, report, "tg.pdf")
    assert again.pk == first.pk
    run(first)
    former = papers_of(manija)["en.pdf"]
    run(first)
    assert papers_of(manija)["en.pdf"].pk == former.pk, "a work that ended makes nothing"
    run(asked(manija, report, "en.pdf"))
    assert papers_of(manija)["en.pdf"].pk != former.pk
    assert not path_of(former.pk).exists()


@pytest.mark.parametrize("papers", [("ru.pdf",), ("en.exe",), ("en.pdf", "nothing")])
def test_a_paper_that_the_report_has_not_is_refused(manija, report, papers):
    with pytest.raises(Refused) as refused:
        asked(manija, report, *papers)
    assert refused.value.code == "unknown"


def test_the_figures_are_taken_once_however_often_they_are_asked_for(counted, manija, manager, report):
    work = figures_asked(manija, report)
    assert figures_asked(manager, report).pk == work.pk
    assert run(work).state == WorkState.DONE
    taken = now_of(manija, report)
    assert taken.figures
    assert taken.figures_by_id == manija.pk
    run(work)
    assert now_of(manija, report).version == taken.version


def test_a_report_changed_meanwhile_keeps_its_figures_and_says_so(counted, sign_in, manija, manager, report):
    work = figures_asked(manija, report)
    for row in sections(manager, report):
        write(manager, row)
    row = now_of(manager, report)
    with acting_as(manager):
        send_to_review(report=row, version=row.version, by=fresh(manager))
    done = run(work)
    assert (done.state, done.trouble) == (WorkState.FAILED, Trouble.STALE)
    assert now_of(manija, report).figures is None
    assert "take the figures anew" in sign_in(manija).get(to("report-open", report_id=report.pk)).content.decode()


def test_while_figures_are_counted_a_section_can_be_written(monkeypatch, counted, manija, manager, report):
    section = sections(manija, report)[0]
    work = figures_asked(manija, report)
    held = []

    def counts(by, asked):
        # The row of the report is not held: whoever writes a section takes hold of it at once.
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_locks where relation = 'evidence_report'::regclass and mode = 'RowShareLock' "
                "and pid = pg_backend_pid()"
            )
            held.append(cursor.fetchone()[0])
        return {}

    monkeypatch.setattr("paivand.evidence.actions.report_locking.figures_of", counts)
    run(work)
    assert held == [0]
    assert write(manager, section).text


def test_a_work_goes_on_where_a_worker_was_killed(counted, manija, report):
    work = asked(manija, report)
    with acting_as(manija):
        actions.take_up(work=work, by=fresh(manija))
        assert actions.make_next(work=work, report=now_of(manija, report), by=fresh(manija)) is True
    kept = papers_of(manija)["en.pdf"]
    done = run(work)
    assert (done.n_done, done.state) == (4, WorkState.DONE)
    assert papers_of(manija)["en.pdf"].pk == kept.pk, "what was made is not made again"


def test_a_silent_work_is_taken_up_again_and_given_up_after_some_tries(manija, report):
    work, now = asked(manija, report, "en.pdf"), timezone.now()
    assert actions.wake_silent_works(now=now + timedelta(minutes=1)) == 0
    assert actions.wake_silent_works(now=now + timedelta(minutes=6)) == 1
    for _n in range(MOST_TRIES):
        with acting_as(manija):
            assert actions.take_up(work=work, by=fresh(manija))
    done = run(work)
    assert (done.state, done.trouble) == (WorkState.FAILED, Trouble.SILENT)
    assert actions.wake_silent_works(now=now + timedelta(hours=1)) == 0


def test_a_paper_that_cannot_be_typeset_says_so(monkeypatch, manija, report):
    def breaks(content, photos):
        raise PaperError("no letters")

    monkeypatch.setattr(actions, "report_pdf", breaks)
    done = run(asked(manija, report, "en.pdf"))
    assert (done.state, done.trouble) == (WorkState.FAILED, Trouble.PAPER)
    assert papers_of(manija) == {}


def test_a_work_stops_when_who_asked_lost_the_right(manija, report, admin):
    work = asked(manija, report)
    with acting_as(admin):
        for assignment in manija.assignments.all():
            end_role(assignment=assignment, reason="рафт", by=admin)
    done = run(work)
    assert (done.state, done.trouble) == (WorkState.FAILED, Trouble.RIGHT)
    with for_purpose("upkeep"):
        assert not KeptPaper.objects.exists()


def test_who_sees_no_report_asks_for_no_paper_and_none_is_made_for_her(
    counted, sign_in, ministry, anvar, manija, report
):
    assert sign_in(ministry).post(to("report-papers", report_id=report.pk)).status_code == 404
    with pytest.raises(WithoutRightError):
        asked(anvar, report)
    with pytest.raises(WithoutRightError), acting_as(ministry):
        actions.ask_figures(report=report, version=1, by=fresh(ministry))
    # Even a work that a program wrote for her makes nothing: she does not see the report.
    done = run(asked(ministry, report))
    assert (done.state, done.trouble) == (WorkState.FAILED, Trouble.RIGHT)


def test_the_paper_of_a_draft_is_no_paper_of_what_was_locked(counted, sign_in, manija, manager, ministry, report):
    ready(manager, manija, report)
    run(asked(manija, now_of(manija, report), "en.pdf"))
    lock(manager, report)
    reader = sign_in(manija)
    assert reader.get(paper(report)).status_code == 302
    run(asked(manija, now_of(manija, report), "en.pdf"))
    assert reader.get(paper(report)).status_code == 200
    assert papers_of(manija)["en.pdf"].edition == 1
    run(asked(ministry, now_of(manija, report), "tg.pdf"))
    assert sign_in(ministry).get(paper(report, "tg")).content == b"%PDF tg"


def test_a_paper_goes_when_a_story_in_it_is_taken_out(counted, sign_in, zarina, manija, manager, family, report):
    from paivand.evidence.actions.stories import remove_story

    story = tell(manija, report, agrees_to_photos(zarina, family))
    run(asked(manija, report, "en.pdf", "tg.pdf"))
    row = papers_of(manija)["en.pdf"]
    assert row.stories == [story.pk]
    with acting_as(manager), TestCase.captureOnCommitCallbacks(execute=True):
        remove_story(story=story, by=fresh(manager))
    assert not path_of(row.pk).exists()
    assert set(papers_of(manija)) == {"tg.pdf"}, "the others stay"


def test_a_paper_is_not_given_out_when_the_consent_to_its_story_is_over(
    counted, sign_in, zarina, manija, family, report
):
    from datetime import date

    tell(manija, report, agrees_to_photos(zarina, family, valid_until=timezone.localdate() + timedelta(days=30)))
    run(asked(manija, report, "en.pdf"))
    from paivand.evidence.queries.works import kept_papers

    with acting_as(manija):
        assert set(kept_papers(fresh(manija), report, timezone.localdate())) == {"en.pdf"}
        assert kept_papers(fresh(manija), report, date(2199, 1, 1)) == {}


def test_papers_are_kept_for_a_day(counted, manija, report):
    run(asked(manija, report, "en.pdf"))
    row = papers_of(manija)["en.pdf"]
    assert actions.forget_old_papers(now=row.made_at + timedelta(hours=KEPT_HOURS - 1)) == 0
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert actions.forget_old_papers(now=row.made_at + timedelta(hours=KEPT_HOURS + 1)) == 1
    assert papers_of(manija) == {}
    assert not path_of(row.pk).exists()


def test_the_page_shows_how_far_it_is_and_asks_again_until_it_has_ended(counted, sign_in, manija, report):
    browser, page = sign_in(manija), to("report-open", report_id=report.pk)
    assert "Make all documents" in browser.get(page).content.decode()
    assert browser.post(to("report-papers", report_id=report.pk), {"paper": ""})["Location"] == page
    shown = browser.get(page).content.decode()
    assert "wait for their turn" in shown
    assert "Make all documents" not in shown
    progress = browser.get(to("report-progress", report_id=report.pk))
    assert "HX-Refresh" not in progress
    with acting_as(manija):
        work = works_of(fresh(manija), report.pk).papers
        actions.take_up(work=work, by=fresh(manija))
        actions.make_next(work=work, report=now_of(manija, report), by=fresh(manija))
    assert 'max="4" value="1"' in " ".join(
        browser.get(to("report-progress", report_id=report.pk)).content.decode().split()
    )
    run(work)
    assert browser.get(to("report-progress", report_id=report.pk))["HX-Refresh"] == "true"
    assert "Make all documents anew" in browser.get(page).content.decode()


def test_a_work_that_ends_while_the_page_is_made_is_never_overlooked(monkeypatch, counted, sign_in, manija, report):
    from paivand.evidence.views import reports as views

    work = asked(manija, report, "en.pdf")
    shown = views.report_of

    def ends(*arguments):
        run(work)
        return shown(*arguments)

    monkeypatch.setattr(views, "report_of", ends)
    page = sign_in(manija).get(to("report-open", report_id=report.pk)).content.decode()
    assert "report-progress" in page, "the page asks again, and is told that it has ended"
