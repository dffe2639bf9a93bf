"""Opening families' files and changing them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place, Record
from paivand.core.rules.errors import Refused
from paivand.registry.actions.people import demand_safe_number, fill_person, new_person, note_change, rewrite_keys
from paivand.registry.actions.registration import (
    Rows,
    demand_possible_absence,
    demand_possible_birth,
)
from paivand.registry.models import Family, FamilyMember, Person
from paivand.registry.queries.people import same_family, same_person
from paivand.registry.rules import Relation
from paivand.registry.rules.drafts import MemberDraft


@action(Verb.FAMILY_OPEN, on="family")
def open_family(*, family: Family, by: User) -> Family:
    """Note that ``by`` opens the file; outside one's own scope the event says that break-glass lent the right."""
    reach = by.reach(Verb.FAMILY_OPEN)
    if not reach.covers(family):
        remark(glass=True)
    return family


@action(Verb.FAMILY_EDIT, on="family")
def edit_family(
    *, family: Family, version: int, jamoat: Place, village: str, housing: str = "", land: str = "", by: User
) -> Family:
    """Change where a family lives within its district, and the house and land it lives from."""
    locked = locked_family(family)
    demand_fresh(locked, version)
    if jamoat.parent_id != locked.district_id:
        raise Refused(
            _("The jamoat lies in another district. A family moves to another district by transfer."), "place",
            field="jamoat",
        )  # fmt: skip
    new = {"jamoat_id": jamoat.pk, "village": village, "housing": housing, "land": land}
    before = standing(locked)
    changed = [name for name, value in new.items() if getattr(locked, name) != value]
    for name, value in new.items():
        setattr(locked, name, value)
    locked.changed_in = {**locked.changed_in, **dict.fromkeys(changed, locked.version + 1)}
    keep_changed(locked, before)
    remark(changed=changed)
    return locked


@action(Verb.FAMILY_EDIT, on="family")
def add_member(*, family: Family, person_id: uuid.UUID, draft: MemberDraft, by: User) -> Family:
    """Add a member to a family; ``person_id`` is made by the form, so that a double tap adds one person."""
    if Person.objects.filter(pk=person_id).exists():
        raise Refused(_("This form was saved already."), "twice", detail={"code": family.code})
    if draft.relation is Relation.HEAD:
        raise Refused(_("The family has a head already. Choose another relation."), "head", field="relation")
    today = timezone.localdate()
    demand_possible_birth(draft.person, today)
    demand_possible_absence(draft.away, today)
    demand_safe_number(draft.person.phone, today)
    locked = locked_family(family)
    person = new_person(draft.person, locked.scope)
    person.id = person_id
    rows = Rows(by, people=[person])
    rows.add_member(locked, person, draft, today)
    rows.save()
    locked.n_members += 1
    locked.save()
    remark(person=str(person.pk))
    return locked


@action(Verb.FAMILY_EDIT, on="member")
def edit_member(*, member: FamilyMember, version: int, draft: MemberDraft, by: User) -> FamilyMember:
    """Change a member's particulars and relation. ``version`` is the person's, as the form was opened."""
    locked_family(member.family)
    person = Person.objects.select_for_update().get(pk=member.person_id)
    if person.merged_into_id:
        person = Person.objects.select_for_update().get(pk=person.merged_into_id)
    demand_fresh(person, version)
    if (member.relation == Relation.HEAD) != (draft.relation is Relation.HEAD):
        raise Refused(_("The head of the family is not changed here."), "head", field="relation")
    demand_possible_birth(draft.person, timezone.localdate())
    before, before_of_member = standing(person), standing(member)
    changed = fill_person(person, draft.person)
    member.relation = draft.relation
    if keep_changed(member, before_of_member):
        changed.append("relation")  # the version that a page holds is the person's
    keep_changed(person, before, also="relation" in changed)
    if {"given_name", "family_name", "father_name", "known_as", "birth_on"} & set(changed):
        rewrite_keys(person)
    remark(person=str(person.pk), changed=changed)
    return member


@action(Verb.FAMILY_EDIT, on="member")
def remove_member(*, member: FamilyMember, until_on: date, reason: str, by: User) -> FamilyMember:
    """Note that somebody left the family; the membership stays in its history."""
    family = locked_family(member.family)
    if member.relation == Relation.HEAD:
        raise Refused(_("The head of the family cannot leave it. Name another head first."), "head")
    if until_on < member.from_on or until_on > timezone.localdate():
        raise Refused(_("The day lies before joining or in the future. Choose another day."), "date", field="until_on")
    # Her other records in this file, if two were found to be one person, leave with her.
    for row in FamilyMember.objects.filter(
        family_id__in=same_family(by, family), person_id__in=same_person(by, [member.person_id]), until_on=None
    ):
        row.until_on = max(until_on, row.from_on)
        row.version += 1
        row.save()
    member.refresh_from_db()
    family.n_members -= 1
    family.save()
    note_change(member.person, "lives")
    remark(person=str(member.person_id))
    return member


def locked_family(family: Family) -> Family:
    """The family's row, locked until the end of the transaction; of a joined file the row of the other.

    Raises:
        Refused: ``closed`` when the file is not active: nobody works on it any more.
    """
    locked: Family = Family.objects.select_for_update().get(pk=family.pk)
    if locked.merged_into_id:
        locked = Family.objects.select_for_update().get(pk=locked.merged_into_id)
    if not locked.is_active:
        raise Refused(_("This file is closed (%(state)s). Nothing can be changed in it.")
                      % {"state": _(locked.get_state_display())}, "closed")  # fmt: skip
    return locked


def standing(row: Record) -> dict[str, Any]:
    """All values of a row, to be compared with after an edit."""
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}


def keep_changed(row: Record, before: Mapping[str, Any], *, also: bool = False) -> bool:
    """Save an edited row as its next version; where an edit changed nothing, row and version stay as they are.

    A version tells pages and phones that hold an older one of a change that they have not seen. A save without a change
    must not: the next change that comes from a phone would be held against it.

    Args:
        before: the row as it stood, by ``standing``.
        also: save it in any case: something that is told with the row was changed in another one.

    Returns:
        Whether it was saved.
    """
    if not also and not row._state.adding and standing(row) == before:
        return False
    row.version += 1
    row.save()
    return True


def demand_fresh(row: Record, version: int) -> None:
    """Raise a Refused when somebody else saved ``row`` since the form with ``version`` was opened."""
    if row.version != version:
        raise Refused(
            _("Somebody else saved changes while you were typing. Compare with the present values and save again."),
            "stale",
        )
