"""Writing down the stories of many families at once: the same rows and the same checks as one by one.

For lists and for the demonstration. A family whose story was begun already is refused: what is there is changed one by
one, where somebody sees what stood before.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, record_events, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.registry.actions.consents import consent_rows, demand_rightly_given
from paivand.registry.actions.journey import Help, demand_agreed, demand_possible_help, step_row
from paivand.registry.actions.migration import demand_possible_stay, fill_absence, fill_ban, fill_episode
from paivand.registry.actions.particulars import demand_possible_paper, demand_sound, fill_document
from paivand.registry.actions.registration import Bundle, lying_in
from paivand.registry.actions.remittances import carried, demand_possible, fill_remittance
from paivand.registry.models import (
    Absence,
    Consent,
    Document,
    Family,
    FamilyMember,
    JourneyStep,
    MigrationEpisode,
    Particulars,
    Person,
    ReentryBan,
    Remittance,
)
from paivand.registry.queries.consents import grounds
from paivand.registry.rules.drafts import ConsentDraft, ParticularsDraft
from paivand.registry.rules.migration import most_serious
from paivand.registry.rules.stories import FamilyStory, PersonStory


@dataclass
class _Rows(Bundle):
    """The unsaved rows of stories that ``by`` writes down."""

    particulars: list[Particulars] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    stays: list[MigrationEpisode] = field(default_factory=list)
    bans: list[ReentryBan] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    remittances: list[Remittance] = field(default_factory=list)

    def add(self, family: Family, story: FamilyStory, people: Mapping[uuid.UUID, Person]) -> None:
        """Add a family's story, and let the family carry what lists show."""
        for told in story.people:
            self._add_person(family, people[told.person_id], told)
        last = {draft.person_id: place for place, draft in enumerate(story.absences)}
        for place, draft in enumerate(story.absences):
            absence = lying_in(family.scope, Absence(family=family, recorded_by=self.by))
            fill_absence(absence, draft)
            absence.is_current = last[draft.person_id] == place
            self.absences.append(absence)
        sent = []
        for place, remittance in enumerate(story.remittances):
            rate = demand_possible(remittance, place)
            row = lying_in(family.scope, Remittance(family=family, sender_id=remittance.sender_id, recorded_by=self.by))
            fill_remittance(row, remittance, rate)
            sent.append(row)
        self.remittances += sent
        family.absence_status = most_serious(story.absences[place].status for place in last.values())
        family.remittance_signal = carried(sent)

    def _add_person(self, family: Family, person: Person, told: PersonStory) -> None:
        scope = family.scope
        if told.particulars:
            self.particulars.append(lying_in(scope, _particulars(person, told.particulars)))
        for document in told.documents:
            demand_possible_paper(document)
            paper = lying_in(scope, Document(person=person))
            fill_document(paper, document)
            self.documents.append(paper)
        for stay in told.stays:
            demand_possible_stay(person, stay.departure, stay.end)
            episode = lying_in(scope, MigrationEpisode(person=person))
            fill_episode(episode, stay.departure, stay.end)
            self.stays.append(episode)
        for draft in told.bans:
            ban = lying_in(scope, ReentryBan(person=person))
            fill_ban(ban, draft)
            self.bans.append(ban)


@action(Verb.FAMILY_EDIT, on="scope")
def record_stories(*, scope: Scope, stories: Sequence[FamilyStory], by: User) -> list[Family]:
    """Write down schooling, papers, stays abroad, absences and remittances of families, with an audit row for each.

    Raises:
        Refused: ``already`` when something was told of one of them before; ``member`` when somebody does not belong to
            the family; else as the actions for one. Then nothing is written.
    """
    wanted = [story.family_id for story in stories]
    families = {row.pk: row for row in Family.objects.select_for_update().filter(pk__in=wanted, **_place(scope))}
    members = _members(wanted)
    if Absence.objects.filter(family__in=wanted).exists() or Remittance.objects.filter(family__in=wanted).exists():
        raise Refused(_("The story of one of these families was begun already. Change it in its file."), "already")
    rows = _Rows(by)
    for story in stories:
        family, own = families.get(story.family_id), members.get(story.family_id, {})
        if family is None or not family.is_active:
            raise Refused(_("One of these files is closed or lies elsewhere. Nothing can be changed in it."), "closed")
        _demand_members(story, own)
        rows.add(family, story, own)
        family.version += 1
    rows.save()
    changed, now = list(families.values()), timezone.now()
    for family in changed:
        family.changed_at = now
    Family.objects.bulk_update(changed, ["absence_status", "remittance_signal", "version", "changed_at"])
    record_events(Verb.FAMILY_EDIT, changed, by=by)
    remark(families=len(changed), months=len(rows.remittances), papers=len(rows.documents))
    return changed


@action(Verb.CONSENT_RECORD, on="scope")
def record_consents_of_many(*, scope: Scope, given: Sequence[tuple[Person, ConsentDraft]], by: User) -> list[Consent]:
    """Write down what many people of one district agreed to, with an audit row for each of them.

    Raises:
        Refused: as ``record_consent``, for the first that cannot be. Then nothing is written.
    """
    today, rows = timezone.localdate(), []
    for person, draft in given:
        if draft.given_on > today:
            raise Refused(_("The day of the consent lies in the future. Check it."), "consent", field="consent_on")
        rows += consent_rows(person, demand_rightly_given(person, draft), by)
    Consent.objects.bulk_create(rows)
    record_events(Verb.CONSENT_RECORD, [person for person, _draft in given], by=by)
    remark(people=len(given), consents=len(rows))
    return rows


@action(Verb.JOURNEY_RECORD, on="scope")
def record_steps(*, scope: Scope, steps: Sequence[tuple[Person, Help]], by: User) -> list[JourneyStep]:
    """Append steps to the journeys of many people of one district, with an audit row for each.

    Raises:
        Refused: as ``record_step``, for the first that cannot be. Then nothing is written.
    """
    ground = grounds(by, [person.pk for person, _given in steps])
    rows = []
    for person, given in steps:
        demand_possible_help(given)
        demand_agreed(person, ground[person.pk])
        rows.append(step_row(person, given, by))
    JourneyStep.objects.bulk_create(rows)
    record_events(Verb.JOURNEY_RECORD, rows, by=by)
    remark(steps=len(rows))
    return rows


def members_in_order(families: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Person]]:
    """The people of each family in the order in which they were registered, the head first."""
    return {family: list(people.values()) for family, people in _members(families).items()}


def _members(families: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[uuid.UUID, Person]]:
    found: dict[uuid.UUID, dict[uuid.UUID, Person]] = {}
    for row in FamilyMember.objects.filter(family__in=families, until_on=None).select_related("person").order_by("id"):
        found.setdefault(row.family_id, {})[row.person_id] = row.person
    return found


def _demand_members(story: FamilyStory, people: Mapping[uuid.UUID, Person]) -> None:
    named = {told.person_id for told in story.people}
    named |= {draft.person_id for draft in story.absences if draft.person_id}
    named |= {draft.sender_id for draft in story.remittances if draft.sender_id}
    if named - people.keys():
        raise Refused(_("This person does not belong to the family. Choose again."), "member", field="person")


def _particulars(person: Person, draft: ParticularsDraft) -> Particulars:
    demand_sound(draft)
    return Particulars(
        person=person, education=draft.education, school=draft.school, out_of_school_since=draft.out_of_school_since,
        out_of_school_reason=draft.out_of_school_reason, marital=draft.marital, marriage=draft.marriage,
        languages=list(draft.languages),
    )  # fmt: skip


def _place(scope: Scope) -> dict[str, object]:
    return {"district_id": scope.district_id, "agency_id": scope.agency_id}
