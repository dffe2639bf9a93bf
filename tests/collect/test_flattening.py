"""Filled forms become rows, repeats in repeats included, and nothing of them is lost or mixed up."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.collect.rules.filled import read_filled
from paivand.collect.rules.flattening import POSITION, asked, flattened, key_of, merged

WORDS = st.text(alphabet="абвoxyz 123", min_size=1, max_size=6).map(str.strip).filter(bool)


def question(path: str, kind: str = "text", repeat: str | None = None, **more: Any) -> dict[str, Any]:
    return {"path": path, "name": path.rpartition("/")[2], "type": kind, "label": {}, "repeat": repeat} | more


QUESTIONS = [
    question("village"),
    question("house", "group"),
    question("house/roof"),
    question("house/members", "repeat"),
    question("house/members/name", repeat="house/members"),
    question("house/members/trips", "repeat", "house/members"),
    question("house/members/trips/year", "integer", "house/members/trips"),
    question("plots", "repeat"),
    question("plots/crop", repeat="plots"),
]
MEMBERS = st.lists(st.tuples(WORDS, st.lists(st.integers(1990, 2026), max_size=3)), max_size=4)


@settings(max_examples=40)
@given(village=WORDS, roof=st.none() | WORDS, members=MEMBERS, crops=st.lists(WORDS, max_size=3))
def test_every_answer_stands_once_in_its_row(
    village: str, roof: str | None, members: list[tuple[str, list[int]]], crops: list[str]
):
    root = Element("data", id="x", version="1")
    SubElement(root, "village").text = village
    house = SubElement(root, "house")
    SubElement(house, "roof").text = roof
    for name, years in members:
        member = SubElement(house, "members")
        SubElement(member, "name").text = name
        for year in years:
            SubElement(SubElement(member, "trips"), "year").text = str(year)
    for crop in crops:
        SubElement(SubElement(root, "plots"), "crop").text = crop
    SubElement(SubElement(root, "meta"), "instanceID").text = "uuid:1"

    flat = flattened(read_filled(tostring(root)), QUESTIONS)

    assert flat.values == {"village": village} | ({"house/roof": roof} if roof else {})
    told = flat.parts.get("house/members", [])
    assert [row["house/members/name"] for row in told] == [name for name, _years in members]
    assert [row[POSITION] for row in told] == [str(n) for n in range(1, len(members) + 1)]
    trips = flat.parts.get("house/members/trips", [])
    assert [(row[POSITION], row["house/members/trips/year"]) for row in trips] == [
        (f"{n}.{m}", str(year)) for n, (_name, years) in enumerate(members, 1) for m, year in enumerate(years, 1)
    ]
    assert [row["plots/crop"] for row in flat.parts.get("plots", [])] == crops


def test_a_point_is_kept_to_about_a_hundred_metres_and_the_device_is_not_kept_at_all():
    questions = [question("where", "geopoint"), question("deviceid", "deviceid"), question("hello", "note")]
    xml = b"""<data id="x"><where>37.912345 69.784567 400 3</where><deviceid>collect:1</deviceid><hello/>
    <meta><instanceID>uuid:1</instanceID></meta></data>"""
    assert flattened(read_filled(xml), questions).values == {"where": "37.912 69.785"}


def test_questions_of_old_versions_stand_behind_and_keep_their_choices():
    new = [question("a", choices={"1": {"en": "One"}})]
    old = [question("a", choices={"1": {"en": "First"}, "2": {"en": "Two"}}), question("b")]
    found = merged([new, old])
    assert [one["path"] for one in found] == ["a", "b"]
    assert found[0]["choices"] == {"1": {"en": "One"}, "2": {"en": "Two"}}


def test_a_repeated_part_that_became_a_group_keeps_its_columns_and_so_does_the_group():
    old = [question("rooms", "repeat"), question("rooms/size", repeat="rooms"), question("hint")]
    new = [question("rooms", "group"), question("rooms/size", "integer"), question("hint", "note")]
    for versions in ([new, old], [old, new]):
        found = merged(versions)
        assert {one["path"] for one in found if one["type"] == "repeat"} == {"rooms"}
        told = {(one["path"], one.get("repeat")) for one in asked(found)}
        assert told == {("rooms/size", None), ("rooms/size", "rooms"), ("hint", None)}
        assert len({key_of(one) for one in found}) == len(found) == 6
        # Only those that their path does not tell apart say which part they lie in.
        assert [one["repeat"] for one in found if "within" in one] == ["rooms"]
    assert [key_of(one) for one in merged([old, old])] == ["rooms", "rooms/size", "hint"]
