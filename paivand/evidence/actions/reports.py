"""Writing a report: it is begun, its sections are given out, written and reviewed, and it goes from hand to hand.

Whoever holds the right in any scope writes what her agency writes, and what is given to no agency: a report is about
the whole programme, and nobody who writes it sees a person by it. Who reviews a text is not who wrote it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import Agency, User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.evidence.models import Report, ReportSection, SectionComment, SectionVersion
from paivand.evidence.rules.markup import clean
from paivand.evidence.rules.reports import (
    LANGUAGES,
    LONGEST_TEXT,
    ReportKind,
    ReportState,
    SectionKey,
    SectionState,
    may_move,
    sections_of,
)
from paivand.programme.models import Programme
from paivand.programme.queries.programmes import plan_tree


@dataclass(frozen=True)
class ReportDraft:
    """A report as somebody asks for it."""

    kind: ReportKind
    first_on: date
    last_on: date
    languages: tuple[str, ...]


@action(Verb.REPORT_WRITE, self_service=True)
def begin_report(*, programme: Programme, report_id: uuid.UUID, draft: ReportDraft, by: User) -> Report:
    """Begin a report with all its sections, each with the agency of its output. The same form sent twice begins one.

    Raises:
        Refused: ``period``; ``languages``; ``exists`` for the same kind and period.
    """
    sent: Report | None = Report.objects.seen_by(by).filter(pk=report_id, programme=programme).first()
    if sent is not None:
        return sent
    if draft.first_on > draft.last_on:
        raise Refused(_("The period ends before it begins. Look at both days."), "period", field="last_on")
    languages = [one for one in LANGUAGES if one in draft.languages]
    if not languages:
        raise Refused(_("Choose at least one language."), "languages", field="languages")
    same = Report.objects.seen_by(by).filter(
        programme=programme, kind=draft.kind, first_on=draft.first_on, last_on=draft.last_on
    )
    if same.exists():
        raise Refused(_("There is a report of this kind about this period already. Open it in the list."), "exists")
    report = Report(
        id=report_id, programme=programme, kind=draft.kind, first_on=draft.first_on, last_on=draft.last_on,
        languages=languages, opened_by=by,
    )  # fmt: skip
    report.save(force_insert=True)
    _add_sections(report, by)
    remark(act="begin", languages=languages)
    return report


def _add_sections(report: Report, by: User) -> None:
    """The sections that a report lacks: all of them at its beginning, those of new outputs later."""
    outputs = {one.code: one.agency_id for one in plan_tree(by, report.programme).outputs}
    there = set(ReportSection.objects.filter(report=report).values_list("key", "output", "language"))
    missing = [
        ReportSection(
            report=report, key=asked.key, output=asked.output, language=asked.language,
            agency_id=outputs.get(asked.output),
        )
        for asked in sections_of(report.languages, list(outputs))
        if (asked.key, asked.output, asked.language) not in there
    ]  # fmt: skip
    ReportSection.objects.bulk_create(missing)


@action(Verb.REPORT_WRITE, self_service=True)
def refresh_sections(*, report: Report, by: User) -> Report:
    """Add the sections of outputs that came into the plan after the report was begun. Nothing is taken away."""
    row = open_report(report)
    _add_sections(row, by)
    remark(act="refresh")
    return row


@action(Verb.REPORT_LOCK)
def give_sections(*, report: Report, key: SectionKey, output: str, agency: Agency | None, by: User) -> Report:
    """Say which agency writes a section, in every language of the report.

    Raises:
        Refused: ``locked``.
    """
    row = open_report(report)
    n = ReportSection.objects.filter(report=row, key=key, output=output).update(agency=agency)
    remark(act="give", section=f"{key} {output}".strip(), n=n)
    return row


def may_write(by: User, section: ReportSection) -> bool:
    """Whether ``by`` writes this section: it is her agency's, or nobody's, or she steers the whole programme."""
    if Verb.REPORT_WRITE not in by.verbs:
        return False
    reach = by.reach(Verb.REPORT_WRITE)
    return (
        section.agency_id is None
        or section.agency_id == by.agency_id
        or section.agency_id in reach.agencies
        or reach.everywhere
    )


@action(Verb.REPORT_WRITE, self_service=True)
def write_section(
    *, section: ReportSection, version: int, text: str, by: User, now: datetime | None = None
) -> ReportSection:  # fmt: skip
    """Write a section. What stood there stays as a version; a reviewed text is reviewed anew.

    Raises:
        Refused: ``locked``; ``agency`` for a section of another agency; ``stale``; ``long``.
    """
    row = _open_section(section)
    if not may_write(by, row):
        raise Refused(_("Another agency writes this section. Comment on it instead."), "agency")
    typed = clean(text)
    if len(typed) > LONGEST_TEXT:
        raise Refused(_("This is too long for one section. Shorten it."), "long", field="text")
    if row.version != version:
        raise Refused(
            _("Somebody else saved changes while you were typing. Compare with the present text and save again."),
            "stale",
        )
    if typed == row.text:
        remark(act="write", same=True)
        return row
    moment = now or timezone.now()
    row.text, row.reviewed_by, row.reviewed_at = typed, None, None
    row.state = SectionState.WRITTEN if typed else SectionState.TO_WRITE
    row.written_by, row.written_at = (by, moment) if typed else (None, None)
    row.version += 1
    row.save()
    SectionVersion(section=row, n=row.version, text=typed, by=by, at=moment).save(force_insert=True)
    remark(act="write", section=str(row), n_signs=len(typed))
    return row


@action(Verb.REPORT_WRITE, self_service=True)
def review_section(
    *, section: ReportSection, version: int, by: User, now: datetime | None = None
) -> ReportSection:  # fmt: skip
    """Say that a text is right as it stands.

    Raises:
        Refused: ``locked``; ``own`` for a text of her own; ``stale``; ``empty``; ``comments`` while one is open.
    """
    row = _open_section(section)
    if row.state == SectionState.TO_WRITE:
        raise Refused(_("There is no text to review yet."), "empty")
    if row.version != version:
        raise Refused(_("The text was changed while you read it. Read it again, then review it."), "stale")
    if row.state == SectionState.REVIEWED:
        remark(act="review", same=True)
        return row
    if row.written_by_id == by.pk:
        raise Refused(_("You wrote this text. Somebody else reviews it."), "own")
    if SectionComment.objects.filter(section=row, settled_at=None).exists():
        raise Refused(_("There are open comments on this text. Settle them first."), "comments")
    row.state, row.reviewed_by, row.reviewed_at = SectionState.REVIEWED, by, now or timezone.now()
    row.version += 1
    row.save()
    remark(act="review", section=str(row))
    return row


@action(Verb.REPORT_WRITE, self_service=True)
def comment_section(
    *, section: ReportSection, comment_id: uuid.UUID, text: str, by: User, now: datetime | None = None
) -> SectionComment:
    """Say something about a text. A reviewed one goes back to who wrote it.

    Raises:
        Refused: ``locked``; ``empty``.
    """
    row = _open_section(section)
    sent: SectionComment | None = SectionComment.objects.filter(pk=comment_id, section=row).first()
    if sent is not None:
        return sent
    typed = clean(text)
    if not typed:
        raise Refused(_("Write what should be different."), "empty", field="text")
    comment = SectionComment(id=comment_id, section=row, text=typed[:1000], by=by, at=now or timezone.now())
    comment.save(force_insert=True)
    if row.state == SectionState.REVIEWED:
        row.state, row.reviewed_by, row.reviewed_at = SectionState.WRITTEN, None, None
        row.version += 1
        row.save()
    remark(act="comment", section=str(row))
    return comment


@action(Verb.REPORT_WRITE, self_service=True)
def settle_comment(*, comment: SectionComment, by: User, now: datetime | None = None) -> SectionComment:
    """Say that a comment is dealt with.

    Raises:
        Refused: ``locked``.
    """
    _open_section(comment.section)
    row: SectionComment = SectionComment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if row.settled_at is None:
        row.settled_at, row.settled_by = now or timezone.now(), by
        row.version += 1
        row.save()
    remark(act="settle")
    return row


@action(Verb.REPORT_WRITE, self_service=True)
def send_to_review(*, report: Report, version: int, by: User) -> Report:
    """Say that the texts are ready to be read by the others.

    Raises:
        Refused: ``stale``; ``state``; ``missing`` while a text is not written.
    """
    row = moved(report, version, ReportState.REVIEW)
    missing = ReportSection.objects.filter(report=row, state=SectionState.TO_WRITE).count()
    if missing:
        raise Refused(_("Some sections are not written yet. The list says which."), "missing", detail={"n": missing})
    row.state, row.state_reason = ReportState.REVIEW, ""
    row.save()
    remark(act="review")
    return row


@action(Verb.REPORT_WRITE, self_service=True)
def give_back(*, report: Report, version: int, reason: str, by: User) -> Report:
    """Give a report in review back to those who write it.

    Raises:
        Refused: ``stale``; ``state``; ``reason``.
    """
    if report.is_locked:
        raise Refused(_("A locked report is opened again by who may lock it."), "state")
    row = moved(report, version, ReportState.DRAFT)
    row.state, row.state_reason = ReportState.DRAFT, said_why(reason)
    row.save()
    remark(act="give back")
    return row


def said_why(reason: str) -> str:
    """The reason, which must be given."""
    typed = clean(reason)
    if not typed:
        raise Refused(_("Say why, in a few words."), "reason", field="reason")
    return typed[:500]


def moved(report: Report, version: int, to: ReportState) -> Report:
    """The locked row, if it may go to ``to`` and nobody changed it meanwhile; its version is raised."""
    row = locked_report(report)
    if row.version != version:
        raise Refused(_("Somebody else changed this report meanwhile. Look at it again."), "stale")
    if not may_move(ReportState(row.state), to):
        raise Refused(_("The report does not stand where this can be done. Look at it again."), "state")
    row.version += 1
    return row


def locked_report(report: Report) -> Report:
    """The row of a report, held until the end of the transaction."""
    row: Report = (
        Report.objects.select_for_update(of=("self",)).select_related("programme").get(pk=report.pk)
    )  # fmt: skip
    return row


def open_report(report: Report) -> Report:
    """The report, for writing; refused while it is locked."""
    row = locked_report(report)
    if row.is_locked:
        raise Refused(_("This report is locked. Who may lock it can open it again."), "locked")
    return row


def _open_section(section: ReportSection) -> ReportSection:
    open_report(section.report)
    row: ReportSection = (
        ReportSection.objects.select_for_update(of=("self",)).select_related("report", "agency").get(pk=section.pk)
    )
    return row
