"""What a device gets: the worker's own families and nobody else's, with a token that never lies."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from paivand.access.models.identity import acting_as
from paivand.collect.queries.field_lists import NAMES, field_list, field_lists, list_tokens
from tests.cast import register

pytestmark = pytest.mark.django_db


def _read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_a_worker_gets_her_families_with_their_people_and_places(zarina: Any) -> None:
    family = register(zarina, village="Даҳана", given="Ҷамила", surname="Каримова")
    with acting_as(zarina):
        lists = field_lists(zarina, NAMES)
        rows = _read(lists["families"].content())
        people = _read(lists["people"].content())
        places = _read(lists["places"].content())
    assert rows == [
        {
            "name": str(family.pk), "label": f"{family.code} · Каримова Ҷамила Раҳимовна", "__version": "1",
            "code": family.code, "district": "TJ-KT-02", "jamoat": "TJ-KT-02-02", "village": "Даҳана",
            "head": "Каримова Ҷамила Раҳимовна", "n_members": "4", "housing": "", "land": "",
        }
    ]  # fmt: skip
    assert [row["is_child"] for row in people].count("1") == 2
    assert {row["family"] for row in people} == {str(family.pk)}
    assert {row["kind"] for row in places} >= {"jamoat"}
    assert {row["parent"] for row in places if row["kind"] == "jamoat"} == {"TJ-KT-02"}


def test_tokens_stay_as_long_as_nothing_changes(zarina: Any) -> None:
    register(zarina)
    with acting_as(zarina):
        before = list_tokens(zarina, NAMES)
        assert before == {name: field_list(zarina, name).token for name in NAMES}
