"""Reports to donors: their kinds, their sections, and how each goes from written to reviewed to locked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from paivand.core.rules.texts import text

LANGUAGES = ("en", "ru", "tg")
"""The languages in which a report is printed, in the order in which they are offered."""


class ReportKind(StrEnum):
    """What a report covers."""

    ANNUAL = "annual"
    HALF_YEAR = "half_year"
    FINAL = "final"


REPORT_KIND_NAMES: dict[ReportKind, str] = {
    ReportKind.ANNUAL: text("Annual report"),
    ReportKind.HALF_YEAR: text("Semi-annual report"),
    ReportKind.FINAL: text("Final report"),
}


class ReportState(StrEnum):
    """Where a report stands. A locked one shows what was locked, for ever; opened again it is a draft."""

    DRAFT = "draft"
    REVIEW = "review"
    LOCKED = "locked"


REPORT_STATE_NAMES: dict[ReportState, str] = {
    ReportState.DRAFT: text("Being written"),
    ReportState.REVIEW: text("In review"),
    ReportState.LOCKED: text("Locked"),
}

REPORT_MOVES: dict[ReportState, frozenset[ReportState]] = {
    ReportState.DRAFT: frozenset({ReportState.REVIEW}),
    ReportState.REVIEW: frozenset({ReportState.DRAFT, ReportState.LOCKED}),
    ReportState.LOCKED: frozenset({ReportState.DRAFT}),
}
"""Where a report can go. Everything else is refused, and the table's constraints know the states."""


class SectionState(StrEnum):
    """Where a section stands. Changing a reviewed text makes it a written one again."""

    TO_WRITE = "to_write"
    WRITTEN = "written"
    REVIEWED = "reviewed"


SECTION_STATE_NAMES: dict[SectionState, str] = {
    SectionState.TO_WRITE: text("To be written"),
    SectionState.WRITTEN: text("Written"),
    SectionState.REVIEWED: text("Reviewed"),
}


class SectionKey(StrEnum):
    """The narrative sections, in the order in which they are printed."""

    SUMMARY = "summary"
    CONTEXT = "context"
    PROGRESS = "progress"
    LESSONS = "lessons"
    PARTNERS = "partners"
    GENDER = "gender"
    CHILDREN = "children"
    DISABILITY = "disability"
    ENVIRONMENT = "environment"
    NEXT = "next"


SECTION_NAMES: dict[SectionKey, str] = {
    SectionKey.SUMMARY: text("Executive summary"),
    SectionKey.CONTEXT: text("Changes in the context"),
    SectionKey.PROGRESS: text("Progress"),
    SectionKey.LESSONS: text("Challenges and lessons learned"),
    SectionKey.PARTNERS: text("Partnerships"),
    SectionKey.GENDER: text("Gender equality"),
    SectionKey.CHILDREN: text("Rights of the child"),
    SectionKey.DISABILITY: text("Disability inclusion"),
    SectionKey.ENVIRONMENT: text("Environment"),
    SectionKey.NEXT: text("Next steps"),
}

SECTION_HELP: dict[SectionKey, str] = {
    SectionKey.SUMMARY: text("One page: what was promised, what was reached, what changed. Write it last."),
    SectionKey.CONTEXT: text("What happened around the programme: law, migration, prices, and what that meant for it."),
    SectionKey.PROGRESS: text("What was done and what came of it. The figures stand in the table; say what they mean."),
    SectionKey.LESSONS: text("What did not work, why, and what was done differently after that."),
    SectionKey.PARTNERS: text("Who worked with whom: ministries, districts, organisations; what each brought."),
    SectionKey.GENDER: text("What changed for women and girls, and how that is known."),
    SectionKey.CHILDREN: text("What changed for children, and how they were heard and protected."),
    SectionKey.DISABILITY: text("Who with a disability took part, and what was made reachable."),
    SectionKey.ENVIRONMENT: text("Effects on land, water and waste, wanted and unwanted."),
    SectionKey.NEXT: text("What comes next, who does it and when; for a final report, what stays."),
}

CROSS_CUTTING = (SectionKey.GENDER, SectionKey.CHILDREN, SectionKey.DISABILITY, SectionKey.ENVIRONMENT)
"""Sections that are printed under one heading."""

LONGEST_TEXT = 40_000
"""Signs of one section; more is no section of a report but a report of its own."""


class OftenSent(StrEnum):
    """How often something is sent by mail."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


OFTEN_NAMES: dict[OftenSent, str] = {
    OftenSent.MONTHLY: text("Every month"),
    OftenSent.QUARTERLY: text("Every three months"),
    OftenSent.YEARLY: text("Every year"),
}
_MONTHS = {OftenSent.MONTHLY: 1, OftenSent.QUARTERLY: 3, OftenSent.YEARLY: 12}


class Sent(StrEnum):
    """What is sent."""

    RESULTS = "results"
    REPORT = "report"


SENT_NAMES: dict[Sent, str] = {
    Sent.RESULTS: text("Results of the programme until now"),
    Sent.REPORT: text("The report that was locked last"),
}


class MailTrouble(StrEnum):
    """Why a mail did not go out."""

    RIGHT = "right"
    ADDRESS = "address"
    NOTHING = "nothing"
    PAPER = "paper"
    SERVER = "server"


MAIL_TROUBLE_NAMES: dict[MailTrouble, str] = {
    MailTrouble.RIGHT: text("The user does not see results any more, or may not sign in."),
    MailTrouble.ADDRESS: text("The user has no e-mail address any more."),
    MailTrouble.NOTHING: text("No report is locked yet in this language."),
    MailTrouble.PAPER: text("The document could not be made."),
    MailTrouble.SERVER: text("The mail server did not take it."),
}

_MOST_HOURS = 24


def waits_until(tried_at: datetime, n_failures: int) -> datetime:
    """When something that failed so often is tried again: after one hour, two, four, and at least once a day.

    >>> [(waits_until(datetime(2026, 1, 1), n) - datetime(2026, 1, 1)).total_seconds() / 3600 for n in (1, 2, 3, 9)]
    [1.0, 2.0, 4.0, 24.0]
    """
    return tried_at + timedelta(hours=min(2 ** max(n_failures - 1, 0), _MOST_HOURS))


@dataclass(frozen=True)
class Asked:
    """A section that a report has: its key, the output it is about ("" for all others), and its language."""

    key: SectionKey
    output: str
    language: str


def sections_of(languages: Iterable[str], outputs: Iterable[str]) -> list[Asked]:
    """Every section of a report, in the order in which they are printed: progress once for each output.

    >>> [one.output for one in sections_of(["en"], ["1.1", "1.2"]) if one.key is SectionKey.PROGRESS]
    ['1.1', '1.2']
    """
    told = tuple(outputs) or ("",)
    return [
        Asked(key, output, language)
        for language in languages
        for key in SectionKey
        for output in (told if key is SectionKey.PROGRESS else ("",))
    ]


def may_move(state: ReportState, to: ReportState) -> bool:
    """Whether a report can go there from where it stands.

    >>> may_move(ReportState.DRAFT, ReportState.LOCKED), may_move(ReportState.REVIEW, ReportState.LOCKED)
    (False, True)
    """
    return to in REPORT_MOVES[state]


def next_after(planned: date, often: OftenSent, today: date) -> date:
    """The first planned day after ``today``: what was missed while no mail went out is not sent twice.

    The day of the month stays as it was planned; where a month has none, its last one is taken.

    >>> next_after(date(2026, 1, 31), OftenSent.MONTHLY, date(2026, 2, 10))
    datetime.date(2026, 2, 28)
    >>> next_after(date(2026, 1, 31), OftenSent.MONTHLY, date(2026, 4, 30))
    datetime.date(2026, 5, 31)
    """
    n = 0
    while (day := _months_after(planned, n * _MONTHS[often])) <= today:
        n += 1
    return day


def _months_after(day: date, n: int) -> date:
    months = day.year * 12 + day.month - 1 + n
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))
