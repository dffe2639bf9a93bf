"""Facts and declarations for the tests of where figures come from."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.models.sealed import pseudonym
from paivand.core.rules.writing import writing
from paivand.evidence.queries.figures import figures
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.indicators import Dimension, Indicator, Measure, Source, Where
from paivand.evidence.rules.snapshots import Engine
from paivand.registry.actions.journey import record_step
from paivand.registry.models import JourneyStep
from tests.cast import KULOB

BY_SEX_AND_AGE = (Dimension.SEX, Dimension.AGE)


def indicator(
    code: str = "reached", measure: Measure = Measure.PEOPLE, services: tuple[str, ...] = (), **changes: Any
) -> Indicator:
    where = changes.pop("where", Where(services=services))
    values = {"source": Source.JOURNEY, "ages": "child", **changes}
    return Indicator(code=code, title={"en": code}, question={"en": "?"}, measure=measure, where=where, **values)


def given(family: Any, by: Any, who: Any = None, service: str = "visit.made", **changes: Any) -> JourneyStep:
    """A step through the action."""
    values = {"service": service, "outcome": "completed", "happened_on": timezone.localdate(), **changes}
    with acting_as(by):
        return record_step(person=who or family.head, place=family.jamoat, by=by, **values)


def coded(who: Any, by: Any, service: str = "survivor.supported", **changes: Any) -> JourneyStep:
    """A step of the sealed room for whoever has this key."""
    values = {
        "pseudonym": pseudonym(getattr(who, "pk", who)), "coded_sex": "female", "coded_age": "26-40",
        "service": service, "outcome": "completed", "happened_on": date(2026, 11, 1), "place_id": KULOB,
        "recorded_by": by, "district_id": KULOB,
    }  # fmt: skip
    with acting_as(by), writing("test"):
        row = JourneyStep(**{**values, **changes})
        row.save()
    return row


def counted(one: Indicator, engine: Engine | None = None, **asked: Any) -> Any:
    """The whole of one indicator."""
    return figures([one], Ask(**asked), engine=engine)[one.code].whole
