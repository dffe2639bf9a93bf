"""Small pictures for the tests, made byte by byte, with whatever a telephone writes into them."""

from __future__ import annotations

import struct
import zlib

_TABLES = b"\xff\xdb\x00\x43\x00" + bytes(range(1, 65)) + b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
_HUFFMAN = b"\xff\xc4\x00\x14\x00\x01" + bytes(15) + b"\x00" + b"\xff\xc4\x00\x14\x10\x01" + bytes(15) + b"\x00"
_SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"


def segment(marker: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(told: bytes, *, side: int = 1, order: str = ">") -> bytes:
    """An Exif block that says which side is up, and something else."""
    head = b"II\x2a\x00" if order == "<" else b"MM\x00\x2a"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, side, 0)
    entries += struct.pack(f"{order}HHII", 0x010E, 2, len(told), 38)
    return b"Exif\x00\x00" + head + struct.pack(f"{order}IH", 8, 2) + entries + struct.pack(f"{order}I", 0) + told


def jpeg(*segments: bytes, scan: bytes = b"\x3f") -> bytes:
    """A JPEG of one grey dot, with these segments before its tables."""
    return b"\xff\xd8" + b"".join(segments) + _TABLES + _HUFFMAN + _SCAN + scan + b"\xff\xd9"


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> bytes:
    """A PNG of one grey dot, with these chunks behind its header."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\x00\x80"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + data + chunk(b"IEND", b"")


def webp(*, exif: bytes = b"", xmp: bytes = b"", profile: bytes = b"", extended: bool = False) -> bytes:
    """A WebP of one dot, lossless, with what may stand beside it."""
    picture = bytes.fromhex("2f000000000750c00216b0ff8188e87f00")
    parts = []
    if exif or xmp or profile or extended:
        flags = (0x20 if profile else 0) | (0x08 if exif else 0) | (0x04 if xmp else 0)
        parts.append((b"VP8X", bytes([flags, 0, 0, 0]) + bytes(6)))
    parts += [(b"ICCP", profile)] * bool(profile) + [(b"VP8L", picture)]
    parts += [(b"EXIF", exif)] * bool(exif) + [(b"XMP ", xmp)] * bool(xmp)
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(part)) + part + b"\x00" * (len(part) % 2) for kind, part in parts
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body
