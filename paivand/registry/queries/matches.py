"""Search before create: who is registered already under a like name, birth, telephone or paper.

Candidates are found by exact keys only, which row security lets an index answer; they are few, and scored in Python.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from paivand.access.models import Agency, User
from paivand.core.models import Place
from paivand.core.rules.dates import Precision
from paivand.core.rules.privacy import DataClass
from paivand.methods.linkage import APART, LIKELY, Comparison, Facts, compare, sought_keys
from paivand.methods.names import folded
from paivand.registry.models import Document, Family, FamilyMember, MatchKey, Person, Phone
from paivand.registry.models.elsewhere import likely_elsewhere
from paivand.registry.queries.people import same_person
from paivand.registry.rules import Relation, Sex
from paivand.registry.rules.drafts import PersonDraft
from paivand.registry.rules.duplicates import model
from paivand.registry.rules.families import FamilyState

SHOWN = 5
"""How many matches of one person are shown."""
MOST_CANDIDATES = 300
"""How many candidates of each kind are looked at for one person: more share a name only where nothing else is known."""
COMPARED_CLOSELY = 20
"""How many candidates of one person are compared with all their facts, after a first look at names and birth."""


@dataclass(frozen=True)
class Record:
    """A registered person as she is compared: the record, the file she is in, and the facts."""

    person: Person
    family: Family | None
    facts: Facts


@dataclass(frozen=True)
class Match:
    """A registered person who is likely, or possibly, the one who is typed."""

    person: Person
    family: Family | None
    comparison: Comparison

    @property
    def is_likely(self) -> bool:
        """Whether going on must be answered for."""
        return self.comparison.grade == LIKELY


@dataclass(frozen=True)
class Elsewhere:
    """That a likely match lies beyond the reach of who asks: whom to ask, and nothing more."""

    district: Place
    agency: str


def facts_of_draft(
    draft: PersonDraft, *, jamoat: str = "", village: str = "", mother: str = "", papers: Iterable[tuple[str, str]] = ()
) -> Facts:
    """What was typed about a person, as it is compared."""
    return Facts(
        given=draft.given_name, family=draft.family_name, father=draft.father_name, also=draft.known_as,
        sex=str(draft.sex or ""), born=draft.birth.on if draft.birth else None,
        precision=str(draft.birth.precision) if draft.birth else "",
        phones=frozenset({draft.phone.number} if draft.phone else ()), documents=frozenset(papers), jamoat=jamoat,
        village=village_key(village), mother=mother,
    )  # fmt: skip


def village_key(village: str) -> str:
    """A village as it is compared: its letters, in any case."""
    return folded(village)


def tells_enough(facts: Facts) -> bool:
    """Whether a search can find anything of use: a given name, another name, and one fact that is no name."""
    return bool(facts.given and (facts.family or facts.father) and (facts.born or facts.phones or facts.documents))


def likely_matches(by: User, facts: Facts, *, without: Iterable[uuid.UUID] = ()) -> list[Match]:
    """The registered people within the reach of ``by`` who may be this person, the likeliest first."""
    return likely_matches_of(by, [facts], without=without)[0]


def likely_matches_of(by: User, sought: Sequence[Facts], *, without: Iterable[uuid.UUID] = ()) -> list[list[Match]]:
    """The same for several people at once, with as many questions to the database as for one.

    Args:
        without: records that are not shown, such as those of the family that is being edited.
    """
    candidates = _candidates(by, sought)
    passed_over = set(without)
    wanted = set().union(*candidates) - passed_over
    stays = same_person(by, wanted)
    people = {row.pk: row for row in Person.objects.seen_by(by).filter(pk__in=stays)} if wanted else {}
    close = [
        _closest(facts, [people[pk] for pk in found if pk in people and stays[pk] not in passed_over])
        for facts, found in zip(sought, candidates, strict=True)
    ]
    known = records(by, {person.pk for found in close for person in found}, people)
    answers = []
    for facts, found in zip(sought, close, strict=True):
        best: dict[uuid.UUID, Match] = {}
        for person in found:
            record = known.get(person.pk)
            if record is None:
                continue
            comparison = compare(facts, record.facts, model())
            kept = stays[person.pk]
            if comparison.grade != APART and (kept not in best or best[kept].comparison.weight < comparison.weight):
                best[kept] = Match(people.get(kept, person), record.family, comparison)
        answers.append(sorted(best.values(), key=lambda match: (not match.is_likely, -match.comparison.weight))[:SHOWN])
    return answers


def _candidates(by: User, sought: Sequence[Facts]) -> list[set[uuid.UUID]]:
    """The records that share a key, a telephone or a paper with each person."""
    keys: dict[str, set[int]] = {}
    numbers: dict[str, set[int]] = {}
    papers: dict[str, set[int]] = {}
    for n, facts in enumerate(sought):
        for key in keys_sought(facts):
            keys.setdefault(key, set()).add(n)
        for number in facts.phones:
            numbers.setdefault(number, set()).add(n)
        for _kind, number in facts.documents:
            papers.setdefault(number, set()).add(n)
    found: list[set[uuid.UUID]] = [set() for _facts in sought]
    most = MOST_CANDIDATES * max(1, len(sought))
    by_key = MatchKey.objects.seen_by(by).filter(key__in=list(keys))
    by_phone = Phone.objects.seen_by(by).filter(number__in=list(numbers), ended_on=None)
    by_paper = Document.objects.seen_by(by).filter(number_key__in=list(papers)).exclude(number_key="")
    questions = (
        (keys, by_key.values_list("key", "person_id")),
        (numbers, by_phone.values_list("number", "person_id")),
        (papers, by_paper.values_list("number_key", "person_id")),
    )
    for asked, rows in questions:
        if asked:
            for key, person_id in rows[:most]:
                for n in asked[key]:
                    found[n].add(person_id)
    return found


def keys_sought(facts: Facts) -> set[str]:
    """The keys to look a person up by, under either of her given names."""
    year = facts.born.year if facts.born else None
    return {
        key
        for given in (facts.given, facts.also)
        if given
        for key in sought_keys(
            given, facts.family, facts.father, year, guessed=facts.precision == Precision.ESTIMATE
        )
    }  # fmt: skip


def _closest(facts: Facts, people: list[Person]) -> list[Person]:
    """The candidates that names and birth alone bring nearest: only of these the other facts are read."""
    if len(people) <= COMPARED_CLOSELY:
        return people
    bare = replace(facts, phones=frozenset(), documents=frozenset(), jamoat="", mother="")
    people.sort(key=lambda person: -compare(bare, facts_of_person(person), model()).weight)
    return people[:COMPARED_CLOSELY]


def facts_of_person(person: Person) -> Facts:
    """What the person's own record says."""
    return Facts(
        given=person.given_name, family=person.family_name, father=person.father_name, also=person.known_as,
        sex=person.sex, born=person.birth_on, precision=person.birth_precision,
    )  # fmt: skip


def records(
    by: User, ids: Iterable[uuid.UUID], people: dict[uuid.UUID, Person] | None = None
) -> dict[uuid.UUID, Record]:
    """The records of these people with all facts that are compared, each with the file she is in.

    People whose consent was withdrawn are left out. Of several files the active one counts.

    Args:
        people: rows that were read already.
    """
    wanted = set(ids)
    if not wanted:
        return {}
    known = people or {}
    rows = {pk: known[pk] for pk in wanted if pk in known}
    rows |= (
        {row.pk: row for row in Person.objects.seen_by(by).filter(pk__in=wanted - set(rows))}
        if wanted - set(rows)
        else {}
    )
    members = list(
        FamilyMember.objects.seen_by(by)
        .filter(person_id__in=wanted, until_on=None)
        .exclude(family__state=FamilyState.WITHDRAWN)
        .select_related("family__jamoat", "family__merged_into__jamoat")
    )
    members.sort(key=lambda member: (member.family.state == FamilyState.ACTIVE, member.pk))
    member_of = {member.person_id: member for member in members}
    mothers = _mothers(by, [member for member in member_of.values() if member.relation == Relation.CHILD])
    phones, papers = _phones(by, wanted), _papers(by, wanted)
    found = {}
    for pk, person in rows.items():
        member = member_of.get(pk)
        if member is None:
            continue
        family = member.family.merged_into or member.family
        facts = replace(
            facts_of_person(person), phones=frozenset(phones.get(pk, ())), documents=frozenset(papers.get(pk, ())),
            jamoat=member.family.jamoat_id, village=village_key(member.family.village), mother=mothers.get(pk, ""),
            household=str(family.pk),
        )  # fmt: skip
        found[pk] = Record(person, family, facts)
    return found


def _mothers(by: User, children: list[FamilyMember]) -> dict[uuid.UUID, str]:
    """The given name of the mother of each child: the woman among the head and the spouse of the family."""
    if not children:
        return {}
    parents = FamilyMember.objects.seen_by(by).filter(
        family_id__in={child.family_id for child in children}, until_on=None,
        relation__in=[Relation.HEAD, Relation.SPOUSE], person__sex=Sex.FEMALE,
    )  # fmt: skip
    women: dict[uuid.UUID, list[str]] = {}
    for family_id, name in parents.values_list("family_id", "person__given_name"):
        women.setdefault(family_id, []).append(name)
    alone = {family_id: names[0] for family_id, names in women.items() if len(names) == 1}
    return {child.person_id: alone[child.family_id] for child in children if child.family_id in alone}


def _phones(by: User, ids: set[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    found: dict[uuid.UUID, set[str]] = {}
    if by.sees(DataClass.CONTACT):
        rows = Phone.objects.seen_by(by).filter(person_id__in=ids, ended_on=None)
        for person_id, number in rows.values_list("person_id", "number"):
            found.setdefault(person_id, set()).add(number)
    return found


def _papers(by: User, ids: set[uuid.UUID]) -> dict[uuid.UUID, set[tuple[str, str]]]:
    found: dict[uuid.UUID, set[tuple[str, str]]] = {}
    rows = Document.objects.seen_by(by).filter(person_id__in=ids).exclude(number_key="")
    for person_id, kind, number in rows.values_list("person_id", "kind", "number_key"):
        found.setdefault(person_id, set()).add((kind, number))
    return found


def matches_elsewhere(facts: Facts) -> list[Elsewhere]:
    """Whether a likely match lies beyond the reach of who asks: its district and agency, at most three.

    The database answers by a function of its own that notes the look in the audit and tells nothing else.
    """
    found = likely_elsewhere(facts)
    districts = {place.code: place for place in Place.objects.districts().filter(pk__in={code for code, _ in found})}
    agencies = dict(Agency.objects.filter(pk__in={agency for _, agency in found if agency}).values_list("pk", "name"))
    return [
        Elsewhere(districts[code], agencies.get(agency, "") if agency else "")
        for code, agency in found
        if code in districts
    ]  # fmt: skip
