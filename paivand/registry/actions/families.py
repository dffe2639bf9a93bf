"""Registering families, opening their files and changing them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import ScopedRecord, User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.registry.actions.consents import consent_rows
from paivand.registry.actions.people import fill_person, name_key_rows, new_person, rewrite_name_keys
from paivand.registry.models import Consent, Family, FamilyMember, JourneyStep, NameKey, Person
from paivand.registry.rules import OLDEST, REGISTERED, GivenBy, Relation, may_consent_alone
from paivand.registry.rules.drafts import ConsentDraft, MemberDraft, PersonDraft

R = TypeVar("R", bound=ScopedRecord)


@action(Verb.FAMILY_REGISTER, on="scope")
def register_family(
    *, scope: Scope, family_id: uuid.UUID, jamoat: Place, village: str, registered_on: date, head: PersonDraft,
    members: Sequence[MemberDraft], consent: ConsentDraft, by: User,
) -> Family:  # fmt: skip
    """Register a family with its head, its members and the head's consent, and take the first step of each journey.

    Args:
        scope: where the family will lie; its district must be the jamoat's.
        family_id: made by the form when it was opened, so that a double tap finds the family that is there already.

    Raises:
        Refused: ``twice`` with the family's code, when the same form was sent before; ``consent``, ``birth`` or
            ``place`` when a rule says no.
    """
    before = Family.objects.filter(pk=family_id).first()
    if before:
        raise Refused(_("This form was saved already."), "twice", detail={"code": before.code})
    if jamoat.parent_id != scope.district_id:
        raise Refused(_("The jamoat lies in another district. Choose again."), "place", field="jamoat")
    _demand_plausible(head, [member.person for member in members], consent, registered_on)
    person = new_person(head, scope, is_head=True)
    others = [new_person(member.person, scope) for member in members]
    Person.objects.bulk_create([person, *others])
    family = _lying_in(
        scope,
        Family(id=family_id, number=_next_number(), head=person, jamoat=jamoat, village=village,
               registered_on=registered_on),
    )  # fmt: skip
    family.save()
    relations = [Relation.HEAD, *(member.relation for member in members)]
    people = [person, *others]
    FamilyMember.objects.bulk_create(
        _lying_in(scope, FamilyMember(family=family, person=one, relation=relation, from_on=registered_on))
        for one, relation in zip(people, relations, strict=True)
    )
    NameKey.objects.bulk_create([row for one in people for row in name_key_rows(one)])
    Consent.objects.bulk_create(consent_rows(person, consent, by))
    JourneyStep.objects.bulk_create(
        _lying_in(
            scope,
            JourneyStep(person=one, service=REGISTERED, outcome="completed", happened_on=registered_on, place=jamoat,
                        recorded_by=by),
        )
        for one in people
    )  # fmt: skip
    remark(members=len(people))
    return family


@action(Verb.FAMILY_OPEN, on="family")
def open_family(*, family: Family, by: User) -> Family:
    """Note that ``by`` opens the file; outside one's own scope the event says that break-glass lent the right."""
    reach = by.reach(Verb.FAMILY_OPEN)
    if not reach.covers(family):
        remark(glass=True)
    return family


@action(Verb.FAMILY_EDIT, on="family")
def edit_family(*, family: Family, version: int, jamoat: Place, village: str, by: User) -> Family:
    """Change where a family lives within its district."""
    locked = Family.objects.select_for_update().get(pk=family.pk)
    _demand_fresh(locked, version)
    if jamoat.parent_id != locked.district_id:
        raise Refused(
            _("The jamoat lies in another district. A family moves to another district by transfer."), "place",
            field="jamoat",
        )  # fmt: skip
    changed = [
        name for name, value in (("jamoat_id", jamoat.pk), ("village", village)) if getattr(locked, name) != value
    ]
    locked.jamoat, locked.village = jamoat, village
    locked.version += 1
    locked.save()
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
    _demand_possible_birth(draft.person, today)
    person = new_person(draft.person, family.scope)
    person.id = person_id
    person.save()
    NameKey.objects.bulk_create(name_key_rows(person))
    _lying_in(family.scope, FamilyMember(family=family, person=person, relation=draft.relation, from_on=today)).save()
    _lying_in(
        family.scope,
        JourneyStep(person=person, service=REGISTERED, outcome="completed", happened_on=today, place=family.jamoat,
                    recorded_by=by),
    ).save()  # fmt: skip
    remark(person=str(person.pk))
    return family


@action(Verb.FAMILY_EDIT, on="member")
def edit_member(*, member: FamilyMember, version: int, draft: MemberDraft, by: User) -> FamilyMember:
    """Change a member's particulars and relation. ``version`` is the person's, as the form was opened."""
    person = Person.objects.select_for_update().get(pk=member.person_id)
    _demand_fresh(person, version)
    if (member.relation == Relation.HEAD) != (draft.relation is Relation.HEAD):
        raise Refused(_("The head of the family is not changed here."), "head", field="relation")
    _demand_possible_birth(draft.person, timezone.localdate())
    changed = fill_person(person, draft.person)
    person.version += 1
    person.save()
    if {"given_name", "family_name", "father_name"} & set(changed):
        rewrite_name_keys(person)
    if member.relation != draft.relation:
        changed.append("relation")
        member.relation = draft.relation
        member.version += 1
        member.save()
    remark(person=str(person.pk), changed=changed)
    return member


@action(Verb.FAMILY_EDIT, on="member")
def remove_member(*, member: FamilyMember, until_on: date, reason: str, by: User) -> FamilyMember:
    """Note that somebody left the family; the membership stays in its history."""
    if member.relation == Relation.HEAD:
        raise Refused(_("The head of the family cannot leave it. Name another head first."), "head")
    if until_on < member.from_on or until_on > timezone.localdate():
        raise Refused(_("The day lies before joining or in the future. Choose another day."), "date", field="until_on")
    member.until_on = until_on
    member.version += 1
    member.save()
    remark(person=str(member.person_id))
    return member


def _lying_in(scope: Scope, row: R) -> R:
    row.district_id, row.agency_id = str(scope.district_id), scope.agency_id
    row.team_id, row.owner_id = scope.team_id, scope.owner_id
    return row


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select nextval('registry_family_number')")
        return int(cursor.fetchone()[0])


def _demand_fresh(row: Family | Person, version: int) -> None:
    if row.version != version:
        raise Refused(
            _("Somebody else saved changes while you were typing. Compare with the present values and save again."),
            "stale",
        )


def _demand_possible_birth(draft: PersonDraft, today: date) -> None:
    if draft.birth is None:
        return
    if draft.birth.on > today:
        raise Refused(_("The date of birth lies in the future. Check it."), "birth", field="birth")
    if draft.birth.age(today).years > OLDEST:
        raise Refused(
            _("The date of birth is more than %(count)s years ago. Check it.") % {"count": OLDEST}, "birth",
            field="birth",
        )  # fmt: skip


def _demand_plausible(
    head: PersonDraft, others: Sequence[PersonDraft], consent: ConsentDraft, registered_on: date
) -> None:
    today = timezone.localdate()
    if registered_on > today:
        raise Refused(_("The day of registration lies in the future. Check it."), "date", field="registered_on")
    for draft in (head, *others):
        _demand_possible_birth(draft, today)
    if consent.given_on > today:
        raise Refused(_("The day of the consent lies in the future. Check it."), "consent", field="consent_on")
    years = head.age_years(today)
    if consent.given_by is GivenBy.SELF and years is not None and not may_consent_alone(years):
        raise Refused(
            _("The head of the family is under 18: a parent or guardian gives the consent."), "consent",
            field="consent_given_by",
        )  # fmt: skip
