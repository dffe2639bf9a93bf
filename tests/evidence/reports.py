"""Reports for tests: begun, written, reviewed and locked by the cast; figures are given instead of counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.writing import writing
from paivand.evidence.actions import report_locking, stories
from paivand.evidence.actions import reports as actions
from paivand.evidence.actions.report_mails import MailDraft, send_regularly
from paivand.evidence.models import Report, ReportSchedule, ReportSection, Story
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.indicators import Dimension, Indicator
from paivand.evidence.rules.reports import OftenSent, ReportKind, SectionState, Sent
from paivand.evidence.rules.telling import Hidden, Shown, Told
from paivand.registry.actions.consents import record_consent
from paivand.registry.models import Consent, Family
from paivand.registry.rules import ConsentPurpose
from tests.cast import agreed, fresh

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)


def counted(by: User, asked: Sequence[Indicator], ask: Ask, *, leaving: bool) -> dict[str, Shown]:
    """What the engine would show: twelve women and a hidden number of men, in two months."""
    assert leaving, "a report leaves the program"
    cells = {
        (): Told(16),
        (("sex", "female"),): Told(12),
        (("sex", "male"),): Told(None, Hidden.SMALL),
        (("age", "0-17"),): Told(6),
        (("age", "18+"),): Told(10),
        (("month", "2025-03"),): Told(9),
        (("month", "2025-05"),): Told(7),
        (("district", "TJ-KT-02"),): Told(16),
    }
    return {
        one.code: Shown(one, ask, cells if Dimension.SEX in one.by else {(): Told(Decimal("2.50"))}, NOW)
        for one in asked
    }


def begun(by: User, programme: Any, **changes: Any) -> Report:
    """An annual report about 2025 in English and Tajik."""
    values = {"kind": ReportKind.ANNUAL, "first_on": FIRST, "last_on": LAST, "languages": ("en", "tg")}
    with acting_as(by):
        return actions.begin_report(
            programme=programme, report_id=new_id(), draft=actions.ReportDraft(**{**values, **changes}), by=fresh(by)
        )


def sections(by: User, report: Report, **which: Any) -> list[ReportSection]:
    """The sections of a report."""
    with acting_as(by):
        return list(ReportSection.objects.filter(report=report, **which).select_related("report", "agency"))


def write(by: User, section: ReportSection, text: str = "It went well.", version: int | None = None) -> ReportSection:
    """A section written."""
    with acting_as(by):
        return actions.write_section(
            section=section, version=section.version if version is None else version, text=text, by=fresh(by), now=NOW
        )


def review(by: User, section: ReportSection) -> ReportSection:
    """A section reviewed."""
    with acting_as(by):
        row = ReportSection.objects.select_related("report").get(pk=section.pk)
        return actions.review_section(section=row, version=row.version, by=fresh(by), now=NOW)


def now_of(by: User, report: Report) -> Report:
    """The report as it stands."""
    with acting_as(by):
        return Report.objects.select_related("programme").get(pk=report.pk)


def ready(writer: User, reviewer: User, report: Report) -> Report:
    """A report in review with every text written and reviewed, and its figures taken."""
    for section in sections(writer, report, state=SectionState.TO_WRITE):
        write(writer, section)
    for section in sections(writer, report):
        review(reviewer, section)
    take(writer, report)
    with acting_as(writer):
        row = Report.objects.select_related("programme").get(pk=report.pk)
        return actions.send_to_review(report=row, version=row.version, by=fresh(writer))


def take(by: User, report: Report, now: datetime = NOW) -> Report:
    """The figures taken; the test has put ``counted`` in the place of the engine."""
    with acting_as(by):
        row = Report.objects.select_related("programme").get(pk=report.pk)
        return report_locking.take_figures(report=row, version=row.version, by=fresh(by), now=now)


def lock(by: User, report: Report, now: datetime = NOW) -> Report:
    """The report locked."""
    with acting_as(by):
        row = Report.objects.select_related("programme").get(pk=report.pk)
        return report_locking.lock_report(report=row, version=row.version, by=fresh(by), now=now)


def agrees_to_photos(by: User, family: Family, **changes: Any) -> Consent:
    """The head agrees to photographs and stories."""
    with acting_as(by):
        record_consent(person=family.head, draft=agreed(purposes=(ConsentPurpose.PHOTO,), **changes), by=fresh(by))
        return Consent.objects.get(person=family.head, purpose=ConsentPurpose.PHOTO)


def tell(by: User, report: Report, consent: Consent, **changes: Any) -> Story:
    """A story told by this consent."""
    values = {"language": "en", "title": "Оғози нав", "text": "Ӯ барои панҷ ҳамсоя медӯзад."}
    with acting_as(by):
        return stories.add_story(
            report=report, story_id=new_id(), consent=consent, draft=stories.StoryDraft(**{**values, **changes}),
            by=fresh(by),
        ).story  # fmt: skip


def has_mail(user: User, address: str = "somebody@example.org") -> User:
    """The user with an e-mail address."""
    with acting_as(user), writing("test"):
        User.objects.filter(pk=user.pk).update(email=address)
    return fresh(user)


def mailed(by: User, programme: Any, recipient: User, **changes: Any) -> ReportSchedule:
    """Somebody gets the results every month from today on."""
    has_mail(recipient, f"{recipient.username}@example.org")
    values = {"sent": Sent.RESULTS, "language": "en", "often": OftenSent.MONTHLY, "next_on": timezone.localdate()}
    with acting_as(by):
        return send_regularly(
            programme=programme, schedule_id=new_id(), recipient=fresh(recipient),
            draft=MailDraft(**{**values, **changes}), by=fresh(by),
        )  # fmt: skip
