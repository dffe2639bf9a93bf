"""Names of a survey's versions: an earlier one that comes back is the same form under a name of its own.

ODK Collect takes a form that it has by its digest for the one it has, and goes on with the one that it fetched last. So
what comes back has to be another file, and another file has another name.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from xml.sax.saxutils import escape

_AGAIN = re.compile(r"(?P<first>.*-[0-9a-f]{8})-\d{1,3}", re.DOTALL)
_VERSION = re.compile(r"(<instance>\s*<[^>]*\sversion=)\"[^\"]*\"")


def first_name(name: str) -> str:
    """The name that a version had when it was uploaded: two with the same one ask the same.

    >>> first_name("1-0f3a9c2e-2"), first_name("1-0f3a9c2e"), first_name("2026-11")
    ('1-0f3a9c2e', '1-0f3a9c2e', '2026-11')
    """
    again = _AGAIN.fullmatch(name)
    return again["first"] if again else name


def name_again(name: str, taken: Collection[str]) -> str:
    """The next name of a version that comes back.

    >>> name_again("1-0f3a9c2e-2", {"1-0f3a9c2e", "1-0f3a9c2e-2"})
    '1-0f3a9c2e-3'
    """
    first = first_name(name)
    return next(found for n in range(2, len(taken) + 3) if (found := f"{first}-{n}") not in taken)


def under_name(xml: str, name: str) -> str:
    """A form with another version, and nothing else of it changed.

    >>> under_name('<model><instance><data id="roofs" version="1">…', "2")
    '<model><instance><data id="roofs" version="2">…'

    Raises:
        ValueError: the form names no version.
    """
    said = escape(name, {'"': "&quot;"})
    told, n = _VERSION.subn(lambda found: f'{found[1]}"{said}"', xml, count=1)
    if not n:
        raise ValueError("no version in the form")
    return told
