"""Consents: written down as they were given, withdrawn with everything that follows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.registry.actions.people import rewrite_keys
from paivand.registry.models import Consent, Family, FamilyMember, MatchKey, NameKey, Person
from paivand.registry.queries import consents as queries
from paivand.registry.rules import PURPOSE_NAMES, ConsentPurpose, GivenBy
from paivand.registry.rules.consents import (
    ConsentState,
    assent_is_asked,
    consequences,
    may_give,
    needs_assent,
    says_again,
)
from paivand.registry.rules.drafts import ConsentDraft
from paivand.registry.rules.families import FamilyState
from paivand.registry.rules.keys import row_key


@action(Verb.CONSENT_RECORD, on="person")
def record_consent(*, person: Person, draft: ConsentDraft, by: User) -> Person:
    """Write down that ``person`` agreed, one row for each purpose.

    A new consent of the head to registration opens the file again that closed when she withdrew it.

    Raises:
        Refused: ``consent`` for who may not give it, ``until``, ``assent``, ``closed``, ``registration`` where that is
            not agreed to, ``already`` where the ledger says the same and nothing is renewed.
    """
    _write(person, draft, by)
    remark(purposes=[str(purpose) for purpose in draft.purposes])
    return person


@action(Verb.CONSENT_RECORD, on="family")
def record_consents(
    *, family: Family, given: Sequence[tuple[Person, ConsentDraft]], form_id: uuid.UUID, by: User
) -> Family:
    """Write down what several members agreed to in one talk; all of it or nothing.

    Raises:
        Refused: ``twice`` when the form was saved already; else as ``record_consent``.
    """
    if not given:
        raise Refused(_("Choose who gives the consent."), "people", field="people")
    first, draft = given[0]
    if Consent.objects.filter(pk=row_key(form_id, first.pk, *draft.purposes[:1])).exists():
        raise Refused(_("This form was saved already."), "twice", detail={"code": family.code})
    for person, one in given:
        _write(person, one, by, form_id)
    remark(members=len(given), purposes=[str(purpose) for purpose in draft.purposes])
    return Family.objects.get(pk=family.pk)


def _write(person: Person, draft: ConsentDraft, by: User, form_id: uuid.UUID | None = None) -> None:
    """Check and write the consent of one person."""
    today = timezone.localdate()
    _demand_possible(draft, today)
    draft = demand_rightly_given(person, draft)
    ground = queries.grounds(by, [person.pk], today)[person.pk]
    if not ground.files:
        ground = _reopened(person, draft, by, today)
    if not ground.registered and ConsentPurpose.REGISTRATION not in draft.purposes:
        raise Refused(
            _("Nobody agreed to the registration, or that consent has ended. Write that consent down first."),
            "registration", field="purposes",
        )  # fmt: skip
    for entry in queries.ledger(by, [person.pk], today)[person.pk]:
        if entry.purpose in draft.purposes:
            _demand_news(entry, draft, today)
    rows = consent_rows(person, draft, by)
    if form_id:
        for row in rows:
            row.id = row_key(form_id, person.pk, row.purpose)
    Consent.objects.bulk_create(rows)


def _demand_possible(draft: ConsentDraft, today: date) -> None:
    """Raise a Refused when the days cannot be, or nothing is agreed to."""
    if not draft.purposes:
        raise Refused(_("Choose what the consent is given for."), "purposes", field="purposes")
    if draft.given_on > today:
        raise Refused(_("The day of the consent lies in the future. Check it."), "consent", field="consent_on")
    if draft.valid_until and draft.valid_until < max(today, draft.given_on):
        raise Refused(_("This consent would have ended already. Check until when it is given."), "until",
                      field="valid_until")  # fmt: skip


def demand_rightly_given(person: Person, draft: ConsentDraft) -> ConsentDraft:
    """The draft, with assent only where it is asked; a Refused where somebody else must give it."""
    if draft.given_by not in may_give(person.age):
        message = (
            _("This person is under 18: a parent or guardian gives the consent.")
            if draft.given_by is GivenBy.SELF
            else _("This person is 18 or older: nobody else gives the consent.")
        )
        raise Refused(message, "consent", field="consent_given_by")
    if draft.given_by is GivenBy.GUARDIAN and not draft.guardian_name.strip():
        raise Refused(_("Write who answers for the child."), "guardian", field="guardian_name")
    if not assent_is_asked(person.age, draft.given_by):
        return replace(draft, assent=None)
    if draft.assent is None:
        raise Refused(_("A child of 7 or older is asked too. Write down what the child says."), "assent",
                      field="assent")  # fmt: skip
    barred = needs_assent(draft.purposes)
    if barred and not draft.assent:
        raise Refused(
            _("The child does not agree, and for “%(purpose)s” that is the last word. Leave it out.")
            % {"purpose": _(PURPOSE_NAMES[barred[0]])}, "assent", field="purposes",
        )  # fmt: skip
    return draft


def _demand_news(entry: queries.Entry, draft: ConsentDraft, today: date) -> None:
    """Raise a Refused where the ledger says the same already, or a later withdrawal stands against it."""
    live = [row for row in entry.rows if row.is_live_on(today)]
    if entry.standing.state is ConsentState.GIVEN and says_again(live, draft.extent, draft.valid_until):
        raise Refused(
            _("A consent to “%(purpose)s” counts already. It is written down again only to last longer.")
            % {"purpose": _(PURPOSE_NAMES[entry.purpose])}, "already", field="purposes",
        )  # fmt: skip
    withdrawn = [row.withdrawn_on for row in entry.rows if row.withdrawn_on]
    if withdrawn and draft.given_on < max(withdrawn):
        raise Refused(
            _("“%(purpose)s” was withdrawn after that day. A new consent has a later day.")
            % {"purpose": _(PURPOSE_NAMES[entry.purpose])}, "consent", field="consent_on",
        )  # fmt: skip


def _reopened(person: Person, draft: ConsentDraft, by: User, today: date) -> queries.Grounds:
    """Open the file again that closed when its head withdrew; what was erased stays erased."""
    family = queries.withdrawn_file(by, person.pk)
    if family is None or ConsentPurpose.REGISTRATION not in draft.purposes:
        raise Refused(
            _("This person belongs to no open file. Nothing new can be written down."), "closed", field="people"
        )
    family = Family.objects.select_for_update().get(pk=family.pk)
    family.state, family.state_on, family.state_reason = FamilyState.ACTIVE, None, ""
    family.version += 1
    family.save()
    members = FamilyMember.objects.filter(family=family, until_on=None).select_related("person")
    for member in members:
        if member.person_id == family.head_id:
            member.person.is_head = True
            member.person.version += 1
            member.person.save()
        rewrite_keys(member.person)
    remark(opened=family.code)
    return queries.grounds(by, [person.pk], today)[person.pk]


@action(Verb.CONSENT_WITHDRAW, on="consent")
def withdraw_consent(*, consent: Consent, on: date, reason: str, by: User) -> Consent | Family:
    """Write down that a consent is withdrawn, and carry out what ``queries.consequences_of_withdrawal`` names.

    Nothing undoes it. Returns the family in which something happened, or the consent where nothing else did.

    Raises:
        Refused: ``already``; ``date`` for a day before the consent or in the future; ``reason``.
    """
    locked = Consent.objects.select_for_update().get(pk=consent.pk)
    if locked.withdrawn_on:
        raise Refused(_("This consent was withdrawn already."), "already")
    if on > timezone.localdate() or on < locked.given_on:
        raise Refused(_("The day lies before the consent or in the future. Choose another day."), "date", field="on")
    if not reason.strip():
        raise Refused(_("Say why, in a few words."), "reason", field="reason")
    reached = queries.withdrawal(by, locked)
    for row in Consent.objects.select_for_update().filter(pk__in=[row.pk for row in reached.rows]):
        row.withdrawn_on, row.withdrawal_reason = max(on, row.given_on), reason.strip()
        row.withdrawal_recorded_by = by
        row.version += 1
        row.save()
    remark(purposes=[str(purpose) for purpose in (reached.purpose, *reached.others)])
    if reached.erased:
        _erase(by, reached)
    for family in reached.closing:
        _close(family, on, reason.strip())
    for member in reached.leaving:
        _leave(member, on)
    for consequence in consequences(reached.purpose, head=bool(reached.closing)):
        if consequence in queries.FOLLOW_UPS:
            queries.FOLLOW_UPS[consequence].carry_out(by, reached, on, reason.strip())
    files = [*reached.closing, *(member.family for member in reached.leaving)]
    if not files:
        files = queries.open_files(by, [locked.person_id])[locked.person_id]
    return Family.objects.get(pk=files[0].pk) if files else Consent.objects.get(pk=locked.pk)


def _erase(by: User, reached: queries.Withdrawal) -> None:
    """Erase what is kept only to reach and to find these people."""
    phones, documents, pairs = (
        rows(by, reached).delete()[0] for rows in (queries.phones_of, queries.documents_of, queries.pairs_of)
    )
    for keys in (NameKey, MatchKey):
        keys.objects.filter(person_id__in=reached.erased).delete()
    remark(phones=phones, documents=documents, pairs=pairs, people=len(reached.erased))


def _close(family: Family, on: date, reason: str) -> None:
    """Close the file that the person heads: it leaves lists and searches, and is changed no more."""
    locked = Family.objects.select_for_update().get(pk=family.pk)
    locked.state, locked.state_on, locked.state_reason = FamilyState.WITHDRAWN, on, reason
    locked.version += 1
    locked.save()
    head = Person.objects.select_for_update().get(pk=locked.head_id)
    head.is_head = False
    head.version += 1
    head.save()
    remark(closed=locked.code)


def _leave(member: FamilyMember, on: date) -> None:
    """End the membership of somebody who does not head the file."""
    member = FamilyMember.objects.select_for_update().get(pk=member.pk)
    member.until_on = max(on, member.from_on)
    member.version += 1
    member.save()
    family = Family.objects.select_for_update().get(pk=member.family_id)
    family.n_members = max(1, family.n_members - 1)
    family.save()
    remark(left=family.code)


def consent_rows(person: Person, draft: ConsentDraft, by: User) -> list[Consent]:
    """The unsaved rows of a consent, one for each purpose."""
    return [
        Consent(
            person=person, purpose=purpose, given_by=draft.given_by, method=draft.method, language=draft.language,
            given_on=draft.given_on, recorded_by=by, guardian_name=draft.guardian_name, assent=draft.assent,
            extent=draft.extent, valid_until=draft.valid_until, district_id=person.district_id,
            agency_id=person.agency_id, team_id=person.team_id, owner_id=person.owner_id,
        )
        for purpose in draft.purposes
    ]  # fmt: skip
