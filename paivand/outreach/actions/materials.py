"""Materials: printed, given out, spoilt; the counts follow."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.outreach.actions.filling import lying
from paivand.outreach.models import Campaign, Material, MaterialMove, ReachEntry
from paivand.outreach.rules.catalogue import catalogue
from paivand.outreach.rules.drafts import MaterialDraft
from paivand.outreach.rules.materials import MOST_COPIES, MoveKind
from paivand.registry.rules.people import SpokenLanguage

_COUNTERS = {MoveKind.PRINTED: "n_printed", MoveKind.GIVEN: "n_given", MoveKind.LOST: "n_lost"}


@dataclass(frozen=True, slots=True)
class Given:
    """Copies of a material that were given out at an entry."""

    material: uuid.UUID
    n_copies: int


@action(Verb.OUTREACH_RECORD, on="scope")
def add_material(
    *, scope: Scope, material_id: uuid.UUID, draft: MaterialDraft, by: User, campaign: Campaign | None = None,
    today: date | None = None,
) -> Material:  # fmt: skip
    """Write a material down, with the copies that were printed or received.

    Raises:
        Refused: ``twice``; ``kind``, ``title``, ``language``, ``copies``, ``date``.
    """
    if Material.objects.filter(pk=material_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    if draft.kind not in catalogue().materials:
        raise Refused(_("Choose the kind from the list."), "kind", field="kind")
    title = " ".join(draft.title.split())[:160]
    if not title:
        raise Refused(_("Write what the material is called."), "title", field="title")
    if draft.language and draft.language not in set(SpokenLanguage):
        raise Refused(_("Choose the language from the list."), "language", field="language")
    row = lying(scope, Material(
        id=material_id, campaign=campaign, kind=draft.kind, title=title, language=draft.language, recorded_by=by
    ))  # fmt: skip
    row.save(force_insert=True)
    if draft.n_printed:
        _move(row, MoveKind.PRINTED, draft.n_printed, by=by, on=_day(draft.on, today))
    remark(act="material.add", kind=row.kind)
    return row


@action(Verb.OUTREACH_RECORD, on="material")
def move_copies(
    *, material: Material, move_id: uuid.UUID, kind: MoveKind, n_copies: int, by: User, on: date | None = None,
    note: str = "", today: date | None = None,
) -> MaterialMove:  # fmt: skip
    """Write down copies that came, went, or were spoilt. A number below nought takes back what was wrong.

    Raises:
        Refused: ``twice``; ``copies`` for nought, for far too many, or for more than there are; ``date``.
    """
    if MaterialMove.objects.filter(pk=move_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    row: Material = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
    made = _move(row, kind, n_copies, by=by, on=_day(on, today), note=note, key=move_id)
    remark(act="material.move", kind=str(kind), n=n_copies)
    return made


def give_out(entry: ReachEntry, given: Sequence[Given], by: User) -> None:
    """Write down what was given out at an entry; a part of its actions.

    Raises:
        OutsideScopeError: for a material that lies beyond the reach of ``by``.
    """
    for one in given:
        row: Material | None = Material.objects.select_for_update(of=("self",)).filter(pk=one.material).first()
        if row is None or not by.reach(Verb.OUTREACH_RECORD).covers(row):
            raise OutsideScopeError(Verb.OUTREACH_RECORD)
        _move(row, MoveKind.GIVEN, one.n_copies, by=by, on=entry.event_on, entry=entry)


def given_at(entry: ReachEntry) -> list[Given]:
    """What was given out at an entry, all its moves together."""
    sums = MaterialMove.objects.filter(entry=entry).values_list("material_id").annotate(n=Sum("n_copies"))
    return [Given(key, n) for key, n in sums.order_by("material_id") if n]


def bring_back(entry: ReachEntry, by: User) -> list[Given]:
    """Take the copies back into the stock that an entry gave out, and say which; for an entry that is taken back."""
    found = given_at(entry)
    for one in found:
        row: Material = Material.objects.select_for_update(of=("self",)).get(pk=one.material)
        _move(row, MoveKind.GIVEN, -one.n_copies, by=by, on=entry.event_on, entry=entry)
    return found


def _move(
    row: Material, kind: MoveKind, n_copies: int, *, by: User, on: date, entry: ReachEntry | None = None,
    note: str = "", key: uuid.UUID | None = None,
) -> MaterialMove:  # fmt: skip
    """One move and the counter that follows it; the row of the material is locked or new."""
    if not n_copies or abs(n_copies) > MOST_COPIES:
        raise Refused(_("Write how many copies."), "copies", field="n_copies")
    counter = _COUNTERS[kind]
    counted = getattr(row, counter) + n_copies
    setattr(row, counter, counted)
    if counted < 0 or row.n_left < 0:
        raise Refused(
            _("There are not so many copies of %(title)s. Write down first how many were printed or received.")
            % {"title": row.title}, "copies", field="n_copies",
        )  # fmt: skip
    row.version += 1
    row.save()
    made = lying(row.scope, MaterialMove(
        id=key or new_id(), material=row, kind=kind, n_copies=n_copies, on_day=on, entry=entry,
        note=note.strip()[:200], recorded_by=by,
    ))  # fmt: skip
    made.save(force_insert=True)
    return made


def _day(on: date | None, today: date | None) -> date:
    now = today or timezone.localdate()
    if on and on > now:
        raise Refused(_("The day lies in the future. Check it."), "date", field="on")
    return on or now
