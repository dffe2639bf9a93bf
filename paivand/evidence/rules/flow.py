"""The way of families and people through the programme: the stages, declared like any other indicator."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from paivand.core.rules.journey_codes import services
from paivand.core.rules.texts import text
from paivand.evidence.rules.indicators import Dimension, Indicator, Measure, Source, Where
from paivand.evidence.rules.telling import SMALLEST, Hidden, Told

REGISTERED, SELECTED = "registry.registered", "family.selected"
BEFORE_HELP = {REGISTERED, SELECTED, "assessment.made", "visit.made", "information.given"}
"""What happens before somebody is helped."""
STAGES = ("registered", "selected", "served", "completed")
STAGE_NAMES: dict[str, str] = {
    "registered": text("Registered"),
    "selected": text("Selected"),
    "served": text("Helped"),
    "completed": text("Completed a service"),
}
LOST_NAMES: dict[str, str] = {
    "registered": text("%(number)s not selected"),
    "selected": text("%(number)s not helped"),
    "served": text("%(number)s not completed"),
}


def help_services() -> tuple[str, ...]:
    """The services that are help; those of the sealed room name nobody, so no way can be followed to them.

    >>> "legal.advised" in help_services(), "registry.registered" in help_services()
    (True, False)
    """
    return tuple(code for code in services() if code not in BEFORE_HELP and not code.startswith("survivor."))


def stages(measure: Measure) -> list[Indicator]:
    """One indicator for each stage, in order, of ``measure`` people or families."""
    wheres = {
        "registered": Where(services=(REGISTERED,), outcomes=("completed",)),
        "selected": Where(services=(SELECTED,), outcomes=("completed",)),
        "served": Where(services=help_services(), outcomes=("completed", "partly")),
        "completed": Where(services=help_services(), outcomes=("completed",)),
    }
    return [
        Indicator(
            code=f"flow_{measure}_{stage}", title={"en": STAGE_NAMES[stage]}, question={"en": ""}, measure=measure,
            source=Source.JOURNEY, where=wheres[stage], by=(Dimension.DISTRICT,),
        )
        for stage in STAGES
    ]  # fmt: skip


def apart(told: Sequence[Told]) -> list[Told]:
    """The stages without those that lie so near to an earlier one that their difference is a small count.

    Nearly all who completed a service were helped: 1,078 and 1,074 would tell of four that did not.

    >>> [one.value for one in apart([Told(1200), Told(1078), Told(1074)])]
    [1200, 1078, None]
    """
    kept: list[Told] = []
    for one in told:
        own = one.value
        near = own is not None and any(
            before.value is not None and 0 < abs(Decimal(before.value) - Decimal(own)) < SMALLEST for before in kept
        )
        kept.append(Told(None, Hidden.FURTHER) if near else one)
    return kept
