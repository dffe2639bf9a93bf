"""Finding families and reading their files, as the asking user may see them."""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import Q, QuerySet

from paivand.access.models import AuditEvent, User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.codes import family_number
from paivand.core.rules.privacy import DataClass
from paivand.registry.models import Family, FamilyMember, Person
from paivand.registry.queries.people import same_family, same_person
from paivand.registry.rules.families import FamilyState

PAGE = 25
SHORTEST = 2
"""The fewest letters worth searching for."""


def sees_names(by: User) -> bool:
    """Whether ``by`` may see who people are, or only family codes."""
    return by.sees(DataClass.IDENTITY)


def on_related(prefix: str, condition: Q) -> Q:
    """``condition``, said of a related row."""
    moved = Q(_connector=condition.connector, _negated=condition.negated)
    for child in condition.children:
        if isinstance(child, Q):
            moved.children.append(on_related(prefix, child))
        else:
            name, value = child  # type: ignore[misc]
            moved.children.append((f"{prefix}{name}", value))
    return moved


def with_heads(by: User, found: QuerySet[Family]) -> QuerySet[Family]:
    """The families with their heads, where ``by`` may see who people are."""
    return found.select_related("head") if sees_names(by) else found


def family_by_code(by: User, code: str) -> Family | None:
    """The family with this code, if ``by`` may see it; the other one where its file was joined with another."""
    number = family_number(code)
    if not number:
        return None
    found = Family.objects.seen_by(by).select_related("jamoat__parent", "owner", "agency", "team")
    family = with_heads(by, found).filter(number=number).first()
    if family and family.merged_into_id:
        return with_heads(by, found).filter(pk=family.merged_into_id).first() or family
    return family


def sent_before(by: User, form_id: uuid.UUID) -> bool:
    """Whether the form with this key was saved already: a double tap, or a second try after a lost answer."""
    return (
        Family.objects.seen_by(by).filter(pk=form_id).exists() or Person.objects.seen_by(by).filter(pk=form_id).exists()
    )


def members(by: User, family: Family) -> list[FamilyMember]:
    """The present members, the head first, then the eldest first; without names where the role sees none.

    Members of files joined with this one belong here too. A person with several records stands once: ``shown`` is the
    record that stays, ``records`` are the keys of all, for whatever else belongs to her.
    """
    found = list(FamilyMember.objects.seen_by(by).filter(family_id__in=same_family(by, family), until_on=None))
    stays = same_person(by, [member.person_id for member in found])
    people = {p.pk: p for p in Person.objects.seen_by(by).filter(pk__in=stays)}
    found.sort(key=lambda m: (m.family_id != family.pk, m.relation != "head", stays[m.person_id] != m.person_id, m.pk))
    once: dict[uuid.UUID, FamilyMember] = {}
    for member in found:
        kept = stays[member.person_id]
        member.shown = people.get(kept) or people.get(member.person_id)  # type: ignore[attr-defined]
        member.records = [pk for pk, other in stays.items() if other == kept]  # type: ignore[attr-defined]
        once.setdefault(kept, member)
    far = date.max
    rows = list(once.values())
    rows.sort(key=lambda m: (m.relation != "head", (m.shown and m.shown.birth_on) or far, m.pk))  # type: ignore[attr-defined]
    return rows


def member(by: User, family: Family, member_id: uuid.UUID) -> FamilyMember | None:
    """One present member, with the person, if ``by`` may see both; ``shown`` is the record that stays for her."""
    found: FamilyMember | None = (
        FamilyMember.objects.seen_by(by)
        .filter(family_id__in=same_family(by, family), pk=member_id, until_on=None)
        .filter(on_related("person__", Person.policy.visible(by)))
        .select_related("person", "family")
        .first()
    )
    if found:
        kept = found.person.merged_into_id and Person.objects.seen_by(by).filter(pk=found.person.merged_into_id).first()
        found.shown = kept or found.person  # type: ignore[attr-defined]
    return found


def openings(by: User, family: Family, *, limit: int = 10) -> list[AuditEvent]:
    """Who opened this file last."""
    return list(
        AuditEvent.objects.filter(AuditEvent.policy.visible(by))
        .filter(subject_id=family.pk, event=Verb.FAMILY_OPEN, outcome="done")
        .order_by("-id")[:limit]
    )


def recently_opened(by: User, *, limit: int = 6) -> list[Family]:
    """The files that ``by`` opened last, as far as they may still be seen."""
    events = AuditEvent.objects.filter(actor_id=by.pk, event=Verb.FAMILY_OPEN, outcome="done").order_by("-id")[:40]
    order = list(dict.fromkeys(event.subject_id for event in events if event.subject_id))[:limit]
    found = Family.objects.seen_by(by).filter(pk__in=order, state=FamilyState.ACTIVE).select_related("jamoat")
    rows = {family.pk: family for family in with_heads(by, found)}
    return [rows[pk] for pk in order if pk in rows]


def jamoats(by: User, verb: Verb) -> QuerySet[Place]:
    """The jamoats in which ``by`` may do ``verb``, district by district."""
    found = Place.objects.jamoats().select_related("parent").order_by("parent__sort_key", "sort_key")
    reach = by.reach(verb)
    if reach.everywhere or reach.agencies or reach.teams or reach.owner:
        return found
    return found.filter(parent_id__in=reach.districts)
