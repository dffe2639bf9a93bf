"""Registering families: one from a screen, many from a list; the same rows, the same checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import TypeVar

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, record_events, remark
from paivand.access.models import ScopedRecord, User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.registry.actions.consents import consent_rows
from paivand.registry.actions.people import demand_safe_number, match_key_rows, name_key_rows, new_person, phone_row
from paivand.registry.models import (
    Absence,
    Consent,
    Family,
    FamilyMember,
    JourneyStep,
    MatchKey,
    MigrationEpisode,
    NameKey,
    Person,
    Phone,
)
from paivand.registry.rules import OLDEST, REGISTERED, GivenBy, Relation, may_consent_alone
from paivand.registry.rules.drafts import AwayDraft, FamilyDraft, MemberDraft, PersonDraft
from paivand.registry.rules.migration import most_serious

R = TypeVar("R", bound=ScopedRecord)
_TURN = 7286


@dataclass
class Bundle:
    """Unsaved rows that ``by`` writes down together: each list in a field of its own, in the order of their keys."""

    by: User

    def save(self) -> None:
        """Write all rows, a statement for each table."""
        for one in fields(self):
            rows = getattr(self, one.name)
            if isinstance(rows, list) and rows:
                type(rows[0]).objects.bulk_create(rows)


@dataclass
class Rows(Bundle):
    """The unsaved rows of families that ``by`` registers, in the order in which the database takes them."""

    people: list[Person] = field(default_factory=list)
    families: list[Family] = field(default_factory=list)
    members: list[FamilyMember] = field(default_factory=list)
    name_keys: list[NameKey] = field(default_factory=list)
    match_keys: list[MatchKey] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    migrations: list[MigrationEpisode] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    steps: list[JourneyStep] = field(default_factory=list)

    def add_family(self, draft: FamilyDraft, scope: Scope, number: int) -> Family:
        """Add a family with its head, its members and the head's consent."""
        head = new_person(draft.head, scope, is_head=True)
        family = lying_in(
            scope,
            Family(
                id=draft.family_id, number=number, head=head, jamoat_id=draft.jamoat, village=draft.village,
                registered_on=draft.registered_on, origin=draft.origin, housing=draft.housing or "",
                land=draft.land or "", n_members=1 + len(draft.members),
            ),
        )  # fmt: skip
        self.families.append(family)
        members = [MemberDraft(draft.head, Relation.HEAD), *draft.members]
        people = [head, *(new_person(member.person, scope) for member in draft.members)]
        self.people += people
        for person, member in zip(people, members, strict=True):
            self.add_member(family, person, member, draft.registered_on)
        self.consents += consent_rows(head, draft.consent, self.by)
        return family

    def add_member(self, family: Family, person: Person, draft: MemberDraft, day: date) -> None:
        """Add all that belongs to one member of ``family``: keys, membership, telephone, migration, first step."""
        scope = family.scope
        self.name_keys += name_key_rows(person)
        self.match_keys += match_key_rows(person)
        self.members.append(
            lying_in(scope, FamilyMember(family=family, person=person, relation=draft.relation, from_on=day))
        )
        if draft.person.phone:
            self.phones.append(phone_row(person, draft.person.phone))
        if draft.away:
            self._add_absence(family, person, draft.away, day)
        self.steps.append(
            lying_in(
                scope,
                JourneyStep(
                    person=person, service=REGISTERED, outcome="completed", happened_on=day,
                    place_id=family.jamoat_id, recorded_by=self.by,
                ),
            )
        )  # fmt: skip

    def _add_absence(self, family: Family, person: Person, away: AwayDraft, day: date) -> None:
        if away.country and away.departed_on:
            self.migrations.append(
                lying_in(
                    family.scope,
                    MigrationEpisode(
                        person=person, country=away.country, city=away.city, occupation=away.occupation,
                        work=away.work, departed_on=away.departed_on, departed_precision=away.departed_precision,
                    ),
                )
            )  # fmt: skip
        if away.status:
            self.absences.append(
                lying_in(
                    family.scope,
                    Absence(family=family, person=person, status=away.status, since_on=day, recorded_by=self.by),
                )
            )
            told = filter(None, (family.absence_status, away.status))
            family.absence_status = most_serious(told)


def take_turns() -> None:
    """Let nobody else search for likely matches and register until this transaction ends.

    Two workers who register the same woman at the same moment, from a phone each, would both find nobody like her.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_TURN])


@action(Verb.FAMILY_REGISTER, on="scope")
def register_family(*, scope: Scope, draft: FamilyDraft, by: User) -> Family:
    """Register a family with its head, its members and the head's consent, and take the first step of each journey.

    Args:
        scope: where the family will lie; its district must be the jamoat's.

    Raises:
        Refused: ``twice`` with the family's code, when the same form was sent before; ``consent``, ``birth``,
            ``place`` or ``away`` when a rule says no.
    """
    before = Family.objects.filter(pk=draft.family_id).first()
    if before:
        raise Refused(_("This form was saved already."), "twice", detail={"code": before.code})
    demand_plausible(draft, timezone.localdate())
    _demand_jamoats([draft], scope)
    rows = Rows(by)
    family = rows.add_family(draft, scope, next_numbers(1)[0])
    rows.save()
    remark(members=family.n_members)
    return family


@action(Verb.FAMILY_REGISTER, on="scope")
def register_families(*, scope: Scope, drafts: Sequence[FamilyDraft], by: User) -> list[Family]:
    """Register many families of one district at once, with an audit row for each.

    Drafts whose ``family_id`` is there already are passed over, so that a broken run can be repeated.

    Raises:
        Refused: as ``register_family``, for the first draft that a rule says no to; then none is registered.
    """
    today = timezone.localdate()
    present = set(Family.objects.filter(pk__in=[draft.family_id for draft in drafts]).values_list("pk", flat=True))
    fresh = [draft for draft in drafts if draft.family_id not in present]
    for draft in fresh:
        demand_plausible(draft, today)
    _demand_jamoats(fresh, scope)
    rows = Rows(by)
    for draft, number in zip(fresh, next_numbers(len(fresh)), strict=True):
        rows.add_family(draft, scope, number)
    rows.save()
    record_events(Verb.FAMILY_REGISTER, rows.families, by=by)
    remark(families=len(rows.families), already_there=len(present))
    return rows.families


def demand_plausible(draft: FamilyDraft, today: date) -> None:
    """Raise a Refused that names the first thing that cannot be."""
    if draft.registered_on > today:
        raise Refused(_("The day of registration lies in the future. Check it."), "date", field="registered_on")
    for person in draft.people:
        demand_possible_birth(person, today)
        demand_safe_number(person.phone, today)
    for member in draft.members:
        demand_possible_absence(member.away, today)
    if draft.consent.given_on > today:
        raise Refused(_("The day of the consent lies in the future. Check it."), "consent", field="consent_on")
    years = draft.head.age_years(today)
    if draft.consent.given_by is GivenBy.SELF and years is not None and not may_consent_alone(years):
        raise Refused(
            _("The head of the family is under 18: a parent or guardian gives the consent."), "consent",
            field="consent_given_by",
        )  # fmt: skip


def demand_possible_birth(draft: PersonDraft, today: date) -> None:
    """Raise a Refused when nobody can have been born then."""
    if draft.birth is None:
        return
    if draft.birth.on > today:
        raise Refused(_("The date of birth lies in the future. Check it."), "birth", field="birth")
    if draft.birth.age(today).years > OLDEST:
        raise Refused(
            _("The date of birth is more than %(count)s years ago. Check it.") % {"count": OLDEST}, "birth",
            field="birth",
        )  # fmt: skip


def demand_possible_absence(away: AwayDraft | None, today: date) -> None:
    """Raise a Refused when nobody can have left then, or the country is not said."""
    if away is None or away.departed_on is None:
        return
    if away.departed_on > today:
        raise Refused(_("The departure lies in the future. Check it."), "away", field="departed_on")
    if not away.country:
        raise Refused(_("Say in which country the migrant is."), "away", field="country")


def lying_in(scope: Scope, row: R) -> R:
    """``row``, put where ``scope`` says."""
    row.district_id, row.agency_id = str(scope.district_id), scope.agency_id
    row.team_id, row.owner_id = scope.team_id, scope.owner_id
    return row


def next_numbers(n: int) -> list[int]:
    """The next ``n`` family numbers; a number that is drawn is never drawn again."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('registry_family_number') from generate_series(1, %s)", [n])
        return [int(number) for (number,) in cursor.fetchall()]


def _demand_jamoats(drafts: Sequence[FamilyDraft], scope: Scope) -> None:
    """Raise a Refused when a jamoat lies outside the district of ``scope``."""
    asked = {draft.jamoat for draft in drafts}
    if Place.objects.jamoats().filter(pk__in=asked, parent_id=scope.district_id).count() != len(asked):
        raise Refused(_("The jamoat lies in another district. Choose again."), "place", field="jamoat")
