"""What the actions on a programme share: rows locked and fresh, and titles as they are kept."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from paivand.core.models import Record
from paivand.core.rules.errors import Refused
from paivand.programme.rules.words import Titles, written

R = TypeVar("R", bound=Record)

MOST = Decimal("1000000000")
"""A budget of more than this is a slip of the finger."""


def locked(row: R, version: int | None = None) -> R:
    """The row as it stands now, locked until the action is over.

    Raises:
        Refused: ``stale`` when somebody else saved it since the form with ``version`` was opened.
    """
    model: Any = type(row)
    found: R = model.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if version is not None and found.version != version:
        raise Refused(
            _("Somebody else saved changes while you were typing. Compare with the present values and save again."),
            "stale",
        )
    return found


def demand_new(model: Any, key: uuid.UUID) -> None:
    """Raise a Refused ``twice`` when the form of this key was saved already."""
    if model.objects.filter(pk=key).exists():
        raise Refused(_("This form was saved already."), "twice")


def demand_titles(titles: Titles, field: str = "title_en") -> dict[str, str]:
    """The titles as they are kept.

    Raises:
        Refused: ``title`` without an English one.
    """
    found = written(titles)
    if "en" not in found:
        raise Refused(_("Write the title in English at least: the other languages show it until they have one."),
                      "title", field=field)  # fmt: skip
    return found


def set_values(row: Any, values: dict[str, Any]) -> list[str]:
    """Write the values that differ into the row, and count its version up; the names of those that changed."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.version += 1
        row.save(update_fields=[*changed, "version", "changed_at"])
    return changed
