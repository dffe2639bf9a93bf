"""The courses that are held, as ``parameters/courses`` declares them, one file for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from paivand.instruments.rules.parts import DeclarationError
from paivand.learning.rules.course import Course, Feature, Kind, Who
from paivand.learning.rules.declarations import read, read_kinds

__all__ = ["Course", "Feature", "Kind", "Who", "course", "courses", "kinds", "load"]

PARAMETERS = Path(__file__).parent.parent.parent / "parameters"
SOURCE = PARAMETERS / "courses"


def load(files: Iterable[Path], kinds: Mapping[str, Kind]) -> dict[str, Course]:
    """The courses that ``files`` declare, by code, in the order of kinds and then of files.

    Raises:
        DeclarationError: for the first file that is wrong, or is not named after what it declares.
    """
    found = []
    for path in sorted(files):
        one = read(path.name, path.read_text(encoding="utf-8"), kinds)
        if path.stem != one.code:
            raise DeclarationError(path.name, 1, "code", f"the file declares {one.code!r}: name it {one.code}.yaml")
        found.append(one)
    order = list(kinds)
    return {one.code: one for one in sorted(found, key=lambda one: order.index(one.kind.code))}


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Every kind of courses by its code, in the order in which they are shown.

    >>> kinds()["farmer_field_school"].groups_in("en")
    'farmer field schools'
    """
    return read_kinds("course_kinds.yaml", (PARAMETERS / "course_kinds.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def _loaded(folder: Path) -> Mapping[str, Course]:
    return load(folder.glob("*.yaml"), kinds())


def courses(folder: Path | None = None) -> Mapping[str, Course]:
    """Every course of a folder by its code; of the programme's own where none is given.

    >>> courses()["seamstress"].title_in("en"), courses()["seamstress"].trade
    ('Seamstress', '7531')
    """
    return _loaded(folder or SOURCE)


def course(code: str) -> Course | None:
    """One course of the programme. A course that is not declared any more gives None."""
    return courses().get(code)
