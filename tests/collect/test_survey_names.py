"""Answers read as people write: families by their code, people by their name for who may see them, days and times."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.utils import translation

from paivand.access.models.identity import acting_as
from paivand.collect.models import SurveyAnswer
from paivand.collect.queries.survey_names import named
from paivand.collect.rules.survey_export import FileKind, Words
from paivand.collect.templatetags.surveys import told
from paivand.core.rules.writing import writing
from tests.cast import fresh
from tests.collect.surveys import HEADINGS, answered, in_use, workbook
from tests.collect.test_survey_answers import exported

pytestmark = pytest.mark.django_db
SURVEY: list[list[Any]] = [
    HEADINGS,
    ["today", "today", "", ""],
    ["select_one_from_file families.csv", "family", "Which family?", "Кадом оила?"],
    ["text", "wish", "What do you wish?", "Чӣ мехоҳед?"],
    ["begin repeat", "members", "Member", "Аъзо"],
    ["select_one_from_file people.csv", "who", "Who?", "Кӣ?"],
    ["end repeat"],
]


@pytest.fixture
def version(manija: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("paivand.collect.rules.xforms.java_present", lambda: False)
    return in_use(manija, workbook(survey=SURVEY))


def pages(browser: Any, version: Any, key: Any) -> dict[str, str]:
    start = f"/surveys/{version.form_id}/"
    asked = ("answers/", "answers/?part=members", f"answers/{key}/", "charts/")
    return {page: browser.get(f"{start}{page}").content.decode() for page in asked}


def test_families_and_people_are_named_for_who_may_see_them(
    sign_in: Any, manija: Any, zarina: Any, family: Any, version: Any
):
    head = family.head
    gone = "aa9b5482-6b9e-4000-8000-000000000000"
    sent = answered(zarina, version, {"family": str(family.pk), "members": [{"who": str(head.pk)}]})
    later = answered(zarina, version, {"family": str(family.pk), "members": []})
    with acting_as(zarina), writing("a test"):
        row = SurveyAnswer.objects.get(submission=later)
        row.values["family"] = gone  # registered elsewhere since
        row.save()
    with acting_as(manija):
        key = SurveyAnswer.objects.get(submission=sent).pk
    found = pages(sign_in(manija), version, key)
    assert not [page for page, words in found.items() if str(family.pk) in words or str(head.pk) in words]
    for page in ("answers/", f"answers/{key}/", "charts/"):
        assert family.code in found[page]
        assert head.full_name not in found[page]  # she checks figures, without names
    assert "a family" in found["answers/"]
    assert gone not in found["answers/"] + found["charts/"]
    assert "a person" in found["answers/?part=members"]
    [second, first] = csv.DictReader(io.StringIO(exported(manija, version, FileKind.CSV).decode("utf-8-sig")))
    assert (first["Кадом оила?"], second["Кадом оила?"]) == (family.code, "a family")
    codes = csv.DictReader(io.StringIO(exported(manija, version, FileKind.CSV, Words.CODES).decode("utf-8-sig")))
    assert [row["family"] for row in codes] == [gone, str(family.pk)]  # for statistics: who is who, and nobody's name


def test_whoever_sees_names_reads_code_and_name(zarina: Any, farrukh: Any, family: Any, version: Any):
    answers = {"family": [str(family.pk)], "members/who": [str(family.head.pk)]}
    told_to = {}
    for by in (zarina, farrukh):
        with acting_as(by):
            found = named(fresh(by), version.questions, answers)
        chosen = [one["choices"] for one in found if one["path"] in answers]
        told_to[by.username] = [label[""] for labels in chosen for label in labels.values()]
    assert told_to[zarina.username] == [f"{family.code} · {family.head.full_name}", family.head.full_name]
    assert told_to[farrukh.username] == ["a family", "a person"]  # he works elsewhere


@pytest.mark.parametrize(
    ("kind", "value", "language", "words"),
    [
        ("time", "10:05:00.000+05:00", "en", "10:05"),
        ("time", "10:05:00.000+05:00", "fa", "۱۰:۰۵"),
        ("date", "2026-11-01", "en", "1 November 2026"),
        ("today", "2026-11-01", "ru", "1 ноября 2026"),
        ("datetime", "2026-11-01T10:00:00.000+05:00", "en", "1 November 2026, 10:00"),
        ("start", "2026-11-01T05:00:00.000Z", "en", "1 November 2026, 10:00"),
        ("datetime", "some day", "en", "some day"),
        ("time", "late", "en", "late"),
        ("date", "", "en", ""),
        ("datetime", "9999-12-31T23:59:59-12:00", "en", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_days_and_times_stand_as_people_write_them(kind: str, value: str, language: str, words: str):
    with translation.override(language):
        assert told({"type": kind}, value) == words


def test_a_long_text_is_cut_in_the_table_and_whole_on_its_page(sign_in: Any, manija: Any, zarina: Any, version: Any):
    sent = answered(zarina, version, {"wish": f"begins {'word ' * 8000}ends"})
    with acting_as(manija):
        key = SurveyAnswer.objects.get(submission=sent).pk
    found = pages(sign_in(manija), version, key)
    assert "begins" in found["answers/"]
    assert "ends" not in found["answers/"].partition("begins")[2].partition("</td>")[0]
    assert "word ends" in found[f"answers/{key}/"]
