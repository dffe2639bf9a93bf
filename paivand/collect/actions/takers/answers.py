"""Reading the answers of a filled form: what cannot be is refused at the question where it stands."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.collect.queries.entities import family_named
from paivand.collect.rules.filled import EntityWrite, Filled, Row, Unreadable
from paivand.core.rules.dates import Birth
from paivand.core.rules.errors import Refused
from paivand.registry.models import Family, Person
from paivand.registry.queries.people import same_person

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def chosen(row: Row, path: str, kind: type[E], *, at: str = "") -> E | None:
    """The answer to a question with choices, or None where it was not asked or left open.

    Args:
        at: where ``row`` stands in the form, such as ``members[2]/``.

    Raises:
        Refused: ``choice`` for an answer that is none of them.
    """
    said = row.value(path)
    if not said:
        return None
    try:
        return kind(said)
    except ValueError:
        raise Refused(_("This answer is none of the list. Choose again."), "choice", field=f"{at}{path}") from None


def needed(found: T | None, path: str) -> T:
    """``found``, or a Refused at ``path``: ``empty``."""
    if found is None or found == "":
        raise Refused(_("This question is not answered. Answer it."), "empty", field=path)
    return found


def read_at(at: str, ask: Callable[[str], T | None], path: str) -> T | None:
    """What ``ask`` reads at ``path`` of a row that stands at ``at``; what is unreadable is told with the whole path."""
    try:
        return ask(path)
    except Unreadable as unreadable:
        raise Unreadable(unreadable.code, f"{at}{path}") from None


def text_of(row: Row, path: str, longest: int, *, at: str = "") -> str:
    """What was written, on one line; a Refused, ``long``, for more than ``longest`` letters."""
    said = " ".join(row.value(path).split())
    return _short_enough(said, longest, f"{at}{path}")


def lines_of(row: Row, path: str, longest: int) -> str:
    """What was written, with its lines; a Refused, ``long``, for more than ``longest`` letters."""
    return _short_enough(row.value(path), longest, path)


def _short_enough(said: str, longest: int, path: str) -> str:
    if len(said) > longest:
        raise Refused(_("This is longer than %(count)s letters. Shorten it.") % {"count": longest}, "long", field=path)
    return said


def birth_of(row: Row, asked_on: date, *, at: str = "") -> Birth | None:
    """The birth as it was told: to the day, the month or the year, by an age, or not at all."""
    known = row.value("birth_known")
    if known == "day":
        return Birth.on_day(needed(read_at(at, row.day, "birth_day"), f"{at}birth_day"))
    if known == "month":
        month = needed(read_at(at, row.day, "birth_month"), f"{at}birth_month")
        return Birth.in_month(month.year, month.month)
    if known == "year":
        year = needed(read_at(at, row.whole, "birth_year"), f"{at}birth_year")
        return _possible(lambda: Birth.in_year(year), f"{at}birth_year")
    if known == "estimate":
        age = needed(read_at(at, row.whole, "age"), f"{at}age")
        return _possible(lambda: Birth.from_age(age, asked_on=asked_on), f"{at}age")
    return None


def birth_path(row: Row, at: str) -> str:
    """The question in which the birth was told."""
    names = {"day": "birth_day", "month": "birth_month", "year": "birth_year", "estimate": "age"}
    return f"{at}{names.get(row.value('birth_known'), 'birth_known')}"


def _possible(made: Callable[[], Birth], path: str) -> Birth:
    try:
        return made()
    except ValueError:
        raise Refused(_("There is no such year. Check it."), "birth", field=path) from None


@contextmanager
def at_questions(paths: Mapping[str, str], otherwise: str = "") -> Iterator[None]:
    """Tell what an action refuses at the question that ``paths`` names for the field of its screen."""
    try:
        yield
    except Refused as refused:
        field = paths.get(refused.field or "", otherwise)
        raise Refused(refused.message, refused.code, field=field, detail=refused.detail) from refused


def made_by(filled: Filled, dataset: str) -> list[EntityWrite]:
    """The entries of this list that the form makes, in the order of the form."""
    return [one for one in filled.entities() if one.dataset == dataset and one.creates]


def key_of(row: Row, path: str) -> uuid.UUID | None:
    """The key that was chosen from a list; a Refused, ``choice``, for what is no key."""
    said = row.value(path)
    return read_key(said, path) if said else None


def read_key(said: str, path: str) -> uuid.UUID:
    """A key as lists write it; a Refused, ``choice``, for what is none."""
    try:
        return uuid.UUID(said)
    except ValueError:
        raise Refused(_("This answer is none of the list. Choose again."), "choice", field=path) from None


def family_at(filled: Filled, path: str, by: User) -> Family:
    """The family that was chosen; of a joined file the other one, and the one to which a registration was attached.

    Raises:
        Refused: ``family`` when it is not within reach any more, or never was.
    """
    named = family_named(by, needed(key_of(filled, path), path))
    if named is None:
        raise Refused(
            _("This family is not among yours any more. Choose it again, or ask your supervisor."), "family",
            field=path,
        )  # fmt: skip
    return named.family


def people_at(keys: list[uuid.UUID], by: User, path: str) -> list[Person]:
    """The people of these keys, each by the record that stays; a Refused, ``people``, for one who is not seen."""
    stays = same_person(by, keys)
    found = {person.pk: person for person in Person.objects.seen_by(by).filter(pk__in=set(stays.values()))}
    if not all(key in stays and stays[key] in found for key in keys):
        raise Refused(_("Somebody of the list is not seen any more. Choose again."), "people", field=path)
    return [found[pk] for pk in dict.fromkeys(stays[key] for key in keys)]
