"""The learning record of people: every enrolment with where it stands, and what happened to it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.learning.models import Enrolment, EnrolmentMove, FollowUp
from paivand.registry.models import Family, FamilyMember, Participant
from paivand.registry.queries.families import sees_names
from paivand.registry.queries.people import same_person


def enrolments_of(by: User, people: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Enrolment]]:
    """Every enrolment of each of ``people``, the latest first.

    Records that were merged are one person. What somebody learnt as a participant of the register, before it was known
    that she belongs to a family, is hers too.
    """
    records = same_person(by, people)
    known = _known_as(by, records)
    found: defaultdict[uuid.UUID, list[Enrolment]] = defaultdict(list)
    for row in _with_group(by).filter(Q(person_id__in=list(records)) | Q(participant_id__in=list(known))):
        who = row.person_id or (known[row.participant_id] if row.participant_id else None)
        if who:
            found[records[who]].append(row)
    return {person: found[records[person]] for person in people}


def _known_as(by: User, records: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The participants who are known to be one of these people, with whom; those joined with them too."""
    seen = Participant.objects.seen_by(by)
    told = seen.filter(person_id__in=list(records)).values_list("pk", "same_as_id", "person_id")
    kept = {same or pk: person for pk, same, person in told}
    joined = seen.filter(same_as_id__in=list(kept)).values_list("pk", "same_as_id") if kept else ()
    return kept | {pk: kept[same] for pk, same in joined}


def enrolments_of_participant(by: User, participant: Participant) -> list[Enrolment]:
    """Every enrolment of a participant, and of the rows that were joined with hers; the latest first."""
    kept = participant.same_as_id or participant.pk
    rows = Participant.objects.seen_by(by).filter(Q(pk=kept) | Q(same_as_id=kept)).values_list("pk", flat=True)
    theirs = Q(participant_id__in=list(rows))
    if participant.person_id:
        theirs |= Q(person_id__in=list(same_person(by, [participant.person_id])))
    return list(_with_group(by).filter(theirs))


def enrolment_by_id(by: User, key: uuid.UUID) -> Enrolment | None:
    """One enrolment, if ``by`` may see it: whoever teaches the group, or follows the learner where she lives."""
    found = Enrolment.objects.seen_by(by).select_related("group__place", "group__owner", "group__district", "asked_by")
    row: Enrolment | None = found.filter(pk=key).first()
    return row


def moves_of(by: User, enrolment: Enrolment) -> list[EnrolmentMove]:
    """How an enrolment came to stand where it stands, the latest first."""
    return list(EnrolmentMove.objects.seen_by(by).filter(enrolment=enrolment).select_related("by").order_by("-id"))


def follow_ups_of(by: User, enrolment: Enrolment) -> list[FollowUp]:
    """When somebody asked, or will ask, after this learner; the earliest first."""
    rows = FollowUp.objects.seen_by(by).filter(enrolment=enrolment).select_related("for_user", "done_by")
    return list(rows.order_by("due_on", "id"))


def home_of(by: User, enrolment: Enrolment) -> FamilyMember | None:
    """The place in a family of the learner; see ``home_of_person``."""
    return home_of_person(by, enrolment.person_id)


def home_of_person(by: User, person: uuid.UUID | None) -> FamilyMember | None:
    """The place of a person in a family, where ``by`` may open families and see who people are."""
    if person is None or Verb.FAMILY_OPEN not in by.verbs or not sees_names(by):
        return None
    seen = FamilyMember.objects.seen_by(by).filter(person_id__in=list(same_person(by, [person])), until_on=None)
    found = seen.filter(family__in=Family.objects.seen_by(by)).select_related("family__merged_into")
    row: FamilyMember | None = found.first()
    return row


def _with_group(by: User) -> QuerySet[Enrolment]:
    found: QuerySet[Enrolment] = Enrolment.objects.seen_by(by).select_related("group__place", "group__district")
    return found.order_by("-asked_on", "-id")
