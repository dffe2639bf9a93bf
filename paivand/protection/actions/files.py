"""What every action in a survivor's file begins with: the file, locked; once; fresh; and the step that counts it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import ScopedRecord, User
from paivand.core.models.sealed import pseudonym
from paivand.core.rules.errors import Refused
from paivand.protection.models import Survivor, SurvivorConsent
from paivand.protection.models.room import SealedRecord
from paivand.protection.rules.consents import Kind
from paivand.registry.models import JourneyStep
from paivand.registry.rules.catalogue import COMPLETED

R = TypeVar("R", bound=SealedRecord)


def locked_file(survivor: Survivor, *, at_work: bool = True) -> Survivor:
    """The file's row, locked until the end of the transaction.

    Args:
        at_work: whether the file must be open, and the consent to be helped must count.

    Raises:
        Refused: ``closed``, or ``consent`` where she withdrew it.
    """
    locked: Survivor = Survivor.objects.select_for_update().get(pk=survivor.pk)
    if at_work:
        if not locked.is_at_work:
            raise Refused(_("The file is closed. Open it again first."), "closed")
        agreed = SurvivorConsent.objects.filter(survivor=locked, kind=Kind.SERVICES)
        if not any(row.is_live_on(timezone.localdate()) for row in agreed):
            raise Refused(
                _("The consent to be helped was withdrawn or has ended. Ask for it anew, or close the file."), "consent"
            )
    return locked


def once(model: type[ScopedRecord], key: uuid.UUID) -> None:
    """Raise a Refused when the form with this key was saved already."""
    if model.objects.filter(pk=key).exists():
        raise Refused(_("This form was saved already."), "twice")


def demand_fresh(row: Survivor | SealedRecord, version: int) -> None:
    """Raise a Refused when somebody changed the row since the form was opened."""
    if row.version != version:
        raise Refused(
            _("Somebody else saved changes while you were typing. Compare with the present values and save again."),
            "stale",
        )


def demand_not_future(day: date | None, field: str) -> None:
    """Raise a Refused for a day that has not come yet."""
    if day and day > timezone.localdate():
        raise Refused(_("The day lies in the future. Check it."), "date", field=field)


def tell(model: type[R], survivor: Survivor, by: User, **values: Any) -> R:
    """An unsaved row in a file: it lies where the file lies, and names who writes it."""
    return model(
        survivor=survivor, recorded_by=by, district_id=survivor.district_id, agency_id=survivor.agency_id,
        team_id=survivor.team_id, owner_id=survivor.owner_id, **values,
    )  # fmt: skip


def coded_step(survivor: Survivor, service: str, on: date, by: User) -> JourneyStep:
    """The unsaved step that counts a service without naming anybody: a pseudonym, a month, a district.

    It is saved by ``bulk_create``, because the database gives nothing back of a row that a right over own files does
    not show.
    """
    return JourneyStep(
        person=None, pseudonym=pseudonym(counted_as(survivor)), coded_sex=survivor.sex, coded_age=survivor.age_group,
        service=service, outcome=COMPLETED, happened_on=on.replace(day=1), place_id=survivor.district_id,
        recorded_by=by, district_id=survivor.district_id,
    )  # fmt: skip


def counted_as(survivor: Survivor) -> uuid.UUID:
    """The key that the pseudonym is made of: that of her record in the registry, or of the file."""
    return uuid.UUID(survivor.person_link) if survivor.person_link else survivor.pk
