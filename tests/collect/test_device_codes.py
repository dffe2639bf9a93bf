"""The codes that set a telephone up, on the screen and on the cards of a training, as a camera reads them.

The reader is by other hands (zxing). It is shown the page of the PDF as it is drawn, and the picture of the web page.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import zlib
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import zxingcpp
from django.core.management import call_command
from django.test import Client
from PIL import Image, ImageDraw

from paivand.access.actions.users import choose_language
from paivand.access.models.identity import acting_as
from paivand.collect.models import Device
from paivand.collect.queries.door import token_digest
from tests.cast import fresh

pytestmark = pytest.mark.django_db

MODULE = 4
"""Points for each module of a code that stands on a web page."""
DOTS = 3.0
"""Points of a picture for each of the 72 to the inch of a printed page."""


def _settings(image: Image.Image) -> list[dict[str, Any]]:
    """What the codes of a picture hold, from top to bottom, as ODK Collect unpacks them."""
    read = sorted(zxingcpp.read_barcodes(image), key=lambda one: one.position.top_left.y)
    assert {str(one.format) for one in read} <= {"QR Code", "BarcodeFormat.QRCode", "QRCode"}
    return [json.loads(zlib.decompress(base64.b64decode(one.text))) for one in read]


def _on_a_page(page: str) -> Image.Image:
    """The code of a web page, drawn as a browser draws its path."""
    found = re.search(r'class="device-code">\s*<svg.*?</svg>', page, re.S)
    assert found
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', found[0])
    assert size
    image = Image.new("L", (int(size[1]) * MODULE, int(size[2]) * MODULE), 255)
    pen = ImageDraw.Draw(image)
    for x, y, wide in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", found[0]):
        left, top = int(x) * MODULE, int(y) * MODULE
        pen.rectangle((left, top, left + int(wide) * MODULE - 1, top + MODULE - 1), fill=0)
    return image


def _by_poppler(pdf: bytes, folder: Path) -> list[Image.Image]:
    """The pages of a document as a printer draws them."""
    (folder / "cards.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "150", "-gray", "-png", "cards.pdf", "page"], cwd=folder, check=True, timeout=60
    )  # fmt: skip
    return [Image.open(path) for path in sorted(folder.glob("page*.png"))]


def _by_paths(pdf: bytes, _folder: Path) -> list[Image.Image]:
    """The upright rectangles that each page of a document fills, and nothing else of it: a code is made of them."""
    pages = []
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            wide, high = (round(float(side) * DOTS) for side in page.mediabox[2:])
            image = Image.new("L", (wide, high), 255)
            _fill(ImageDraw.Draw(image), pikepdf.parse_content_stream(page), high)
            pages.append(image)
    return pages


def _fill(pen: ImageDraw.ImageDraw, steps: Any, high: int) -> None:
    """Draw what a content stream fills, under the scale and place that holds there."""
    held: list[tuple[float, ...]] = []
    scale_x, scale_y, left, top = 1.0, 1.0, 0.0, 0.0
    paths: list[list[tuple[float, float]]] = []
    for operands, operator in steps:
        said, does = [float(one) for one in operands if isinstance(one, (int, Decimal))], str(operator)
        if does == "q":
            held.append((scale_x, scale_y, left, top))
        elif does == "Q":
            scale_x, scale_y, left, top = held.pop()
        elif does == "cm":
            left, top = left + said[4] * scale_x, top + said[5] * scale_y
            scale_x, scale_y = scale_x * said[0], scale_y * said[3]
        elif does in {"m", "l"}:
            if does == "m":
                paths.append([])
            paths[-1].append(((left + said[0] * scale_x) * DOTS, high - (top + said[1] * scale_y) * DOTS))
        elif does in {"f", "f*", "S", "n"}:
            for corners in paths if does.startswith("f") else ():
                across, down = sorted({round(x) for x, _y in corners}), sorted({round(y) for _x, y in corners})
                if len(corners) >= 4 and len(across) == len(down) == 2:
                    pen.rectangle((across[0], down[0], across[1] - 1, down[1] - 1), fill=0)
            paths = []


def _opens_for(address: str, user: Any) -> Device:
    """That the address opens the door, for this worker and nobody else; returns the device."""
    token = re.fullmatch(r"http://testserver/key/([\w-]{43})", address)
    assert token, address
    assert Client().get(f"/key/{token[1]}/formList").status_code == 200
    assert Client().get(f"/key/{token[1][:-1]}{'A' if token[1][-1] != 'A' else 'B'}/formList").status_code == 403
    with acting_as(user):
        found: Device = Device.objects.get(token_digest=token_digest(token[1]))
    assert found.user_id == user.pk
    return found


def test_the_code_on_the_page_sets_a_phone_up(zarina: Any, sign_in: Any) -> None:
    answer = sign_in(zarina).post(
        "/field/devices/give/", {"user": str(zarina.pk), "label": "Samsung", "expires_on": ""}
    )
    (told,) = _settings(_on_a_page(answer.content.decode()))
    assert set(told) == {"general", "project", "admin"}
    assert told["general"]["form_update_mode"] == "match_exactly"
    assert told["project"]["name"].startswith("Paivand")
    assert _opens_for(told["general"]["server_url"], zarina).label == "Samsung"


_POPPLER = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="a page is drawn whole by pdftoppm of poppler-utils")


@pytest.mark.parametrize(("language", "pages_of"), [("tg", _by_paths), pytest.param("fa", _by_poppler, marks=_POPPLER)])
def test_each_printed_card_sets_up_the_phone_of_its_worker(
    zarina: Any, nasiba: Any, tahmina: Any, sign_in: Any, tmp_path: Path, language: str, pages_of: Any
) -> None:
    with acting_as(nasiba):
        choose_language(language=language, by=fresh(nasiba))
    browser = sign_in(fresh(nasiba))
    people = [zarina, nasiba, tahmina]
    answer = browser.post(
        "/field/devices/training/",
        {"team": str(zarina.team_id), "people": [str(one.pk) for one in people], "label": "Training"},
    )
    with pikepdf.open(BytesIO(answer.content)) as document:
        assert str(document.Root.Lang).startswith(language)
    codes = [told for page in pages_of(answer.content, tmp_path) for told in _settings(page)]
    assert len(codes) == len(people)
    owners = []
    for told in codes:
        token = told["general"]["server_url"].rpartition("/")[2]
        with acting_as(nasiba):
            owner = Device.objects.select_related("user").get(token_digest=token_digest(token)).user
        assert _opens_for(told["general"]["server_url"], owner).label == "Training"
        owners.append(owner)
    assert sorted(one.pk for one in owners) == sorted(one.pk for one in people)


def test_the_command_tells_the_port_that_is_set(zarina: Any, settings: Any) -> None:
    settings.PUBLIC_ADDRESS = ""
    out = StringIO()
    call_command("device", "zarina", stdout=out)
    address = re.fullmatch(rf"http://127\.0\.0\.1:{settings.PORT}(/key/[\w-]{{43}})\n", out.getvalue())
    assert address
    assert Client().get(f"{address[1]}/formList").status_code == 200
