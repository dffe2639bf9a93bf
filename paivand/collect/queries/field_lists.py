"""The lists that a device gets: for one worker, from her reach and what she carries, with the fewest fields.

Each list is one statement, and that of people three: where they are and how a migrant keeps in touch lie in rows of
their own. The same statements give the rows and, digested by the database, the change token, so that the token changes
whenever the content would: also when the worker's reach shrinks, a case goes to a colleague, or a name is corrected. No
list holds a telephone number, anything of the sealed room, a referral that betrays by its service why somebody was
sent, or a tie to the family that would harm somebody if the phone were lost.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils import timezone, translation

from paivand.access.models import User
from paivand.collect.queries.carried import Carried
from paivand.collect.queries.field_rows import SOURCES
from paivand.collect.queries.field_rows.source import Asked, Source, digest_of

ENTITY_LISTS = frozenset(name for name, source in SOURCES.items() if source.is_entity)
"""Lists whose rows are entities: they carry a version, and a device asks which of them are gone."""

NAMES = tuple(SOURCES)
"""The names of all lists."""


@dataclass
class FieldList:
    """One list of one worker. ``rows`` are read when they are asked for first; the token is older than they are, or as
    old, so that what changes in between is fetched at the next look."""

    name: str
    columns: tuple[str, ...]
    token: str
    _read: Callable[[], list[tuple[str, ...]]] = field(repr=False)

    @property
    def entity(self) -> bool:
        """Whether its rows are entities."""
        return self.name in ENTITY_LISTS

    @cached_property
    def rows(self) -> list[tuple[str, ...]]:
        """The rows, in the order in which the device shows them."""
        return self._read()

    def content(self) -> bytes:
        """The list as CSV: RFC 4180, UTF-8 without a mark at its beginning."""
        return written(self.columns, self.rows)


def field_list(by: User, name: str, *, today: date | None = None) -> FieldList:
    """The list ``name`` as ``by`` may hold it.

    Raises:
        KeyError: no list has this name.
    """
    return field_lists(by, [name], today=today)[name]


def field_lists(by: User, names: Iterable[str], *, today: date | None = None) -> dict[str, FieldList]:
    """Several lists at once, with what they share read once."""
    asked = Asked(by, Carried(by), today or timezone.localdate())
    return {name: _listed(asked, name, SOURCES[name]) for name in names}


def list_tokens(by: User, names: Iterable[str]) -> dict[str, str]:
    """The change tokens of these lists: 32 hexadecimal digits each."""
    return {name: found.token for name, found in field_lists(by, names).items()}


def written(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV bytes.

    >>> written(("name", "label"), [("1", "Ҷамила, Даҳана")]).decode()
    'name,label\\r\\n1,"Ҷамила, Даҳана"\\r\\n'
    """
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(columns)
    lines.writerows(rows)
    return out.getvalue().encode()


def _listed(asked: Asked, name: str, source: Source) -> FieldList:
    language = asked.by.language
    found = source.found(asked)
    told = [name, language, *source.columns, source.shared(asked), digest_of(found, source.fields)]
    token = hashlib.blake2b("\n".join(told).encode(), digest_size=16).hexdigest()

    def read() -> list[tuple[str, ...]]:
        with translation.override(language):
            return [tuple(map(str, row)) for row in source.shape(asked, found.values_list(*source.fields))]

    return FieldList(name, source.columns, token, read)
