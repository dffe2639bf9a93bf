"""What changed between two versions of a survey, question by question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paivand.core.rules.texts import text

CHANGE_NAMES = {
    "added": text("new"),
    "removed": text("no longer asked"),
    "renamed": text("renamed"),
    "retyped": text("another kind of question"),
    "reworded": text("other words"),
    "choices": text("other choices"),
}

_ROUND = frozenset({"group", "repeat"})
Question = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One question that is not what it was. ``before`` and ``after`` are names, kinds, or choices parted by commas."""

    kind: str
    path: str
    label: Mapping[str, str]
    before: str = ""
    after: str = ""


def regrouped(now: Sequence[Question], earlier: Iterable[Sequence[Question]]) -> list[str]:
    """The paths that are a repeated part here and a group in an earlier version, or the other way round.

    >>> regrouped([{"path": "rooms", "type": "group"}], [[{"path": "rooms", "type": "repeat"}]])
    ['rooms']
    """
    kinds = [{one["path"]: one["type"] for one in version} for version in earlier]
    return [
        one["path"] for one in now
        if one["type"] in _ROUND and any(was.get(one["path"]) in _ROUND - {one["type"]} for was in kinds)
    ]  # fmt: skip


def changes(before: Sequence[Question], after: Sequence[Question]) -> list[Change]:
    """The questions that were added, removed, renamed or altered, in the order of the new version; removed ones last.

    A question counts as renamed when one that is gone asked the same in the same kind: its answers then stand in two
    columns, and whoever reads them should know.

    >>> old = [{"path": "age", "type": "integer", "label": {"en": "Age"}}]
    >>> new = [{"path": "years", "type": "integer", "label": {"en": "Age"}}]
    >>> [(one.kind, one.before, one.after) for one in changes(old, new)]
    [('renamed', 'age', 'years')]
    """
    was = {one["path"]: one for one in before}
    now = {one["path"]: one for one in after}
    gone = [one for path, one in was.items() if path not in now]
    found: list[Change] = []
    for path, one in now.items():
        if path in was:
            found += _altered(was[path], one)
            continue
        twin = next((other for other in gone if one["label"] and _same(other, one)), None)
        if twin is None:
            found.append(Change("added", path, one["label"], after=one["type"]))
        else:
            gone.remove(twin)
            found.append(Change("renamed", path, one["label"], twin["path"], path))
    found += [Change("removed", one["path"], one["label"], before=one["type"]) for one in gone]
    return found


def _same(one: Question, other: Question) -> bool:
    return bool(one["type"] == other["type"] and one["label"] == other["label"])


def _altered(was: Question, now: Question) -> list[Change]:
    found = []
    if was["type"] != now["type"]:
        found.append(Change("retyped", now["path"], now["label"], was["type"], now["type"]))
    if was["label"] != now["label"]:
        found.append(Change("reworded", now["path"], now["label"]))
    old, new = was.get("choices") or {}, now.get("choices") or {}
    lost, fresh = [one for one in old if one not in new], [one for one in new if one not in old]
    if lost or fresh:
        found.append(Change("choices", now["path"], now["label"], ", ".join(lost), ", ".join(fresh)))
    return found
