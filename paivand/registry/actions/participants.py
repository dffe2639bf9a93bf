"""The register of those who take part without being members of a registered family."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.methods.names import sort_key
from paivand.registry.actions.families import demand_fresh, keep_changed, standing
from paivand.registry.actions.registration import lying_in
from paivand.registry.models import Participant, Person
from paivand.registry.rules.participants import (
    OLDEST,
    YOUNGEST,
    ParticipantDraft,
    ParticipantKind,
    match_key,
    needs_guardian,
    posts,
)
from paivand.registry.rules.people import phone_number


@action(Verb.LEARNING_ENROL, on="scope")
def register_participant(
    *, scope: Scope, participant_id: uuid.UUID, draft: ParticipantDraft, by: User, today: date | None = None
) -> Participant:  # fmt: skip
    """Write down somebody who takes part without being a member of a family.

    Raises:
        Refused: ``twice``; ``name``, ``birth``, ``post``, ``agreed``, ``guardian``, ``phone``.
    """
    if Participant.objects.filter(pk=participant_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    row = participant_row(scope, participant_id, draft, by, today or timezone.localdate())
    row.save(force_insert=True)
    remark(act="participant.register", kind=draft.kind)
    return row


@action(Verb.LEARNING_ENROL, on="scope")
def register_participants(
    *, scope: Scope, drafts: Sequence[tuple[uuid.UUID, ParticipantDraft]], by: User, today: date | None = None
) -> list[Participant]:  # fmt: skip
    """Write down many at once, all of them or none; those whose keys are there already are left as they are."""
    day = today or timezone.localdate()
    there = set(Participant.objects.filter(pk__in=[pk for pk, _draft in drafts]).values_list("pk", flat=True))
    rows = [participant_row(scope, pk, draft, by, day) for pk, draft in drafts if pk not in there]
    Participant.objects.bulk_create(rows, batch_size=1000)
    remark(act="participant.register", n=len(rows))
    return rows


@action(Verb.LEARNING_ENROL, on="participant")
def edit_participant(
    *, participant: Participant, version: int, draft: ParticipantDraft, by: User, today: date | None = None
) -> Participant:  # fmt: skip
    """Change what is known of a participant."""
    row = _locked(participant)
    demand_fresh(row, version)
    before = standing(row)
    _fill(row, draft, today or timezone.localdate())
    keep_changed(row, before)
    remark(act="participant.edit")
    return row


@action(Verb.LEARNING_ENROL, on="participant")
def join_participant(*, participant: Participant, kept: Participant, by: User) -> Participant:
    """Say that two rows are one participant: she counts once, under the one that is kept. No course moves.

    What was joined with the one goes with it, and so does the member of a family that it was found to be.

    Raises:
        Refused: ``same`` for a row with itself, or one that is joined already; ``person`` where each was found to be
            another member of a family.
    """
    row, other = _locked(participant), _locked(kept)
    if row.pk == other.pk or row.same_as_id or other.same_as_id == row.pk:
        raise Refused(_("These two are joined already."), "same")
    last = _locked(other.same_as) if other.same_as else other
    if row.person_id and last.person_id and row.person_id != last.person_id:
        raise Refused(
            _("Each of them was found to be another member of a family. Take one of the two back first."), "person"
        )
    if row.person_id and not last.person_id:
        last.person_id = row.person_id
        _keep(last, "person")
    Participant.objects.filter(same_as=row).update(same_as=last, changed_at=timezone.now())
    row.same_as = last
    _keep(row, "same_as")
    remark(act="participant.join")
    return row


@action(Verb.LEARNING_ENROL, on="participant")
def recognise_participant(*, participant: Participant, person: Person | None, by: User) -> Participant:
    """Say that a participant is a member of a registered family, so that she counts once; or take it back.

    It is said of the row that stays where several were joined.
    """
    row = _locked(participant.same_as or participant)
    row.person = person
    _keep(row, "person")
    for joined in Participant.objects.select_for_update(of=("self",)).filter(same_as=row).exclude(person=None):
        joined.person = person
        _keep(joined, "person")
    remark(act="participant.recognise", known=person is not None)
    return row


def _keep(row: Participant, changed: str) -> None:
    row.version += 1
    row.save(update_fields=[changed, "version", "changed_at"])


def participant_row(scope: Scope, key: uuid.UUID, draft: ParticipantDraft, by: User, today: date) -> Participant:
    """The unsaved row, checked."""
    row = lying_in(scope, Participant(id=key, recorded_by=by))
    _fill(row, draft, today)
    return row


def _fill(row: Participant, draft: ParticipantDraft, today: date) -> None:
    demand_possible(draft, today)
    row.kind, row.name, row.sex = draft.kind, " ".join(draft.name.split()), draft.sex
    row.birth_year, row.agreed_on = draft.birth_year, draft.agreed_on
    row.organisation, row.agency_of_id = draft.organisation.strip(), draft.agency_of
    row.post = draft.post if draft.kind is ParticipantKind.PROFESSIONAL else ""
    row.telephone = _telephone(draft.telephone)
    row.guardian_name, row.guardian_agreed_on = draft.guardian_name.strip(), draft.guardian_agreed_on
    row.sort_key = sort_key(row.name)[:600]
    row.match_key = match_key(row.name, row.sex, row.birth_year)


def _telephone(typed: str) -> str:
    if not typed.strip():
        return ""
    number = phone_number(typed)
    if not number:
        raise Refused(_("This is not a telephone number. Check it, or leave it empty."), "phone", field="telephone")
    return number


def demand_possible(draft: ParticipantDraft, today: date) -> None:
    """Raise a Refused when what was told of somebody cannot be."""
    if not draft.name.strip():
        raise Refused(_("Write the name."), "name", field="name")
    if draft.birth_year is not None and not today.year - OLDEST <= draft.birth_year <= today.year - YOUNGEST:
        raise Refused(_("This year of birth cannot be. Check it."), "birth", field="birth_year")
    if draft.kind is ParticipantKind.PROFESSIONAL and draft.post not in posts():
        raise Refused(_("Choose the post from the list."), "post", field="post")
    if draft.agreed_on > today or (draft.guardian_agreed_on and draft.guardian_agreed_on > today):
        raise Refused(_("The day of the agreement lies in the future. Check it."), "agreed", field="agreed_on")
    if needs_guardian(draft.birth_year, draft.agreed_on) and not (
        draft.guardian_name.strip() and draft.guardian_agreed_on
    ):
        raise Refused(
            _("This is a child. Write down which parent or guardian agreed, and when."), "guardian",
            field="guardian_name",
        )  # fmt: skip


def _locked(participant: Participant) -> Participant:
    row: Participant = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    return row
