"""What a field school saw in a plot, and what it decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.collect.actions.takers.parts import found_at, photo_at, said_at
from paivand.collect.models import Submission
from paivand.collect.rules.filled import Filled
from paivand.collect.rules.taking import Made, Taken
from paivand.core.rules.errors import Refused
from paivand.learning.actions.seasons import observe_plot
from paivand.learning.models import Observation, Plot
from paivand.learning.rules.fields import Health, ObservationDraft, Soil
from paivand.registry.rules.keys import row_key

_FIELDS = {
    "observed_on": "observed_on", "stage": "plants/stage", "height_cm": "plants/height_cm", "seen": "seen",
    "decided": "decided_by_group/decided", "decision": "decided_by_group/decision", "photo": "photo",
}  # fmt: skip


def take(*, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any]) -> Taken:
    """Write the observation down, with its photograph.

    Raises:
        Refused: as ``observe_plot``; ``choose``, ``gone``, ``missing``.
    """
    plot: Plot = found_at(filled, "plot", Plot.objects.seen_by(by).select_related("group__place"))
    key = row_key(sent.pk, "observation")
    if not Observation.objects.filter(pk=key).exists():
        draft, photo = observation(filled), photo_at(filled, sent, "photo")
        with said_at(_FIELDS, "plot"):
            observe_plot(
                group=plot.group, plot=plot, observation_id=key, draft=draft, by=by, photo=photo,
                caption=filled.value("caption"),
            )  # fmt: skip
    code = plot.group.code
    return Taken((Made("observation", key, code, "learning:observation-list", {"group_code": code}),))


def observation(filled: Filled) -> ObservationDraft:
    """What was typed.

    Raises:
        Refused: ``date``, ``health`` or ``soil`` where it is missing.
    """
    observed_on = filled.day("observed_on")
    if observed_on is None:
        raise Refused(_("Write the day on which you looked."), "date", field="observed_on")
    for path, known in (("plants/health", Health), ("field/soil", Soil)):
        if filled.value(path) not in set(known):
            raise Refused(_("Choose one from the list."), path.rpartition("/")[2], field=path)
    return ObservationDraft(
        observed_on=observed_on, stage=filled.value("plants/stage"), health=Health(filled.value("plants/health")),
        soil=Soil(filled.value("field/soil")), decided=filled.value("decided_by_group/decided"),
        weather=filled.value("field/weather")[:120], height_cm=filled.number("plants/height_cm"),
        seen={code: filled.whole(f"counts/{code}") or 0 for code in filled.values("seen")},
        water=filled.value("field/water")[:160], told=filled.value("told"),
        decision=filled.value("decided_by_group/decision")[:300], watchers=filled.value("watchers")[:60],
    )  # fmt: skip
