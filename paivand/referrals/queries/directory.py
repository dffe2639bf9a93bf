"""The directory of services: searched, listed page by page, opened, and what of it waits for a check."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from paivand.access.models import Agency, User
from paivand.access.models.policies import InScope
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.pages import Page
from paivand.referrals.models import DirectoryService, ServiceChange, ServiceKey
from paivand.referrals.rules.directory import ServiceState, last_fresh_day
from paivand.referrals.rules.directory_search import EVERYWHERE, ServiceFilters, asked_keys, types_called

PAGE = 25
MOST_OFFERED = 300
"""Services that a form offers to choose from."""
MOST_CHANGES = 50
MOST_USERS = 500
ORDER = ("type_order", "sort_key", "pk")


def directory(by: User, filters: ServiceFilters | None = None, *, after: str = "") -> Page[DirectoryService]:
    """A page of the services that fit, kind by kind and in the Tajik alphabet; of one's own districts unless asked.

    Only equality and ranges are asked of plain columns and of the table of keys, so that indexes answer under row
    security. Pages go on from the key of the last row.
    """
    found = _with_places(fitting(by, filters or ServiceFilters()))
    if after:
        beyond = _beyond(after)
        if beyond is None:
            return Page([], None, more=False)
        found = found.filter(beyond)
    rows = list(found.order_by(*ORDER)[: PAGE + 1])
    return Page.cut(rows, PAGE, lambda row: f"{row.type_order}~{row.sort_key}~{row.pk}")


def _beyond(after: str) -> Q | None:
    """The rows after a key of the form that ``directory`` gives; None for anything else."""
    place, _, rest = after.partition("~")
    key, _, last = rest.rpartition("~")
    try:
        order, pk = int(place), uuid.UUID(last)
    except ValueError:
        return None
    same = Q(type_order=order)
    return Q(type_order__gte=order) & (
        Q(type_order__gt=order) | same & Q(sort_key__gt=key) | same & Q(sort_key=key, pk__gt=pk)
    )


def fitting(by: User, filters: ServiceFilters) -> QuerySet[DirectoryService]:
    """The services that fit, closed ones only if asked for."""
    found: QuerySet[DirectoryService] = DirectoryService.objects.seen_by(by)
    found = found.filter(state=ServiceState.CLOSED) if filters.stopped else found.exclude(state=ServiceState.CLOSED)
    districts = _asked_districts(by, filters)
    if len(districts) == 1:
        found = found.filter(district_id=districts[0])  # an equality, so that the index gives the order too
    elif districts:
        found = found.filter(district_id__in=districts)
    if filters.type:
        found = found.filter(type=filters.type)
    if filters.free:
        found = found.filter(cost="free")
    if filters.women_only:
        found = found.filter(women_only=True)
    for kind, key in ((ServiceKey.Kind.LANGUAGE, filters.language), (ServiceKey.Kind.ACCESS, filters.access)):
        if key:
            found = found.filter(Exists(_keys(by, kind).filter(key=key)))
    asked = asked_keys(filters.words)
    if filters.words.strip() and not asked:
        return found.none()  # one letter, or signs only
    for key in asked:
        named = Exists(_keys(by, ServiceKey.Kind.WORD).filter(key__gte=key, key__lt=f"{key}\U0010ffff"))
        types = types_called(key)
        found = found.filter(Q(type__in=types) | named) if types else found.filter(named)
    return found


def _keys(by: User, kind: ServiceKey.Kind) -> QuerySet[ServiceKey]:
    rows: QuerySet[ServiceKey] = ServiceKey.objects.seen_by(by).filter(service=OuterRef("pk"), kind=kind)
    return rows


def _asked_districts(by: User, filters: ServiceFilters) -> list[str]:
    if filters.district == EVERYWHERE:
        return []
    return [filters.district] if filters.district else own_districts(by)


def _with_places(found: QuerySet[DirectoryService]) -> QuerySet[DirectoryService]:
    return found.select_related("district", "jamoat", "agency")


def own_districts(by: User) -> list[str]:
    """The districts in which ``by`` works; none for who works everywhere, or wherever the agency does."""
    return sorted({code for assignment in by.live_assignments for code in assignment.districts})


def districts(by: User) -> list[Place]:
    """All districts, those in which ``by`` works first."""
    own = set(own_districts(by))
    found = Place.objects.districts().select_related("parent").order_by("sort_key")
    return sorted(found, key=lambda place: place.pk not in own)


def service_seen_by(by: User, service_id: uuid.UUID) -> DirectoryService | None:
    """A service that ``by`` may know of, in whatever state."""
    found = DirectoryService.objects.seen_by(by).select_related(
        "district__parent", "jamoat", "agency", "focal_user", "verified_by"
    )
    return found.filter(pk=service_id).first()


def services_for(by: User, district: str, types: Iterable[str] = ()) -> list[DirectoryService]:
    """The open services of a district, of these types or of all, to choose from: at most ``MOST_OFFERED``."""
    found = DirectoryService.objects.seen_by(by).filter(district_id=district, state=ServiceState.OPEN)
    wanted = list(types)
    if wanted:
        found = found.filter(type__in=wanted)
    return list(_with_places(found).order_by(*ORDER)[:MOST_OFFERED])


def services_seen_by(by: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DirectoryService]:
    """Those of some services that ``by`` may know of."""
    return {row.pk: row for row in _with_places(DirectoryService.objects.seen_by(by).filter(pk__in=list(ids)))}


def edits(by: User, service: DirectoryService) -> bool:
    """Whether ``by`` may change this entry."""
    return by.reach(Verb.DIRECTORY_EDIT).covers(service)


def editable_districts(by: User) -> list[Place]:
    """The districts to whose directory ``by`` may add a service."""
    reach = by.reach(Verb.DIRECTORY_EDIT)
    found = Place.objects.districts().order_by("sort_key")
    if reach.everywhere or reach.agencies:
        return list(found)
    return list(found.filter(pk__in=reach.districts))


def may_add(by: User, scope: Scope) -> bool:
    """Whether ``by`` may add a service that lies there."""
    return by.reach(Verb.DIRECTORY_EDIT).covers(scope)


def history(by: User, service: DirectoryService) -> list[ServiceChange]:
    """What was done to an entry, the latest first."""
    rows = ServiceChange.objects.seen_by(by).filter(service=service).select_related("recorded_by")
    return list(rows.order_by("-pk")[:MOST_CHANGES])


def to_verify(by: User, today: date, *, after: str = "") -> Page[DirectoryService]:
    """The entries that nobody checked for too long and that ``by`` may change, the longest unchecked first."""
    found = _with_places(_editable(by).filter(verified_on__lt=last_fresh_day(today)))
    day, _, last = after.rpartition("~")
    if last:
        try:
            on, key = date.fromisoformat(day), uuid.UUID(last)
        except ValueError:
            return Page([], None, more=False)
        found = found.filter(Q(verified_on__gt=on) | Q(verified_on=on, pk__gt=key), verified_on__gte=on)
    rows = list(found.order_by("verified_on", "pk")[: PAGE + 1])
    return Page.cut(rows, PAGE, lambda row: f"{row.verified_on.isoformat()}~{row.pk}")


def n_to_verify(by: User, today: date, *, most: int) -> int:
    """How many entries wait for a check, counted no further than one above ``most``."""
    return len(_editable(by).filter(verified_on__lt=last_fresh_day(today)).values_list("pk")[: most + 1])


def _editable(by: User) -> QuerySet[DirectoryService]:
    found: QuerySet[DirectoryService] = DirectoryService.objects.seen_by(by)
    return found.filter(InScope(Verb.DIRECTORY_EDIT).q(by, None)).exclude(state=ServiceState.CLOSED)


def agencies(by: User) -> list[Agency]:
    """The agencies that a provider may be."""
    return list(Agency.objects.filter(Agency.policy.visible(by)))


def answering_users(by: User) -> Sequence[User]:
    """Who could answer referrals: members of an agency who may sign in."""
    found = User.objects.filter(User.policy.visible(by), is_active=True).exclude(agency=None).select_related("agency")
    return list(found.order_by("agency__sort_key", "sort_key", "pk")[:MOST_USERS])


def district_by_code(by: User, code: str) -> Place | None:
    """The district with this code."""
    return Place.objects.districts().select_related("parent").filter(pk=code).first()


def jamoats_of(by: User, district: str) -> list[Place]:
    """The jamoats of a district."""
    return list(Place.objects.jamoats().filter(parent_id=district).order_by("sort_key"))
