"""Finding families and reading their files, as the asking user may see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from paivand.access.models import AuditEvent, User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.codes import family_number, looks_like_code
from paivand.core.rules.pages import Page
from paivand.core.rules.privacy import DataClass
from paivand.methods.names import PARTS, is_arabic, name_keys
from paivand.registry.models import Consent, Family, FamilyMember, JourneyStep, NameKey, Person
from paivand.registry.queries.people import same_family, same_person
from paivand.registry.rules.families import FamilyState

PAGE = 25
SHORTEST = 2
"""The fewest letters worth searching for."""


def sees_names(by: User) -> bool:
    """Whether ``by`` may see who people are, or only family codes."""
    return by.sees(DataClass.IDENTITY)


def families(by: User, *, order: str = "name", after: str = "", jamoat: str = "", mine: bool = False) -> Page[Family]:
    """A page of families by the head's name in Tajik order, or the newest first.

    Pages go on from a key, not from a number, so the hundredth page is as quick as the first.

    Args:
        order: ``name`` or ``new``. Without the right to see names it is always ``new``.
        after: the ``after`` of the page before.
        jamoat: the code of one jamoat.
        mine: only families for which ``by`` is responsible.
    """
    found = Family.objects.seen_by(by).filter(state=FamilyState.ACTIVE).select_related("jamoat")
    if jamoat:
        found = found.filter(jamoat_id=jamoat)
    if mine:
        found = found.filter(owner=by)
    if order == "name" and sees_names(by):
        return _by_name(by, found, after)
    if after.isdigit():
        found = found.filter(number__lt=int(after))
    return Page.cut(list(with_heads(by, found).order_by("-number")[: PAGE + 1]), PAGE, lambda row: str(row.number))


def _by_name(by: User, found: QuerySet[Family], after: str) -> Page[Family]:
    conditions = Q(head__is_head=True) & on_related("head__", Person.policy.visible(by))
    key, _, last = after.rpartition("~")
    if last:
        try:
            conditions &= Q(head__sort_key__gt=key) | Q(head__sort_key=key, head_id__gt=uuid.UUID(last))
            conditions &= Q(head__sort_key__gte=key)
        except ValueError:
            return Page([], None, more=False)
    rows = list(found.select_related("head").filter(conditions).order_by("head__sort_key", "head_id")[: PAGE + 1])
    return Page.cut(rows, PAGE, lambda row: f"{row.head.sort_key}~{row.head_id}")


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


def search(by: User, text: str, *, limit: int = 20) -> list[Family]:
    """Families found by a code, or by the names of any present member, in any script.

    Each word must begin a name as it is spelt, or be likely the same name. The answer holds at most ``limit``
    families, exact spellings first, and never counts.
    """
    number = family_number(text)
    if number:
        return list(with_heads(by, Family.objects.seen_by(by).filter(number=number)).select_related("jamoat"))
    if looks_like_code(text):
        return []
    words = [word for word in text.split() if len(word) >= SHORTEST][:4]
    if not words or not sees_names(by):
        return []
    words.sort(key=len, reverse=True)
    people: dict[Any, None] = {}
    for spelling in _spellings(words[0]):
        keys = NameKey.objects.seen_by(by).filter(spelling)
        for word in words[1:]:
            other = NameKey.objects.filter(person=OuterRef("person")).filter(_any(_spellings(word)))
            keys = keys.filter(Exists(other))
        people |= dict.fromkeys(keys.order_by("key", "person_id").values_list("person_id", flat=True)[: limit * 2])
        if len(people) >= limit * 2:
            break
    memberships = {
        member.person_id: member
        for member in FamilyMember.objects.seen_by(by)
        .filter(person_id__in=people, until_on=None, family__state=FamilyState.ACTIVE)
        .select_related("family__jamoat", "family__head", "person")
    }
    found: dict[uuid.UUID, Family] = {}
    for person in people:
        member = memberships.get(person)
        if member is None:
            continue
        family = found.setdefault(member.family_id, member.family)
        family.found_people = [*getattr(family, "found_people", []), member.person]  # type: ignore[attr-defined]
    return list(found.values())[:limit]


def _spellings(word: str) -> list[Q]:
    """The keys that a typed word meets: spelt so far, then likely the same name in any of the three parts.

    Two conditions rather than one, so that each is a plain range of one index.
    """
    found = []
    first = name_keys(word, "given")
    if len(first.k1) >= SHORTEST:
        found.append(Q(kind="k1", key__gte=first.k1, key__lt=f"{first.k1}\U0010ffff"))
    likely = sorted({name_keys(word, part).k2 for part in PARTS})
    if not is_arabic(word):
        found.append(Q(kind="k2", key__in=[key for key in likely if len(key) > 2]))
    return found


def _any(conditions: list[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=[]))


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
    """One present member, with the person, if ``by`` may see both."""
    return (
        FamilyMember.objects.seen_by(by)
        .filter(family_id__in=same_family(by, family), pk=member_id, until_on=None)
        .filter(on_related("person__", Person.policy.visible(by)))
        .select_related("person", "family")
        .first()
    )


def consents(by: User, people: Sequence[uuid.UUID]) -> list[Consent]:
    """The consents of these people, the latest first."""
    return list(Consent.objects.seen_by(by).filter(person_id__in=people).order_by("-given_on", "-id"))


def journey(by: User, people: Sequence[uuid.UUID]) -> list[JourneyStep]:
    """The steps of these people, the latest first, with what reverses them."""
    return list(
        JourneyStep.objects.seen_by(by)
        .filter(person_id__in=people)
        .select_related("place", "recorded_by")
        .order_by("-happened_on", "-id")[:200]
    )


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
    found = Family.objects.seen_by(by).filter(pk__in=order).select_related("jamoat")
    rows = {family.pk: family for family in with_heads(by, found)}
    return [rows[pk] for pk in order if pk in rows]


def jamoats(by: User, verb: Verb) -> QuerySet[Place]:
    """The jamoats in which ``by`` may do ``verb``, district by district."""
    found = Place.objects.jamoats().select_related("parent").order_by("parent__sort_key", "sort_key")
    reach = by.reach(verb)
    if reach.everywhere or reach.agencies or reach.teams or reach.owner:
        return found
    return found.filter(parent_id__in=reach.districts)
