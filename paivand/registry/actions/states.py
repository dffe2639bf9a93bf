"""Who heads a family, and what becomes of its file."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh, locked_family
from paivand.registry.models import Family, FamilyMember, Person
from paivand.registry.rules import Relation
from paivand.registry.rules.families import FamilyState, may_become


@action(Verb.FAMILY_EDIT, on="family")
def set_head(*, family: Family, version: int, member: FamilyMember, former: Relation, by: User) -> Family:
    """Make another member the head; ``former`` is what the old head is to the new one.

    The relations of the others stay as they are written: who asked for the change looks through them.

    Raises:
        Refused: ``stale``, ``closed``, ``head`` when the member cannot head this family.
    """
    locked = locked_family(family)
    demand_fresh(locked, version)
    if former is Relation.HEAD:
        raise Refused(_("A family has one head. Choose what the old head is to the new one."), "head", field="former")
    rows = FamilyMember.objects.select_for_update().filter(family=locked, until_on=None)
    old = rows.get(relation=Relation.HEAD)
    new = rows.filter(pk=member.pk).first()
    if new is None or new.pk == old.pk:
        raise Refused(_("Choose another member of this family."), "head", field="member")
    people = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[old.person_id, new.person_id])}
    if people[new.person_id].merged_into_id:
        raise Refused(_("This record was joined with another one of the same person. Choose that one."), "head",
                      field="member")  # fmt: skip
    # The old head first: a family never has two.
    for row, relation in ((old, former), (new, Relation.HEAD)):
        row.relation = relation
        row.version += 1
        row.save()
        person = people[row.person_id]
        person.is_head = relation is Relation.HEAD
        person.version += 1
        person.save()
    locked.head = people[new.person_id]
    locked.version += 1
    try:
        with transaction.atomic():
            locked.save()
    except IntegrityError as error:
        raise Refused(_("This person heads another family. One person heads one family."), "head",
                      field="member") from error  # fmt: skip
    remark(changed=["head"], former=str(former))
    return locked


@action(Verb.FAMILY_EDIT, on="family")
def change_state(*, family: Family, version: int, state: FamilyState, on: date, reason: str, by: User) -> Family:
    """Close the file of a family that moved away or left the programme, or open it again.

    Raises:
        Refused: ``stale``; ``state`` where the way is closed, as after a withdrawn consent; ``date``; ``reason``.
    """
    locked: Family = Family.objects.select_for_update().get(pk=family.pk)
    demand_fresh(locked, version)
    if not may_become(FamilyState(locked.state), state):
        raise Refused(
            _("This file is “%(state)s” and cannot be changed to that.") % {"state": _(locked.get_state_display())},
            "state", field="state",
        )  # fmt: skip
    if on > timezone.localdate() or on < locked.registered_on:
        raise Refused(_("The day lies before the registration or in the future. Choose another day."), "date",
                      field="on")  # fmt: skip
    if not reason.strip():
        raise Refused(_("Say why."), "reason", field="reason")
    active = state is FamilyState.ACTIVE
    locked.state = state
    locked.state_on = None if active else on
    locked.state_reason = "" if active else reason.strip()
    locked.version += 1
    locked.save()
    head = Person.objects.select_for_update().get(pk=locked.head_id)
    head.is_head = active
    head.save()
    remark(changed=["state"], state=str(state))
    return locked
