"""Taking out of a photograph what it tells beside the picture: where and when it was taken, with what, and by whom.

A telephone writes the place (GPS) into every photograph, and sometimes a short film behind it. ``bare`` keeps what is
needed to show the picture, colours and the side that is up included, and drops the rest. The picture itself is not
decoded: its bytes stay as they are.

Formats: JPEG (ITU-T T.81, the segments of annex B), PNG (ISO 15948, clause 11) and WebP (RFC 9649).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SOI, _EOI, _SOS = b"\xff\xd8", b"\xff\xd9", 0xDA
_ALONE = {0x01, *range(0xD0, 0xD8)}
"""Markers of JPEG without a length."""
_EXIF, _ICC, _ADOBE, _JFIF = b"Exif\x00\x00", b"ICC_PROFILE\x00", b"Adobe", b"JFIF\x00"
_ORIENTATION, _SHORT = 0x0112, 3

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"hIST", b"pHYs",
    b"acTL", b"fcTL", b"fdAT",
})  # fmt: skip
_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_EXIF, _WEBP_XMP = 0b0000_1000, 0b0000_0100


class NoPictureError(ValueError):
    """The bytes are no picture of this format, or are cut off."""


def bare(content: bytes) -> bytes:
    """The picture without anything told beside it, and without anything that stands behind its end.

    Raises:
        NoPictureError: when the bytes are no JPEG, PNG or WebP, or do not reach the end of the picture.
    """
    if content.startswith(_SOI):
        return _bare_jpeg(content)
    if content.startswith(_PNG):
        return _bare_png(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _bare_webp(content)
    raise NoPictureError("neither JPEG nor PNG nor WebP")


# --- JPEG ------------------------------------------------------------------------------------------------------------


def _bare_jpeg(content: bytes) -> bytes:
    kept, side = [_SOI], 1
    for marker, segment in _segments(content):
        body = segment[4:]
        if marker == 0xE1 and body.startswith(_EXIF):
            side = _orientation(body[len(_EXIF) :]) or side
        elif marker == 0xE0 and body.startswith(_JFIF):
            kept.append(
                segment[:2] + struct.pack(">H", 16) + body[:12] + b"\x00\x00"
            )  # without the small picture in it
        elif _is_kept(marker, body):
            kept.append(segment)
    if side != 1:
        at = 2 if len(kept) > 1 and kept[1][1] == 0xE0 else 1
        kept.insert(at, _only_orientation(side))
    return b"".join(kept)


def _is_kept(marker: int, body: bytes) -> bool:
    if marker == 0xE2:
        return body.startswith(_ICC)
    if marker == 0xEE:
        return body.startswith(_ADOBE)
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment with its marker; a scan comes with the coded picture behind it, the end as two bytes."""
    at = 2
    while True:
        while content[at : at + 1] == b"\xff" and content[at + 1 : at + 2] == b"\xff":
            at += 1  # bytes that only fill
        if len(content) < at + 2 or content[at] != 0xFF:
            raise NoPictureError("a JPEG that is cut off")
        marker = content[at + 1]
        if marker == _EOI[1]:
            yield marker, _EOI
            return
        if marker in _ALONE:
            yield marker, content[at : at + 2]
            at += 2
            continue
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise NoPictureError("a JPEG that is cut off")
        if marker == _SOS:
            end = _scan_end(content, end)
        yield marker, content[at:end]
        at = end


def _scan_end(content: bytes, at: int) -> int:
    """Where the coded picture ends: at the next marker that is neither a stuffed byte nor a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise NoPictureError("a JPEG that is cut off")
        after = content[at + 1]
        if after == 0xFF:
            at += 1
        elif after == 0x00 or 0xD0 <= after <= 0xD7:
            at += 2
        else:
            return at


def _orientation(tiff: bytes) -> int:
    """Which side is up (1 to 8), from the first directory of an Exif block; 0 where it does not say so."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        if order is None:
            return 0
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (n_entries,) = struct.unpack_from(f"{order}H", tiff, first)
        for number in range(n_entries):
            tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if tag == _ORIENTATION and kind == _SHORT and 1 <= value <= 8:
                return int(value)
    except struct.error:
        return 0
    return 0


def _tiff(side: int) -> bytes:
    return b"MM\x00\x2a" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, _SHORT, 1, side, 0, 0)


def _only_orientation(side: int) -> bytes:
    body = _EXIF + _tiff(side)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


# --- PNG -------------------------------------------------------------------------------------------------------------


def _bare_png(content: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while True:
        if len(content) < at + 12:
            raise NoPictureError("a PNG that is cut off")
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content):
            raise NoPictureError("a PNG that is cut off")
        if kind in _PNG_KEPT:
            kept.append(content[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end


# --- WebP ------------------------------------------------------------------------------------------------------------


def _bare_webp(content: bytes) -> bytes:
    end = 8 + int.from_bytes(content[4:8], "little")
    if end > len(content):
        raise NoPictureError("a WebP that is cut off")
    kept: list[tuple[bytes, bytes]] = []
    side, at = 0, 12
    while at + 8 <= end:
        kind, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        body = content[at + 8 : at + 8 + length]
        if len(body) < length:
            raise NoPictureError("a WebP that is cut off")
        if kind == b"EXIF":
            side = _orientation(body.removeprefix(_EXIF))
        elif kind in _WEBP_KEPT:
            kept.append((kind, body))
        at += 8 + length + length % 2
    if not any(kind in {b"VP8 ", b"VP8L", b"ANMF"} for kind, _body in kept):
        raise NoPictureError("a WebP without a picture")
    turned = side > 1 and kept[0][0] == b"VP8X"
    if kept[0][0] == b"VP8X":
        flags = kept[0][1][0] & ~(_WEBP_EXIF | _WEBP_XMP) | (_WEBP_EXIF if turned else 0)
        kept[0] = (b"VP8X", bytes([flags]) + kept[0][1][1:])
    if turned:
        kept.append((b"EXIF", _tiff(side)))
    body = b"WEBP" + b"".join(_chunk(kind, part) for kind, part in kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + b"\x00" * (len(body) % 2)
