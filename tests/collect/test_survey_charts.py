"""Pictures of answers: what a bar holds, what is left out of it, and that it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from paivand.collect.rules.survey_tallies import Counted, lumps, numbers
from paivand.collect.templatetags.surveys import chart
from paivand.core.rules.pictures import Drawing
from tests.collect.surveys import answered, in_use, workbook

NUMBER = {"type": "decimal", "label": {}, "name": "area", "path": "area"}


@pytest.fixture
def without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """ODK Validate takes a second for each form."""
    monkeypatch.setattr("paivand.collect.rules.xforms.java_present", lambda: False)


def drawn(tally: dict[str, int], *, totals: bool = False, **question: Any) -> Drawing:
    with translation.override("en"):
        found = chart(NUMBER | question, Counted(sum(tally.values()), tally), "q", totals=totals)
    assert found
    return found


def labels(drawing: Drawing) -> list[str]:
    return [row[0].told for row in drawing.table.rows]


def test_a_bar_of_numbers_with_fractions_is_named_by_both_its_ends():
    assert labels(drawn({"1.5": 1})) == ["1–2"]
    assert labels(drawn({"1.5": 1, "3": 2, "9": 1}))[:3] == ["1–2", "2–3", "3–4"]
    assert labels(drawn({"1": 1, "3": 2})) == ["1", "2", "3"], "whole numbers stand for themselves"
    found = numbers({"1.5": 5, "9.5": 6})
    assert found
    assert [one.high for one in lumps(found)] == [2, None]


def test_answers_that_are_no_number_are_counted_beside_the_bars():
    said = drawn({"1.5": 1, "abc": 1, "NaN": 1, "1e400": 1, "9" * 20: 2}).words
    assert said.startswith("1 answer. From 1.5 to 1.5")
    assert said.endswith("5 more cannot be read as numbers.")
    assert "cannot be read" not in drawn({"1.5": 1}).words


def test_who_sees_totals_only_learns_no_small_number_of_unread_answers():
    of_many = {"1": 6, "9": 7}
    few, many = (drawn({**of_many, "abc": n}, totals=True).words for n in (3, 8))
    assert few == "13 answers. A few more cannot be read as numbers."
    assert many == "13 answers. 8 more cannot be read as numbers."


@pytest.mark.django_db
@pytest.mark.usefixtures("without_java")
def test_a_question_whose_answers_cannot_be_drawn_was_answered(sign_in: Any, manija: Any, zarina: Any):
    version = in_use(manija)
    address = f"/surveys/{version.form_id}/charts/"
    assert "Not answered yet." in sign_in(manija).get(address).content.decode()
    answered(zarina, version, {"rooms": "many", "children": []})
    answered(zarina, version, {"rooms": "NaN", "children": []})
    page = sign_in(manija).get(address).content.decode()
    assert "2 answers. None of them can be drawn" in page


def test_an_endless_word_is_shortened_above_its_bar_and_in_the_words():
    drawing = drawn({"a" * 100_000: 2, "bridge": 1}, type="text")
    assert labels(drawing) == ["a" * 23 + "…", "bridge"]
    assert len(drawing.words) < 200
    assert len(drawing.narrow.inside("q")) < 5_000


@pytest.mark.django_db
@pytest.mark.usefixtures("without_java")
def test_an_endless_word_breaks_within_its_cell(sign_in: Any, manija: Any, zarina: Any):
    version = in_use(manija, workbook(settings=[["form_title", "form_id"], ["T" * 200, "roofs"]]))
    answered(zarina, version, {"wish": "w" * 1_000})
    style = Path("frontend/src/pages/field_surveys.css").read_text(encoding="utf-8")
    for address, name in (("/surveys/", "survey-name"), (f"/surveys/{version.form_id}/answers/", "survey-cells")):
        assert name in sign_in(manija).get(address).content.decode()
        assert "overflow-wrap: anywhere;" in style.partition(f".{name}")[2].partition("}")[0]
