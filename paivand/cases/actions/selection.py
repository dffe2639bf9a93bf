"""Rounds of a selection: opening one, sharing its places, drawing up the list, handing it to the commission."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.cases.models import SelectionCandidate, SelectionPlace, SelectionProfile, SelectionRound
from paivand.cases.models.selection import ROUND_NUMBERS
from paivand.cases.queries.commission import seats
from paivand.cases.queries.selection_profiles import INSTRUMENT, families_in, n_children, profiles
from paivand.cases.rules.selection import Added, Part, RoundState, Unassessed, Void, may_move, unassessed
from paivand.cases.rules.selection_codes import codes, need_bands, numbers
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.instruments.queries.assessments import Vulnerability
from paivand.instruments.rules.catalogue import instruments
from paivand.methods.selection import Standing, apportioned, order_key
from paivand.registry.models import Family

MOST_PLACES = 5000


@action(Verb.SELECTION_SIGN, on="scope")
def open_round(
    *, scope: Scope, round_id: uuid.UUID, programme: str, purpose: str, places: Mapping[str, int], by: User,
    on: date | None = None,
) -> SelectionRound:  # fmt: skip
    """Begin a selection.

    Args:
        scope: the district, with the agency, team and user who answer for it.
        round_id: made by the form, so that a double tap opens one.
        places: for each jamoat the number of families for which there is help; 0 where there is none, but the need
            shall be seen.

    Raises:
        Refused: ``twice``; ``programme``; ``places`` without a jamoat, beyond the district, or with an impossible number.
    """  # noqa: E501
    if SelectionRound.objects.filter(pk=round_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    if programme not in codes("programmes"):
        raise Refused(_("Choose what families are selected for."), "programme", field="programme")
    _demand_possible_places(scope.district_id, places)
    with connection.cursor() as cursor:
        cursor.execute("select nextval(%s)", [ROUND_NUMBERS])
        (number,) = cursor.fetchone()
    row = SelectionRound(
        id=round_id, number=number, programme=programme, purpose=purpose.strip(), seed=secrets.token_hex(16),
        opened_on=on or timezone.localdate(), opened_by=by, district_id=str(scope.district_id),
        agency_id=scope.agency_id, team_id=scope.team_id, owner_id=scope.owner_id,
    )  # fmt: skip
    row.save(force_insert=True)
    SelectionPlace.objects.bulk_create(
        [SelectionPlace(round=row, jamoat_id=code, quota=quota, **lying(row)) for code, quota in places.items()]
    )
    remark(act="round.open", programme=programme, jamoats=len(places), places=sum(places.values()))
    return row


def lying(chosen: SelectionRound) -> dict[str, object]:
    """Where everything in a round lies: where the round lies."""
    return {
        "district_id": chosen.district_id,
        "agency_id": chosen.agency_id,
        "team_id": chosen.team_id,
        "owner_id": chosen.owner_id,
    }


def _demand_possible_places(district: str | None, places: Mapping[str, int]) -> None:
    known = set(Place.objects.jamoats().filter(parent_id=district, pk__in=list(places)).values_list("pk", flat=True))
    if not places or set(places) != known:
        raise Refused(_("Choose at least one jamoat of the district."), "places", field="jamoats")
    if any(not 0 <= quota <= MOST_PLACES for quota in places.values()):
        raise Refused(
            _("A number of places lies between 0 and %(most)s. Check it.") % {"most": MOST_PLACES}, "places",
            field="jamoats",
        )  # fmt: skip


def locked_round(chosen: SelectionRound, *states: RoundState) -> SelectionRound:
    """The round's row, locked until the end of the transaction.

    Raises:
        Refused: ``state`` when it stands in none of ``states``.
    """
    locked: SelectionRound = SelectionRound.objects.select_for_update().get(pk=chosen.pk)
    if locked.state not in states:
        raise Refused(
            _("This selection is in another state by now (%(state)s). Open it again.")
            % {"state": _(locked.get_state_display())},
            "state",
        )
    return locked


def demand_unchanged(row: SelectionRound | SelectionCandidate, version: int) -> None:
    """Raise a Refused when somebody else saved ``row`` since the page with ``version`` was opened."""
    if row.version != version:
        raise Refused(_("Somebody else changed this while you were looking. Read it again, then decide."), "stale")


@action(Verb.SELECTION_SIGN, on="chosen")
def plan_places(*, chosen: SelectionRound, places: Mapping[str, int], version: int, by: User) -> SelectionRound:
    """Set for how many families of each jamoat there is help.

    While the list is being prepared, jamoats may come and go, and it is drawn up anew for it. In the commission only
    the numbers change, and every signature is void.

    Raises:
        Refused: ``state``, ``stale``, ``places``.
    """
    row = locked_round(chosen, RoundState.PREPARING, RoundState.COMMISSION)
    demand_unchanged(row, version)
    _demand_possible_places(row.district_id, places)
    present = {place.jamoat_id: place for place in row.places.all()}
    if set(present) != set(places):
        if not row.is_preparing:
            raise Refused(_("The commission has the list already: only the numbers can change."), "places")
        _change_jamoats(row, present, places)
    changed = [place for code, place in present.items() if code in places and place.quota != places[code]]
    for place in changed:
        place.quota = places[place.jamoat_id]
        place.version += 1
        place.save()
    row.version += 1
    row.save()
    row.rank_anew()
    voided = row.void_signatures(Void.PLACES, timezone.now()) if changed else 0
    remark(act="round.places", jamoats=len(places), places=sum(places.values()), voided=voided)
    return row


def _change_jamoats(row: SelectionRound, present: Mapping[str, SelectionPlace], places: Mapping[str, int]) -> None:
    """Take jamoats in and out of a round that is being prepared; its list has to be drawn up anew."""
    _forget_list(row)
    row.drawn_at, row.n_families = None, 0
    for code in set(present) - set(places):
        present[code].delete()
    SelectionPlace.objects.bulk_create(
        [
            SelectionPlace(round=row, jamoat_id=code, quota=quota, **lying(row))
            for code, quota in places.items()
            if code not in present
        ]
    )


def _forget_list(row: SelectionRound) -> None:
    """Take away the list of a round about which nobody has decided anything."""
    taken = list(row.candidates.exclude(profile=None).values_list("profile_id", flat=True))
    row.candidates.all().delete()
    SelectionProfile.objects.filter(pk__in=taken).delete()


@action(Verb.SELECTION_SIGN, on="chosen")
def share_places(*, chosen: SelectionRound, total: int, version: int, by: User) -> SelectionRound:
    """Share ``total`` places between the jamoats by the families in need on the list.

    Raises:
        Refused: ``state``, ``stale``; ``list`` while there is none; ``places`` for an impossible number.
    """
    row = locked_round(chosen, RoundState.PREPARING, RoundState.COMMISSION)
    demand_unchanged(row, version)
    if row.drawn_at is None:
        raise Refused(_("Draw up the list first: places are shared by the need that it shows."), "list")
    if not 0 < total <= MOST_PLACES:
        raise Refused(
            _("A number of places lies between 1 and %(most)s. Check it.") % {"most": MOST_PLACES}, "places",
            field="total",
        )  # fmt: skip
    places = sorted(row.places.select_related("jamoat"), key=lambda place: place.jamoat.sort_key)
    needs = {place.jamoat_id: 0 for place in places}
    for jamoat in row.candidates.filter(part=Part.LISTED, band__in=need_bands()).values_list("jamoat_id", flat=True):
        needs[jamoat] += 1
    shares = apportioned(total, needs)
    return plan_places(chosen=row, places=shares, version=row.version, by=by)


@action(Verb.SELECTION_SIGN, on="chosen")
def draw_up_list(*, chosen: SelectionRound, version: int, by: User, now: datetime | None = None) -> SelectionRound:
    """Make the list of a round from the families of its jamoats and their profile of this moment.

    It may be made anew as long as the commission does not have it. Families without a profile of today stand apart.

    Raises:
        Refused: ``state``, ``stale``; ``many`` when there are more families than a round can hold.
    """
    row = locked_round(chosen, RoundState.PREPARING)
    demand_unchanged(row, version)
    at = now or timezone.now()
    jamoats = list(row.places.values_list("jamoat_id", flat=True))
    most = numbers().most_families
    found = families_in(by, jamoats, most=most)
    if len(found) > most:
        raise Refused(
            _("There are more than %(most)s families in these jamoats. Make a selection for each part of the district.")
            % {"most": most},
            "many",
        )
    _forget_list(row)
    rows = listed(row, found, by=by, at=at)
    SelectionProfile.objects.bulk_create([one.profile for one in rows if one.profile], batch_size=1000)
    SelectionCandidate.objects.bulk_create(rows, batch_size=1000)
    row.drawn_at, row.n_families = at, len(rows)
    row.profile_version = instruments()[INSTRUMENT].version
    row.version += 1
    row.save()
    row.rank_anew()
    n_to_assess = sum(one.part == Part.TO_ASSESS for one in rows)
    remark(act="round.draw", families=len(rows), to_assess=n_to_assess, urgent=sum(one.is_urgent for one in rows))
    return row


def listed(
    chosen: SelectionRound, families: list[Family], *, by: User, at: datetime, added: Added = Added.DRAWN
) -> list[SelectionCandidate]:  # fmt: skip
    """The unsaved rows of these families on the list of a round, each with an unsaved profile where there is one."""
    keys = [family.pk for family in families]
    today = timezone.localdate(at)
    found = profiles(by, keys)
    children = n_children(by, keys, today)
    rows = []
    for family in families:
        row = SelectionCandidate(
            round=chosen, family=family, jamoat_id=family.jamoat_id, added=added, n_children=children.get(family.pk, 0),
            **lying(chosen),
        )  # fmt: skip
        assess(row, found.get(family.pk), at)
        rows.append(row)
    return rows


def assess(row: SelectionCandidate, present: Vulnerability | None, at: datetime) -> None:
    """Take the profile of this moment into a row of the list, and find its place; nothing is saved."""
    taken = row.profile = None if present is None else _taken(row, present, at)
    row.severity, row.band = (taken.severity, taken.band) if taken else (None, "")
    row.answered_on = taken.answered_on if taken else None
    row.is_urgent = bool(taken and taken.urgent)
    today = timezone.localdate(at)
    why = unassessed(row.severity, row.answered_on, today, numbers().assessment_months)
    row.part, row.unassessed = (Part.TO_ASSESS, why) if why else (Part.LISTED, "")
    row.rank, row.proposal = None, ""
    row.order_key = f"{0 if row.is_urgent else 1}:{_place_in_order(row, why)}"
    if not why:
        row.proposal = "reserve"  # until the whole jamoat is put in order


def _taken(row: SelectionCandidate, present: Vulnerability, at: datetime) -> SelectionProfile:
    factors = [[code, str(part), present.evidence.get(code, "")] for code, part in present.factors]
    return SelectionProfile(
        family_id=row.family_id, assessment_id=present.assessment_id, instrument_version=present.version,
        severity=present.severity, band=present.band, urgent=list(present.urgent), factors=factors,
        answered_on=present.answered_on, taken_at=at, **lying(row.round),
    )  # fmt: skip


def _place_in_order(row: SelectionCandidate, why: Unassessed | None) -> str:
    if why or row.severity is None or row.answered_on is None:
        return f"{row.family.number:010d}"
    standing = Standing(str(row.family_id), row.severity, row.is_urgent, row.n_children, row.answered_on)
    return order_key(standing, row.round.seed)


@action(Verb.SELECTION_SIGN, on="chosen")
def begin_commission(*, chosen: SelectionRound, version: int, by: User, on: date | None = None) -> SelectionRound:
    """Hand the list to the commission. From here on it is not drawn up anew.

    Raises:
        Refused: ``state``, ``stale``; ``list`` without families, ``places`` without a place, ``seats`` with too few
            signers.
    """
    row = locked_round(chosen, RoundState.PREPARING)
    demand_unchanged(row, version)
    if row.drawn_at is None or not row.n_families:
        raise Refused(_("There is no family on the list. Draw up the list first."), "list")
    if not any(place.quota for place in row.places.all()):
        raise Refused(_("There is no place to give. Write down the places of each jamoat first."), "places")
    needed = numbers().signers
    if sum(seat.is_signer and seat.is_taken for seat in seats(by, row)) < needed:
        raise Refused(
            ngettext(
                "The commission needs %(n)s signer who has taken the seat.",
                "The commission needs %(n)s signers who have taken their seats.",
                needed,
            )
            % {"n": needed},
            "seats",
        )
    return _moved(row, RoundState.COMMISSION, commission_on=on or timezone.localdate())


@action(Verb.SELECTION_SIGN, on="chosen")
def call_off(*, chosen: SelectionRound, reason: str, version: int, by: User, on: date | None = None) -> SelectionRound:
    """End a selection that is not signed. Nobody is selected by it; what was written stays.

    Raises:
        Refused: ``state``, ``stale``; ``reason`` without one.
    """
    row = locked_round(chosen, RoundState.PREPARING, RoundState.COMMISSION)
    demand_unchanged(row, version)
    if not reason.strip():
        raise Refused(_("Say why the selection is called off."), "reason", field="reason")
    row.void_signatures(Void.FAMILIES, timezone.now())
    return _moved(row, RoundState.CALLED_OFF, closed_on=on or timezone.localdate(), closing_reason=reason.strip()[:300])


def _moved(row: SelectionRound, to: RoundState, **days: object) -> SelectionRound:
    """The round in its next state; the event tells the edge."""
    before = RoundState(row.state)
    if not may_move(before, to):
        raise Refused(_("A selection cannot go there from where it stands. Open it again."), "state")
    for name, value in days.items():
        setattr(row, name, value)
    row.state = to
    row.version += 1
    row.save()
    remark(act="round.move", edge=f"{before}>{to}")
    return row
