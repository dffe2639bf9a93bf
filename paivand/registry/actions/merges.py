"""Merging two records of one person, and undoing it. Nothing moves: an arrow is set, and reading follows it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.registry.actions.migration import carried_absence
from paivand.registry.actions.remittances import carried
from paivand.registry.models import DuplicatePair, Family, FamilyMember, Merge, Person, Remittance
from paivand.registry.queries.people import same_family, same_person
from paivand.registry.rules.duplicates import Verdict, arrows
from paivand.registry.rules.families import FamilyState


@action(Verb.PERSON_MERGE, on="kept")
def merge_people(*, kept: Person, absorbed: Person, reason: str, by: User, join: bool = False) -> Merge:
    """Take two records for one person: ``kept`` is shown from now on, and what belongs to ``absorbed`` with it.

    Args:
        join: join the two files as well, where both records head one.

    Raises:
        Refused: without a reason; ``reach`` when the other record lies beyond the reach of ``by``; ``merged`` when one
            of the two was merged already; ``join`` when there are no two files to join.
    """
    if not reason.strip():
        raise Refused(_("Say what you go by: a talk, a paper, a neighbour."), "reason", field="reason")
    if not by.reach(Verb.PERSON_MERGE).covers(absorbed):
        raise Refused(_("One of the two records lies beyond your reach. Ask a supervisor who reaches both."), "reach")
    people = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[kept.pk, absorbed.pk])}
    if len(people) != 2 or any(person.merged_into_id for person in people.values()):
        raise Refused(_("One of the two records was merged meanwhile. Open the pair again."), "merged")
    families = _heading(people[kept.pk], people[absorbed.pk]) if join else []
    if join and not families:
        raise Refused(_("The two records do not head two open files. There is nothing to join."), "join", field="join")
    turned = list(Person.objects.select_for_update().filter(merged_into=absorbed.pk))
    merge = Merge(
        kept=kept, absorbed=absorbed, reason=reason.strip()[:300], merged_by=by,
        turned=[str(person.pk) for person in turned], families=families, district_id=kept.district_id,
        agency_id=kept.agency_id, team_id=kept.team_id, owner_id=kept.owner_id,
    )  # fmt: skip
    merge.save()
    for person in (people[absorbed.pk], *turned):
        _point(person, kept.pk)
    for gone, stays in families:
        _join(uuid.UUID(gone), uuid.UUID(stays))
    _count_anew(by, [kept.pk, absorbed.pk])
    _settle_pair(kept, absorbed, Verdict.SAME, reason, by)
    remark(joined=bool(families), kept=str(kept.pk), absorbed=str(absorbed.pk))
    return merge


@action(Verb.PERSON_MERGE, on="merge")
def undo_merge(*, merge: Merge, reason: str, by: User) -> Merge:
    """Make two records of a merge two people again, exactly as if it had never been; later merges stay.

    Raises:
        Refused: without a reason; ``undone`` when it was undone already.
    """
    locked: Merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if locked.undone_at:
        raise Refused(_("This merge was undone already."), "undone")
    if not reason.strip():
        raise Refused(_("Say why the two are not one person."), "reason", field="reason")
    concerned = same_person(by, [locked.absorbed_id, locked.kept_id])
    locked.undone_at, locked.undone_by, locked.undo_reason = timezone.now(), by, reason.strip()[:300]
    locked.version += 1
    locked.save()
    live = Merge.objects.filter(undone_at=None, absorbed_id__in=concerned).values_list("absorbed_id", "kept_id")
    ends = arrows(live)
    for person in Person.objects.select_for_update().filter(pk__in=concerned):
        _point(person, ends.get(person.pk))
    for gone, _stays in locked.families:
        _part(uuid.UUID(gone))
    _count_anew(by, concerned)
    _settle_pair(locked.kept, locked.absorbed, Verdict.UNSURE, reason, by)
    remark(kept=str(locked.kept_id), absorbed=str(locked.absorbed_id))
    return locked


def _heading(kept: Person, absorbed: Person) -> list[list[str]]:
    """The file that ``absorbed`` heads and the one that ``kept`` heads, if both are open."""
    found = {
        family.head_id: family
        for family in Family.objects.select_for_update().filter(
            head_id__in=[kept.pk, absorbed.pk], state=FamilyState.ACTIVE
        )
    }
    if len(found) != 2:
        return []
    return [[str(found[absorbed.pk].pk), str(found[kept.pk].pk)]]


def _point(person: Person, end: uuid.UUID | None) -> None:
    """Let a record point to the one that stays, or to none."""
    if person.merged_into_id != end:
        person.merged_into_id = end
        person.version += 1
        person.save()


def _join(gone: uuid.UUID, stays: uuid.UUID) -> None:
    """Close one file in favour of another; files joined with it before go along."""
    for family in Family.objects.select_for_update().filter(merged_into_id=gone):
        family.merged_into_id = stays
        family.version += 1
        family.save()
    family = Family.objects.select_related("head").get(pk=gone)
    family.state, family.state_on, family.merged_into_id = FamilyState.MERGED, timezone.localdate(), stays
    family.version += 1
    family.save()
    _list_head(family)
    _carry(stays)


def _part(gone: uuid.UUID) -> None:
    """Open a joined file again, with the files that were joined with it before."""
    family = Family.objects.select_related("head").select_for_update(of=("self",)).get(pk=gone)
    if family.state != FamilyState.MERGED:
        return
    stayed = family.merged_into_id
    joined = [
        (uuid.UUID(one), uuid.UUID(other))
        for merge in Merge.objects.filter(undone_at=None).exclude(families=[])
        for one, other in merge.families
    ]
    ends = arrows(joined)
    concerned = Family.objects.select_for_update().filter(merged_into_id=family.merged_into_id)
    for row in concerned:
        end = ends.get(row.pk)
        if row.merged_into_id == end:
            continue
        row.merged_into_id = end
        if end is None:
            row.state, row.state_on = FamilyState.ACTIVE, None
        row.version += 1
        row.save()
        _list_head(row)
        if end is None:
            _carry(row.pk)
    if stayed:
        _carry(stayed)


def _carry(family_id: uuid.UUID) -> None:
    """Bring what a file carries for lists in line with all that was told in it and in files joined with it."""
    family = Family.objects.get(pk=family_id)
    files = Family.objects.filter(Q(pk=family_id) | Q(merged_into_id=family_id))
    family.absence_status = carried_absence(family)
    family.remittance_signal = carried(Remittance.objects.filter(family__in=files))
    family.save(update_fields=["absence_status", "remittance_signal", "changed_at"])


def _list_head(family: Family) -> None:
    """Let the head stand in lists while the file is open."""
    head = Person.objects.get(pk=family.head_id)
    if head.is_head != family.is_active:
        head.is_head = family.is_active
        head.save()


def _count_anew(by: User, people: Iterable[uuid.UUID]) -> None:
    """Count the members of every file in which one of these records stands: a person with two records counts once."""
    present = FamilyMember.objects.filter(person_id__in=list(people), until_on=None)
    ids = set(present.values_list("family_id", flat=True))
    ids |= set(Family.objects.filter(pk__in=ids).exclude(merged_into=None).values_list("merged_into_id", flat=True))
    for family in Family.objects.select_for_update().filter(pk__in=ids):
        members = FamilyMember.objects.filter(family_id__in=same_family(by, family), until_on=None)
        n_members = len(set(same_person(by, members.values_list("person_id", flat=True)).values()))
        if family.n_members != n_members:
            family.n_members = n_members
            family.save()


def _settle_pair(kept: Person, absorbed: Person, verdict: Verdict, reason: str, by: User) -> None:
    """Keep the pair, if it is listed, in line with what was done."""
    one, other = sorted((kept.pk, absorbed.pk))
    pair = DuplicatePair.objects.select_for_update().filter(one_id=one, other_id=other).first()
    if pair:
        pair.settle(verdict, reason, by, timezone.now())
        pair.save()
