"""Whom a filled form is about, as far as it says so itself: by keys that it holds, and by codes that were typed."""

from __future__ import annotations

import copy
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import tostring  # only written; reading is defusedxml's

from paivand.collect.rules.answered import chosen
from paivand.collect.rules.filled import Filled, local
from paivand.core.rules.codes import family_number


class KeyKind(StrEnum):
    """What a key in a form names; ``other`` where the form does not say."""

    FAMILY = "family"
    CODE = "code"
    PERSON = "person"
    LEARNER = "learner"
    FOLLOW_UP = "follow_up"
    REFERRAL = "referral"
    OTHER = "other"


OF_LISTS = {
    "families": KeyKind.FAMILY,
    "people": KeyKind.PERSON,
    "learners": KeyKind.LEARNER,
    "follow_ups": KeyKind.FOLLOW_UP,
    "referrals": KeyKind.REFERRAL,
}
"""The lists that a form chooses somebody from. Of the others, a plot or a session names nobody by itself."""

_KEY = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_CODE = re.compile(r"\b[FfФф][ -]?\d{3}[ -]?\d{4,6}\b")
_OWN = frozenset({"instanceID", "deprecatedID"})
_CODES = uuid.UUID("6f1e9a52-0c0b-5c57-9b1a-7d1f6a3f2c11")


def code_key(number: int) -> uuid.UUID:
    """The key that stands for the typed code of the family with this running number."""
    return uuid.uuid5(_CODES, str(number))


def keys_in(filled: Filled, questions: Sequence[Mapping[str, Any]]) -> dict[uuid.UUID, KeyKind]:
    """Every key that a filled form holds: chosen from a list, made or changed as an entry of one, worked out, or typed
    as the code of a family, also within a longer text.
    """
    found: dict[uuid.UUID, KeyKind] = {}
    for name, values in chosen(filled, questions).items():
        _note(found, values, OF_LISTS.get(name, KeyKind.OTHER))
    for node in filled.root.iter():
        if not isinstance(node.tag, str):
            continue
        if local(node.tag) == "entity":
            _note(found, [node.get("id") or ""], OF_LISTS.get(node.get("dataset") or "", KeyKind.OTHER))
        elif not len(node) and node.text and local(node.tag) not in _OWN:
            _note(found, _KEY.findall(node.text), KeyKind.OTHER)
            for number in _numbers(node.text):
                found.setdefault(code_key(number), KeyKind.CODE)
    return found


def _note(found: dict[uuid.UUID, KeyKind], values: Iterable[str], kind: KeyKind) -> None:
    for value in values:
        try:
            key = uuid.UUID(value.strip().removeprefix("uuid:"))
        except ValueError:
            continue
        if found.get(key, KeyKind.OTHER) is KeyKind.OTHER:
            found[key] = kind


def _numbers(text: str) -> Iterator[int]:
    for said in _CODE.findall(text):
        number = family_number(said)
        if number is not None:
            yield number


def about_others(kinds: Mapping[uuid.UUID, KeyKind], gone: Iterable[uuid.UUID]) -> bool:
    """Whether a form is about somebody else than those whose keys are ``gone``.

    A family that is named counts with its members, so its people are looked at only where no family is named. A form
    that names nobody who is gone, such as the observation of a plot, is about others.

    >>> one, two = uuid.uuid4(), uuid.uuid4()
    >>> about_others({one: KeyKind.FAMILY, two: KeyKind.PERSON}, [one])
    False
    >>> about_others({one: KeyKind.LEARNER, two: KeyKind.LEARNER}, [one]), about_others({one: KeyKind.OTHER}, [two])
    (True, True)
    """
    without = set(gone)
    named = {key for key, kind in kinds.items() if kind not in {KeyKind.PERSON, KeyKind.OTHER}}
    named = named or {key for key, kind in kinds.items() if kind is KeyKind.PERSON}
    return not without & kinds.keys() or bool(named - without)


def only_mentions(kinds: Mapping[uuid.UUID, KeyKind], gone: Iterable[uuid.UUID]) -> bool:
    """Whether a form is about others, and whose keys are ``gone`` stand in a sentence of it only.

    >>> one, code = uuid.uuid4(), code_key(7)
    >>> only_mentions({one: KeyKind.FAMILY, code: KeyKind.CODE}, [code])
    True
    >>> only_mentions({code: KeyKind.CODE}, [code]), only_mentions({one: KeyKind.FAMILY}, [one])
    (False, False)
    """
    without = set(gone)
    hits = {kind for key, kind in kinds.items() if key in without}
    chosen_there = {key for key, kind in kinds.items() if kind not in _SAID}
    return bool(hits) and hits <= _SAID and bool(chosen_there - without)


_SAID = frozenset({KeyKind.CODE, KeyKind.OTHER})
"""Kinds of what was typed or worked out; all others were chosen from a list, or made."""


def speaks_of(text: str, gone: Set[uuid.UUID]) -> bool:
    """Whether an answer holds one of these keys, or the code of a family with one of them.

    >>> speaks_of("F-000-0013 came along", {code_key(1)}), speaks_of("nobody", {code_key(1)})
    (True, False)
    """
    held = {uuid.UUID(key) for key in _KEY.findall(text)} | {code_key(number) for number in _numbers(text)}
    return bool(held & gone)


def without_mentions(filled: Filled, gone: Set[uuid.UUID]) -> bytes:
    """The XML of a filled form in which every answer that speaks of ``gone`` is empty; all else is as it came."""
    root = copy.deepcopy(filled.root)
    for node in root.iter():
        if not isinstance(node.tag, str) or len(node) or local(node.tag) in _OWN:
            continue
        if node.text and speaks_of(node.text, gone):
            node.text = ""
    xml: bytes = tostring(root, encoding="utf-8")
    return xml
