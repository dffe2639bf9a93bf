"""What may leave the program in a file: which columns there are, and of which class."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from paivand.core.rules.privacy import DataClass
from paivand.core.rules.texts import text

SHORTEST_REASON = 15
MOST_ROWS = 50_000
"""The longest file. Who needs more takes out one district after another."""


class Per(StrEnum):
    """What one row of the file is about."""

    FAMILY = "family"
    PERSON = "person"


class FileKind(StrEnum):
    """The form of the file."""

    XLSX = "xlsx"
    CSV = "csv"


PER_NAMES = {Per.FAMILY: text("one row for each family"), Per.PERSON: text("one row for each member")}
FILE_NAMES = {FileKind.XLSX: text("spreadsheet (XLSX)"), FileKind.CSV: text("plain table (CSV)")}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file.

    Args:
        key: its short stable name, noted in the audit.
        label: its heading.
        source: the field it comes from, ``Model.field``. The class of that table decides who is offered it.
        data_class: the class of the table.
        about: whether it tells about the family or about one person: in a row for a family, her head.
        part_of: the choice it belongs to, if several columns are only had together.
        choice: the words of that choice.
    """

    key: str
    label: str
    source: str
    data_class: DataClass
    about: Per
    part_of: str = ""
    choice: str = ""

    @property
    def chosen_as(self) -> str:
        """The key of the choice that brings this column."""
        return self.part_of or self.key

    @property
    def chosen_in(self) -> str:
        """The words of the choice that brings this column."""
        return self.choice or self.label


_F, _P, _D = Per.FAMILY, Per.PERSON, DataClass
_SAFELY = "phone"
_WITH_CARE = text("telephone, with what was said about calling")

COLUMNS = (
    Column("code", text("code of the family"), "Family.number", _D.FAMILY, _F),
    Column("district", text("district"), "Family.district", _D.FAMILY, _F),
    Column("jamoat", text("jamoat"), "Family.jamoat", _D.FAMILY, _F),
    Column("village", text("village or street"), "Family.village", _D.FAMILY, _F),
    Column("registered_on", text("registered on"), "Family.registered_on", _D.FAMILY, _F),
    Column("origin", text("how it came in"), "Family.origin", _D.FAMILY, _F),
    Column("n_members", text("number of members"), "Family.n_members", _D.FAMILY, _F),
    Column("housing", text("house"), "Family.housing", _D.FAMILY, _F),
    Column("land", text("land"), "Family.land", _D.FAMILY, _F),
    Column("absence", text("the migrant's tie to the family"), "Family.absence_status", _D.FAMILY, _F),
    Column("signal", text("sign in the money sent home"), "Family.remittance_signal", _D.FAMILY, _F),
    Column("relation", text("relation to the head"), "FamilyMember.relation", _D.FAMILY, _P),
    Column("education", text("schooling completed"), "Particulars.education", _D.FAMILY, _P),
    Column("school", text("school"), "Particulars.school", _D.FAMILY, _P),
    Column("out_of_school_reason", text("why out of school"), "Particulars.out_of_school_reason", _D.FAMILY, _P),
    Column("marital", text("marital status"), "Particulars.marital", _D.FAMILY, _P),
    Column("marriage", text("how the marriage was made"), "Particulars.marriage", _D.FAMILY, _P),
    Column("languages", text("languages"), "Particulars.languages", _D.FAMILY, _P),
    Column("country", text("last country of work"), "MigrationEpisode.country", _D.FAMILY, _P),
    Column("departed_on", text("left on"), "MigrationEpisode.departed_on", _D.FAMILY, _P),
    Column("returned_on", text("returned on"), "MigrationEpisode.returned_on", _D.FAMILY, _P),
    Column("family_name", text("surname"), "Person.family_name", _D.IDENTITY, _P),
    Column("given_name", text("given name"), "Person.given_name", _D.IDENTITY, _P),
    Column("father_name", text("father's name"), "Person.father_name", _D.IDENTITY, _P),
    Column("known_as", text("known as"), "Person.known_as", _D.IDENTITY, _P),
    Column("sex", text("sex"), "Person.sex", _D.IDENTITY, _P),
    Column("birth", text("date of birth"), "Person.birth_on", _D.IDENTITY, _P),
    Column("age", text("age in years"), "Person.birth_on", _D.IDENTITY, _P),
    Column("papers", text("papers and their state"), "Document.status", _D.IDENTITY, _P),
    Column("paper_numbers", text("numbers of papers"), "Document.number", _D.IDENTITY, _P),
    Column("phone_may_call", text("may we call"), "Phone.may_call", _D.CONTACT, _P, _SAFELY, _WITH_CARE),
    Column("phone_hours", text("when to call"), "Phone.hours", _D.CONTACT, _P, _SAFELY, _WITH_CARE),
    Column("phone_who", text("who may answer"), "Phone.who_may_answer", _D.CONTACT, _P, _SAFELY, _WITH_CARE),
    Column("phone_say", text("what to say"), "Phone.say_what", _D.CONTACT, _P, _SAFELY, _WITH_CARE),
    Column("phone_of", text("whose telephone it is"), "Phone.belongs_to", _D.CONTACT, _P, _SAFELY, _WITH_CARE),
    Column("phone_number", text("telephone number"), "Phone.number", _D.CONTACT, _P, _SAFELY, _WITH_CARE),
    Column("received", text("received in 12 months, somoni"), "Remittance.amount_tjs", _D.FINANCE, _F),
)
"""Every column that a file can have, in its order. What may not leave has none: no re-entry ban, no absence but the
copy that lists may show, no note, no ground of a stay."""

BEGINS_WITH = frozenset({"code", "district", "jamoat", "village", "n_members", "registered_on"})
"""The columns that are chosen before anybody chose: none that tells who somebody is."""


def offered(sees: Collection[DataClass]) -> dict[DataClass, dict[str, str]]:
    """The choices of columns for somebody who sees these classes: class by class, key and words.

    >>> list(offered({DataClass.CONTACT})[DataClass.CONTACT])
    ['phone']
    """
    found: dict[DataClass, dict[str, str]] = {}
    for column in COLUMNS:
        if column.data_class in sees:
            found.setdefault(column.data_class, {})[column.chosen_as] = column.chosen_in
    return found


def columns_of(chosen: Iterable[str], per: Per, sees: Collection[DataClass]) -> tuple[Column, ...]:
    """The columns that these choices bring, the family's code always first; none of a class that is not seen.

    In a file with a row for each family there is no relation to the head: the row is the head's.

    >>> [column.key for column in columns_of(["relation", "phone"], Per.FAMILY, {DataClass.FAMILY})]
    ['code']
    """
    wanted = {"code", *chosen} - ({"relation"} if per is Per.FAMILY else set())
    return tuple(column for column in COLUMNS if column.chosen_as in wanted and column.data_class in sees)
