"""A filled form as rows of tables: one for the form itself, and one for each repetition of each repeated part.

Values stay texts as the form writes them; several choices stand in one text, parted by spaces, as in the XML. A place
is kept to three decimals of a degree only, about a hundred metres: what stands in a table is read by people who have no
right to know where a household lives. The exact point stays sealed in what arrived, and so does whatever a form works
out from it; see ``rules.computed_places``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, Protocol

POSITION = "#"
"""Under this key a row of a repeated part says where it stands: ``2`` is the second, ``2.1`` the first within it."""

DECIMALS = Decimal("0.001")
PLACES = frozenset({"geopoint", "start-geopoint", "geotrace", "geoshape"})
MEDIA = frozenset({"image", "audio", "video", "file"})
SILENT = frozenset(
    {
        "group", "repeat", "note", "entity", "audit", "deviceid", "device_id", "phonenumber", "phone_number",
        "simserial", "sim_id", "subscriberid", "subscriber_id", "username", "email", "hidden", "csv-external",
        "xml-external", "start-geopoint", "background-geopoint", "background-audio",
    }
)  # fmt: skip
"""Parts of a form without an answer that belongs into a table; what they say of the device, nobody asked for."""

Question = Mapping[str, Any]


class Part(Protocol):
    """A part of a filled form, as ``rules.filled`` reads it."""

    def value(self, path: str, default: str = "") -> str: ...

    def repeats(self, path: str) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Flat:
    """The rows of one filled form. ``values`` by path; ``parts`` by the path of the repeated part, in the order of the
    form, each row with its position. What was left empty is not there."""

    values: dict[str, str] = field(default_factory=dict)
    parts: dict[str, list[dict[str, str]]] = field(default_factory=dict)


def asked(questions: Iterable[Question]) -> list[Question]:
    """The questions that bring a column."""
    return [one for one in questions if not _is_silent(one)]


def _is_silent(question: Question) -> bool:
    return question["type"] in SILENT or bool(question.get("place"))


def answers_by_path(
    values: Mapping[str, str], parts: Mapping[str, Sequence[Mapping[str, str]]]
) -> dict[str, list[str]]:
    """All that one form answers to each question, also in its repeated parts.

    >>> answers_by_path({"roof": "tin"}, {"rooms": [{"#": "1", "rooms/n": "2"}, {"#": "2", "rooms/n": "3"}]})
    {'roof': ['tin'], '#': ['1', '2'], 'rooms/n': ['2', '3']}
    """
    found: dict[str, list[str]] = {}
    for row in [values, *(row for rows in parts.values() for row in rows)]:
        for path, value in row.items():
            found.setdefault(path, []).append(value)
    return found


def flattened(filled: Part, questions: Sequence[Question]) -> Flat:
    """The rows of a filled form, by the questions of its version."""
    flat = Flat()
    columns: dict[str | None, list[Question]] = {}
    inner: dict[str | None, list[str]] = {}
    for one in questions:
        if one["type"] == "repeat":
            inner.setdefault(one.get("repeat"), []).append(one["path"])
        elif not _is_silent(one):
            columns.setdefault(one.get("repeat"), []).append(one)
    flat.values.update(_row(filled, columns.get(None, ()), ""))

    def fill(above: Part, repeat: str | None, position: str) -> None:
        before = f"{repeat}/" if repeat else ""
        for path in inner.get(repeat, ()):
            for number, one in enumerate(above.repeats(path.removeprefix(before)), start=1):
                where = f"{position}.{number}" if position else str(number)
                row = {POSITION: where, **_row(one, columns.get(path, ()), f"{path}/")}
                flat.parts.setdefault(path, []).append(row)
                fill(one, path, where)

    fill(filled, None, "")
    return flat


def _row(part: Part, questions: Iterable[Question], before: str) -> dict[str, str]:
    found = {one["path"]: _kept(part.value(one["path"].removeprefix(before)), one["type"]) for one in questions}
    return {path: value for path, value in found.items() if value}


def _kept(value: str, kind: str) -> str:
    # Postgres keeps no NUL in a text; no client sends one that means something.
    return coarse(value) if value and kind in PLACES else value.replace("\x00", "")


def coarse(value: str) -> str:
    """A point, or the points of a line, without height and accuracy, to three decimals of a degree.

    >>> coarse("37.912345 69.784567 480.0 5.0")
    '37.912 69.785'
    >>> coarse("37.9 69.7 0 0; 37.91 69.71 0 0"), coarse("here")
    ('37.900 69.700; 37.910 69.710', '')
    """
    points = [_point(one) for one in value.split(";") if one.strip()]
    return "; ".join(points) if all(points) else ""


def _point(said: str) -> str:
    numbers = said.split()
    try:
        latitude, longitude = (Decimal(one) for one in numbers[:2])
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            return ""
        told = [one.quantize(DECIMALS, rounding=ROUND_HALF_EVEN) for one in (latitude, longitude)]
    except (InvalidOperation, ValueError):
        return ""
    return f"{told[0]} {told[1]}"


def point_of(value: str) -> tuple[float, float] | None:
    """Latitude and longitude of a kept point; None for anything else, as what an older version asked under its name.

    >>> point_of("37.912 69.785"), point_of(""), point_of("nan 69"), point_of("37.9 1e9")
    ((37.912, 69.785), None, None, None)
    """
    try:
        latitude, longitude = (float(one) for one in value.split()[:2])
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def in_order(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """The questions, each with the ``order`` of its choices: a column of JSON keeps no order of keys."""
    return [dict(one) | ({"order": list(one["choices"])} if one.get("choices") else {}) for one in questions]


def choices_of(question: Question) -> list[tuple[str, Mapping[str, str]]]:
    """The choices of a question with their labels, in the order of the form.

    >>> choices_of({"choices": {"b": {"en": "B"}, "a": {"en": "A"}}, "order": ["b", "a"]})
    [('b', {'en': 'B'}), ('a', {'en': 'A'})]
    """
    choices = question.get("choices") or {}
    order = dict.fromkeys([*question.get("order", ()), *choices])
    return [(code, choices[code]) for code in order if code in choices]


def merged(versions: Iterable[Sequence[Question]]) -> list[Question]:
    """The questions of several versions, the newest version first: each once, what is asked no longer behind.

    Where a repeated part became a group of the same name, or a question became a heading, answers under one path lie
    in two places. Then the question stands there once for each place, so that no answer loses its column: see
    ``key_of``, and ``within`` for the repeated part of those that only their place tells apart.

    Choices that only an older version knows are kept, so that its answers still have words.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    places: dict[str, list[str]] = {}
    for questions in versions:
        for one in questions:
            path, place = one["path"], _place_of(one)
            kept = found.get((path, place))
            if kept is None:
                lies = places.setdefault(path, [])
                found[path, place] = dict(one) | ({"key": f"{path}@{place}"} if lies else {})
                lies.append(place)
            elif one.get("choices") and kept.get("choices"):
                kept["choices"] = {**one["choices"], **kept["choices"]}
                kept["order"] = list(dict.fromkeys([*kept.get("order", ()), *one.get("order", ())]))
    for (path, place), one in found.items():
        repeat = found.get((place, _REPEATED))
        if repeat and sum(not _is_silent(found[path, other]) for other in places[path]) > 1:
            one["within"] = repeat
    return list(found.values())


_REPEATED, _SILENT = "#repeated", "#silent"


def _place_of(question: Question) -> str:
    """Where the answers lie: in the rows of a repeated part, by its path, or outside of all; no answer lies in a
    repeated part itself, nor in a part that brings no column."""
    if question["type"] == "repeat":
        return _REPEATED
    return _SILENT if _is_silent(question) else str(question.get("repeat") or "")


def key_of(question: Question) -> str:
    """What tells a question from all others of its survey: its path, or more where answers lie in several places.

    >>> key_of({"path": "rooms/size"}), key_of({"path": "rooms/size", "key": "rooms/size@rooms"})
    ('rooms/size', 'rooms/size@rooms')
    """
    return str(question.get("key") or question["path"])
