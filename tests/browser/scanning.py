"""What ODK Collect does with the code of a phone: it reads it, asks the server that stands in it, and sends a form."""

from __future__ import annotations

import base64
import csv
import io
import json
import urllib.request
import zlib
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element  # only for the tree; reading is defusedxml's

import zxingcpp
from defusedxml.ElementTree import fromstring
from PIL import Image
from playwright.sync_api import Locator

from tests.collect.field import body


def scanned(picture: Locator) -> dict[str, Any]:
    """The settings in a code that stands on a screen, as the camera of a phone sees it."""
    seen = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))
    assert [str(one.format) for one in seen] == [str(zxingcpp.BarcodeFormat.QRCode)]
    settings: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(seen[0].text)))
    return settings


@dataclass(frozen=True)
class Collect:
    """A client that knows nothing but the address in its settings: no cookies, no session."""

    server: str

    def forms(self) -> dict[str, dict[str, str]]:
        """What the server lists, by the code of the form."""
        listed = [_told(one) for one in fromstring(self.got(f"{self.server}/formList"))]
        return {one["formID"]: one for one in listed}

    def files(self, manifest: str) -> dict[str, bytes]:
        """What a form needs beside itself."""
        listed = [_told(one) for one in fromstring(self.got(manifest))]
        return {one["filename"]: self.got(one["downloadUrl"]) for one in listed}

    def got(self, address: str) -> bytes:
        """A file of the server."""
        asked = urllib.request.Request(address, headers={"X-OpenRosa-Version": "1.0"})  # noqa: S310
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
            assert answer.headers["X-OpenRosa-Version"] == "1.0"
            content: bytes = answer.read()
        return content

    def send(self, xml: bytes) -> int:
        """Send a filled form; the status that is answered."""
        asked = urllib.request.Request(  # noqa: S310
            f"{self.server}/submission?deviceID=collect:day", body(xml), method="POST",
            headers={"X-OpenRosa-Version": "1.0", "Content-Type": "multipart/form-data; boundary=b0undary"},
        )  # fmt: skip
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
            status: int = answer.status
        return status


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The rows of a list."""
    return list(csv.DictReader(io.StringIO(content.decode())))


def _told(element: Element) -> dict[str, str]:
    return {one.tag.rpartition("}")[2]: one.text or "" for one in element}
