"""What the cells of an exported file say, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from paivand.core.rules.dates import Precision
from paivand.core.templatetags.paivand import locale
from paivand.registry.models import Person, Phone
from paivand.registry.queries.exports import Told
from paivand.registry.rules import RELATION_NAMES, SEX_NAMES
from paivand.registry.rules.families import HOUSING_NAMES, LAND_NAMES, ORIGIN_NAMES
from paivand.registry.rules.lists import PUBLIC_ABSENCES
from paivand.registry.rules.people import (
    DOCUMENT_NAMES,
    DOCUMENT_STATUS_NAMES,
    EDUCATION_NAMES,
    LANGUAGE_NAMES,
    MARITAL_NAMES,
    MARRIAGE_NAMES,
    MAY_CALL_NAMES,
    OUT_OF_SCHOOL_NAMES,
    SCHOOL_NAMES,
    MayCall,
)
from paivand.registry.rules.remittances import SIGNAL_NAMES

Cell = str | int | Decimal | date
"""What a cell may hold. A text is never taken for a formula; numbers and days stay what they are."""


def cell(key: str, told: Told) -> Cell:
    """The cell of the column ``key`` in one row; empty where nothing is known."""
    return _CELLS[key](told)


def _said(names: Mapping[Any, str], value: str) -> str:
    """The name of a code; nothing for a code that these names leave out."""
    name = names.get(value)
    return _(name) if name else ""


def _known_to(day: date | None, precision: str) -> Cell:
    """A date as exactly as it is known."""
    if day is None:
        return ""
    if precision == Precision.DAY:
        return day
    if precision == Precision.MONTH:
        return f"{day:%Y-%m}"
    return f"{day:%Y}" if precision == Precision.YEAR else _("about %(year)s") % {"year": f"{day:%Y}"}


def _of_person(told: Told, tell: Callable[[Person], Cell]) -> Cell:
    return tell(told.person) if told.person else ""


def _of_particulars(told: Told, name: str, names: Mapping[Any, str]) -> Cell:
    return _said(names, getattr(told.particulars, name)) if told.particulars else ""


def _languages(told: Told) -> str:
    spoken = told.particulars.languages if told.particulars else []
    return "; ".join(_said(LANGUAGE_NAMES, one) for one in spoken)


def _of_phone(told: Told, tell: Callable[[Phone], str]) -> str:
    return tell(told.phone) if told.phone else ""


def _number_to_call(phone: Phone) -> str:
    """The number, unless it must not be called: then the warning stands alone."""
    return "" if phone.may_call == MayCall.NO else phone.number


def _papers(told: Told) -> str:
    return "; ".join(
        f"{_said(DOCUMENT_NAMES, one.kind)}: {_said(DOCUMENT_STATUS_NAMES, one.status)}" for one in told.documents
    )


def _paper_numbers(told: Told) -> str:
    return "; ".join(f"{_said(DOCUMENT_NAMES, one.kind)}: {one.number}" for one in told.documents if one.number)


def _country(told: Told) -> str:
    return str(locale().territories.get(told.migration.country, told.migration.country)) if told.migration else ""


_CELLS: dict[str, Callable[[Told], Cell]] = {
    "code": lambda told: told.family.code,
    "district": lambda told: told.family.jamoat.parent.name if told.family.jamoat.parent else "",
    "jamoat": lambda told: told.family.jamoat.name,
    "village": lambda told: told.family.village,
    "registered_on": lambda told: told.family.registered_on,
    "origin": lambda told: _said(ORIGIN_NAMES, told.family.origin),
    "n_members": lambda told: told.family.n_members,
    "housing": lambda told: _said(HOUSING_NAMES, told.family.housing),
    "land": lambda told: _said(LAND_NAMES, told.family.land),
    "absence": lambda told: _said(PUBLIC_ABSENCES, told.family.absence_status),
    "signal": lambda told: _said(SIGNAL_NAMES, told.family.remittance_signal),
    "relation": lambda told: _said(RELATION_NAMES, told.member.relation) if told.member else "",
    "education": lambda told: _of_particulars(told, "education", EDUCATION_NAMES),
    "school": lambda told: _of_particulars(told, "school", SCHOOL_NAMES),
    "out_of_school_reason": lambda told: _of_particulars(told, "out_of_school_reason", OUT_OF_SCHOOL_NAMES),
    "marital": lambda told: _of_particulars(told, "marital", MARITAL_NAMES),
    "marriage": lambda told: _of_particulars(told, "marriage", MARRIAGE_NAMES),
    "languages": _languages,
    "country": _country,
    "departed_on": lambda told: (
        _known_to(told.migration.departed_on, told.migration.departed_precision) if told.migration else ""
    ),
    "returned_on": lambda told: (
        _known_to(told.migration.returned_on, told.migration.returned_precision) if told.migration else ""
    ),
    "family_name": lambda told: _of_person(told, lambda person: person.family_name),
    "given_name": lambda told: _of_person(told, lambda person: person.given_name),
    "father_name": lambda told: _of_person(told, lambda person: person.father_name),
    "known_as": lambda told: _of_person(told, lambda person: person.known_as),
    "sex": lambda told: _of_person(told, lambda person: _said(SEX_NAMES, person.sex)),
    "birth": lambda told: _of_person(told, lambda person: _known_to(person.birth_on, person.birth_precision)),
    "age": lambda told: _of_person(told, lambda person: person.age.years if person.age else ""),
    "papers": _papers,
    "paper_numbers": _paper_numbers,
    "phone_may_call": lambda told: _of_phone(told, lambda phone: _said(MAY_CALL_NAMES, phone.may_call)),
    "phone_hours": lambda told: _of_phone(told, lambda phone: phone.hours),
    "phone_who": lambda told: _of_phone(told, lambda phone: phone.who_may_answer),
    "phone_say": lambda told: _of_phone(told, lambda phone: phone.say_what),
    "phone_of": lambda told: _of_phone(told, lambda phone: phone.belongs_to),
    "phone_number": lambda told: _of_phone(told, _number_to_call),
    "received": lambda told: "" if told.received is None else told.received,
}
