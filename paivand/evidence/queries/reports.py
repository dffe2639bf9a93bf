"""Reports, their sections, stories and mails, as the asking user may see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from paivand.access.models import Agency, User
from paivand.access.models.identity import acting_as, identity
from paivand.access.rules.verbs import Verb
from paivand.evidence.models import (
    Report,
    ReportEdition,
    ReportSchedule,
    ReportSection,
    SectionComment,
    SectionVersion,
    Story,
)
from paivand.evidence.queries.report_contents import section_title
from paivand.evidence.rules.reports import SectionKey, SectionState
from paivand.programme.models import Programme
from paivand.programme.queries.programmes import plan_tree
from paivand.registry.models import Consent, FamilyMember
from paivand.registry.queries.families import family_by_code
from paivand.registry.rules import ConsentPurpose

MOST = 200
"""Reports of all programmes that a list shows; a programme has a few in a year."""


@dataclass(frozen=True)
class SectionLine:
    """A section in the list of a report: its name and the rows of its languages, in the order of the report's."""

    key: SectionKey
    output: str
    title: str
    agency: Agency | None
    rows: tuple[ReportSection, ...]


def reports(by: User, programme: Programme | None = None) -> list[Report]:
    """Reports, the latest period first; without their figures."""
    rows = Report.objects.seen_by(by).select_related("programme").defer("figures")
    if programme:
        rows = rows.filter(programme=programme)
    counted = rows.annotate(
        n_sections=Count("sections"), n_reviewed=Count("sections", filter=Q(sections__state=SectionState.REVIEWED))
    )
    return list(counted.order_by("-last_on", "-id")[:MOST])


def report_seen_by(by: User, report_id: uuid.UUID) -> Report | None:
    """One report."""
    rows = Report.objects.seen_by(by).select_related("programme", "figures_by", "locked_by", "opened_by")
    found: Report | None = rows.filter(pk=report_id).first()
    return found


def section_lines(by: User, report: Report, language: str) -> list[SectionLine]:
    """The sections of a report in the order in which they are printed, named in the reader's language."""
    rows = list(
        ReportSection.objects.seen_by(by)
        .filter(report=report)
        .select_related("agency", "written_by", "reviewed_by")
        .defer("text")
        .annotate(n_open=Count("comments", filter=Q(comments__settled_at=None)))
    )
    tree = plan_tree(by, report.programme)
    codes = [one.code for one in tree.outputs]
    found: dict[tuple[str, str], list[ReportSection]] = {}
    for row in rows:
        found.setdefault((row.key, row.output), []).append(row)
    keys = list(SectionKey)

    def place(pair: tuple[str, str]) -> tuple[int, int, str]:
        key, output = pair
        return keys.index(SectionKey(key)), codes.index(output) if output in codes else len(codes), output

    return [
        SectionLine(
            SectionKey(key), output, section_title(key, output, tree, language), found[key, output][0].agency,
            tuple(sorted(found[key, output], key=lambda row: report.languages.index(row.language))),
        )
        for key, output in sorted(found, key=place)
    ]  # fmt: skip


def section_seen_by(by: User, section_id: uuid.UUID) -> ReportSection | None:
    """One section with its report."""
    rows = ReportSection.objects.seen_by(by).select_related(
        "report__programme", "agency", "written_by", "reviewed_by"
    )  # fmt: skip
    found: ReportSection | None = rows.filter(pk=section_id).first()
    return found


def title_of(by: User, section: ReportSection, language: str) -> str:
    """What a section is called in the reader's language."""
    return section_title(section.key, section.output, plan_tree(by, section.report.programme), language)


def comments_of(by: User, section: ReportSection) -> list[SectionComment]:
    """What was said about a section, the open ones first."""
    rows = SectionComment.objects.seen_by(by).filter(section=section).select_related("by", "settled_by")
    return sorted(rows, key=lambda row: row.settled_at is not None)


def comment_seen_by(by: User, comment_id: uuid.UUID) -> SectionComment | None:
    """One comment with its section."""
    rows = SectionComment.objects.seen_by(by).select_related("section__report")
    found: SectionComment | None = rows.filter(pk=comment_id).first()
    return found


def versions_of(by: User, section: ReportSection) -> list[SectionVersion]:
    """The former texts of a section, the latest first."""
    return list(SectionVersion.objects.seen_by(by).filter(section=section).select_related("by")[:MOST])


def n_open_comments(by: User, report: Report) -> int:
    """How many comments nobody has settled."""
    found: int = SectionComment.objects.seen_by(by).filter(section__report=report, settled_at=None).count()
    return found


# --- what was locked -------------------------------------------------------------------------------------------------


def editions_of(by: User, report: Report) -> list[ReportEdition]:
    """What was locked, the latest first; without the content."""
    rows = ReportEdition.objects.seen_by(by).filter(report=report).select_related("locked_by").defer("content")
    return list(rows.order_by("-n", "language"))


def edition_of(by: User, report: Report, language: str) -> ReportEdition | None:
    """The edition of a locked report in one language; none while the report is not locked."""
    if not report.is_locked:
        return None
    rows = ReportEdition.objects.seen_by(by).filter(report=report, language=language)
    found: ReportEdition | None = rows.order_by("-n").first()
    return found


def last_edition(by: User, programme: Programme, language: str) -> ReportEdition | None:
    """The edition of the report that was locked last, in one language."""
    rows = Report.objects.seen_by(by).filter(programme=programme).exclude(locked_at=None)
    for report in rows.order_by("-locked_at")[:MOST]:
        found = edition_of(by, report, language)
        if found:
            return found
    return None


# --- stories ---------------------------------------------------------------------------------------------------------


def stories_of(by: User, report: Report) -> list[Story]:
    """The stories of a report, by language; those taken out too, without their words."""
    rows = Story.objects.seen_by(by).filter(report=report).select_related("written_by")
    return list(rows.order_by("language", "id"))


def story_seen_by(by: User, story_id: uuid.UUID) -> Story | None:
    """One story."""
    found: Story | None = Story.objects.seen_by(by).select_related("report__programme").filter(pk=story_id).first()
    return found


@dataclass(frozen=True)
class Teller:
    """A member of a family who agreed to photographs and stories, without her name: how old, how she is related."""

    member: FamilyMember
    consent: Consent


def tellers(by: User, family_code: str, day: date) -> list[Teller] | None:
    """Who of a family agreed to photographs and stories; None where ``by`` sees no such file."""
    family = family_by_code(by, family_code)
    if family is None:
        return None
    members = list(FamilyMember.objects.seen_by(by).filter(family=family, until_on=None).order_by("id"))
    rows = Consent.objects.seen_by(by).filter(
        person_id__in=[one.person_id for one in members], purpose=ConsentPurpose.PHOTO
    )
    live = {row.person_id: row for row in rows.order_by("given_on", "id") if row.is_live_on(day)}
    return [Teller(one, live[one.person_id]) for one in members if one.person_id in live]


# --- mails -----------------------------------------------------------------------------------------------------------


def schedules(by: User, programme: Programme) -> list[ReportSchedule]:
    """Who gets what by mail, those still sent first."""
    rows = ReportSchedule.objects.seen_by(by).filter(programme=programme).select_related("recipient")
    return sorted(rows.order_by("next_on", "id")[:MOST], key=lambda row: row.stopped_at is not None)


def schedule_seen_by(by: User, schedule_id: uuid.UUID) -> ReportSchedule | None:
    """One of them."""
    rows = ReportSchedule.objects.seen_by(by).select_related("programme", "recipient")
    found: ReportSchedule | None = rows.filter(pk=schedule_id).first()
    return found


def may_receive(by: User) -> Sequence[User]:
    """The users with an e-mail address, by name: whether one sees results is asked when she is chosen."""
    rows = User.objects.filter(User.policy.visible(by), is_active=True).exclude(email="")
    return list(rows.order_by("sort_key", "id")[:MOST])


def recipient_of(user_id: uuid.UUID) -> User | None:
    """The user who gets a mail, if she may sign in and sees results; asked as herself."""
    with identity(user_id):
        user: User | None = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            return None
        with acting_as(user):
            return user if Verb.RESULTS_VIEW in user.verbs else None
