"""Writing people and the keys of their names; used by the actions on families."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from paivand.access.rules.scopes import Scope
from paivand.core.rules.dates import Precision
from paivand.core.rules.errors import Refused
from paivand.methods.linkage import match_keys
from paivand.methods.names import Part, name_keys
from paivand.registry.models import MatchKey, NameKey, Person, Phone
from paivand.registry.rules.drafts import PersonDraft, PhoneDraft
from paivand.registry.rules.people import MayCall, phone_number

_PARTS: tuple[tuple[Part, str], ...] = (("given", "given_name"), ("family", "family_name"), ("father", "father_name"))


def fill_person(person: Person, draft: PersonDraft) -> list[str]:
    """Copy the draft onto the person; returns the names of the fields that changed."""
    new = {
        "known_as": draft.known_as,
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
    if draft.key:
        person.id = draft.key
    fill_person(person, draft)
    return person


def name_key_rows(person: Person) -> list[NameKey]:
    """The unsaved keys of a person's name."""
    names = [(part, getattr(person, column)) for part, column in _PARTS]
    if person.known_as:
        names.append(("given", person.known_as))
    found = {
        (part, kind, key[:100])
        for part, name in names
        for kind, key in zip(("k1", "k2", "k3"), _all_keys(name, part), strict=True)
        if key
    }
    return [
        NameKey(person=person, part=part, kind=kind, key=key, **_columns(person.scope))
        for part, kind, key in sorted(found)
    ]


def _all_keys(name: str, part: Part) -> tuple[str, str, str]:
    keys = name_keys(name, part)
    return keys.k1, keys.k2, keys.k3


def match_key_rows(person: Person) -> list[MatchKey]:
    """The unsaved keys under which possible duplicates of a person are looked for."""
    year = person.birth_on.year if person.birth_on else None
    keys = {
        key
        for given in (person.given_name, person.known_as)
        if given
        for key in match_keys(
            given, person.family_name, person.father_name, year, guessed=person.birth_precision == Precision.ESTIMATE
        )
    }
    return [MatchKey(person=person, key=key, **_columns(person.scope)) for key in sorted(keys)]


def phone_row(person: Person, draft: PhoneDraft) -> Phone:
    """An unsaved telephone number of a person."""
    return Phone(
        person=person, number=draft.number, belongs_to=draft.belongs_to, may_call=draft.may_call, hours=draft.hours,
        who_may_answer=draft.who_may_answer, say_what=draft.say_what, agreed_on=draft.agreed_on,
        **_columns(person.scope),
    )  # fmt: skip


def demand_safe_number(draft: PhoneDraft | None, today: date) -> None:
    """Raise a Refused when a number is none, or when it is not said what its safe use needs."""
    if draft is None:
        return
    if not draft.number or phone_number(draft.number) != draft.number:
        raise Refused(
            _("This is no telephone number. Write nine digits, as in 918 12 34 56, or begin with + and the country."),
            "phone", field="phone",
        )  # fmt: skip
    if draft.may_call is not MayCall.NOT_ASKED and draft.agreed_on is None:
        raise Refused(_("Say on which day it was agreed how this number may be used."), "phone", field="agreed_on")
    if draft.agreed_on and draft.agreed_on > today:
        raise Refused(_("The day of the agreement lies in the future. Check it."), "phone", field="agreed_on")
    if draft.may_call is MayCall.THROUGH_OTHER and not draft.who_may_answer:
        raise Refused(_("Say through whom this person is reached."), "phone", field="who_may_answer")


def note_change(person: Person, what: str) -> None:
    """Count a change of what is kept about a person in other rows, ``lives`` or ``absence``, as one of hers.

    Devices that carry her learn from the version that she changed, and ``changed_in`` tells in which one.
    """
    kept = person.merged_into_id or person.pk
    for row in Person.objects.select_for_update().filter(pk=kept):
        row.version += 1
        row.changed_in = {**row.changed_in, what: row.version}
        row.save(update_fields=["version", "changed_in", "changed_at"])


def rewrite_keys(person: Person) -> None:
    """Bring the keys in line with a changed name or birth."""
    person.name_keys.all().delete()
    person.match_keys.all().delete()
    NameKey.objects.bulk_create(name_key_rows(person))
    MatchKey.objects.bulk_create(match_key_rows(person))


def _columns(scope: Scope) -> dict[str, object]:
    return {
        "district_id": scope.district_id,
        "agency_id": scope.agency_id,
        "team_id": scope.team_id,
        "owner_id": scope.owner_id,
    }
