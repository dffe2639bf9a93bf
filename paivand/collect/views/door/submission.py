"""Filled forms are handed in here."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from typing import IO, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from gunicorn.http.errors import ParseException

from paivand.collect.actions.arrival import Arrived, Came, Sending, SentFile, keep, whole
from paivand.collect.rules.filled import LONGEST_XML, Unreadable, read_filled
from paivand.collect.rules.multipart import CutOffError, Head, Parts, TooLargeError, boundary_of
from paivand.collect.rules.openrosa import MORE_TO_COME, TAKEN, TAKEN_BEFORE, TurnedAway
from paivand.collect.rules.tokens import door_limits
from paivand.collect.views.door.entry import at_door, come_in, count_wrong, inside, said

XML_PART = "xml_submission_file"
SMALL = 262_144
"""Bytes that are read before it is looked who sends them, and of a file that are held in memory."""
LONGEST_NAME = 255
_LONGEST_LENGTH = 18
"""Digits that are looked at of how long a body is said to be: with so many it is too long anyhow."""


@at_door("HEAD", "GET", "POST")
def door_submission(request: HttpRequest, device_token: str | None = None) -> HttpResponse:
    """HEAD: whether, and how much at once. POST: a filled form with some or all of its files.

    It is answered only when everything is written: the middleware keeps out of it, and the transaction is this view's.
    """
    if request.method != "POST":
        with inside(request, device_token):
            if request.method == "GET":
                raise TurnedAway("method")
            return HttpResponse(status=204)
    length = _length(request)
    if length is None or length > SMALL:
        # Nobody fills the disk who may not come in.
        with inside(request, device_token):
            pass
    with _Body(request, length) as sending:
        try:
            with whole() as stored:
                opened = come_in(request, device_token)
                if isinstance(sending, TurnedAway):
                    raise sending
                arrived = keep(sending, opened, stored, now=timezone.now())
        except TurnedAway as turned_away:
            count_wrong(request, turned_away)
            raise
    return _answer(arrived)


def _answer(arrived: Arrived) -> HttpResponse:
    """201 for what is new, 202 for what was here before; clients take both for success."""
    if arrived.came is Came.AGAIN:
        return said(_(TAKEN_BEFORE), 202, "submit_success")
    return said(_(TAKEN) if arrived.is_complete else _(MORE_TO_COME), 201, "submit_success")


def _length(request: HttpRequest) -> int | None:
    """How long the body is; None when it comes in chunks.

    Raises:
        TurnedAway: ``too_large``, before anything is read.
    """
    said_length = request.META.get("CONTENT_LENGTH") or ""
    if not (said_length.isascii() and said_length.isdigit()):
        return None
    length = int(said_length[:_LONGEST_LENGTH])
    if length > door_limits().max_bytes:
        raise TurnedAway("too_large")
    return length


class _Body:
    """The body of a POST, read to its end: the form in memory, larger files on the disk, where they have no name."""

    def __init__(self, request: HttpRequest, length: int | None) -> None:
        self._read = _reader(request, length)
        self._type = request.META.get("CONTENT_TYPE") or ""
        self._files: list[SentFile] = []

    def __enter__(self) -> Sending | TurnedAway:
        """The sending; or what is wrong with it, which is told to those only who may come in."""
        try:
            return self._sending()
        except TurnedAway as turned_away:
            return turned_away
        except BaseException:
            self._close()
            raise

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        for file in self._files:
            file.content.close()

    def _sending(self) -> Sending:
        xml = None
        try:
            for head, content in Parts(self._read, boundary_of(self._type), door_limits().max_bytes):
                if head.name == XML_PART:
                    before, xml = xml, _small(content)
                    if before not in {None, xml}:
                        raise TurnedAway("two_forms")
                elif head.filename is not None:
                    self._files.append(_file(head, content))
        except TooLargeError:
            raise TurnedAway("too_large") from None
        except CutOffError:
            raise TurnedAway("broken_body") from None
        if xml is None:
            raise TurnedAway("no_xml")
        try:
            filled = read_filled(xml)
        except Unreadable as unreadable:
            raise TurnedAway("no_xml", words=unreadable.words) from None
        return Sending(xml, filled, self._files)


def _reader(request: HttpRequest, length: int | None) -> Callable[[int], bytes]:
    """Reads from the connection itself; where a body comes in chunks, the server knows its end."""
    if length is None and not request.META.get("wsgi.input_terminated"):
        raise TurnedAway("broken_body")
    stream = cast("IO[bytes]", request.META["wsgi.input"])
    left = length

    def read(most: int) -> bytes:
        nonlocal left
        if left is not None:
            most = min(most, left)
        if most <= 0:
            return b""
        try:
            block = stream.read(most)
        except (OSError, ValueError, EOFError, ParseException):
            raise CutOffError("connection") from None
        if left is not None:
            left -= len(block)
        return block

    return read


def _small(content: Iterator[bytes]) -> bytes:
    found = bytearray()
    for block in content:
        found += block
        if len(found) > LONGEST_XML:
            raise TurnedAway("too_large")
    return bytes(found)


def _file(head: Head, content: Iterator[bytes]) -> SentFile:
    name = head.filename or ""
    if not 0 < len(name) <= LONGEST_NAME or name in {".", ".."} or not _is_plain(name):
        raise TurnedAway("file_name")
    digest, size = hashlib.sha256(), 0
    held = tempfile.SpooledTemporaryFile(max_size=SMALL)  # noqa: SIM115  # closed by the body
    try:
        for block in content:
            digest.update(block)
            size += len(block)
            held.write(block)
    except BaseException:
        held.close()
        raise
    return SentFile(name, head.mime, size, digest.hexdigest(), cast("IO[bytes]", held))


def _is_plain(name: str) -> bool:
    """Whether it names a file, and no place in a folder."""
    return name.isprintable() and not any(mark in name for mark in ("/", "\\"))
