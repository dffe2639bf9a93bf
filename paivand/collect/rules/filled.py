"""A filled form as it arrives: XML, read without trusting it.

Nothing outside the text is ever fetched, nothing in it is expanded, and what is too deep or too much is refused before
it fills the memory. Names are compared without their namespaces, because clients write ``meta`` with and without.
"""

from __future__ import annotations

import copy
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder  # only the tree; reading is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from paivand.core.rules.texts import text

LONGEST_XML = 5_000_000
"""Bytes of one filled form. A form of 250 questions has about 20,000."""
DEEPEST, MOST_NODES = 40, 100_000
LONGEST_ID, LONGEST_FORM, LONGEST_VERSION = 100, 64, 249

UNREADABLE = {
    "too_long": text("The filled form is too long to be taken."),
    "too_deep": text("The filled form has too many parts inside one another, or too many parts."),
    "not_xml": text("The filled form was cut off or broken on the way. Send it again."),
    "forbidden": text("The filled form contains instructions that no form needs. It is not taken."),
    "encoding": text("The filled form is written in an encoding that is not taken. Send it in UTF-8."),
    "no_form": text("The filled form does not say which form it is."),
    "no_instance": text("The filled form has no number of its own (instanceID), or it is too long."),
    "day": text("This is no day."),
    "moment": text("This is no day with a time."),
    "whole": text("This is no whole number."),
    "number": text("This is no number."),
    "key": text("An entry of a list has no valid number of its own."),
    "path": text("The filled form has no such question."),
}
"""Why a filled form cannot be read, in words."""


class Unreadable(Exception):
    """A filled form, or an answer in it, cannot be read.

    Args:
        code: a word of ``UNREADABLE``.
        path: the question, where one answer is meant.
    """

    def __init__(self, code: str, path: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.path = path

    @property
    def words(self) -> str:
        """A whole sentence in English, which ``gettext`` translates."""
        return UNREADABLE[self.code]


@dataclass(frozen=True)
class EntityWrite:
    """What a filled form says about one entry of a list: make it, change it, or both.

    Args:
        path: where in the form it says so, without positions: empty, or such as ``members/``.
        at: the same with the positions of repetitions, such as ``members[2]/``, as refusals name a question.
        part: the part of the form around it, whose further answers tell how a change came.
    """

    dataset: str
    entity_id: uuid.UUID
    creates: bool
    updates: bool
    base_version: int | None
    trunk_version: int | None
    branch_id: uuid.UUID | None
    label: str
    values: Mapping[str, str]
    path: str = ""
    at: str = ""
    part: Row | None = field(default=None, compare=False, repr=False)


def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


@dataclass(frozen=True)
class Row:
    """A part of a filled form; paths are relative to it."""

    root: Element = field(compare=False, repr=False)

    def value(self, path: str, default: str = "") -> str:
        """The answer at ``path``, such as ``visit/purpose``, without space around it; ``default`` if there is none."""
        found = next(_at(self.root, path.split("/")), None)
        return ((found.text or "").strip() if found is not None else "") or default

    def values(self, path: str) -> tuple[str, ...]:
        """The answers to a question that allows several."""
        return tuple(self.value(path).split())

    def repeats(self, path: str) -> tuple[Row, ...]:
        """Each repetition of a repeated part, in order."""
        return tuple(Row(found) for found in _at(self.root, path.split("/")))

    def everywhere(self, path: str) -> tuple[str, ...]:
        """The answers at ``path`` in all repetitions, without the empty ones."""
        found = ((one.text or "").strip() for one in _at(self.root, path.split("/")))
        return tuple(one for one in found if one)

    def day(self, path: str) -> date | None:
        """A day.

        Raises:
            Unreadable: ``day``.
        """
        said = self.value(path)
        if not said:
            return None
        try:
            return date.fromisoformat(said[:10])
        except ValueError:
            raise Unreadable("day", path) from None

    def moment(self, path: str) -> datetime | None:
        """A moment with its zone.

        Raises:
            Unreadable: ``moment``; also when the zone is missing.
        """
        said = self.value(path)
        if not said:
            return None
        try:
            found = datetime.fromisoformat(said)
        except ValueError:
            raise Unreadable("moment", path) from None
        if found.tzinfo is None:
            raise Unreadable("moment", path)
        return found

    def whole(self, path: str) -> int | None:
        """A whole number.

        Raises:
            Unreadable: ``whole``.
        """
        said = self.number(path, code="whole")
        if said is None:
            return None
        if said != said.to_integral_value():
            raise Unreadable("whole", path)
        return int(said)

    def number(self, path: str, *, code: str = "number") -> Decimal | None:
        """A number, whole or not.

        Raises:
            Unreadable: ``code``.
        """
        said = self.value(path)
        if not said:
            return None
        try:
            found = Decimal(said)
        except InvalidOperation:
            raise Unreadable(code, path) from None
        if not found.is_finite() or abs(found) >= 10**15:
            raise Unreadable(code, path)
        return found


@dataclass(frozen=True)
class Filled(Row):
    """A filled form: which form and version, its own number, and its answers by path."""

    form: str = ""
    version: str = ""
    instance_id: str = ""
    deprecated_id: str = ""

    def mended(self, values: Mapping[str, str]) -> Filled:
        """The same form with other answers; the positions in paths count from 1, as in ``members[2]/birth``.

        A question that was not asked, and therefore is not there, is put in; a repetition is not.

        Raises:
            Unreadable: ``path``.
        """
        root = copy.deepcopy(self.root)
        for path, value in values.items():
            _placed(root, path).text = value
        return replace(self, root=root)

    def paths(self) -> Iterator[tuple[str, str]]:
        """Path with positions, and answer, of every question that has one; ``meta`` is left out."""
        yield from _leaves(self.root, "")

    def answer_at(self, path: str) -> str:
        """The answer at a path with positions, as ``mended`` takes it; also where there is one repetition only."""
        node = self.root
        for said in path.split("/"):
            step = _STEP.fullmatch(said)
            found = list(_at(node, [step.group(1)])) if step else []
            at = int(step.group(2) or 1) - 1 if step else 0
            if at >= len(found):
                return ""
            node = found[at]
        return (node.text or "").strip()

    def entities(self, questions: Sequence[Mapping[str, Any]] = ()) -> tuple[EntityWrite, ...]:
        """What it does with entries of lists; ``questions`` of the form version tell which answer is which property.

        A part that could write an entry and makes and changes nothing, as an untouched repetition, is left out.

        Raises:
            Unreadable: ``key`` for an entry without a valid number; ``whole`` for a version that is none.
        """
        saved = [(str(one["path"]), str(one["saveto"])) for one in questions if one.get("saveto")]
        repeated = {str(one["path"]) for one in questions if one.get("type") == "repeat"}
        holders = list(_holders(self.root, "", "", repeated))
        # A part that is repeated five hundred times has one path.
        paths = frozenset(one.path for one in holders)
        answers = {path: _own_answers(path, saved, paths) for path in paths}
        return tuple(
            _entity(one, answers[one.path])
            for one in holders
            if _yes(one.said.get("create")) or _yes(one.said.get("update"))
        )


def read_filled(xml: bytes) -> Filled:
    """Read a filled form.

    Raises:
        Unreadable: why it cannot be read, or must not.
    """
    if len(xml) > LONGEST_XML:
        raise Unreadable("too_long")
    _demand_encoding(xml)
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(xml)
        root = parser.close()
    except DefusedXmlException:
        raise Unreadable("forbidden") from None
    except (ParseError, ValueError, LookupError):
        raise Unreadable("not_xml") from None
    form = (root.get("id") or "").strip()
    if not form or len(form) > LONGEST_FORM:
        raise Unreadable("no_form")
    version = (root.get("version") or "").strip()
    if len(version) > LONGEST_VERSION:
        raise Unreadable("no_form")
    row = Row(root)
    instance = row.value("meta/instanceID")
    deprecated = row.value("meta/deprecatedID")
    if not instance or max(len(instance), len(deprecated)) > LONGEST_ID:
        raise Unreadable("no_instance")
    return Filled(root, form=form, version=version, instance_id=instance, deprecated_id=deprecated)


class _Bounded(TreeBuilder):
    """Builds the tree, and stops when it grows too deep or too large."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._nodes = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self._depth += 1
        self._nodes += 1
        if self._depth > DEEPEST or self._nodes > MOST_NODES:
            raise Unreadable("too_deep")
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Element:
        self._depth -= 1
        return super().end(tag)


_DECLARED = re.compile(r"""^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")
_TAKEN = {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii"}


def _demand_encoding(xml: bytes) -> None:
    """Raise unless it is written, and says so if it says anything, in one of the Unicode encodings."""
    head = xml[:400]
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise Unreadable("encoding")
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[:2] in {b"<\x00", b"\x00<"}
    if wide:
        little = head[:1] in {b"\xff", b"<"}
        said = head[: len(head) // 2 * 2].decode("utf-16-le" if little else "utf-16-be", "replace").lstrip("\ufeff")
    else:
        said = head.decode("latin-1").removeprefix("\xef\xbb\xbf")
    found = _DECLARED.match(said)
    if found is None:
        return
    declared = found.group(1).lower().replace("_", "-")
    if declared not in _TAKEN or wide != declared.startswith("utf-16"):
        raise Unreadable("encoding")


_TEMPLATE = "{http://openrosa.org/javarosa}template"


def _at(node: Element, steps: Sequence[str]) -> Iterator[Element]:
    """All elements at a path below ``node``, in the order of the text; patterns of repetitions are no answers."""
    first, rest = steps[0], steps[1:]
    for child in node:
        if isinstance(child.tag, str) and local(child.tag) == first and _TEMPLATE not in child.attrib:
            if rest:
                yield from _at(child, rest)
            else:
                yield child


_STEP = re.compile(r"([\w.:-]+)(?:\[([1-9][0-9]{0,4})\])?")


def _placed(root: Element, path: str) -> Element:
    """The element at a path with positions; made where only the last question is missing.

    Raises:
        Unreadable: ``path``.
    """
    node = root
    for said in path.split("/"):
        step = _STEP.fullmatch(said)
        if step is None:
            raise Unreadable("path", path)
        found = list(_at(node, [step.group(1)]))
        at = int(step.group(2) or 1) - 1
        if at < len(found):
            node = found[at]
        elif step.group(2) in {None, "1"}:
            child = node.makeelement(_beside(node, step.group(1)), {})
            node.append(child)
            node = child
        else:
            raise Unreadable("path", path)
    if len(node):
        raise Unreadable("path", path)
    return node


def _beside(node: Element, name: str) -> str:
    """``name`` in the namespace in which its parent stands."""
    space, mark, _ = node.tag.rpartition("}")
    return f"{space}{mark}{name}"


def _leaves(node: Element, before: str) -> Iterator[tuple[str, str]]:
    children = [one for one in node if isinstance(one.tag, str) and _TEMPLATE not in one.attrib]
    names = [local(one.tag) for one in children]
    times = Counter(names)
    seen: dict[str, int] = {}
    for child, name in zip(children, names, strict=True):
        if name == "meta":
            continue
        seen[name] = seen.get(name, 0) + 1
        path = f"{before}{name}[{seen[name]}]" if times[name] > 1 else f"{before}{name}"
        if len(child):
            yield from _leaves(child, f"{path}/")
        elif (child.text or "").strip():
            yield path, (child.text or "").strip()


# --- entries of lists ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Holder:
    """A part of the form that writes an entry: its path, the same with positions, and what it says."""

    path: str
    at: str
    part: Element
    said: Element


def _holders(node: Element, path: str, at: str, repeated: Set[str]) -> Iterator[_Holder]:
    seen: dict[str, int] = {}
    for child in node:
        if not isinstance(child.tag, str) or _TEMPLATE in child.attrib:
            continue
        name = local(child.tag)
        seen[name] = seen.get(name, 0) + 1
        if name == "meta":
            for said in _at(child, ["entity"]):
                yield _Holder(path, at, node, said)
        elif len(child):
            number = f"[{seen[name]}]" if f"{path}{name}" in repeated else ""
            yield from _holders(child, f"{path}{name}/", f"{at}{name}{number}/", repeated)


def _own_answers(
    before: str, saved: Iterable[tuple[str, str]], holders: Iterable[str]
) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The answers that belong to a part that writes an entry: of two parts above an answer it is the nearer one's.

    Returns the steps from the part to each answer, and the property that the answer fills.
    """
    nearer = tuple(one for one in holders if len(one) > len(before))
    return tuple(
        (tuple(path[len(before) :].split("/")), name)
        for path, name in saved
        if path.startswith(before) and not path.startswith(nearer)
    )


def _entity(one: _Holder, answers: Iterable[tuple[tuple[str, ...], str]]) -> EntityWrite:
    """One entry, with its answers."""
    before, holder, said = one.path, one.part, one.said
    values = {}
    for steps, name in answers:
        found = next(_at(holder, steps), None)
        if found is not None:
            values[name] = (found.text or "").strip()
    key = _key(said.get("id"), before)
    if key is None:
        raise Unreadable("key", before)
    label = next(_at(said, ["label"]), None)
    return EntityWrite(
        dataset=(said.get("dataset") or "").strip(), entity_id=key,
        creates=_yes(said.get("create")), updates=_yes(said.get("update")),
        base_version=_version(said.get("baseVersion"), before),
        trunk_version=_version(said.get("trunkVersion"), before),
        branch_id=_key(said.get("branchId"), before), label=((label.text if label is not None else "") or "").strip(),
        values=values, path=before, at=one.at, part=Row(holder),
    )  # fmt: skip


def _yes(said: str | None) -> bool:
    return (said or "").strip().lower() in {"1", "true"}


def _version(said: str | None, path: str) -> int | None:
    said = (said or "").strip()
    if not said:
        return None
    if not said.isascii() or not said.isdigit() or len(said) > 9:
        raise Unreadable("whole", path)
    return int(said)


def _key(said: str | None, path: str) -> uuid.UUID | None:
    said = (said or "").strip().removeprefix("uuid:")
    if not said:
        return None
    try:
        return uuid.UUID(said)
    except ValueError:
        raise Unreadable("key", path) from None
