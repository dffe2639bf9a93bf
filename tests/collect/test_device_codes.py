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
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.core.management import call_command
from django.test import Client
from PIL import Image, ImageDraw

from paivand.access.models.identity import acting_as
from paivand.collect.models import Device
from paivand.collect.queries.door import token_digest

pytestmark = pytest.mark.django_db

MODULE = 4
"""Points for each module of a code that stands on a web page."""


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


def _printed(pdf: bytes, folder: Path) -> list[Image.Image]:
    """The pages of a document as a printer draws them."""
    (folder / "cards.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "150", "-gray", "-png", "cards.pdf", "page"], cwd=folder, check=True, timeout=60
    )  # fmt: skip
    return [Image.open(path) for path in sorted(folder.glob("page*.png"))]


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


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="drawing a page of a PDF needs pdftoppm of poppler-utils")
@pytest.mark.parametrize("language", ["tg", "fa"])
def test_each_printed_card_sets_up_the_phone_of_its_worker(
    zarina: Any, nasiba: Any, tahmina: Any, sign_in: Any, tmp_path: Path, language: str
) -> None:
    browser = sign_in(nasiba)
    browser.cookies["django_language"] = language
    people = [zarina, nasiba, tahmina]
    answer = browser.post(
        "/field/devices/training/",
        {"team": str(zarina.team_id), "people": [str(one.pk) for one in people], "label": "Training"},
    )
    assert answer["Content-Type"] == "application/pdf"
    codes = [told for page in _printed(answer.content, tmp_path) for told in _settings(page)]
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
