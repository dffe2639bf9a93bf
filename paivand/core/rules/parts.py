"""Reading a YAML file so that whatever is wrong with it can be told with file, line and path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NoReturn, TypeVar

import yaml

E = TypeVar("E", bound=StrEnum)

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DeclarationError(ValueError):
    """A declaration that cannot be used: where, and why.

    >>> str(DeclarationError("phq4-1.yaml", 12, "scales.0.formula", "there is no formula 'sume'"))
    "phq4-1.yaml, line 12, scales.0.formula: there is no formula 'sume'"
    """

    def __init__(self, file: str, line: int, path: str, reason: str) -> None:
        super().__init__(f"{file}, line {line}, {path or 'the file'}: {reason}")
        self.file, self.line, self.path, self.reason = file, line, path, reason


@dataclass(frozen=True)
class Part:
    """A part of a file, which knows where it stands."""

    file: str
    path: str
    node: yaml.Node

    @classmethod
    def of(cls, file: str, content: str) -> Part:
        """The whole of a file."""
        try:
            node = yaml.compose(content, _LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise DeclarationError(file, mark.line + 1 if mark else 1, "", "this is no YAML") from None
        if node is None:
            raise DeclarationError(file, 1, "", "the file is empty")
        return cls(file, "", node)

    def fail(self, reason: str) -> NoReturn:
        """Say what is wrong here."""
        raise DeclarationError(self.file, self.node.start_mark.line + 1, self.path, reason)

    def fields(self, needed: str, allowed: str = "") -> dict[str, Part]:
        """The parts of a mapping, by key: all of ``needed``, some of ``allowed``, no others, none twice."""
        found = self.entries()
        names = set(needed.split()) | set(allowed.split())
        for name, part in found.items():
            if name not in names:
                part.fail(f"there is no field {name!r} here; the fields are {', '.join(sorted(names))}")
        for name in needed.split():
            if name not in found:
                self.fail(f"{name!r} is missing")
        return found

    def entries(self) -> dict[str, Part]:
        """The parts of a mapping with free keys, none twice."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail("here must stand fields, each with its name")
        found: dict[str, Part] = {}
        for key, value in self.node.value:
            name = str(key.value)
            part = Part(self.file, f"{self.path}.{name}".lstrip("."), value)
            if name in found:
                part.fail(f"{name!r} stands here twice")
            found[name] = part
        return found

    def list(self) -> Sequence[Part]:
        """The parts of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail("here must stand a list")
        return [Part(self.file, f"{self.path}.{n}", node) for n, node in enumerate(self.node.value)]

    def __iter__(self) -> Iterator[Part]:
        return iter(self.list())

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    def text(self) -> str:
        """The words, or the code, that stand here."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.fail("here must stand a text")
        return str(self.node.value).strip()

    def code(self) -> str:
        """A stable code: small letters, digits and underscores."""
        found = self.text()
        if not found.replace("_", "a").isalnum() or found != found.lower() or not found.isascii() or len(found) > 40:
            self.fail(f"{found!r} is no code: write small letters, digits and underscores, at most 40")
        return found

    def number(self) -> Fraction:
        """An exact number."""
        try:
            return Fraction(self.text())
        except ValueError:
            self.fail("here must stand a number")

    def whole(self) -> int:
        """A whole number."""
        found = self.number()
        if found.denominator != 1:
            self.fail("here must stand a whole number")
        return int(found)

    def day(self) -> date:
        """A day."""
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            self.fail("here must stand a day, as in 2026-11-01")

    def flag(self) -> bool:
        """Yes or no."""
        found = self.text()
        if found not in {"true", "false"}:
            self.fail("here must stand true or false")
        return found == "true"

    def one_of(self, kind: type[E]) -> E:
        """A word of a fixed list."""
        found = self.text()
        if found not in set(kind):
            self.fail(f"{found!r} is none of {', '.join(kind)}")
        return kind(found)
