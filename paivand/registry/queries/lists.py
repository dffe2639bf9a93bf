"""The list of families: filtered, in order, page by page, without a count."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from paivand.access.models import Team, User
from paivand.access.models.policies import InScope
from paivand.access.rules.scopes import Reach
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.pages import Page
from paivand.core.rules.privacy import DataClass
from paivand.core.rules.whole_numbers import read_whole
from paivand.registry.models import Family, Person
from paivand.registry.queries.families import jamoats, on_related, sees_names, with_heads
from paivand.registry.rules.lists import Filters

PAGE = 25
MOST_WORKERS = 300


def families(by: User, filters: Filters | None = None, *, after: str = "", size: int = 0) -> Page[Family]:
    """A page of the families that fit, in the alphabet of their heads or the newest first.

    Pages go on from a key, not from a number, so the hundredth page is as quick as the first. The alphabet is had
    only with the filters that its index serves (``Filters.by_name``) and by those who may see names.
    ``size`` is ``PAGE`` unless told.
    """
    filters, size = filters or Filters(), size or PAGE
    found = fitting(by, filters).select_related("jamoat")
    if filters.by_name and sees_names(by):
        return _by_name(by, found, after, size)
    last = read_whole(after)
    if last is not None:
        found = found.filter(number__lt=last)
    rows = list(with_heads(by, found).order_by("-number")[: size + 1])
    return Page.cut(rows, size, lambda row: str(row.number))


def fitting(by: User, filters: Filters, verb: Verb = Verb.FAMILY_OPEN) -> QuerySet[Family]:
    """The families that fit ``filters``, within the reach of ``verb``.

    Every condition is an equality or a range, which PostgreSQL answers through an index under row security too.
    """
    found = Family.objects.seen_by(by)
    if verb is not Verb.FAMILY_OPEN:
        found = found.filter(InScope(verb).q(by, DataClass.FAMILY))
    narrowed = Q(state=filters.state)
    for column, value in (
        ("district_id", filters.district),
        ("jamoat_id", filters.jamoat),
        ("absence_status", filters.absence),
        ("remittance_signal", filters.signal),
        ("origin", filters.origin),
        ("registered_on__gte", filters.since),
        ("registered_on__lte", filters.until),
        ("owner_id", by.pk if filters.mine else None),
    ):
        if value:
            narrowed &= Q((column, value))
    if filters.worker:
        narrowed &= Q(owner_id=uuid.UUID(filters.worker))
    return found.filter(narrowed)


def n_fitting(by: User, filters: Filters, verb: Verb, *, most: int) -> int:
    """How many families fit, counted no further than one above ``most``."""
    return len(fitting(by, filters, verb).values_list("pk")[: most + 1])


def _by_name(by: User, found: QuerySet[Family], after: str, size: int) -> Page[Family]:
    conditions = Q(head__is_head=True) & on_related("head__", Person.policy.visible(by))
    key, _, last = after.rpartition("~")
    if last:
        try:
            conditions &= Q(head__sort_key__gt=key) | Q(head__sort_key=key, head_id__gt=uuid.UUID(last))
            conditions &= Q(head__sort_key__gte=key)
        except ValueError:
            return Page([], None, more=False)
    rows = list(found.select_related("head").filter(conditions).order_by("head__sort_key", "head_id")[: size + 1])
    return Page.cut(rows, size, lambda row: f"{row.head.sort_key}~{row.head_id}")


def listed_jamoats(by: User) -> list[Place]:
    """The jamoats whose families ``by`` may read, break-glass included, district by district."""
    found = list(jamoats(by, Verb.FAMILY_OPEN))
    lent = by.reach(Verb.FAMILY_OPEN).glass - {str(place.parent_id) for place in found}
    if lent:
        found += list(Place.objects.jamoats().select_related("parent").filter(parent_id__in=lent))
    return found


def workers(by: User) -> list[User]:
    """Who may be responsible for families within reach: those of the same agency and of the teams of the districts."""
    reach = by.reach(Verb.FAMILY_OPEN)
    found = User.objects.filter(User.policy.visible(by), is_active=True)
    if not reach.everywhere:
        found = found.filter(_near(reach) | Q(pk=by.pk) | (Q(agency_id=by.agency_id) & ~Q(agency_id=None)))
    return list(found.order_by("sort_key", "pk")[:MOST_WORKERS])


def _near(reach: Reach) -> Q:
    teams = Team.objects.filter(district_id__in=reach.districts | reach.glass).values("pk")
    return Q(team_id__in=reach.teams) | Q(team_id__in=teams) | Q(agency_id__in=reach.agencies)
