"""Declarations of indicators: what is read, and what is refused with line and reason."""

from __future__ import annotations

import pytest

from paivand.core.rules.parts import DeclarationError
from paivand.evidence.rules.indicators import UNKNOWN, AgeSet, Dimension, Measure, Source
from paivand.evidence.rules.reading import age_sets, indicators, load, read, read_age_sets
from paivand.evidence.rules.telling import tables_of

WORDS = '{tg: "а", ru: "б", en: "c", fa: "د"}'


def declared(**fields: str) -> str:
    """A file with one indicator; a field that is empty is left out."""
    whole = {
        "code": "people_visited", "title": WORDS, "question": WORDS, "measure": "people", "level": "output",
        "where": "{services: [visit.made], outcomes: [completed]}", **fields,
    }  # fmt: skip
    lines = [f"    {name}: {value}" for name, value in whole.items() if value]
    return "\n".join(["programme: JP", "source: a test", "indicators:", "  - " + lines[0].strip(), *lines[1:]])


def one(**fields: str):
    return read("test.yaml", declared(**fields))[0]


def test_a_declaration_is_read_with_its_meaning():
    found = one(
        by="[sex, district]", sdg='["5.2"]', gcm="[7]", baseline="{on: 2024-01-01, value: 0}",
        target="{on: 2026-01-01, value: 40.5}",
    )  # fmt: skip
    assert (found.measure, found.source, found.by) == (
        Measure.PEOPLE, Source.JOURNEY, (Dimension.SEX, Dimension.DISTRICT),
    )  # fmt: skip
    assert found.where.services == ("visit.made",)
    assert found.target
    assert str(found.target.value) == "40.5"


@pytest.mark.parametrize(
    ("fields", "line", "reason"),
    [
        ({"measure": "persons"}, 7, "is none of"),
        ({"title": '{tg: "а", ru: "б", en: "c"}'}, 5, "'fa' is missing"),
        ({"where": "{services: [wagon.sent]}"}, 9, "knows no service"),
        ({"where": "{services: [wagon.*]}"}, 9, "knows no service"),
        ({"where": "{services: [visit.made], outcomes: [done]}"}, 9, "is none of"),
        ({"where": "{services: [visit.made], age: {from: 18, to: 3}}"}, 9, "nobody is 18 years or more and 3"),
        ({"where": "{services: [visit.made], age: {}}"}, 9, "`from`, `to` or both"),
        ({"where": "{services: [visit.made], channels: [radio]}"}, 9, "no field 'channels'"),
        ({"where": "{outcomes: [completed]}"}, 4, "which services count"),
        ({"where": "{services: []}"}, 9, "empty list"),
        ({"where": "{services: [visit.made, visit.made]}"}, 9, "twice"),
        ({"where": "{services: [survivor.supported]}"}, 4, "`sensitive: true`"),
        ({"sensitive": "true", "by": "[jamoat]"}, 4, "parted by no jamoat"),
        ({"measure": "share"}, 4, "`whole`"),
        ({"whole": "{services: [visit.made]}"}, 4, "`whole`"),
        ({"source": "reach", "where": "{}"}, 7, "counted from the journey only"),
        ({"source": "reach", "where": "{channels: [pigeon]}", "measure": "contacts"}, 9, "no channel 'pigeon'"),
        ({"measure": "contacts"}, 7, "`source: reach`"),
        ({"value": "quantity"}, 10, "has a value"),
        ({"measure": "sum", "value": "learners"}, 10, "has no 'learners'"),
        ({"per_person": "true"}, 10, "per person"),
        ({"by": "[channel]"}, 10, "cannot be parted by"),
        ({"by": "[sex, sex]"}, 10, "twice"),
        ({"ages": "decades"}, 10, "no age set"),
        ({"sdg": '["fifth"]'}, 10, "no target"),
        ({"gcm": "[24]"}, 10, "objectives 1 to 23"),
        ({"marker": "peace"}, 10, "is none of"),
        ({"frequency": "nightly"}, 10, "is none of"),
        ({"code": "People-visited"}, 4, "is no code"),
        ({"target": "{on: 2026-01-01, value: -1}"}, 10, "not negative"),
        ({"target": "{on: 2024-01-01, value: 1}", "baseline": "{on: 2025-01-01, value: 0}"}, 4, "in this order"),
        ({"colour": "red"}, 10, "no field 'colour'"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_refused_with_line_and_reason(fields, line, reason):
    with pytest.raises(DeclarationError) as refused:
        one(**fields)
    assert reason in refused.value.reason
    assert (refused.value.file, refused.value.line) == ("test.yaml", line)


def test_a_code_stands_once_and_parts_exist(tmp_path):
    (tmp_path / "a.yaml").write_text(declared(), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(declared(), encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"a\.yaml declares this code already"):
        load(tmp_path.glob("*.yaml"))
    (tmp_path / "b.yaml").write_text(declared(code="other", parts="[nowhere]"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="there is no indicator 'nowhere'"):
        load(tmp_path.glob("*.yaml"))


def test_the_published_results_are_all_declared():
    found = indicators()
    targets = {code: int(one.target.value) for code, one in found.items() if one.target}
    assert {
        "diploma_women": 45, "children_supported": 200, "women_supported": 290, "social_workers_trained": 80,
        "farmer_schools": 16, "junior_schools": 50, "women_farmers": 300, "junior_farmers": 851,
        "trainers_trained": 450, "financially_literate": 728, "campaign_contacts": 125_750,
        "protection_services": 2263, "survivors_supported": 500,
    }.items() <= targets.items()  # fmt: skip


def test_field_schools_of_children_are_never_counted_with_those_of_farmers():
    for one_of_them in indicators().values():
        services = one_of_them.where.services
        assert not {"learning.farmer_school_completed", "learning.junior_school_completed"} <= set(services)


def test_whoever_counts_survivors_is_sensitive_and_stays_above_the_district():
    counted = [one for one in indicators().values() if any(code.startswith("survivor.") for code in one.where.services)]
    assert counted
    for one_of_them in counted:
        assert one_of_them.sensitive
        assert not any(Dimension.JAMOAT in table for table in tables_of(one_of_them))


@pytest.mark.parametrize(
    ("years", "band"), [(0, "0-5"), (5, "0-5"), (6, "6-11"), (17, "12-17"), (18, "18-24"), (60, "60+"), (99, "60+")]
)
def test_an_age_falls_into_one_band(years, band):
    assert age_sets()["programme"].band(years) == band


def test_an_age_below_every_band_is_unknown():
    assert AgeSet("late", (15, 25)).band(14) == UNKNOWN


@pytest.mark.parametrize("starts", ["[]", "[1, 5]", "[0, 9, 5]", "[0, 5, 5]"])
def test_an_age_set_rises_from_nought(starts):
    content = f"source: a test\nsets:\n  - code: odd\n    title: {WORDS}\n    starts: {starts}\n"
    with pytest.raises(DeclarationError, match="rise"):
        read_age_sets("ages.yaml", content)
