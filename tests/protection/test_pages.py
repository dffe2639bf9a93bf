"""The pages of the room."""

from __future__ import annotations

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def path(name, survivor=None, **more):
    return reverse(f"protection:{name}", kwargs={"survivor_id": survivor.pk, **more} if survivor else more)


@pytest.mark.parametrize("name", [
    "room-open", "survivor-add", "figure-list", "incident-export", "feedback-give", "feedback-list",
])  # fmt: skip
def test_every_page_opens(name, room):
    assert room.get(path(name)).status_code == 200


@pytest.mark.parametrize("name", [
    "survivor-open", "survivor-edit", "survivor-link", "survivor-close", "survivor-reopen", "consent-give",
    "incident-add", "needs-assess", "plan-write", "action-plan", "follow-up-add",
])  # fmt: skip
def test_every_page_of_a_file_opens(name, room, survivor, incident):
    assert room.get(path(name, survivor)).status_code == 200
