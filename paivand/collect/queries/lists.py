"""Lists of families on their way in, as the asking user may see them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from paivand.access.models import User
from paivand.access.models.identity import identity
from paivand.access.rules.verbs import Verb
from paivand.collect.models import ColumnMapping, ImportBatch, ImportFile, ImportRow
from paivand.collect.rules.columns import fingerprint
from paivand.collect.rules.lists import ListState, RowState
from paivand.collect.rules.places import Gazetteer, KnownPlace
from paivand.core.models import Place, PlaceName
from paivand.core.rules.pages import Page
from paivand.registry.models import Family, FamilyMember

PAGE = 25
ROWS = 50


def lists(by: User, *, after: str = "") -> Page[ImportBatch]:
    """A page of lists, the newest first."""
    found = ImportBatch.objects.seen_by(by).select_related("district", "uploaded_by").order_by("-id")
    if after:
        try:
            found = found.filter(pk__lt=uuid.UUID(after))
        except ValueError:
            return Page([], None, more=False)
    return Page.cut(list(found[: PAGE + 1]), PAGE, lambda row: str(row.pk))


def list_seen_by(by: User, batch_id: uuid.UUID) -> ImportBatch | None:
    """One list."""
    found = ImportBatch.objects.seen_by(by).filter(pk=batch_id)
    return found.select_related("district", "uploaded_by", "same_as").first()


def same_file(by: User, *, district: str, sha256: str) -> ImportBatch | None:
    """The latest list of this district that was made of the very same bytes and not set aside."""
    found = ImportBatch.objects.seen_by(by).filter(sha256=sha256, district_id=district)
    return found.exclude(state__in=[ListState.REFUSED, ListState.FAILED]).order_by("-id").first()


def has_file(by: User, batch: ImportBatch) -> bool:
    """Whether the uploaded file is still kept."""
    return bool(ImportFile.objects.seen_by(by).filter(batch=batch).exists())


def content(by: User, batch: ImportBatch) -> bytes | None:
    """The bytes of the file, or None once they are erased."""
    found = ImportFile.objects.seen_by(by).filter(batch=batch).first()
    return bytes(found.content) if found else None


def rows(by: User, batch: ImportBatch, *, show: str = "", code: str = "", after: int = 0) -> Page[ImportRow]:
    """A page of rows in their order.

    Args:
        show: ``error``, ``note``, ``duplicate``, or another state of a row; empty for all.
        code: only rows that bear this remark.
        after: the number of the last row of the page before.
    """
    found = ImportRow.objects.seen_by(by).filter(batch=batch, number__gt=after).select_related("family")
    if show == "note":
        found = found.filter(has_notes=True)
    elif show == RowState.DUPLICATE:
        found = found.filter(state=RowState.DUPLICATE)
    elif show:
        found = found.filter(state=show)
    if code:
        found = found.filter(problems__contains=[{"code": code}])
    return Page.cut(list(found.order_by("number")[: ROWS + 1]), ROWS, lambda row: str(row.number))


def rows_with_problems(by: User, batch: ImportBatch) -> list[ImportRow]:
    """All rows about which there is something to say, in their order; for the annotated workbook."""
    found = ImportRow.objects.seen_by(by).filter(batch=batch)
    return list(found.exclude(problems=[]).order_by("number").only("number", "problems", "state"))


def row_seen_by(by: User, batch: ImportBatch, number: int) -> ImportRow | None:
    """One row of a list."""
    return ImportRow.objects.seen_by(by).filter(batch=batch, number=number).first()


def rows_of_families(by: User, batch: ImportBatch, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[ImportRow]]:
    """The rows of these families to be."""
    found: dict[uuid.UUID, list[ImportRow]] = {}
    for row in ImportRow.objects.seen_by(by).filter(batch=batch, family_key__in=list(keys)).order_by("number"):
        if row.family_key:
            found.setdefault(row.family_key, []).append(row)
    return found


def registered(by: User, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Which of these keys are registered families already, with their codes, whatever became of them."""
    found = Family.objects.seen_by(by).filter(pk__in=list(keys)).only("id", "number")
    return {family.pk: family.code for family in found}


def families(by: User, keys: Iterable[str]) -> dict[str, Family]:
    """Families by their key."""
    found = Family.objects.seen_by(by).filter(pk__in=list(keys)).select_related("head", "jamoat")
    return {str(family.pk): family for family in found}


def remembered_mapping(by: User, headings: Sequence[str]) -> list[str] | None:
    """What the columns under these headings were said to mean the last time, by the user's own agency."""
    found = ColumnMapping.objects.filter(
        ColumnMapping.policy.visible(by), Q(agency_id=by.agency_id), fingerprint=fingerprint(headings)
    ).first()
    return list(found.mapping) if found and len(found.mapping) == len(headings) else None


def known_jamoats() -> Gazetteer:
    """All jamoats with all their names."""
    return _gazetteer(Place.objects.jamoats())


def known_districts() -> Gazetteer:
    """All districts with all their names."""
    return _gazetteer(Place.objects.districts())


def _gazetteer(places: QuerySet[Place]) -> Gazetteer:
    names: dict[str, list[str]] = {}
    former: dict[str, list[str]] = {}
    for name in PlaceName.objects.filter(place__in=places):
        (former if name.is_former else names).setdefault(name.place_id, []).append(name.name)
    return Gazetteer.of(
        KnownPlace(
            place.code,
            place.name,
            tuple(names.get(place.code, [place.name])),
            tuple(former.get(place.code, [])),
            str(place.parent_id) if place.level == Place.Level.JAMOAT else "",
        )
        for place in places
    )


def own_districts(by: User) -> list[Place]:
    """The districts into which ``by`` may take families in; all, where the right knows no district."""
    reach = by.reach(Verb.FAMILY_IMPORT)
    found = Place.objects.districts()
    if not reach.everywhere and reach.districts:
        found = found.filter(pk__in=reach.districts)
    elif not reach.everywhere and by.team:
        found = found.filter(pk=by.team.district_id)
    return list(found)


def own_district_codes(by: User) -> frozenset[str] | None:
    """The codes of those districts; None for all."""
    reach = by.reach(Verb.FAMILY_IMPORT)
    return None if reach.everywhere or not reach.districts else reach.districts


def worker_of(user_id: uuid.UUID) -> User | None:
    """The user with whose rights a job runs, if she may still sign in."""
    with identity(user_id):
        found: User | None = User.objects.filter(pk=user_id, is_active=True).first()
    return found


@dataclass
class Pair:
    """A family of the list and the registered ones that it may be."""

    head: ImportRow
    rows: list[ImportRow]
    registered: list[tuple[Family, list[FamilyMember]]]


def pairs_to_answer(by: User, batch: ImportBatch, *, limit: int = 10) -> list[Pair]:
    """The next families of the list that are to be answered, beside the registered ones, with the people of both."""
    found = ImportRow.objects.seen_by(by).filter(batch=batch, state=RowState.DUPLICATE, is_head=True)
    heads = list(found.order_by("number")[:limit])
    rows = rows_of_families(by, batch, [head.family_key for head in heads if head.family_key])
    likely = families(by, {one["family"] for head in heads for one in head.likely})
    members: dict[uuid.UUID, list[FamilyMember]] = {}
    present = FamilyMember.objects.seen_by(by).filter(family_id__in=[one.pk for one in likely.values()], until_on=None)
    for member in present.select_related("person").order_by("created_at", "id"):
        members.setdefault(member.family_id, []).append(member)
    return [
        Pair(
            head, rows.get(head.family_key, [head]) if head.family_key else [head],
            [
                (likely[one["family"]], members.get(likely[one["family"]].pk, []))
                for one in head.likely
                if one["family"] in likely
            ],
        )
        for head in heads
    ]  # fmt: skip
