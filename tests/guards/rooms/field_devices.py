"""What the guards ask of devices: who may open what, with a phone of Zarina's that was here once."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ADMINS, ALL, ELSEWHERE, Row

FILLERS = f"zarina {ELSEWHERE} nasiba gulnoz tahmina behruz manija"
CARERS = f"nasiba {ADMINS}"
NEAR = f"zarina {CARERS}"
"""Whose phone it is, and who cares for it."""
FAR = f"{ELSEWHERE} gulnoz tahmina behruz manija"

ROWS: dict[str, Row] = {
    "collect:device-list": Row(get={200: f"{FILLERS} {ADMINS}", 403: ALL}),
    "collect:device-give": Row(get={200: f"{FILLERS} {ADMINS}", 403: ALL}, post={422: f"{FILLERS} {ADMINS}", 403: ALL}),
    "collect:device-training": Row(get={200: CARERS, 403: ALL}, post={422: CARERS, 403: ALL}),
    "collect:device-open": Row(get={200: NEAR, 404: FAR, 403: ALL}),
    "collect:device-shut": Row(get={200: NEAR, 404: FAR, 403: ALL}, post={302: NEAR, 404: FAR, 403: ALL}),
}
PAGES: dict[str, str] = {
    "collect:device-list": "zarina nasiba",
    "collect:device-give": "zarina nasiba",
    "collect:device-training": "nasiba",
    "collect:device-open": "zarina",
    "collect:device-shut": "zarina",
}
ABOUT: dict[str, list[str]] = {"collect:device-open": ["device_id"], "collect:device-shut": ["device_id"]}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A phone of Zarina's."""
    from tests.collect.field import device_of

    return {"device_id": device_of(people["zarina"])[0].pk}
