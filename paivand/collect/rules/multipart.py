"""A body of several parts (multipart/form-data), read as it comes in and never held as a whole.

Django's own reader needs the length beforehand, which clients that send in chunks do not tell, and it cleans names of
files before anybody can see that they were no names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from urllib.parse import unquote

BLOCK = 65_536
LONGEST_HEAD, MOST_PARTS, LONGEST_PREAMBLE = 8_192, 1_000, 4_096


class CutOffError(ValueError):
    """The body ended before its last part did, or is no body of several parts."""


class TooLargeError(ValueError):
    """The body is longer than is allowed."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a part says of itself; ``filename`` is None for a plain field, and is as it was sent."""

    name: str
    filename: str | None
    mime: str


def boundary_of(content_type: str) -> bytes:
    """What stands between the parts.

    Raises:
        CutOffError: when the type is another, or names none.

    >>> boundary_of('multipart/form-data; boundary="a b"')
    b'a b'
    """
    said = Message()
    said["content-type"] = content_type
    boundary = said.get_param("boundary") if said.get_content_type() == "multipart/form-data" else None
    if not isinstance(boundary, str) or not 0 < len(boundary) <= 200 or not boundary.isascii():
        raise CutOffError("boundary")
    return boundary.encode()


class Parts:
    """The parts of a body in their order. The content of each is read before the next is asked for, or is passed over.

    Args:
        read: gives at most so many bytes, and none at the end.
        limit: how many bytes there may be together.
    """

    def __init__(self, read: Callable[[int], bytes], boundary: bytes, limit: int) -> None:
        self._read = read
        self._left = limit
        self._between = b"\r\n--" + boundary
        self._buffer = b"\r\n"
        self._at_end = False

    def __iter__(self) -> Iterator[tuple[Head, Iterator[bytes]]]:
        for _ in self._until_between(most=LONGEST_PREAMBLE):
            pass
        for _ in range(MOST_PARTS):
            if self._is_last():
                return
            head = self._head()
            content = self._until_between()
            yield head, content
            for _ in content:
                pass
        raise CutOffError("parts")

    def _more(self) -> None:
        block = self._read(BLOCK)
        if not block:
            raise CutOffError("end")
        self._left -= len(block)
        if self._left < 0:
            raise TooLargeError
        self._buffer += block

    def _until_between(self, most: int | None = None) -> Iterator[bytes]:
        """The bytes before the next boundary, which is taken away."""
        passed = 0
        while True:
            at = self._buffer.find(self._between)
            if at >= 0:
                found, self._buffer = self._buffer[:at], self._buffer[at + len(self._between) :]
                if found:
                    yield found
                return
            # What might be the beginning of the boundary stays.
            safe = len(self._buffer) - len(self._between) + 1
            if safe > 0:
                found, self._buffer = self._buffer[:safe], self._buffer[safe:]
                passed += safe
                if most is not None and passed > most:
                    raise CutOffError("preamble")
                yield found
            self._more()

    def _is_last(self) -> bool:
        """Whether the boundary just passed was the last one; else its line is taken away."""
        while len(self._buffer) < 2:
            self._more()
        if self._buffer.startswith(b"--"):
            return True
        while b"\r\n" not in self._buffer:
            if len(self._buffer) > LONGEST_HEAD:
                raise CutOffError("boundary")
            self._more()
        padding, _, rest = self._buffer.partition(b"\r\n")
        if padding.strip(b" \t"):
            raise CutOffError("boundary")
        # The end of this line is also the end of an empty head.
        self._buffer = b"\r\n" + rest
        return False

    def _head(self) -> Head:
        while b"\r\n\r\n" not in self._buffer:
            if len(self._buffer) > LONGEST_HEAD:
                raise CutOffError("head")
            self._more()
        said, _, rest = self._buffer.partition(b"\r\n\r\n")
        if len(said) > LONGEST_HEAD:
            raise CutOffError("head")
        self._buffer = rest
        return _head(said.decode("utf-8", "replace"))


_FIELD = re.compile(r'[;\s](name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_BARE = re.compile(r"[;\s](name|filename)=([^\s\";]+)", re.IGNORECASE)
_CODED = re.compile(r"[;\s]filename\*=utf-8'[^']*'([^\s;]+)", re.IGNORECASE)


def _head(said: str) -> Head:
    lines = {
        name.strip().lower(): value.strip()
        for name, mark, value in (line.partition(":") for line in said.split("\r\n"))
        if mark
    }
    disposition = ";" + lines.get("content-disposition", "")
    found = {name.lower(): value for name, value in _BARE.findall(disposition)}
    for name, value in _FIELD.findall(disposition):
        found[name.lower()] = value.replace("%22", '"').replace('\\"', '"')
    coded = _CODED.search(disposition)
    if coded:
        found["filename"] = unquote(coded.group(1), errors="replace")
    mime = lines.get("content-type", "").partition(";")[0].strip().lower()
    return Head(found.get("name", ""), found.get("filename"), mime if re.fullmatch(r"[\w.+/-]{1,100}", mime) else "")
