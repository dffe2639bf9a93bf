"""The sealed link from a survivor's file to her record in the registry."""

from __future__ import annotations

from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models.sealed import pseudonym
from paivand.core.rules.errors import Refused
from paivand.protection.actions.files import counted_as, demand_fresh, locked_file
from paivand.protection.models import Survivor
from paivand.registry.models import JourneyStep, Person


@action(Verb.SURVIVOR_WORK, on="survivor")
def link_person(*, survivor: Survivor, version: int, person: Person | None, by: User) -> Survivor:
    """Say that a survivor is this person of the registry, or take that back, so that she is counted once.

    Nothing in the registry knows of it: no event on her family's file, no row that points here. The steps that count
    her so far are taken back by reversing ones, and written anew under the other pseudonym.

    Raises:
        Refused: ``stale``, ``closed``, ``consent``; ``same`` when nothing would change; ``reach`` for a right that does
            not reach the steps, which lie in the district as a whole.
    """
    locked = locked_file(survivor)
    demand_fresh(locked, version)
    if not by.reach(Verb.SURVIVOR_WORK).covers(Scope(district_id=locked.district_id)):
        raise Refused(
            _("What was counted so far lies in the whole district. A specialist of the district makes this link."),
            "reach",
        )  # fmt: skip
    before = counted_as(locked)
    kept = person.merged_into_id or person.pk if person else None
    locked.person_link = str(kept or "")
    if counted_as(locked) == before:
        raise Refused(_("This is written down already."), "same")
    locked.version += 1
    locked.save()
    moved = _recount(pseudonym(before), pseudonym(counted_as(locked)), by)
    remark(act="file.link" if person else "file.unlink", steps=moved)
    return locked


def _recount(old: str, new: str, by: User) -> int:
    """Reverse the steps under the old pseudonym and write them under the new one; returns how many."""
    steps = list(JourneyStep.objects.seen_by(by).filter(pseudonym=old, reverses=None, reversed_by=None))
    anew = []
    for step in steps:
        same = {
            name: getattr(step, name)
            for name in ("coded_sex", "coded_age", "service", "outcome", "happened_on", "place_id", "district_id")
        }
        taken_back = JourneyStep(**same, pseudonym=old, quantity=-step.quantity, reverses=step, recorded_by=by)
        again = JourneyStep(**same, pseudonym=new, quantity=step.quantity, recorded_by=by)
        anew += [taken_back, again]
    JourneyStep.objects.bulk_create(anew)
    return len(steps)
