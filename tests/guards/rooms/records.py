"""What the guards ask of what is written down within a case: answers, examples, counted pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, WORKERS, Row

READ_CASE = Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL})
WRITTEN_IN_CASE = Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL})

ROWS: dict[str, Row] = {
    "cases:visit-list": READ_CASE,
    "cases:visit-note": WRITTEN_IN_CASE,
    "cases:visit-plan": WRITTEN_IN_CASE,
    "cases:visit-open": READ_CASE,
    "cases:visit-make": WRITTEN_IN_CASE,
    "cases:visit-miss": WRITTEN_IN_CASE,
    "cases:visit-correct": WRITTEN_IN_CASE,
    "cases:visit-take-back": WRITTEN_IN_CASE,
    "cases:note-list": READ_CASE,
    "cases:note-write": WRITTEN_IN_CASE,
    "cases:note-change": WRITTEN_IN_CASE,
    "cases:note-strike": WRITTEN_IN_CASE,
    "cases:conference-hold": WRITTEN_IN_CASE,
    "cases:conference-open": READ_CASE,
    "cases:conference-correct": WRITTEN_IN_CASE,
    "cases:decision-answer": WRITTEN_IN_CASE,
    "cases:document-list": READ_CASE,
    "cases:document-add": WRITTEN_IN_CASE,
    "cases:document-file": READ_CASE,
    "cases:document-remove": WRITTEN_IN_CASE,
    "cases:matter-begin": Row(
        get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={200: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "cases:matter-open": READ_CASE,
    "cases:matter-edit": WRITTEN_IN_CASE,
    "cases:matter-end": WRITTEN_IN_CASE,
    "cases:matter-reopen": WRITTEN_IN_CASE,
    "cases:legal-step": WRITTEN_IN_CASE,
    "cases:session-list": READ_CASE,
    "cases:session-note": WRITTEN_IN_CASE,
    "cases:session-correct": WRITTEN_IN_CASE,
    "cases:schooling-begin": WRITTEN_IN_CASE,
    "cases:schooling-open": WRITTEN_IN_CASE,
    "cases:schooling-return": WRITTEN_IN_CASE,
    "cases:schooling-end": WRITTEN_IN_CASE,
    "cases:schooling-take-back": WRITTEN_IN_CASE,
    "cases:check-answer": WRITTEN_IN_CASE,
    "cases:group-list": Row(get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    "cases:group-plan": Row(
        get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}, post={422: f"{WORKERS} {ELSEWHERE}", 403: ALL}
    ),
    "cases:group-open": READ_CASE,
    "cases:group-edit": WRITTEN_IN_CASE,
    "cases:group-turn": Row(post={302: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "cases:group-join": WRITTEN_IN_CASE,
    "cases:member-leave": WRITTEN_IN_CASE,
    "cases:meeting-hold": WRITTEN_IN_CASE,
    "cases:meeting-correct": WRITTEN_IN_CASE,
}
PAGES: dict[str, str] = {
    "cases:visit-list": "zarina",
    "cases:visit-note": "zarina",
    "cases:visit-note?way=phone": "zarina",
    "cases:visit-open": "zarina",
    "cases:note-list": "zarina nasiba",
    "cases:conference-hold": "zarina",
    "cases:document-list": "zarina",
    "cases:document-add": "zarina",
    "cases:matter-open": "zarina",
    "cases:legal-step": "zarina",
    "cases:session-list": "zarina",
    "cases:session-note": "zarina",
    "cases:schooling-open": "zarina",
    "cases:group-list": "zarina",
    "cases:group-open": "zarina",
    "cases:meeting-hold": "zarina",
}
ABOUT: dict[str, list[str]] = {
    **{page.partition("?")[0]: ["case_code"] for page in PAGES},
    "cases:visit-open": ["case_code", "visit_id"],
    "cases:matter-open": ["case_code", "matter_id"],
    "cases:legal-step": ["case_code", "matter_id", "legal_step_id"],
    "cases:schooling-open": ["case_code", "schooling_id"],
    "cases:group-list": [],
    "cases:group-open": ["group_id"],
    "cases:meeting-hold": ["group_id"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """The case of the room of cases, with one of everything that can be written down in it, and a group that runs."""
    from paivand.access.models.identity import acting_as
    from paivand.registry.models import Family

    zarina, case = people["zarina"], made["case"]
    with acting_as(zarina):
        family = Family.objects.get(pk=case.family_id)
        return {
            **_visits(case, family, zarina), **_conference(case, zarina), **_papers(case, family, zarina),
            **_sessions(case, family, zarina), **_schooling(case, family, zarina),
        }  # fmt: skip


def _visits(case: Any, family: Any, by: Any) -> dict[str, Any]:
    """A visit that was made, and a note."""
    from django.utils import timezone

    from paivand.cases.actions.notes import write_note
    from paivand.cases.actions.visits import note_visit
    from paivand.cases.rules.records import NoteKind, VisitDraft, Way
    from paivand.core.models import new_id

    draft = VisitDraft(timezone.localdate(), Way.HOME, (family.head_id,), seen="хона", agreed="мактаб")
    visit = note_visit(case=case, visit_id=new_id(), draft=draft, by=by)
    note = write_note(case=case, note_id=new_id(), kind=NoteKind.CASE, text="хаста", by=by)
    return {"visit_id": visit.pk, "note_id": note.pk}


def _conference(case: Any, by: Any) -> dict[str, Any]:
    from django.utils import timezone

    from paivand.cases.actions.conferences import hold_conference
    from paivand.cases.rules.records import ConferenceDraft, DecisionDraft
    from paivand.core.models import new_id

    draft = ConferenceDraft(timezone.localdate(), "мактаб", staff=(by.pk,), decisions=(DecisionDraft("рафтан", by.pk),))
    row = hold_conference(case=case, conference_id=new_id(), draft=draft, by=by)
    return {"conference_id": row.pk, "decision_id": row.decisions.get().pk}


def _papers(case: Any, family: Any, by: Any) -> dict[str, Any]:
    """A document, and a legal matter."""
    from django.utils import timezone

    from paivand.cases.actions.documents import keep_document
    from paivand.cases.actions.legal import MatterDraft, open_matter
    from paivand.cases.models import LegalStep
    from paivand.cases.rules.records import PaperDraft
    from paivand.core.models import new_id
    from tests.cases.files import pdf

    paper = keep_document(case=case, document_id=new_id(), draft=PaperDraft("receipt"), content=pdf(), by=by)
    draft = MatterDraft("alimony", family.head_id, timezone.localdate(), "алимент")
    matter = open_matter(case=case, matter_id=new_id(), draft=draft, by=by)
    step = LegalStep.objects.get(matter=matter, code="advice")
    return {"paper_id": paper.pk, "matter_id": matter.pk, "legal_step_id": step.pk}


def _sessions(case: Any, family: Any, by: Any) -> dict[str, Any]:
    """A single session, and a group that met once."""
    from django.utils import timezone

    from paivand.access.queries.users import placement
    from paivand.cases.actions import groups
    from paivand.cases.actions.sessions import note_session
    from paivand.cases.rules.sessions import GroupDraft, GroupState, MeetingDraft, SessionDraft, SessionWay
    from paivand.core.models import new_id
    from paivand.core.rules.attendance import Mark
    from tests.cast import KULOB

    today = timezone.localdate()
    session = note_session(
        case=case, session_id=new_id(), draft=SessionDraft(family.head_id, today, SessionWay.OFFICE), by=by
    )
    draft = GroupDraft("Токзор", by.pk, "five_sessions", "tg", "TJ-KT-02-02", today)
    group = groups.plan_group(scope=placement(by, KULOB), group_id=new_id(), draft=draft, by=by)
    member = groups.join_group(group=group, member_id=new_id(), person=family.head, case=case, by=by)
    group = groups.turn_group(group=group, version=group.version, state=GroupState.RUNNING, by=by)
    met = MeetingDraft(today, {member.pk: Mark.PRESENT})
    meeting = groups.hold_meeting(group=group, meeting_id=new_id(), draft=met, by=by)
    return {
        "session_id": session.pk, "group_id": group.pk, "group_member_id": member.pk, "meeting_id": meeting.pk,
    }  # fmt: skip


def _schooling(case: Any, family: Any, by: Any) -> dict[str, Any]:
    """A child that came back to school, and when one asks again."""
    from django.utils import timezone

    from paivand.cases.actions.schooling import ReturnDraft, SchoolingDraft, open_schooling, return_to_school
    from paivand.cases.rules.schooling import SchoolTryKind
    from paivand.core.models import new_id
    from paivand.registry.rules.people import OutOfSchoolReason
    from tests.cases.case_cast import people_of

    today = timezone.localdate()
    draft = SchoolingDraft(people_of(family)["Фарҳод"].pk, today - timedelta(days=300), OutOfSchoolReason.COST)
    row = open_schooling(case=case, schooling_id=new_id(), draft=draft, by=by)
    back = ReturnDraft(today - timedelta(days=100), helped=(SchoolTryKind.TRANSPORT,))
    row = return_to_school(schooling=row, version=row.version, draft=back, by=by)
    return {"schooling_id": row.pk, "check_id": row.checks.get(months=3).pk}
