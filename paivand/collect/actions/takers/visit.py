"""A visit that was written down on a phone: a contact in the family's case, or help that reached its members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.visits import make_visit, next_visit, note_visit
from paivand.cases.models import Case, Visit
from paivand.cases.queries.cases import cases_of_family, people_of_cases
from paivand.cases.rules.records import VisitDraft, VisitOutcome, VisitState, Way, visit_service
from paivand.collect.actions.takers.answers import (
    at_questions,
    chosen,
    family_at,
    lines_of,
    needed,
    people_at,
    read_key,
    text_of,
)
from paivand.collect.models import Submission
from paivand.collect.queries.members import household
from paivand.collect.rules.filled import Filled
from paivand.collect.rules.taking import Made, Taken
from paivand.core.rules.errors import Refused
from paivand.registry.actions.journey import Help, record_help
from paivand.registry.models import Family, Person
from paivand.registry.rules.keys import row_key

LONGEST_TOLD = 4000
"""Letters of what was seen, or agreed: four pages of a notebook."""
AGREED_WITHIN = timedelta(days=7)
"""A contact that was agreed for a day not longer before the visit than this was made by it."""

_OF_VISIT = {
    "happened_on": "visit/happened_on", "people": "visit/people", "outcome": "visit/outcome", "next_on": "next/next_on",
    "service": "visit/way",
}  # fmt: skip


def take(*, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any]) -> Taken:
    """Write the visit down in the open case of the family that ``by`` works on; without one, on the journey.

    Raises:
        Refused: ``case`` when something was written down that only a case can keep; ``people`` for somebody of another
            family.
    """
    family = family_at(filled, "family", by)
    people = people_at([read_key(said, "visit/people") for said in filled.values("visit/people")], by, "visit/people")
    # A family that was registered offline has its head in no list of the phone yet: the form asks for her apart.
    _demand_members(by, family, people)
    if filled.value("visit/head_met") == "yes" and family.head not in people:
        people = [family.head, *people]
    draft = visit_draft(filled, people)
    case = _case(by, family, people)
    made = _in_case(case, draft, sent, by) if case else _on_journey(family, people, draft, sent, by)
    return Taken((made,), families=(family.pk,))


def _demand_members(by: User, family: Family, people: Sequence[Person]) -> None:
    """Raise for somebody who never belonged to the family: on a phone only its members are offered."""
    members = set(household(by, [family.pk], present=False)) if people else set()
    if set(people) - members:
        raise Refused(
            _("Somebody who was chosen is not of this family. Choose its members, and write down who else was there."),
            "people", field="visit/people",
        )  # fmt: skip


def visit_draft(filled: Filled, people: Sequence[Person]) -> VisitDraft:
    """The contact as it was told."""
    way = needed(chosen(filled, "visit/way", Way), "visit/way")
    next_way = chosen(filled, "next/next_way", Way) or Way.HOME
    return VisitDraft(
        happened_on=needed(filled.day("visit/happened_on"), "visit/happened_on"), way=way,
        people=tuple(person.pk for person in people),
        outcome=needed(chosen(filled, "visit/outcome", VisitOutcome), "visit/outcome"),
        others_met=text_of(filled, "visit/others_met", 200), seen=lines_of(filled, "told/seen", LONGEST_TOLD),
        agreed=lines_of(filled, "told/agreed", LONGEST_TOLD),
        next=next_visit(filled.day("next/next_on"), next_way, text_of(filled, "next/next_purpose", 200)),
    )  # fmt: skip


def _case(by: User, family: Family, people: Sequence[Person]) -> Case | None:
    """The open case in which ``by`` writes the visit down: her own before others', then the one of those met."""
    reach = by.reach(Verb.CASE_WORK)
    found = [case for case in cases_of_family(by, family) if case.is_open and reach.covers(case)]
    if len(found) < 2:
        return found[0] if found else None
    met = {person.pk for person in people}
    members = people_of_cases(by, found)

    def fits(case: Case) -> tuple[bool, int]:
        records = {record for member in members[case.pk] for record in member.records}  # type: ignore[attr-defined]
        return case.owner_id != by.pk, -len(met & records)

    return min(found, key=fits)


def _in_case(case: Case, draft: VisitDraft, sent: Submission, by: User) -> Made:
    visit_id = row_key(sent.pk, "visit")
    draft = _of_case(by, case, draft)
    agreed = _agreed(by, case, draft)
    with at_questions(_OF_VISIT):
        try:
            if agreed is not None:
                visit = make_visit(visit=agreed, version=agreed.version, draft=draft, by=by)
            else:
                visit = note_visit(case=case, visit_id=visit_id, draft=draft, by=by)
        except Refused as refused:
            if refused.code != "twice":
                raise
            visit = Visit.objects.seen_by(by).get(pk=visit_id)
    return Made("visit", visit.pk, case.code, "cases:case-open", {"code": case.code})


def _of_case(by: User, case: Case, draft: VisitDraft) -> VisitDraft:
    """The draft with those who belong to the case; of the others it keeps that somebody else of the family was there.

    On the screen only the people of the case are offered; a phone offers the whole family.
    """
    records = {record for member in people_of_cases(by, [case])[case.pk] for record in member.records}  # type: ignore[attr-defined]
    inside = tuple(key for key in draft.people if key in records)
    if len(inside) == len(draft.people):
        return draft
    others = ", ".join(filter(None, (draft.others_met, _("others of the family"))))
    return replace(draft, people=inside, others_met=others[:200])


def _agreed(by: User, case: Case, draft: VisitDraft) -> Visit | None:
    """The contact that was agreed for this day, or for one of the week before, in the same way."""
    found: Visit | None = (
        Visit.objects.seen_by(by)
        .filter(
            case=case, state=VisitState.PLANNED, way=draft.way, planned_on__lte=draft.happened_on,
            planned_on__gte=draft.happened_on - AGREED_WITHIN,
        )
        .order_by("-planned_on", "id")
        .first()
    )  # fmt: skip
    return found


def _on_journey(family: Family, people: list[Person], draft: VisitDraft, sent: Submission, by: User) -> Made:
    """What the family's page offers where there is no case: a step for each who was met."""
    _demand_nothing_for_a_case(draft)
    if not people:
        raise Refused(
            _("Without an open case a visit is written down for the members who were met. Choose them."), "people",
            field="visit/people",
        )  # fmt: skip
    given = Help(visit_service(draft.way), draft.outcome, draft.happened_on, family.jamoat)
    with at_questions(_OF_VISIT, otherwise="visit/people"):
        try:
            record_help(family=family, people=people, given=given, form_id=row_key(sent.pk, "visit"), by=by)
        except Refused as refused:
            if refused.code != "twice":
                raise
    return Made("help", family.pk, family.code, "registry:family-open", {"code": family.code})


def _demand_nothing_for_a_case(draft: VisitDraft) -> None:
    """Raise a Refused at what would be lost: only a case keeps it."""
    told = {"told/seen": draft.seen, "told/agreed": draft.agreed, "next/next_on": draft.next}
    field = next((path for path, said in told.items() if said), None)
    if field:
        raise Refused(
            _(
                "The family has no open case in which you work, and only a case keeps this. Open a case and run the "
                "form again, or take this answer out."
            ),
            "case", field=field,
        )  # fmt: skip
