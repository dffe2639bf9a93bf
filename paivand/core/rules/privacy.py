"""The classes of data about people, and how a table says which of its fields hold them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DataClass(StrEnum):
    """What a field tells about a person. A table holds personal data of one class only, so a wall can be put round it.

    ``identity``: who someone is. ``contact``: how to reach them. ``family``: who belongs together and what they agreed
    to. ``case``: help given and notes. ``health``: body and mind. ``violence``: what a survivor told.
    ``finance``: money. ``learning``: who takes part in a course, and how it went. ``field``: what was filled in
    on a form in the field, of whatever class, before it is taken in.
    """

    IDENTITY = "identity"
    CONTACT = "contact"
    FAMILY = "family"
    CASE = "case"
    HEALTH = "health"
    VIOLENCE = "violence"
    FINANCE = "finance"
    LEARNING = "learning"
    FIELD = "field"


@dataclass(frozen=True)
class Privacy:
    """The privacy declaration of one table: every field is either personal or technical, none is forgotten.

    Args:
        data_class: the class of all its personal fields; None for a table without personal data.
        personal: the names of the fields that tell something about a person.
        technical: the names of all other fields.
        leaves: False for a table whose content never leaves the program: no list, no filter, no export.
    """

    data_class: DataClass | None
    personal: frozenset[str]
    technical: frozenset[str]
    leaves: bool = True

    @classmethod
    def of(cls, data_class: DataClass, *, personal: str, technical: str = "", leaves: bool = True) -> Privacy:
        """The declaration of a table with personal data; field names are separated by spaces."""
        return cls(data_class, frozenset(personal.split()), frozenset(technical.split()), leaves)

    @classmethod
    def none(cls, fields: str) -> Privacy:
        """The declaration of a table that tells nothing about a person."""
        return cls(None, frozenset(), frozenset(fields.split()))
