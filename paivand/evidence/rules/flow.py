"""The way of families and people through the programme: the stages, declared like any other indicator."""

from __future__ import annotations

from paivand.core.rules.services import services
from paivand.core.rules.texts import text
from paivand.evidence.rules.indicators import Dimension, Indicator, Measure, Source, Where

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
