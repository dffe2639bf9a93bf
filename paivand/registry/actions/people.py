"""Writing people and the keys of their names; used by the actions on families."""

from __future__ import annotations

from paivand.access.rules.scopes import Scope
from paivand.methods.names import Part, name_keys
from paivand.registry.models import NameKey, Person
from paivand.registry.rules.drafts import PersonDraft

_PARTS: tuple[tuple[Part, str], ...] = (("given", "given_name"), ("family", "family_name"), ("father", "father_name"))


def fill_person(person: Person, draft: PersonDraft) -> list[str]:
    """Copy the draft onto the person; returns the names of the fields that changed."""
    new = {
        "given_name": draft.given_name,
        "family_name": draft.family_name,
        "father_name": draft.father_name,
        "sex": str(draft.sex),
        "birth_on": draft.birth.on if draft.birth else None,
        "birth_precision": str(draft.birth.precision) if draft.birth else "",
    }
    changed = [name for name, value in new.items() if getattr(person, name) != value]
    for name, value in new.items():
        setattr(person, name, value)
    person.set_sort_key()
    return changed


def new_person(draft: PersonDraft, scope: Scope, *, is_head: bool = False) -> Person:
    """An unsaved person lying in ``scope``."""
    person = Person(**_columns(scope), is_head=is_head)
    fill_person(person, draft)
    return person


def name_key_rows(person: Person) -> list[NameKey]:
    """The unsaved keys of a person's name."""
    rows = []
    for part, column in _PARTS:
        keys = name_keys(getattr(person, column), part)
        for kind, key in (("k1", keys.k1), ("k2", keys.k2), ("k3", keys.k3)):
            if key:
                rows.append(NameKey(person=person, part=part, kind=kind, key=key[:100], **_columns(person.scope)))
    return rows


def rewrite_name_keys(person: Person) -> None:
    """Bring the keys in line with a changed name."""
    person.name_keys.all().delete()
    NameKey.objects.bulk_create(name_key_rows(person))


def _columns(scope: Scope) -> dict[str, object]:
    return {
        "district_id": scope.district_id,
        "agency_id": scope.agency_id,
        "team_id": scope.team_id,
        "owner_id": scope.owner_id,
    }
