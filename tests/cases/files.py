"""Files that somebody may try to add to a case, made byte by byte."""

from __future__ import annotations

import io
import zipfile

import pikepdf

from tests.methods.photographs import exif, jpeg, segment

ODT = "application/vnd.oasis.opendocument.text"
PLACE = b"GPS 37.9146 69.7845"


def photograph(told: bytes = PLACE) -> bytes:
    """What a telephone's camera gives: a JPEG that says where it was taken."""
    return jpeg(segment(0xE1, exif(told, side=6)))


def pdf(*, pages: int = 1, change: object = None, **saved: object) -> bytes:
    """A small PDF; ``change`` is given the file before it is saved."""
    file = pikepdf.new()
    for _page in range(pages):
        file.add_blank_page()
    if callable(change):
        change(file)
    kept = io.BytesIO()
    file.save(kept, **saved)  # type: ignore[arg-type]
    return kept.getvalue()


def zipped(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A packed file with these parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return kept.getvalue()


def docx(**more: bytes | str) -> bytes:
    """A text of a word processor; ``more`` parts by their names, with ``__`` for a slash and ``_dot_`` for a dot."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>",
        **{name.replace("__", "/").replace("_dot_", "."): content for name, content in more.items()},
    }  # fmt: skip
    return zipped(parts)


def odt(**more: bytes | str) -> bytes:
    """The same in the other format."""
    parts: dict[str, bytes | str] = {
        "mimetype": ODT, "content.xml": "<office:document/>",
        **{name.replace("__", "/").replace("_dot_", "."): content for name, content in more.items()},
    }  # fmt: skip
    return zipped(parts)
