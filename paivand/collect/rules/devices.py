"""What a device is told when it is set up, and how it stands."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import segno

from paivand.core.rules.texts import text


class DeviceState(StrEnum):
    """How a device stands on a day."""

    NEW = "new"
    USED = "used"
    ENDED = "ended"
    SHUT = "shut"


STATE_NAMES = {
    DeviceState.NEW: text("not set up yet"),
    DeviceState.USED: text("in use"),
    DeviceState.ENDED: text("its time is over"),
    DeviceState.SHUT: text("shut off"),
}
STATE_TONES = {DeviceState.NEW: "warn", DeviceState.USED: "ok", DeviceState.ENDED: "quiet", DeviceState.SHUT: "danger"}

_APPS = {"org.odk.collect.android": "ODK Collect", "org.koboc.collect.android": "KoboCollect"}
_AGENT = re.compile(r"^(?P<name>[\w.]+)/v?(?P<version>[\w.-]+)")


APP_LANGUAGES = {"tg": "ru", "ru": "ru", "en": "en", "fa": "fa"}
"""The language of the app's own words, by that of the worker. ODK Collect has none in Tajik: Russian is what
most people there read besides. Dari is written like its Persian. The forms themselves speak the worker's language.
"""

_LOCKED = (
    "change_server", "change_project_display", "form_update_mode", "periodic_form_updates_check", "automatic_update",
    "hide_old_form_versions", "change_autosend", "delete_after_send", "change_constraint_behavior", "high_resolution",
    "image_size", "instance_form_sync", "change_form_metadata", "analytics", "delete_saved",
)  # fmt: skip
"""What only the password of the settings changes: where forms go, how they come and go, and deleting what was not sent.
A worker still chooses how large letters are and in which language the app speaks, and edits and sends by hand.
"""


def collect_settings(server: str, project: str, language: str, password: str) -> dict[str, Any]:
    """The settings of ODK Collect for one device. What is not named here stands as the app has it at first.

    Forms follow the server, filled forms go as soon as there is a network, and leave the phone once they arrived: a
    phone is lost more easily than a server. Photographs are made small enough for a village's network, and the app
    tells nobody how it is used.

    Args:
        language: of the worker.
        password: of the settings: see ``_LOCKED``.
    """
    return {
        "general": {
            "server_url": server, "app_language": APP_LANGUAGES.get(language, "ru"),
            "form_update_mode": "match_exactly", "periodic_form_updates_check": "every_one_hour",
            "hide_old_form_versions": True, "autosend": "wifi_and_cellular", "delete_send": True,
            "image_size": "medium", "high_resolution": False, "analytics": False,
        },
        "project": {"name": project},
        "admin": {"admin_pw": password, **dict.fromkeys(_LOCKED, False)},
    }  # fmt: skip


def settings_password(digest: str) -> str:
    """The password of the settings of a device, from a keyed digest of it: eight digits, typed on a phone with ease.

    It keeps a curious hand from settings, no more: whoever has the phone unlocked has what is on it.

    >>> settings_password("00ff" * 16), len(settings_password("ab" * 32))
    ('71777535', 8)
    """
    return f"{int(digest[:16], 16) % 10**8:08d}"


def setup_text(settings: dict[str, Any]) -> str:
    """Settings as the QR code of Collect holds them: JSON, packed by zlib, in base64.

    >>> json.loads(zlib.decompress(base64.b64decode(setup_text({"admin": {}}))))
    {'admin': {}}
    """
    plain = json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(plain, 9)).decode("ascii")


@dataclass(frozen=True)
class Code:
    """A QR code to be drawn: ``size`` modules on each side, quiet zone included, and the dark ones as a path of SVG."""

    size: int
    path: str


QUIET = 4
"""Modules of the white edge that scanners need."""


def drawn(content: str) -> Code:
    """The QR code of a text, with the least correction: it is read from a screen or a clean sheet."""
    rows = [bytes(row) for row in segno.make(content, error="l", boost_error=False).matrix]
    path = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                path.append(f"M{x + QUIET} {y + QUIET}h{end - x}v1h-{end - x}z")
            x = end + 1
    return Code(len(rows) + 2 * QUIET, "".join(path))


def app_of(agent: str) -> str:
    """Which app a device says it has, and its version.

    >>> app_of("org.odk.collect.android/v2026.1.2 Dalvik/2.1.0"), app_of("Mozilla/5.0 (Linux)"), app_of("")
    ('ODK Collect 2026.1.2', 'Mozilla 5.0', '')
    """
    found = _AGENT.match(agent)
    if found is None:
        return agent[:40]
    return f"{_APPS.get(found['name'], found['name'])} {found['version']}"
