"""Which cases the demonstration tells: of whom, of what kind, how far they have come, and who works on them.

Nothing is written here. First come the examples that are declared one by one, so that each of them is there in a small
demonstration too; the others are drawn, in such numbers that the published figures come out.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.cases.actions.cases import Concerned
from paivand.cases.models import Case
from paivand.cases.rules.cases import CaseRole, Risk
from paivand.cases.rules.kinds import MainPerson, case_kinds
from paivand.operate.population.telling import AT_ONCE, drawn, share, spread, told
from paivand.registry.models import Consent, Family, FamilyMember, Person
from paivand.registry.queries.consents import covered
from paivand.registry.rules import ADULT, ConsentPurpose, Sex
from paivand.registry.rules.keys import row_key

ROOT = uuid.UUID("019a0000-0000-7000-8000-0000000ca5e5")
NOON = time(12)
ORDER = ("shut", "reopened", "opened", "assessed", "submitted", "planned", "in_progress", "closing", "closed")
"""How far a case has come. One that is shut was closed early; one that is reopened was shut before."""


@dataclass(frozen=True)
class Home:
    """An open file and those of it who agree to services; ``wavers`` where its head took back something else."""

    family: Family
    women: tuple[Person, ...]
    children: tuple[Person, ...]
    wavers: bool = False


@dataclass(frozen=True)
class Scene:
    """Who works where, what is known of each district, and the day from which everything is counted back.

    Args:
        users: the accounts by their user names.
        workers: the social workers of each district, the one whom a button signs in as first.
        known: the homes of each district, in the order of their numbers.
    """

    users: Mapping[str, User]
    workers: Mapping[str, Sequence[User]]
    known: Mapping[str, Sequence[Home]]
    n_families: int
    today: date

    @property
    def supervisor(self) -> User:
        """Who approves plans and closures."""
        return self.users["supervisor"]

    def share(self, figure: str) -> int:
        """The part of a declared figure that this demonstration has."""
        return share(figure, self.n_families)

    def at(self, days_ago: float) -> datetime:
        """A moment so many days ago, and never in the future."""
        noon = timezone.make_aware(datetime.combine(self.today, NOON))
        return min(noon - timedelta(days=days_ago), timezone.now())


@dataclass
class Story:
    """A case to be told: its family and people, how far it has come, and who works on it."""

    home: Home
    people: list[Concerned]
    kind: str
    risk: Risk
    stage: str
    worker: User
    opened_on: date
    today: date
    example: Mapping[str, Any] = field(default_factory=dict)
    case: Case = field(default_factory=Case)

    def __post_init__(self) -> None:
        self.key = row_key(ROOT, self.home.family.number)
        self.seeds = Random(self.home.family.number)  # noqa: S311  # a demonstration, no secret

    @property
    def name(self) -> str:
        """What the example is called; empty for a case that was drawn."""
        return str(self.example.get("key", ""))

    @property
    def woman(self) -> Person:
        """The woman whom it is about, or who cares for the child whom it is about."""
        return self.home.women[0]

    @property
    def child(self) -> Person | None:
        """The child whom the example is about; none where the case has no child of that age."""
        return next(
            (one.person for one in self.people if one.person != self.woman and is_of_age(one.person, self.example)),
            None,
        )

    @property
    def district(self) -> str:
        """Where the family lives."""
        return str(self.home.family.district_id)

    @property
    def age(self) -> int:
        """How many days ago it was opened."""
        return (self.today - self.opened_on).days

    def reaches(self, stage: str) -> bool:
        """Whether it came as far as this, step by step."""
        return self.stage not in {"shut", "reopened"} and ORDER.index(self.stage) >= ORDER.index(stage)

    def at(self, days: int) -> datetime:
        """Noon, so many days after the opening, and never in the future."""
        day = datetime.combine(self.opened_on + timedelta(days=days), NOON)
        return min(timezone.make_aware(day), timezone.now())

    def id_of(self, *parts: object) -> uuid.UUID:
        """The key of a form of this case."""
        return row_key(self.key, *parts)

    def fresh(self) -> Case:
        """The case as it stands."""
        self.case = Case.objects.select_related("family").get(pk=self.key)
        return self.case


# --- who is known ----------------------------------------------------------------------------------------------------


def homes(by: User, district: str) -> list[Home]:
    """The open files of a district with those who agree to services, in the order of their numbers."""
    with acting_as(by):
        return _homes(by, district)


def _homes(by: User, district: str) -> list[Home]:
    members = (
        FamilyMember.objects.filter(until_on=None, district_id=district, family__state="active")
        .select_related("family__jamoat", "family__head", "person")
        .order_by("family__number", "pk")
    )
    grouped: dict[Family, list[Person]] = {}
    for member in members:
        if member.person.merged_into_id is None:
            grouped.setdefault(member.family, []).append(member.person)
    people = [person.pk for theirs in grouped.values() for person in theirs]
    agreed: set[uuid.UUID] = set()
    for start in range(0, len(people), AT_ONCE):
        agreed |= covered(by, people[start : start + AT_ONCE], ConsentPurpose.SERVICES)
    wavering = set(
        Consent.objects.filter(district_id=district, withdrawn_on__isnull=False).values_list("person_id", flat=True)
    )
    return [
        home_of(family, [person for person in theirs if person.pk in agreed], wavers=family.head_id in wavering)
        for family, theirs in grouped.items()
        if family.head_id in agreed  # the head speaks for the household
    ]


def home_of(family: Family, agreeing: Sequence[Person], *, wavers: bool = False) -> Home:
    """A home with its women and children, of those who agree."""
    ages = {person.pk: person.age.years for person in agreeing if person.age}
    women = [one for one in agreeing if one.sex == Sex.FEMALE and ages.get(one.pk, 0) >= ADULT]
    children = [one for one in agreeing if ages.get(one.pk, ADULT) < ADULT]
    return Home(family, tuple(women), tuple(children), wavers)


# --- what is told ----------------------------------------------------------------------------------------------------


def drawn_stories(scene: Scene) -> list[Story]:
    """As many cases as women are to be supported, each about one of them, with children until those are enough."""
    chance = Random(29)  # noqa: S311  # a demonstration, no secret
    free = {
        district: [home for home in there if home.women and not home.wavers] for district, there in scene.known.items()
    }
    for there in free.values():
        chance.shuffle(there)
    n_women = scene.share("women_supported")
    chosen = _of_examples(scene, free, n_women)
    chosen += _of_the_rest(scene, free, n_women - len(chosen), chance)
    children = _children([(home, plan) for home, plan, _worker in chosen], scene.share("children_supported"))
    return [_story(scene, one, theirs, chance) for one, theirs in zip(chosen, children, strict=True)]


Chosen = tuple[Home, Mapping[str, Any], User]


def _of_examples(scene: Scene, free: Mapping[str, list[Home]], most: int) -> list[Chosen]:
    """The examples that are declared, each with a home that fits."""
    found: list[Chosen] = []
    for example in told()["examples"]:
        there = free.get(example["district"], [])
        if len(found) >= most or not there:
            continue
        home = min(there, key=lambda one, example=example: _misfit(one, example, scene.today))  # type: ignore[misc]
        there.remove(home)
        found.append((home, example, scene.workers[example["district"]][example.get("worker", 0)]))
    return found


def _misfit(home: Home, example: Mapping[str, Any], today: date) -> tuple[bool, bool, bool]:
    """How badly a home fits an example: without such a child, without any, registered too late."""
    return (
        not any(is_of_age(child, example) for child in home.children),
        not home.children,
        home.family.registered_on > today - timedelta(days=example["days_ago"]),
    )


def is_of_age(child: Person, plan: Mapping[str, Any]) -> bool:
    """Whether an example is about a child of this age."""
    return bool(child.age and plan.get("child_from", 0) <= child.age.years < plan.get("child_under", ADULT))


def _of_the_rest(scene: Scene, free: Mapping[str, list[Home]], n: int, chance: Random) -> list[Chosen]:
    """Homes for the cases that are drawn; a case that began long ago is told of a family that came long ago."""
    pool = [home for there in free.values() for home in there]
    chance.shuffle(pool)
    pool = sorted(pool[:n], key=lambda home: (home.family.registered_on, home.family.number))
    stages = spread(told()["stages"], len(pool))
    turns = dict.fromkeys(scene.workers, 0)
    found: list[Chosen] = []
    for home, stage in zip(pool, stages, strict=True):
        district = str(home.family.district_id)
        workers = scene.workers[district]
        worker = workers[turns[district] % len(workers)]
        turns[district] += 1
        plan = {"stage": stage, "kind": drawn(chance, told()["kinds"]), "risk": drawn(chance, told()["risks"])}
        found.append((home, plan, worker))
    return found


def _children(chosen: Sequence[tuple[Home, Mapping[str, Any]]], n: int) -> list[tuple[Person, ...]]:
    """Whose children belong to which case: first one where the case is about a child, then as many as are needed."""
    counts = [0] * len(chosen)
    about_child = [turn for turn, (_home, plan) in enumerate(chosen) if _is_about_child(plan["kind"])]
    others = sorted(set(range(len(chosen))) - set(about_child), key=lambda turn: "key" not in chosen[turn][1])
    for wave in (about_child, others, [*about_child, *others], [*about_child, *others]):
        for turn in wave:
            if sum(counts) < n and counts[turn] < len(chosen[turn][0].children):
                counts[turn] += 1
    return [_in_order(home, plan)[:count] for (home, plan), count in zip(chosen, counts, strict=True)]


def _in_order(home: Home, plan: Mapping[str, Any]) -> tuple[Person, ...]:
    """The children of a home, those first whom the example is about."""
    return tuple(sorted(home.children, key=lambda one: not is_of_age(one, plan)))


def _is_about_child(kind: str) -> bool:
    return case_kinds()[kind].main_person is MainPerson.CHILD


def _story(scene: Scene, chosen: Chosen, children: Sequence[Person], chance: Random) -> Story:
    home, plan, worker = chosen
    kind = plan["kind"]
    if _is_about_child(kind) and not children:
        kind = "social_support"
    ago = plan["days_ago"] if "days_ago" in plan else chance.randint(*told()["days_ago"][plan["stage"]])
    return Story(
        home, concerned(home, children, kind), kind, Risk(plan["risk"]), plan["stage"], worker,
        max(scene.today - timedelta(days=ago), home.family.registered_on), scene.today,
        example=plan if "key" in plan else {},
    )  # fmt: skip


def concerned(home: Home, children: Sequence[Person], kind: str) -> list[Concerned]:
    """A woman and her children; the main person is the one for whom such a case is opened."""
    woman, others = home.women[0], [Concerned(child, CaseRole.CHILD) for child in children]
    if _is_about_child(kind):
        return [Concerned(children[0], CaseRole.MAIN), Concerned(woman, CaseRole.OTHER), *others[1:]]
    return [Concerned(woman, CaseRole.MAIN), *others]
