"""What happens within the examples: notes, papers, conferences, agreed visits, matters, sessions, the way to school."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pikepdf
from django.utils import timezone

from paivand.cases.actions.conferences import answer_decision, hold_conference
from paivand.cases.actions.documents import keep_document
from paivand.cases.actions.legal import MatterDraft, StepDraft, end_matter, note_legal_step, open_matter
from paivand.cases.actions.notes import write_note
from paivand.cases.actions.schooling import ReturnDraft, SchoolingDraft, note_try, open_schooling, return_to_school
from paivand.cases.actions.sessions import note_session
from paivand.cases.actions.visits import miss_visit, plan_visit
from paivand.cases.models import ConferenceDecision, LegalMatter, LegalStep, Schooling
from paivand.cases.rules.legal import StepState, matter_kinds
from paivand.cases.rules.records import (
    ConferenceDraft,
    DecisionDraft,
    MissedDraft,
    MissedWhy,
    NextVisit,
    NoteKind,
    PaperDraft,
    Way,
)
from paivand.cases.rules.schooling import SchoolTryKind
from paivand.cases.rules.sessions import SessionDraft, SessionWay, flows
from paivand.operate.population.agreeing import let_agree
from paivand.operate.population.handshakes import Handshake, tell_handshake, tell_usual
from paivand.operate.population.stories import Scene, Story
from paivand.operate.population.telling import told
from paivand.registry.models import Person
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.people import OutOfSchoolReason

FLOW = "five_sessions"
BIRTH = "birth_by_referral"
"""The act by which a child of a case gets a birth certificate."""


def tell_inside(story: Story, scene: Scene) -> None:
    """Tell what is declared of an example, as its worker; of any other case, one referral at most."""
    if not story.example:
        tell_usual(story, scene)
    for act in story.example.get("acts", ()):
        kind, _, about = act.partition("_")
        if kind == "matter":
            _matter(story, about, story.woman)
        elif act in ACTS:
            ACTS[act](story, scene)


def _notes(story: Story, _scene: Scene) -> None:
    for turn, (kind, text) in enumerate(told()["notes"].items()):
        moment = story.at(min(5 + turn, story.age))
        write_note(
            case=story.case, note_id=story.id_of("note", kind), kind=NoteKind(kind), text=text, by=story.worker,
            now=moment,
        )  # fmt: skip


def _paper(story: Story, _scene: Scene) -> None:
    draft = PaperDraft("birth_certificate", "Нусхаи намоишӣ", story.woman.pk, dated_on=story.at(6).date())
    keep_document(
        case=story.case, document_id=story.id_of("paper"), draft=draft, content=sample_paper(), by=story.worker,
        now=story.at(12),
    )  # fmt: skip


def sample_paper() -> bytes:
    """A page that says that it is no paper of anybody."""
    file = pikepdf.new()
    font = file.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page, MediaBox=[0, 0, 420, 298],
        Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
        Contents=file.make_stream(b"BT /F1 18 Tf 40 160 Td (A sample of the demonstration) Tj ET"),
    )  # fmt: skip
    file.pages.append(pikepdf.Page(file.make_indirect(page)))
    kept = io.BytesIO()
    file.save(kept)
    return kept.getvalue()


def _conference(story: Story, scene: Scene) -> None:
    words, days = told()["conference"], story.age - 8
    held_on = story.at(days).date()
    draft = ConferenceDraft(
        held_on, words["points"], words["venue"], (story.worker.pk, scene.supervisor.pk), tuple(words["others"]),
        tuple(
            DecisionDraft(what, story.worker.pk, due_on=scene.today + timedelta(days=ahead))
            for what, ahead in words["decisions"]
        ),
    )  # fmt: skip
    conference = hold_conference(
        case=story.case, conference_id=story.id_of("conference"), draft=draft, by=story.worker, now=story.at(days)
    )
    decision = ConferenceDecision.objects.filter(conference=conference).order_by("-position")[0]
    answer_decision(
        decision=decision, version=decision.version, done_on=story.at(days + 3).date(), note=words["came_of_it"],
        by=story.worker, now=story.at(days + 3),
    )  # fmt: skip


def _visit_today(story: Story, _scene: Scene) -> None:
    agreed = NextVisit(timezone.localdate(), Way.HOME, told()["agreed_for"])
    plan_visit(
        case=story.case, visit_id=story.id_of("visit", "today"), agreed=agreed, by=story.worker,
        now=story.at(story.age - 3),
    )  # fmt: skip


def _visit_missed(story: Story, _scene: Scene) -> None:
    words, day = told()["missed"], story.at(story.age - 4).date()
    visit = plan_visit(
        case=story.case, visit_id=story.id_of("visit", "missed"), agreed=NextVisit(day, Way.HOME), by=story.worker,
        now=story.at(story.age - 9),
    )  # fmt: skip
    again = NextVisit(timezone.localdate() + timedelta(days=2), Way.HOME, told()["agreed_for"])
    draft = MissedDraft(MissedWhy(words["why"]), words["note"], again)
    miss_visit(visit=visit, version=visit.version, draft=draft, by=story.worker, now=story.at(story.age - 4))


# --- legal aid -------------------------------------------------------------------------------------------------------


def _matter(story: Story, code: str, person: Person) -> LegalMatter:
    """Begin a matter, take the steps that are told, and end it where an outcome is told."""
    row, kind = told()["matters"][code], matter_kinds()[code]
    if kind.consent:
        let_agree(story, person, ConsentPurpose(kind.consent))
    matter = open_matter(
        case=story.case, matter_id=story.id_of("matter", code), by=story.worker, now=story.at(12),
        draft=MatterDraft(code, person.pk, story.at(12).date(), row["wish"], row["body"]),
    )  # fmt: skip
    needed = [step.code for step in kind.steps if not step.optional]
    for turn, step in enumerate(needed[: row["steps"]]):
        _step(story, matter, step, 14 + turn * max(2, (story.age - 20) // len(needed)))
    if "outcome" in row:
        _end_matter(story, matter, row["outcome"], story.age - 3)
    return matter


def _step(story: Story, matter: LegalMatter, code: str, days: int) -> None:
    step, moment = LegalStep.objects.select_related("matter__case").get(matter=matter, code=code), story.at(days)
    cost = Decimal(45) if code == "fee_settled" else None
    draft = StepDraft(StepState.DONE, done_on=moment.date(), cost_amount=cost)
    note_legal_step(step=step, version=step.version, draft=draft, by=story.worker, now=moment)


def _end_matter(story: Story, matter: LegalMatter, outcome: str, days: int) -> None:
    matter = LegalMatter.objects.select_related("case").get(pk=matter.pk)
    end_matter(
        matter=matter, version=matter.version, outcome=outcome, ended_on=story.at(days).date(), note="",
        by=story.worker, now=story.at(days),
    )  # fmt: skip


def _birth_by_referral(story: Story, scene: Scene) -> None:
    """A birth certificate that a legal service obtained: its answer ends the matter."""
    child = story.child
    if child is None:
        return
    matter = _matter(story, "birth_registration", child)
    days = 20
    row = {**told()["birth"], "to": "completed", "outcome": "completed"}
    tell_handshake(Handshake(story, "birth", row, story.age - days, child), scene)
    for turn, code in enumerate(("application_filed", "entered", "paper_received")):
        _step(story, matter, code, days + 3 + turn)
    _end_matter(story, matter, "obtained", days + 8)


# --- sessions and school ---------------------------------------------------------------------------------------------


def _sessions(story: Story, _scene: Scene) -> None:
    """Sessions of the agreed order: all of them where the case is about to end, else with one still to come."""
    words, flow = told()["sessions"], flows()[FLOW]
    n = len(words) if story.stage == "closing" else len(words) - 2
    first = max(12, story.age - 7 * len(words))
    for turn in range(n):
        moment = story.at(first + 6 * turn)
        last = turn == n - 1
        ahead = timezone.localdate() + timedelta(days=1) if n < len(words) else None
        draft = SessionDraft(
            story.woman.pk, moment.date(), SessionWay.OFFICE if turn else SessionWay.HOME,
            worked_on=(flow.topic_of(turn + 1),), note=words[turn], flow=FLOW,
            next_on=ahead if last else story.at(first + 6 * (turn + 1)).date(),
        )  # fmt: skip
        note_session(case=story.case, session_id=story.id_of("session", turn), draft=draft, by=story.worker, now=moment)


def _out_of_school(story: Story, _scene: Scene) -> None:
    _begin_schooling(story)


def _begin_schooling(story: Story) -> None:
    words, child = told()["schooling"], story.child
    if child is None:
        return
    out_since = story.opened_on - timedelta(days=75)
    if child.birth_on:
        out_since = max(out_since, child.birth_on)
    schooling = open_schooling(
        case=story.case, schooling_id=story.id_of("schooling"), by=story.worker, now=story.at(12),
        draft=SchoolingDraft(child.pk, out_since, OutOfSchoolReason(words["reason"]), words["in_words"]),
    )  # fmt: skip
    for turn, (what, note) in enumerate(words["tries"]):
        day = story.at(13 + 4 * turn).date()
        note_try(
            schooling=schooling, try_id=story.id_of("try", turn), what=SchoolTryKind(what), tried_on=day, note=note,
            by=story.worker, now=story.at(13 + 4 * turn),
        )  # fmt: skip


def _back_at_school(story: Story, _scene: Scene) -> None:
    """Out of school, tried, back; one asks again after three months, for the first of the examples today."""
    _begin_schooling(story)
    words, child = told()["schooling"], story.child
    if child is None:
        return
    row = Schooling.objects.select_related("case").get(pk=story.id_of("schooling"))
    draft = ReturnDraft(
        story.at(26).date(), words["school"], tuple(SchoolTryKind(one) for one in words["helped"]),
        words["helped_note"],
    )  # fmt: skip
    return_to_school(schooling=row, version=row.version, draft=draft, by=story.worker, now=story.at(26))


ACTS: dict[str, Callable[[Story, Scene], None]] = {
    "notes": _notes,
    "paper": _paper,
    "conference": _conference,
    "visit_today": _visit_today,
    "visit_missed": _visit_missed,
    BIRTH: _birth_by_referral,
    "sessions": _sessions,
    "out_of_school": _out_of_school,
    "back_at_school": _back_at_school,
}
