"""The courses that are held, as ``parameters/courses`` declares them, one file for each.

A site declares its own in a folder beside the program (``PAIVAND_COURSES``): courses, and kinds in a file
``course_kinds.yaml`` of the same form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from paivand.instruments.rules.parts import DeclarationError
from paivand.learning.rules.course import Course, Feature, Kind, Who
from paivand.learning.rules.declarations import read, read_kinds

__all__ = ["Course", "Feature", "Kind", "Who", "add_folder", "course", "courses", "kinds", "load"]

PARAMETERS = Path(__file__).parent.parent.parent / "parameters"
SOURCE = PARAMETERS / "courses"
KINDS = "course_kinds.yaml"
_OWN: list[Path] = []
"""Folders of the site."""


def add_folder(folder: Path) -> None:
    """Offer the courses of a site's own folder too.

    Raises:
        DeclarationError: for the first file that is wrong, or declares a course or a kind that there is already.
    """
    _OWN.append(folder)
    kinds.cache_clear()
    _loaded.cache_clear()
    courses()


def load(files: Iterable[Path], kinds: Mapping[str, Kind]) -> dict[str, Course]:
    """The courses that ``files`` declare, by code, in the order of kinds and then of files.

    Raises:
        DeclarationError: for the first file that is wrong, or is not named after what it declares.
    """
    found: list[Course] = []
    for path in sorted(files):
        one = read(path.name, path.read_text(encoding="utf-8"), kinds)
        if path.stem != one.code:
            raise DeclarationError(path.name, 1, "code", f"the file declares {one.code!r}: name it {one.code}.yaml")
        if any(other.code == one.code for other in found):
            raise DeclarationError(path.name, 1, "code", f"there is a course {one.code!r} already: choose another code")
        found.append(one)
    order = list(kinds)
    return {one.code: one for one in sorted(found, key=lambda one: order.index(one.kind.code))}


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Every kind of courses by its code, in the order in which they are shown.

    >>> kinds()["farmer_field_school"].groups_in("en")
    'farmer field schools'
    """
    found = read_kinds(KINDS, (PARAMETERS / KINDS).read_text(encoding="utf-8"))
    for folder in _OWN:
        if (folder / KINDS).exists():
            for code, kind in read_kinds(KINDS, (folder / KINDS).read_text(encoding="utf-8")).items():
                if code in found:
                    raise DeclarationError(KINDS, 1, "kinds", f"there is a kind {code!r} already: choose another code")
                found[code] = kind
    return found


@lru_cache(maxsize=8)
def _loaded(folder: Path) -> Mapping[str, Course]:
    files = [path for place in (folder, *_OWN) for path in place.glob("*.yaml") if path.name != KINDS]
    return load(files, kinds())


def courses(folder: Path | None = None) -> Mapping[str, Course]:
    """Every course of a folder by its code; of the programme's own where none is given. Those of the site belong to it.

    >>> courses()["seamstress"].title_in("en"), courses()["seamstress"].trade
    ('Seamstress', '7531')
    """
    return _loaded(folder or SOURCE)


def course(code: str) -> Course | None:
    """One course of the programme. A course that is not declared any more gives None."""
    return courses().get(code)
