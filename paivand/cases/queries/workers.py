"""Who works with cases, how much each carries, and who may take a case."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.rules.roles import RoleKey
from paivand.access.rules.scopes import Reach, Scope, ScopeKind
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case, Holding, holdings, open_counts, reach_of
from paivand.cases.rules.caseload import Caseload, limit_of
from paivand.core.rules.privacy import DataClass

Held = Mapping[uuid.UUID, Sequence[Holding]]


@dataclass(frozen=True)
class Candidate:
    """Somebody who may take a case, what she carries now, and what she would carry with it."""

    user: User
    load: Caseload
    then: Caseload
    other_agency: bool


def caseloads(held: Held) -> dict[uuid.UUID, Caseload]:
    """What each of these workers carries: all open cases of hers, those beyond the asker's reach included."""
    counts = open_counts(held)
    return {worker: Caseload.of(counts.get(worker, {}), limit_of(_roles(roles))) for worker, roles in held.items()}


def _roles(held: Iterable[Holding]) -> list[RoleKey]:
    return [one.role for one in held]


def caseload(worker: User) -> Caseload:
    """What one worker carries."""
    held = holdings().get(worker.pk, [])
    return caseloads({worker.pk: held})[worker.pk]


def works_there(worker: User, held: Sequence[Holding], case: Case) -> bool:
    """Whether a worker with these roles could work the case as its owner, and open the family's file as it lies."""
    place = Scope(case.district_id, worker.agency_id, worker.team_id, worker.pk)
    return (
        worker.is_active
        and reach_of(worker.pk, held, Verb.CASE_WORK, DataClass.CASE).covers(place)
        and reach_of(worker.pk, held, Verb.FAMILY_OPEN, DataClass.FAMILY).covers(case.family)
    )


def may_give(by: User, case: Case, worker: User) -> bool:
    """Whether the right of ``by`` to give cases reaches this case, and the place where it would lie then."""
    reach = by.reach(Verb.CASE_ASSIGN, DataClass.CASE)
    place = Scope(case.district_id, worker.agency_id, worker.team_id, worker.pk)
    return reach.covers(case) and reach.covers(place)


def candidates(by: User, case: Case) -> list[Candidate]:
    """Everybody else who may take the case, those of its agency first, who carries least before who carries more."""
    held = holdings([case.district_id])
    able = _who(by, held, lambda user: user.pk != case.owner_id and works_there(user, held[user.pk], case))
    loads = caseloads({user.pk: held[user.pk] for user in able})
    found = [
        Candidate(user, loads[user.pk], loads[user.pk].with_one(case.risk), user.agency_id != case.agency_id)
        for user in able
    ]
    return sorted(found, key=lambda one: (one.other_agency, one.then.weight / one.then.limit, one.user.sort_key))


def _who(by: User, held: Held, fits: Callable[[User], bool]) -> list[User]:
    """Those of these workers who fit, with agency and team.

    Of all others only what the question needs is read: most workers of a programme belong to teams far away.
    """
    found = User.objects.filter(User.policy.visible(by))
    asked = found.filter(pk__in=held).select_related("team").only("agency", "is_active", "team__district")
    near = [user.pk for user in asked if fits(user)]
    return list(found.filter(pk__in=near).select_related("agency", "team"))


def worker_seen_by(by: User, user_id: uuid.UUID) -> User | None:
    """One colleague."""
    found = User.objects.filter(User.policy.visible(by), pk=user_id).select_related("agency", "team__district")
    return found.first()


def without_worker(by: User) -> Q:
    """The cases that no active worker has: of nobody, or of who does not work here any more.

    Those are asked for first, so that an index finds their cases; joined, every open case would be looked at.
    """
    gone = User.objects.filter(User.policy.visible(by), is_active=False).values_list("pk", flat=True)
    return Q(owner=None) | Q(owner_id__in=list(gone))


# --- a supervisor's team ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TeamMembers:
    """The workers whom somebody guides, with their roles; and how many guide them, the asker included."""

    workers: list[User]
    held: Held
    n_supervisors: int


def team_of(by: User, *, district: str = "") -> TeamMembers:
    """The workers within the reach of the right of ``by`` to approve, those who guide others left out.

    Args:
        district: only those who work there.
    """
    reach = by.reach(Verb.CASE_APPROVE, DataClass.CASE)
    wanted = {district} if district else None if reach.everywhere or reach.agencies or reach.teams else reach.districts
    held = holdings(wanted)
    near = _who(by, held, lambda user: belongs(user, held[user.pk], reach, _home(user), district=district))
    workers = [user for user in near if not guides(held[user.pk])]
    return TeamMembers(workers, {user.pk: held[user.pk] for user in workers}, len(near) - len(workers))


def _home(user: User) -> str | None:
    """The district of the user's team."""
    return str(user.team.district_id) if user.team else None


def guides(held: Sequence[Holding]) -> bool:
    """Whether these roles are a supervisor's."""
    return any(one.role is RoleKey.SUPERVISOR for one in held)


def belongs(
    user: User, held: Sequence[Holding], reach: Reach, home: str | None, *, district: str = ""
) -> bool:  # fmt: skip
    """Whether a worker belongs to those whom a right of this reach guides.

    By where her roles lie: in the same districts, in the agency or the team. One who sees only her own cases belongs
    where her team or her agency does; one whose right is the whole programme, to whoever reaches her team's district.
    """
    named = {code for one in held if one.scope is ScopeKind.DISTRICTS for code in one.districts}
    if district and district not in named and district != home:
        return False
    if reach.everywhere:
        return True
    teams = {user.team_id, *(one.team_id for one in held)} - {None}
    agencies = {user.agency_id, *(one.agency_id for one in held)} - {None}
    return bool(
        named & reach.districts or home in reach.districts or agencies & reach.agencies or teams & reach.teams
    )  # fmt: skip


def team_candidates(by: User) -> list[Candidate]:
    """The team of ``by`` and those who guide it, with what each carries now; who carries least stands first."""
    reach = by.reach(Verb.CASE_ASSIGN, DataClass.CASE)
    wanted = None if reach.everywhere or reach.agencies or reach.teams else reach.districts
    held = holdings(wanted)
    near = _who(by, held, lambda user: belongs(user, held[user.pk], reach, _home(user)))
    loads = caseloads({user.pk: held[user.pk] for user in near})
    found = [Candidate(user, loads[user.pk], loads[user.pk], user.agency_id != by.agency_id) for user in near]
    return sorted(found, key=lambda one: (one.other_agency, one.load.weight / one.load.limit, one.user.sort_key))


def everybody() -> list[User]:
    """Everyone who may sign in and works with cases; asked by the program itself, for nobody."""
    with for_purpose("sign-in"):
        people = list(User.objects.filter(is_active=True).order_by("pk"))
    found = []
    for user in people:
        with acting_as(user):
            if Verb.CASE_WORK in user.verbs:
                found.append(user)
    return found
