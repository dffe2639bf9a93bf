"""Writing a report: sections, reviews, comments, and the way from draft to locked and back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from paivand.access.models import Agency
from paivand.access.models.audit import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.evidence.actions import report_locking
from paivand.evidence.actions import reports as actions
from paivand.evidence.models import Report, ReportEdition, ReportSection, SectionVersion
from paivand.evidence.queries import reports as queries
from paivand.evidence.queries.report_contents import content_of, locked_content
from paivand.evidence.rules.report_content import digest
from paivand.evidence.rules.reports import ReportState, SectionKey, SectionState
from tests.cast import fresh
from tests.evidence.reports import (
    FIRST,
    LAST,
    NOW,
    begun,
    lock,
    now_of,
    ready,
    review,
    sections,
    take,
    write,
)

pytestmark = pytest.mark.django_db


def code_of(run):
    with pytest.raises(Refused) as refused:
        run()
    return refused.value.code


def one_of(by, report, key=SectionKey.SUMMARY, language="en", output=""):
    return sections(by, report, key=key, language=language, output=output)[0]


# --- begun -----------------------------------------------------------------------------------------------------------


def test_a_report_begins_with_every_section_and_progress_for_each_output_with_its_agency(programme, manija, report):
    rows = sections(manija, report)
    progress = [row for row in rows if row.key == SectionKey.PROGRESS and row.language == "tg"]
    assert {row.language for row in rows} == {"en", "tg"}
    assert len(progress) > 3
    assert all(row.agency_id for row in progress)
    assert all(row.state == SectionState.TO_WRITE for row in rows)


def test_the_same_form_sent_twice_begins_one_report(programme, manija):
    key = new_id()
    draft = actions.ReportDraft("annual", FIRST, LAST, ("en",))
    with acting_as(manija):
        first = actions.begin_report(programme=programme, report_id=key, draft=draft, by=fresh(manija))
        again = actions.begin_report(programme=programme, report_id=key, draft=draft, by=fresh(manija))
        assert first.pk == again.pk
        assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"last_on": FIRST - timedelta(days=1)}, "period"), ({"languages": ("fa",)}, "languages"), ({}, "exists")],
)
def test_a_report_that_cannot_be_is_refused(programme, manija, report, changes, code):
    assert code_of(lambda: begun(manija, programme, **changes)) == code


def test_who_does_not_write_reports_begins_none_and_sees_none_before_it_is_locked(
    programme, zarina, ministry, report
):  # fmt: skip
    for user in (zarina, ministry):
        with pytest.raises(WithoutRightError):
            begun(user, programme, last_on=date(2025, 6, 30))
        with acting_as(user):
            assert queries.report_seen_by(fresh(user), report.pk) is None
            assert not ReportSection.objects.exists()


# --- written and reviewed --------------------------------------------------------------------------------------------


def test_a_text_is_kept_in_every_version(manija, report):
    row = write(manija, one_of(manija, report), "First")
    row = write(manija, row, "Second")
    with acting_as(manija):
        kept = list(SectionVersion.objects.filter(section=row).order_by("n").values_list("text", flat=True))
    assert (kept, row.state, row.written_by_id) == (["First", "Second"], SectionState.WRITTEN, manija.pk)


def test_an_older_version_is_refused_and_nothing_is_lost(manija, manager, report):
    section = one_of(manija, report)
    write(manager, section, "Of the manager")
    assert code_of(lambda: write(manija, section, "Of the officer", version=1)) == "stale"
    with acting_as(manija):
        assert ReportSection.objects.get(pk=section.pk).text == "Of the manager"


def test_saving_the_same_text_again_changes_nothing(manija, report):
    row = write(manija, one_of(manija, report), "Same")
    assert write(manija, row, "Same").version == row.version


def test_who_wrote_a_text_does_not_review_it(manija, manager, report):
    row = write(manija, one_of(manija, report))
    assert code_of(lambda: review(manija, row)) == "own"
    assert review(manager, row).state == SectionState.REVIEWED


def test_nothing_is_reviewed_that_is_not_there_or_was_changed_while_it_was_read(manija, manager, report):
    section = one_of(manija, report)
    assert code_of(lambda: review(manager, section)) == "empty"
    write(manija, section)
    with acting_as(manager):
        stale = lambda: actions.review_section(section=section, version=1, by=fresh(manager))  # noqa: E731
        assert code_of(stale) == "stale"


def test_a_reviewed_text_that_is_changed_is_reviewed_anew(manija, manager, report):
    row = review(manager, write(manija, one_of(manija, report)))
    row = write(manija, row, "Better")
    assert (row.state, row.reviewed_by_id) == (SectionState.WRITTEN, None)


def test_an_open_comment_stands_between_a_text_and_its_review(manija, manager, report):
    row = write(manija, one_of(manija, report))
    with acting_as(manager):
        said = actions.comment_section(section=row, comment_id=new_id(), text="Say where.", by=fresh(manager))
    assert code_of(lambda: review(manager, row)) == "comments"
    with acting_as(manija):
        actions.settle_comment(comment=said, by=fresh(manija))
    assert review(manager, row).state == SectionState.REVIEWED


def test_a_comment_takes_a_review_back(manija, manager, report):
    row = review(manager, write(manija, one_of(manija, report)))
    with acting_as(manija):
        actions.comment_section(section=row, comment_id=new_id(), text="One more thing.", by=fresh(manija))
        assert ReportSection.objects.get(pk=row.pk).state == SectionState.WRITTEN
        empty = lambda: actions.comment_section(section=row, comment_id=new_id(), text=" ", by=fresh(manija))  # noqa: E731
        assert code_of(empty) == "empty"


def test_another_agencys_section_is_commented_on_and_not_written(manija, manager, report):
    section = one_of(manija, report)
    with acting_as(manager):
        other = Agency.objects.exclude(pk=manija.agency_id).first()
        actions.give_sections(report=report, key=SectionKey.SUMMARY, output="", agency=other, by=fresh(manager))
    section = one_of(manija, report)
    assert code_of(lambda: write(manija, section)) == "agency"
    assert write(manager, section).state == SectionState.WRITTEN


def test_only_who_locks_reports_gives_sections_out(manija, report):
    with acting_as(manija), pytest.raises(WithoutRightError):
        actions.give_sections(report=report, key=SectionKey.SUMMARY, output="", agency=None, by=fresh(manija))


def test_a_text_too_long_for_a_section_is_refused(manija, report, monkeypatch):
    monkeypatch.setattr(actions, "LONGEST_TEXT", 5)
    assert code_of(lambda: write(manija, one_of(manija, report), "too long")) == "long"


# --- locked ----------------------------------------------------------------------------------------------------------


def test_a_report_goes_to_review_when_every_text_is_written(manija, report):
    with acting_as(manija):
        assert code_of(lambda: actions.send_to_review(report=report, version=1, by=fresh(manija))) == "missing"


def test_a_locked_report_is_read_by_everyone_with_results_and_never_changes(
    counted, programme, manija, manager, ministry, report
):  # fmt: skip
    row = lock(manager, ready(manager, manija, report))
    with acting_as(ministry):
        user = fresh(ministry)
        assert queries.report_seen_by(user, report.pk).is_locked
        edition = queries.edition_of(user, row, "en")
        content = locked_content(user, edition, NOW.date())
        assert not ReportSection.objects.exists()
    assert digest(content.locked()) == edition.sha256
    assert content.draft == ""
    shown = {one.code: one for group in content.results for one in group.rows}
    [legal] = [one for one in shown.values() if one.code == "people_visited"]
    assert legal.cumulative == "16"
    assert any(part.cumulative == "†" for one in shown.values() for part in one.parts)
    assert code_of(lambda: write(manija, one_of(manija, report), "Later")) == "locked"
    assert code_of(lambda: take(manija, report)) == "locked"


def test_a_report_is_not_locked_before_it_is_whole(counted, manija, manager, report):
    assert code_of(lambda: lock(manager, report)) == "state"
    for section in sections(manager, report):
        write(manager, section)
    with acting_as(manija):
        row = now_of(manija, report)
        actions.send_to_review(report=row, version=row.version, by=fresh(manija))
    assert code_of(lambda: lock(manager, report)) == "figures"
    take(manija, report)
    assert code_of(lambda: lock(manager, report)) == "unreviewed"


def test_only_who_may_lock_locks(counted, manija, manager, report):
    ready(manager, manija, report)
    with pytest.raises(WithoutRightError):
        lock(manija, report)


def test_a_locked_report_is_opened_with_a_reason_and_its_edition_stays(counted, manija, manager, ministry, report):
    row = lock(manager, ready(manager, manija, report))
    with acting_as(manager):
        bare = lambda: report_locking.reopen_report(report=row, version=row.version, reason=" ", by=fresh(manager))  # noqa: E731
        assert code_of(bare) == "reason"
        opened = report_locking.reopen_report(
            report=row, version=row.version, reason="A sum was wrong.", by=fresh(manager)
        )
        assert (opened.state, opened.locked_at) == (ReportState.DRAFT, None)
        assert ReportEdition.objects.filter(report=row).count() == 2
    with acting_as(ministry):
        assert queries.report_seen_by(fresh(ministry), report.pk) is None
    with acting_as(manija):
        again = now_of(manija, report)
        actions.send_to_review(report=again, version=again.version, by=fresh(manija))
    lock(manager, report)
    with acting_as(manager):
        assert sorted(set(ReportEdition.objects.filter(report=row).values_list("n", flat=True))) == [1, 2]


def test_a_report_in_review_is_given_back_with_a_reason(counted, manija, manager, report):
    row = ready(manager, manija, report)
    with acting_as(manija):
        back = actions.give_back(report=row, version=row.version, reason="The summary is thin.", by=fresh(manija))
        assert (back.state, back.state_reason) == (ReportState.DRAFT, "The summary is thin.")
        assert code_of(lambda: actions.give_back(report=back, version=back.version, reason="x", by=fresh(manija)))


def test_the_audit_tells_who_did_what_without_a_word_of_the_text(counted, manija, manager, dpo, report):
    write(manija, one_of(manija, report), "Words that stay in the text")
    with acting_as(dpo):
        rows = list(AuditEvent.objects.filter(event="report.write"))
    assert {row.detail.get("act") for row in rows} >= {"begin", "write"}
    assert not any("Words that stay" in str(row.detail) for row in rows)


def test_a_draft_says_so_and_marks_what_is_not_written(counted, programme, manija, report):
    with acting_as(manija):
        content = content_of(fresh(manija), now_of(manija, report), "tg", NOW.date())
    assert content.draft
    assert len(content.lacks) == len(content.sections)
    assert content.facts[0].values[0].endswith("(JP-2021)")
    assert content.money
