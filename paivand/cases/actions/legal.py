"""Legal aid: a matter is begun, its steps are taken, it ends; the next step is always due."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.dues import cancel_due, note_done, set_due
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.actions.reached import (
    agreeing,
    demand_day,
    demand_people,
    give_step,
    keep_former,
    take_back,
    wording,
)
from paivand.cases.models import Case, CaseDocument, LegalMatter, LegalStep
from paivand.cases.rules.legal import MatterKind, StepState, deadline, matter_kinds
from paivand.cases.rules.records import FormerOf
from paivand.cases.rules.sop import DueKind, evening
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh
from paivand.registry.actions.journey import Help
from paivand.registry.models import Person
from paivand.registry.queries.consents import covers
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.catalogue import COMPLETED
from paivand.registry.rules.keys import row_key


@dataclass(frozen=True, slots=True)
class MatterDraft:
    """A matter as it is told: of what kind, for whom, what she wants, and who decides."""

    kind: str
    person: uuid.UUID
    opened_on: date
    wish: str
    body: str = ""
    referral: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A step as it stands now: its state, its own term, when it was done, what it cost, and the paper that shows it."""

    state: StepState = StepState.OPEN
    due_on: date | None = None
    done_on: date | None = None
    note: str = ""
    cost_amount: Decimal | None = None
    document: uuid.UUID | None = None


@action(Verb.CASE_WORK, on="case")
def open_matter(
    *, case: Case, matter_id: uuid.UUID, draft: MatterDraft, by: User, now: datetime | None = None
) -> LegalMatter:  # fmt: skip
    """Begin a matter with all steps of its kind; ``matter_id`` is made by the form.

    Raises:
        Refused: ``twice``, ``closed``; ``kind``, ``people``, ``wish``, ``body``, ``date``; ``consent`` where the kind
            asks for one that was not given.
    """
    locked = locked_case(case)
    if LegalMatter.objects.filter(pk=matter_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    kind = _demand_kind(draft)
    demand_day(locked, draft.opened_on, timezone.localdate(now), "opened_on")
    [person] = demand_people(locked, [draft.person], by, field="person")
    _demand_consent(kind, person, by)
    matter = LegalMatter(id=matter_id, kind=draft.kind, person=person, opened_on=draft.opened_on)
    _fill(matter, draft)
    within(locked, matter, by).save(force_insert=True)
    steps = [
        within(locked, LegalStep(id=row_key(matter_id, step.code), matter=matter, code=step.code), by)
        for step in kind.steps
    ]
    LegalStep.objects.bulk_create(steps)
    _set_deadline(locked, matter, by)
    remark(act="matter.open", kind=draft.kind)
    return matter


def _demand_kind(draft: MatterDraft) -> MatterKind:
    kind = matter_kinds().get(draft.kind)
    if kind is None:
        raise Refused(_("Choose from the list what the matter is about."), "kind", field="kind")
    if not draft.wish.strip():
        raise Refused(_("Write what the person wants, in her own words."), "wish", field="wish")
    if draft.body and draft.body not in {body.code for body in kind.bodies}:
        raise Refused(_("Choose from the list who decides."), "body", field="body")
    return kind


def _demand_consent(kind: MatterKind, person: Person, by: User) -> None:
    if kind.consent and not covers(by, person.pk, ConsentPurpose(kind.consent)):
        raise Refused(
            _("%(name)s has not agreed that a relative is looked for. Ask for the consent to tracing first.")
            % {"name": person.full_name}, "consent", field="person",
        )  # fmt: skip


def _fill(matter: LegalMatter, draft: MatterDraft) -> None:
    matter.wish, matter.body, matter.referral = draft.wish.strip(), draft.body, draft.referral


def _set_deadline(case: Case, matter: LegalMatter, by: User) -> None:
    """What is due of this matter: its next step until its day, or nothing any more."""
    found = deadline(matter_kinds()[matter.kind], list(matter.steps.all()), matter.opened_on)
    if found is None or matter.ended_on:
        cancel_due(case, DueKind.LEGAL_STEP, about=matter.pk)
        return
    due_at = evening(found[1], timezone.get_current_timezone())
    set_due(case, DueKind.LEGAL_STEP, due_at, by=by, about=matter.pk)


@action(Verb.CASE_WORK, on="matter")
def edit_matter(*, matter: LegalMatter, version: int, draft: MatterDraft, reason: str, by: User) -> LegalMatter:
    """Change what is wanted, who decides, or the referral that does the work; kind and person stay."""
    _case, row = _locked(matter)
    demand_fresh(row, version)
    _demand_open(row)
    _demand_kind(draft)
    if (draft.wish.strip(), draft.body) != (row.wish, row.body):
        keep_former(row, FormerOf.MATTER, wording(row, "wish", "body", "referral"), reason=reason, by=by)
    _fill(row, draft)
    row.version += 1
    row.save()
    remark(act="matter.edit", kind=row.kind)
    return row


@action(Verb.CASE_WORK, on="step")
def note_legal_step(
    *, step: LegalStep, version: int, draft: StepDraft, by: User, reason: str = "", now: datetime | None = None
) -> LegalStep:  # fmt: skip
    """Write down how a step stands; what is due next follows from it.

    A step that is a service by itself, such as the advice, reaches the person when it is done. One that was written
    down as done is changed with a ``reason``, and its former wording stays.

    Raises:
        Refused: ``stale``, ``closed``, ``ended``; ``date`` for a day that cannot be; ``document``, ``cost``,
            ``reason``.
    """
    matter = step.matter
    case, matter = _locked(matter)
    row: LegalStep = LegalStep.objects.select_for_update(of=("self",)).select_related("case").get(pk=step.pk)
    demand_fresh(row, version)
    _demand_open(matter)
    moment = now or timezone.now()
    _demand_possible_step(matter, draft, timezone.localdate(moment))
    was_done = row.state == StepState.DONE
    if was_done:
        former = wording(row, "state", "due_on", "done_on", "note", "cost_amount", "document_id")
        keep_former(row, FormerOf.MATTER_STEP, former, reason=reason, by=by)
    same = was_done and draft.state is StepState.DONE and draft.done_on == row.done_on
    row.state, row.note, row.cost_amount = draft.state, draft.note.strip(), draft.cost_amount
    row.due_on = draft.due_on if draft.state is StepState.OPEN else None
    row.done_on = draft.done_on if draft.state is StepState.DONE else None
    row.document_id = draft.document
    former_step = row.step
    if not same:
        row.step = None
    row.version += 1
    row.save()
    if not same:
        take_back(former_step, reason, by)
        _reach_by_step(case, matter, row, by)
    if draft.state is StepState.DONE and not was_done:
        note_done(case, DueKind.LEGAL_STEP, by=by, at=moment, about=matter.pk)
    _set_deadline(case, matter, by)
    remark(act="legal_step.note", kind=matter.kind, step=row.code, state=row.state)
    return row


def _demand_possible_step(matter: LegalMatter, draft: StepDraft, today: date) -> None:
    if draft.state is StepState.DONE:
        if draft.done_on is None:
            raise Refused(_("Say on which day it was done."), "date", field="done_on")
        if not matter.opened_on <= draft.done_on <= today:
            raise Refused(_("The day lies before the matter began, or in the future. Check it."), "date",
                          field="done_on")  # fmt: skip
    if draft.cost_amount is not None and draft.cost_amount < 0:
        raise Refused(_("Costs are zero or more. Check them."), "cost", field="cost_amount")
    if (
        draft.document
        and not CaseDocument.objects.filter(pk=draft.document, case_id=matter.case_id, removed_at=None).exists()
    ):
        raise Refused(_("This document does not belong to the case. Choose again."), "document", field="document")


def _reach_by_step(case: Case, matter: LegalMatter, row: LegalStep, by: User) -> None:
    """Give the step of the journey that a legal step is by itself, if it is one and the person agrees."""
    declared = matter_kinds()[matter.kind].step(row.code)
    if row.done_on is None or declared is None or not declared.service or not agreeing(by, [matter.person]):
        return
    given = Help(declared.service, COMPLETED, row.done_on, case.family.jamoat)
    row.step = give_step(matter.person, given, by, row_key(row.pk, "step", row.version))
    row.save(update_fields=["step", "changed_at"])


@action(Verb.CASE_WORK, on="matter")
def end_matter(
    *, matter: LegalMatter, version: int, outcome: str, ended_on: date, note: str, by: User,
    now: datetime | None = None,
) -> LegalMatter:  # fmt: skip
    """End a matter; what was obtained reaches the person whom it concerns.

    Raises:
        Refused: ``ended``, ``stale``, ``closed``; ``outcome`` for one that such a matter cannot have; ``date``.
    """
    case, row = _locked(matter)
    if row.ended_on and (row.ended_on, row.outcome) == (ended_on, outcome):
        raise Refused(_("This form was saved already."), "twice")
    demand_fresh(row, version)
    _demand_open(row)
    declared = matter_kinds()[row.kind].outcome(outcome)
    if declared is None:
        raise Refused(_("Choose from the list what came of it."), "outcome", field="outcome")
    if not row.opened_on <= ended_on <= timezone.localdate(now):
        raise Refused(_("The day lies before the matter began, or in the future. Check it."), "date",
                      field="ended_on")  # fmt: skip
    row.ended_on, row.outcome, row.outcome_note = ended_on, outcome, note.strip()
    row.version += 1
    if declared.step and agreeing(by, [row.person]):
        given = Help(matter_kinds()[row.kind].journey, declared.step, ended_on, case.family.jamoat)
        row.step = give_step(row.person, given, by, row_key(row.pk, "outcome", row.version))
    row.save()
    _set_deadline(case, row, by)
    remark(act="matter.end", kind=row.kind, outcome=outcome)
    return row


@action(Verb.CASE_WORK, on="matter")
def reopen_matter(*, matter: LegalMatter, version: int, reason: str, by: User) -> LegalMatter:
    """Take back the end of a matter: it goes on, and what was counted is reversed."""
    case, row = _locked(matter)
    demand_fresh(row, version)
    if row.is_open:
        raise Refused(_("This matter is open already."), "open")
    former = wording(row, "ended_on", "outcome", "outcome_note")
    keep_former(row, FormerOf.MATTER, former, reason=reason, by=by)
    step, row.step = row.step, None
    row.ended_on, row.outcome, row.outcome_note = None, "", ""
    row.version += 1
    row.save()
    take_back(step, reason, by)
    _set_deadline(case, row, by)
    remark(act="matter.reopen", kind=row.kind)
    return row


def _locked(matter: LegalMatter) -> tuple[Case, LegalMatter]:
    case = locked_case(matter.case)
    row: LegalMatter = (
        LegalMatter.objects.select_for_update(of=("self",)).select_related("case", "person", "step").get(pk=matter.pk)
    )  # fmt: skip
    return case, row


def _demand_open(matter: LegalMatter) -> None:
    if not matter.is_open:
        raise Refused(_("This matter has ended. Take its end back before you change it."), "ended")
