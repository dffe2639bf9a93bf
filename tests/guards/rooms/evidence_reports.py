"""What the guards ask of reports: who may open what, a report with a section, a comment, a story and a mail.

The report of ``report_id`` is being written; Manija and the manager work on it, nobody else knows of it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.guards.answers import ALL, Row

VIEWERS = "zarina farrukh nasiba gulnoz tahmina rustam behruz manija manager ministry"
"""Who sees results."""
OTHERS = "zarina farrukh nasiba gulnoz tahmina rustam behruz ministry"
"""Who sees results and no report before it is locked."""
WRITERS = "manija manager"

OPENED = Row(get={200: WRITERS, 404: OTHERS, 403: ALL})
BY_BUTTON = Row(post={302: WRITERS, 403: ALL})
LOCKED_BY = Row(post={302: "manager", 403: ALL})
FORM = Row(get={200: WRITERS, 403: ALL}, post={422: WRITERS, 403: ALL})

ROWS: dict[str, Row] = {
    "evidence:report-list": Row(get={200: VIEWERS, 403: ALL}),
    "evidence:report-begin": FORM,
    "evidence:report-open": OPENED,
    "evidence:report-paper": Row(get={302: WRITERS, 404: OTHERS, 403: ALL}),
    "evidence:report-papers": Row(post={302: WRITERS, 404: OTHERS, 403: ALL}),
    "evidence:report-progress": OPENED,
    "evidence:report-figures": BY_BUTTON,
    "evidence:report-refresh": BY_BUTTON,
    "evidence:report-review": BY_BUTTON,
    "evidence:report-lock": LOCKED_BY,
    "evidence:report-back": FORM,
    "evidence:report-give": Row(get={200: "manager", 403: ALL}, post={422: "manager", 403: ALL}),
    "evidence:story-add": FORM,
    "evidence:story-remove": BY_BUTTON,
    "evidence:story-photo": Row(get={404: VIEWERS, 403: ALL}),
    "evidence:section-open": Row(get={200: WRITERS, 403: ALL}),
    "evidence:section-write": FORM,
    "evidence:section-review": BY_BUTTON,
    "evidence:section-comment": BY_BUTTON,
    "evidence:comment-settle": BY_BUTTON,
    "evidence:mail-list": Row(get={200: "manager", 403: ALL}, post={422: "manager", 403: ALL}),
    "evidence:mail-stop": LOCKED_BY,
}
PAGES: dict[str, str] = {
    "evidence:report-list": "manija zarina",
    "evidence:report-open": "manija manager",
    "evidence:section-open": "manija",
    "evidence:section-write": "manija",
    "evidence:mail-list": "manager",
}
ABOUT: dict[str, list[str]] = {
    "evidence:report-list": [],
    "evidence:report-open": ["report_id"],
    "evidence:section-open": ["section_id"],
    "evidence:section-write": ["section_id"],
    "evidence:mail-list": ["programme_code"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A report that Manija began, with a comment, a story without a photograph, and a mail to the manager."""
    from paivand.access.models.identity import acting_as
    from paivand.core.models import new_id
    from paivand.evidence.actions.reports import comment_section
    from paivand.evidence.rules.reports import ReportKind, SectionKey
    from paivand.programme.queries.programmes import programmes
    from tests.cast import fresh
    from tests.evidence.reports import agrees_to_photos, begun, mailed, sections, tell
    from tests.programme.planning import founded

    manager, manija = people["manager"], people["manija"]
    with acting_as(manager):
        there = programmes(fresh(manager))
    programme = there[0] if there else founded(manager, people["admin"])
    report = begun(manija, programme, kind=ReportKind.HALF_YEAR, last_on=date(2025, 6, 30))
    section = sections(manija, report, key=SectionKey.SUMMARY, language="en")[0]
    with acting_as(manager):
        comment = comment_section(section=section, comment_id=new_id(), text="Гӯед, ки дар куҷо.", by=fresh(manager))
    story = tell(manija, report, agrees_to_photos(people["zarina"], family))
    schedule = mailed(manager, programme, manager)
    return {
        "evidence:report_id": report.pk, "report_language": "en", "paper_format": "pdf", "section_id": section.pk,
        "comment_id": comment.pk, "story_id": story.pk, "schedule_id": schedule.pk,
        "programme_code": programme.code,
    }  # fmt: skip
