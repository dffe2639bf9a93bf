"""What the guards ask of the door for devices: the token opens it, and who is signed in makes no difference."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import OPEN, Row

GIVEN = Row(get={200: OPEN}, post={405: OPEN})
"""The token of Zarina's phone is the key."""
UNSAFE = Row(get={403: OPEN}, post={405: OPEN})
"""Basic without https is refused before anything is read."""

ROWS: dict[str, Row] = {
    "collect:door-form-list": GIVEN,
    "collect:door-form": GIVEN,
    "collect:door-manifest": GIVEN,
    "collect:door-file": GIVEN,
    "collect:door-list": GIVEN,
    "collect:door-integrity": GIVEN,
    "collect:door-submission": Row(get={405: OPEN}, post={400: OPEN}),
    "collect:basic-form-list": UNSAFE,
    "collect:basic-form": UNSAFE,
    "collect:basic-manifest": UNSAFE,
    "collect:basic-file": UNSAFE,
    "collect:basic-list": UNSAFE,
    "collect:basic-integrity": UNSAFE,
    "collect:basic-submission": Row(get={403: OPEN}, post={403: OPEN}),
}
PAGES: dict[str, str] = {
    "collect:door-form-list": "anonymous",
    "collect:door-form": "anonymous",
    "collect:door-manifest": "anonymous",
    "collect:door-list": "anonymous",
}
ABOUT: dict[str, list[str]] = {
    "collect:door-form-list": ["device_token"],
    "collect:door-form": ["device_token", "form_code", "form_version"],
    "collect:door-manifest": ["device_token", "form_code", "form_version"],
    "collect:door-list": ["device_token", "list_name"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """Zarina's phone, and a survey with a picture that chooses from her families."""
    from tests.collect.field import FORM, VERSION, attach, device_of, publish

    attach(publish(people["manija"], lists=["families"]), "door.png", b"picture")
    return {
        "device_token": device_of(people["zarina"])[1], "form_code": FORM, "form_version": VERSION,
        "file_name": "door.png", "list_name": "families",
    }  # fmt: skip
