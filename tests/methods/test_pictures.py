"""What a photograph tells beside the picture is taken out; the picture stays as it is."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.methods.pictures import NoPictureError, bare
from tests.methods.photographs import chunk, exif, jpeg, png, segment, webp

PLACE = b"GPS 37.9146 69.7845"


def test_a_photograph_loses_where_it_was_taken():
    photograph = jpeg(segment(0xE1, exif(PLACE)))
    assert PLACE in photograph
    assert PLACE not in bare(photograph)


@pytest.mark.parametrize("marker", [0xE1, 0xE2, 0xE3, 0xEC, 0xED, 0xEF, 0xFE])
def test_no_application_segment_or_comment_stays(marker):
    assert PLACE not in bare(jpeg(segment(marker, b"something\x00" + PLACE)))


def test_the_coded_picture_and_its_tables_stay_byte_for_byte():
    plain = jpeg()
    assert bare(jpeg(segment(0xE1, exif(PLACE)), segment(0xFE, PLACE))) == bare(plain)
    tables = plain[plain.index(b"\xff\xdb") :]
    assert bare(plain).endswith(tables)


def test_colours_stay_true():
    profile = segment(0xE2, b"ICC_PROFILE\x00\x01\x01profile")
    adobe = segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01")
    stripped = bare(jpeg(profile, adobe))
    assert profile in stripped
    assert adobe in stripped


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("side", range(1, 9))
def test_the_side_that_is_up_is_kept_and_nothing_else_of_it(order, side):
    stripped = bare(jpeg(segment(0xE1, exif(PLACE, side=side, order=order))))
    assert PLACE not in stripped
    assert (b"Exif" in stripped) == (side != 1)
    if side != 1:
        assert struct.pack(">HHIH", 0x0112, 3, 1, side) in stripped
        assert bare(stripped) == stripped


def test_the_small_picture_within_the_header_goes():
    body = b"JFIF\x00\x01\x02\x00\x00\x48\x00\x48\x04\x04" + PLACE * 3
    stripped = bare(jpeg(segment(0xE0, body)))
    assert PLACE not in stripped
    assert b"JFIF" in stripped


def test_what_stands_behind_the_picture_goes():
    film = b"\x00\x00\x00\x18ftypmp42" + PLACE
    assert bare(jpeg() + film) == bare(jpeg())
    assert bare(png() + film) == png()
    assert bare(webp() + film) == webp()


def test_bytes_that_only_fill_and_restarts_are_read():
    plain = jpeg(scan=b"\x01\xff\x00\x02\xff\xd0\x03\xff\xd1\x04")
    filled = plain.replace(b"\xff\xdb", b"\xff\xff\xff\xdb", 1)
    assert bare(plain) == plain
    assert bare(filled) == plain


def test_a_png_keeps_what_shows_it():
    colours = chunk(b"gAMA", struct.pack(">I", 45455))
    told = [chunk(kind, PLACE) for kind in (b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME", b"caBX", b"prVt")]
    assert bare(png(colours, *told)) == png(colours)


def test_a_webp_keeps_what_shows_it_and_says_so_in_its_flags():
    stripped = bare(webp(exif=exif(PLACE), xmp=PLACE, profile=b"profile"))
    assert stripped == webp(profile=b"profile", extended=True)


def test_a_webp_keeps_its_side():
    stripped = bare(webp(exif=exif(PLACE, side=6)))
    assert PLACE not in stripped
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in stripped
    assert bare(stripped) == stripped


@pytest.mark.parametrize("whole", [jpeg(), png(), webp()], ids=["jpeg", "png", "webp"])
def test_a_picture_that_is_cut_off_is_none(whole):
    for end in range(2, len(whole)):
        with pytest.raises(NoPictureError):
            bare(whole[:end])


def test_other_files_are_no_pictures():
    for content in (b"", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"RIFF\x04\x00\x00\x00WAVE"):
        with pytest.raises(NoPictureError):
            bare(content)


@given(st.binary(max_size=200))
def test_broken_exif_never_breaks_the_reading(body):
    assert bare(jpeg(segment(0xE1, b"Exif\x00\x00" + body)))


@given(st.binary(max_size=300), st.sampled_from([b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\x00\x00\x00WEBP"]))
def test_any_bytes_are_a_picture_or_a_refusal(body, beginning):
    try:
        stripped = bare(beginning + body)
    except NoPictureError:
        return
    assert bare(stripped) == stripped


def test_the_checksums_of_the_made_pictures_are_right():
    assert zlib.crc32(b"IEND") == int.from_bytes(png()[-4:], "big")
