"""What a file is, told by its content: never by its name, nor by what the browser says about it.

A file is taken when its first bytes say one of the kinds of ``parameters/files.yaml``, when it really is whole
and of that kind, and when it is nothing else besides. Pictures lose what is told beside them: see ``methods.pictures``.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import puremagic
import yaml

from paivand.core.rules.texts import text
from paivand.methods.pictures import NoPictureError, bare

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "files.yaml"

_HEAD = 4096
_MARKUP = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<body", b"<iframe")
"""Words with which a page begins. A picture or a PDF has none of them near its beginning."""

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ODT = "application/vnd.oasis.opendocument.text"
_ZIP_HEAD, _ZIP_END, _ZIP_END_LENGTH = b"PK\x03\x04", b"PK\x05\x06", 22
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError)
_ACTIVE_PARTS = ("vbaproject", "activex", "basic/", "scripts/", "macros")
_ACTIVE_ENDS = (".bin", ".exe", ".js", ".html", ".htm", ".svg")
_ACTIVE_SUBTYPES = {"/RichMedia", "/FileAttachment", "/Movie", "/Sound", "/Screen"}
_ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/RichMedia"}


class Unfit(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    KIND = "kind"
    BROKEN = "broken"
    TWO_KINDS = "two_kinds"
    ACTIVE = "active"
    LOCKED = "locked"


UNFIT_NAMES = {
    Unfit.EMPTY: text("The file is empty. Choose it again."),
    Unfit.TOO_LARGE: text("The file is too large. Photograph one page at a time, or choose a smaller size."),
    Unfit.KIND: text("Files of this kind are not kept here. Choose a photograph, a PDF, or a text (DOCX, ODT)."),
    Unfit.BROKEN: text("The file is broken or was cut off on the way. Photograph the paper again."),
    Unfit.TWO_KINDS: text("The file is two things at once, which can harm. Photograph the paper instead."),
    Unfit.ACTIVE: text("The file holds a program or other files. Print it into a new PDF, or photograph the paper."),
    Unfit.LOCKED: text("The file is locked with a password. Save it without one, or photograph the paper."),
}


class UnfitFileError(ValueError):
    """A file that is not taken; ``why`` says for which reason."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file that is kept: ``inline`` whether a browser may show it within the page."""

    media_type: str
    extension: str
    name: str
    inline: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """A file that is taken: its kind, and the content as it is kept."""

    kind: FileKind
    content: bytes


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


@lru_cache(maxsize=1)
def file_kinds() -> dict[str, FileKind]:
    """The kinds of files that are kept, by media type.

    >>> [kind.name for kind in file_kinds().values()]
    ['PDF', 'JPEG', 'PNG', 'WebP', 'DOCX', 'ODT']
    """
    return {row["media_type"]: FileKind(**row) for row in _declared()["files"]}


def largest_bytes() -> int:
    """The most bytes that a file may have."""
    return int(_declared()["largest_bytes"])


def fit(content: bytes) -> Fit:
    """What the file is and how it is kept.

    Raises:
        UnfitFileError: when it is not taken.
    """
    if not content:
        raise UnfitFileError(Unfit.EMPTY)
    if len(content) > largest_bytes():
        raise UnfitFileError(Unfit.TOO_LARGE)
    kind = _kind_of(content)
    if kind.media_type.startswith("image/"):
        return Fit(kind, _picture(content))
    if kind.media_type == "application/pdf":
        _demand_plain_pdf(content)
    else:
        _demand_plain_text(content, kind)
    return Fit(kind, content)


def _kind_of(content: bytes) -> FileKind:
    """The kind by the first bytes; which of the zipped texts it is, its parts say."""
    try:
        guesses = {guess.mime_type for guess in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        guesses = set()
    if content.startswith(_ZIP_HEAD):
        media_type = _zipped(content)
    else:
        beginnings = {
            b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png",
        }  # fmt: skip
        media_type = next((name for start, name in beginnings.items() if content.startswith(start)), "")
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            media_type = "image/webp"
        if media_type not in guesses:
            media_type = ""
    kind = file_kinds().get(media_type)
    if kind is None:
        raise UnfitFileError(Unfit.KIND)
    return kind


def _demand_one_kind(content: bytes) -> None:
    """Raise when a browser or an unpacker could take the file for something else."""
    head = content[:_HEAD].lower()
    if any(word in head for word in _MARKUP) or zipfile.is_zipfile(io.BytesIO(content)):
        raise UnfitFileError(Unfit.TWO_KINDS)


def _picture(content: bytes) -> bytes:
    try:
        kept = bare(content)
    except NoPictureError:
        raise UnfitFileError(Unfit.BROKEN) from None
    _demand_one_kind(kept)
    return kept


# --- PDF -------------------------------------------------------------------------------------------------------------


def _demand_plain_pdf(content: bytes) -> None:
    """Raise unless it is a whole PDF that runs nothing, holds no other file and asks for no password."""
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise UnfitFileError(Unfit.BROKEN)
    if content[end + 5 :].strip(b"\r\n\t \x00"):
        raise UnfitFileError(Unfit.TWO_KINDS)
    if any(word in content[:_HEAD].lower() for word in (b"<script", b"<html", b"<!doctype", b"<svg")):
        raise UnfitFileError(Unfit.TWO_KINDS)
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise UnfitFileError(Unfit.TWO_KINDS)
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            if not len(pdf.pages):
                raise UnfitFileError(Unfit.BROKEN)
            if _is_active(pdf):
                raise UnfitFileError(Unfit.ACTIVE)
    except pikepdf.PasswordError:
        raise UnfitFileError(Unfit.LOCKED) from None
    except pikepdf.PdfError:
        raise UnfitFileError(Unfit.BROKEN) from None


def _is_active(pdf: pikepdf.Pdf) -> bool:
    """Whether anything in the file runs a program, or another file is within it."""
    for thing in pdf.objects:
        body = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
        if _acts(body, depth=8):
            return True
    return _acts(pdf.Root, depth=3)


def _acts(thing: Any, depth: int) -> bool:
    """Whether a dictionary is an action or a file, or has one directly within it."""
    if depth <= 0:
        return False
    if isinstance(thing, pikepdf.Array):
        return any(_acts(one, depth - 1) for one in thing if not getattr(one, "is_indirect", False))
    if not isinstance(thing, pikepdf.Dictionary):
        return False
    if str(thing.get("/S", "")) in _ACTIVE_ACTIONS or str(thing.get("/Type", "")) == "/EmbeddedFile":
        return True
    if (
        "/JS" in thing
        or "/EmbeddedFiles" in thing
        or str(thing.get("/Subtype", "")) in {"/RichMedia", "/FileAttachment"}
    ):
        return True
    return any(_acts(value, depth - 1) for value in dict(thing).values() if not getattr(value, "is_indirect", False))


# --- DOCX and ODT ----------------------------------------------------------------------------------------------------


def _zipped(content: bytes) -> str:
    """The media type of a zipped text, by its parts; empty for any other packed file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            if names[:1] == ["mimetype"] and packed.getinfo("mimetype").file_size <= 100:
                return _ODT if packed.read("mimetype").decode("ascii", "replace").strip() == _ODT else ""
            return _DOCX if {"[Content_Types].xml", "word/document.xml"} <= set(names) else ""
    except _BROKEN_ZIP:
        raise UnfitFileError(Unfit.BROKEN) from None


def _demand_plain_text(content: bytes, kind: FileKind) -> None:
    """Raise unless it is a whole text without programs, that unpacks to a sensible size and has nothing behind it."""
    end = content.rfind(_ZIP_END)
    comment = int.from_bytes(content[end + 20 : end + _ZIP_END_LENGTH], "little")
    if comment or end + _ZIP_END_LENGTH != len(content):
        raise UnfitFileError(Unfit.TWO_KINDS)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise UnfitFileError(Unfit.LOCKED)
            if sum(part.file_size for part in parts) > int(_declared()["largest_unpacked_bytes"]):
                raise UnfitFileError(Unfit.TOO_LARGE)
            names = [part.filename.lower() for part in parts]
            if any(name.endswith(_ACTIVE_ENDS) or any(word in name for word in _ACTIVE_PARTS) for name in names):
                raise UnfitFileError(Unfit.ACTIVE)
            if packed.testzip():
                raise UnfitFileError(Unfit.BROKEN)
    except UnfitFileError:
        raise
    except _BROKEN_ZIP:
        raise UnfitFileError(Unfit.BROKEN) from None
