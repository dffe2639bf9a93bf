"""Taking results out: what each file gathers from the tables, who may take it, and what the audit keeps."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from paivand.access.models import AuditEvent, User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.evidence.actions.exports import export_results
from paivand.evidence.queries.outward import gathering, made
from paivand.evidence.rules.asking import Ask, Key
from paivand.evidence.rules.indicators import Dimension, Indicator
from paivand.evidence.rules.outward.wanted import ABOUT, Format, Made, Wanted
from paivand.evidence.rules.telling import Hidden, Shown, Told, tables_of
from tests.evidence.test_iati import schema
from tests.programme.planning import founded, spent

FRESH = datetime(2026, 11, 20, 9, tzinfo=UTC)
CODE = "JP-2021"
KULOB, DUSTI = "TJ-KT-02", "TJ-KT-20"
PARTS: dict[Key, Told] = {
    (): Told(40),
    (("sex", "female"),): Told(37),
    (("sex", "male"),): Told(None, Hidden.SMALL),
    (("age", "12-17"),): Told(10),
    (("age", "18-24"),): Told(30, Hidden.HELD),
    (("district", KULOB),): Told(28),
    (("district", DUSTI),): Told(12),
    (("sex", "female"), ("district", KULOB)): Told(25),
    (("sex", "male"), ("district", KULOB)): Told(None, Hidden.SMALL),
    (("age", "12-17"), ("district", KULOB)): Told(8),
    (("age", "18-24"), ("district", KULOB)): Told(20),
    (("age", "18-24"), ("district", DUSTI)): Told(None, Hidden.FURTHER),
    (("month", "2026-10"),): Told(40),
}


@pytest.fixture
def manager(db: None) -> User:
    with for_purpose("sign-in"):
        return User.objects.select_related("agency", "team").get(username="manager")


@pytest.fixture
def programme(manager: User, admin: User) -> Any:
    return founded(manager, admin)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Ask, bool]]:
    """Figures as they could be shown, and every question that was put."""
    questions: list[tuple[Ask, bool]] = []

    def shown(by: User, indicators: Sequence[Indicator], ask: Ask, *, leaving: bool = False) -> dict[str, Shown]:
        questions.append((ask, leaving))
        told = {}
        for one in indicators:
            offered = [{str(dimension) for dimension in table} for table in ((), *tables_of(one))]
            cells = {key: cell for key, cell in PARTS.items() if {name for name, _value in key} in offered}
            told[one.code] = Shown(one, ask, cells, FRESH, tables_of(one))
        return told

    monkeypatch.setattr(gathering, "shown", shown)
    return questions


def taken(who: User, format_: Format, /, **changes: Any) -> Made:
    with acting_as(who):
        return made(who, Wanted(**{"format": format_, "programme": CODE, **changes}))


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("format_", [one for one in Format if one not in {Format.DHIS2, Format.ADX}])
@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_format_is_made_in_the_language_asked_for(
    programme: Any, manager: User, format_: Format, language: str
) -> None:
    found = taken(manager, format_, language=language, by=(Dimension.SEX,) if ABOUT[format_].parted else ())
    assert found.n_rows > 0
    assert found.name.endswith(f".{ABOUT[format_].ending}")
    assert found.content


def test_figures_that_leave_are_asked_for_as_leaving(
    programme: Any, manager: User, asked: list[tuple[Ask, bool]]
) -> None:
    for format_ in Format:
        taken(manager, format_, first=date(2026, 10, 1), last=date(2026, 10, 31))
    assert len(asked) == len(Format) - 1
    assert all(leaving for _ask, leaving in asked)


def test_the_workbook_holds_goals_parts_and_the_budget_of_the_programme(programme: Any, manager: User) -> None:
    found = taken(manager, Format.WORKBOOK, by=(Dimension.SEX, Dimension.DISTRICT))
    book = CalamineWorkbook.from_filelike(io.BytesIO(found.content))
    assert book.sheet_names == ["Results", "Sex", "District", "Together", "Budget", "Notes"]
    rows = book.get_sheet_by_name("Results").to_python(skip_empty_area=False)
    row = next(row for row in rows if row[0] == "social_workers_trained")
    assert (row[3], row[5], row[7], row[8]) == (0, 80, 40, 0.5)
    assert "2026-10" in rows[0]
    named = book.get_sheet_by_name("District").to_python(skip_empty_area=False)[0]
    assert named[2:4] == ["Kulob", "Dusti"]
    budget = book.get_sheet_by_name("Budget").to_python(skip_empty_area=False)
    assert [row[-4] for row in budget if row[1] == "Total"] == [2_200_000]


def test_ages_stand_in_the_order_of_years(programme: Any, manager: User) -> None:
    names = gathering.categories_of([(("age", one),) for one in ("6-11", "60+", "unknown", "12-17", "0-5")], "en")
    assert [code for _dimension, code in names] == ["0-5", "6-11", "12-17", "60+", "unknown"]


def test_a_held_figure_leaves_with_its_flag_and_a_hidden_one_empty(programme: Any, manager: User) -> None:
    rows = rows_of(taken(manager, Format.TABLE, by=(Dimension.SEX, Dimension.AGE)).content)
    told = {(row["sex"], row["age"]): (row["actual"], row["hidden"]) for row in rows if row["code"] == "legal_services"}
    assert told["all", "18-24"] == ("30", "held")
    assert told["male", "all"] == ("", "small")


def test_what_is_not_offered_is_listed(programme: Any, manager: User) -> None:
    found = taken(manager, Format.TABLE, by=(Dimension.SEX, Dimension.AGE, Dimension.DISABILITY))
    assert any(one.what.startswith("survivors_supported") for one in found.left_out)
    assert found.left_out[-1].what == "Sex, Age, Disability"


def test_open_data_has_a_row_for_every_shown_or_hidden_figure(programme: Any, manager: User) -> None:
    found = taken(manager, Format.OPEN_DATA, by=(Dimension.SEX,), first=date(2026, 1, 1))
    packed = zipfile.ZipFile(io.BytesIO(found.content))
    rows = rows_of(packed.read("data.csv"))
    assert len(rows) == found.n_rows
    assert sum(row["suppressed"] == "true" for row in rows) == found.n_hidden > 0
    assert {row["period_start"] for row in rows} == {"2026-01-01"}


def test_dhis2_gets_a_value_for_each_period_and_a_list_of_what_is_left_out(
    programme: Any, manager: User, asked: list[tuple[Ask, bool]]
) -> None:
    found = taken(manager, Format.DHIS2, first=date(2026, 7, 1), last=date(2026, 10, 31))
    values = json.loads(found.content)["dataValues"]
    assert {one["period"] for one in values} == {"202607", "202608", "202609", "202610"}
    assert len(asked) == 4
    assert {"dataElement": "PVD_LEGAL_SEX", "period": "202610", "orgUnit": KULOB, "categoryOptionCombo": "F",
            "value": "25"} in values  # fmt: skip
    what = {one.what for one in found.left_out}
    assert "families_registered" in what
    assert f"legal_services · 2026-10 · male · {KULOB}" in what
    assert found.n_hidden > 0


def test_adx_of_a_quarter_holds_the_same(programme: Any, manager: User) -> None:
    time = {"first": date(2026, 7, 1), "last": date(2026, 9, 30), "months": 3}
    root = etree.fromstring(taken(manager, Format.ADX, **time).content)
    values = json.loads(taken(manager, Format.DHIS2, **time).content)["dataValues"]
    assert {group.get("period") for group in root} == {"2026-07-01/P3M"}
    assert sorted(one.get("value") for group in root for one in group) == sorted(one["value"] for one in values)


def test_the_5w_names_places_and_hides_what_is_hidden(programme: Any, manager: User) -> None:
    rows = list(csv.reader(io.StringIO(taken(manager, Format.FIVE_W_CSV).content.decode("utf-8-sig"))))
    told = [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]
    legal = {row["#adm2+name"]: row for row in told if row["#meta+id"].startswith(f"{CODE}-legal_services")}
    kulob = legal["Kulob"]
    assert (kulob["#reached+ind"], kulob["#reached+f"], kulob["#reached+m"]) == ("28", "25", "")
    assert (kulob["#reached+adults"], kulob["#reached+children"]) == ("20", "8")
    assert "Men and boys reached" in kulob["#meta+suppressed"]
    assert (kulob["#adm1+name"], kulob["#activity+project+code"]) == ("Khatlon", CODE)
    assert legal["Dusti"]["#reached+adults"] == ""
    women = next(row for row in told if "women_supported" in row["#meta+id"] and row["#adm2+name"] == "Kulob")
    assert (women["#reached+f"], women["#reached+m"]) == ("28", "0")
    assert sum(bool(row["#targeted+ind"]) for row in told if "women_supported" in row["#meta+id"]) == 1


def test_the_calendar_has_milestones_and_report_days(programme: Any, manager: User) -> None:
    lines = taken(manager, Format.CALENDAR).content.decode().replace("\r\n ", "").split("\r\n")
    days = {line.partition(":")[2] for line in lines if line.startswith("DTSTART")}
    assert {"20220331", "20220430"} <= days or {f"{year}0331" for year in range(2022, 2030)} & days
    assert any(line.startswith("SUMMARY;LANGUAGE=en:JP-2021") for line in lines)
    inside = taken(manager, Format.CALENDAR, first=date(1999, 1, 1), last=date(1999, 12, 31))
    assert inside.n_rows == 0


def test_the_activity_is_valid_and_tells_partners_money_and_results(programme: Any, manager: User) -> None:
    spent(manager, programme, spent_on=date(2022, 5, 10))
    spent(manager, programme, spent_on=date(2022, 5, 20))
    found = taken(manager, Format.IATI, by=(Dimension.SEX, Dimension.DISTRICT))
    assert [one.said() for one in found.findings] == []
    tree = etree.fromstring(found.content)
    schema().assertValid(tree)
    one = tree[0]
    assert {org.get("role") for org in one.findall("participating-org")} >= {"1", "4"}
    assert sum(float(value.text) for value in one.findall("budget/value")) == 2_200_000
    (transaction,) = one.findall("transaction")
    assert transaction.findtext("value") == "3000.00"
    assert "Қубурҳои обёрии қатрагӣ" not in found.content.decode()
    assert {tag.get("vocabulary") for tag in one.findall("tag")} == {"2", "3", "99"}
    legal = next(each for each in one.iter("indicator") if each.find("reference").get("code") == "legal_services")
    values = [
        (point.get("value"), [each.get("value") for each in point.findall("dimension")])
        for point in legal.findall("period/actual")
    ]
    assert ("40", []) in values
    assert ("37", ["female"]) in values
    assert not any("male" in by for _value, by in values)
    assert "2 parts are not shown" in legal.find("period/actual/comment/narrative").text
    assert [place.get("ref") for place in legal.findall("period/actual/location")].count(KULOB) == 2


def test_the_file_leaves_only_without_errors_and_the_event_keeps_its_fingerprint(programme: Any, manager: User) -> None:
    wanted = Wanted(Format.TABLE, CODE, by=(Dimension.SEX,))
    with acting_as(manager):
        found = made(manager, wanted)
        export_results(wanted=wanted, made=found, by=manager)
        event = AuditEvent.objects.filter(event="results.export").latest("id")
    assert event.outcome == "done"
    assert event.detail["sha256"] == hashlib.sha256(found.content).hexdigest()
    assert (event.detail["format"], event.detail["rows"], event.detail["dimensions"]) == (
        "table",
        found.n_rows,
        ["sex"],
    )


def test_an_activity_that_breaks_a_rule_stays_and_says_where(programme: Any, manager: User) -> None:
    programme.iati_identifier = programme.reporting_ref = ""
    wanted = Wanted(Format.IATI, CODE)
    found = Made("x.xml", "application/xml", b"<x/>", 3, findings=_broken())
    with acting_as(manager), pytest.raises(Refused, match="no IATI identifier") as refused:
        export_results(wanted=wanted, made=found, by=manager)
    assert refused.value.code == "ruleset"
    with acting_as(manager):
        assert AuditEvent.objects.filter(event="results.export").latest("id").outcome == "refused"


def _broken() -> tuple[Any, ...]:
    from paivand.evidence.rules.outward.iati_checks import findings
    from tests.evidence.programme_abroad import TODAY, activity

    return tuple(findings(activity(identifier=""), TODAY))


def test_an_empty_file_does_not_leave(manager: User) -> None:
    with acting_as(manager), pytest.raises(Refused) as refused:
        export_results(wanted=Wanted(Format.CALENDAR), made=Made("x", "y", b"", 0), by=manager)
    assert refused.value.code == "empty"


def test_who_only_sees_results_takes_none_out(zarina: User) -> None:
    with acting_as(zarina), pytest.raises(WithoutRightError):
        export_results(wanted=Wanted(Format.TABLE), made=Made("x", "y", b"", 1), by=zarina)


PATH = "/results/export/"


def test_the_page_asks_then_shows_then_gives_the_file(programme: Any, manager: User, sign_in: Any) -> None:
    browser = sign_in(manager)
    assert b"See what it will hold" in browser.get(PATH).content
    question = {"format": "table", "programme": CODE, "by": ["sex"], "months": "1", "language": "en"}
    page = browser.get(PATH, question)
    assert page.status_code == 200
    assert b"Take the file" in page.content
    assert b'name="by" value="sex"' in page.content
    answer = browser.post(PATH, question)
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    assert b"legal_services" in answer.content


def test_the_page_shows_errors_of_the_standard_and_keeps_the_file(
    programme: Any, manager: User, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paivand.evidence.queries.outward.aid.findings", lambda told, today: _broken())
    browser = sign_in(manager)
    question = {"format": "iati", "programme": CODE, "months": "1", "language": "en"}
    page = browser.get(PATH, question).content.decode()
    assert "The activity has no IATI identifier." in page
    assert "rule" in page
    assert "1.1.1" in page
    assert "Take the file" not in page
    answer = browser.post(PATH, question)
    assert answer.status_code == 422
    assert "breaks rules of its standard" in answer.content.decode()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"format": "iati"}, "about one programme"),
        ({"format": "dhis2"}, "whole months"),
        ({"format": "dhis2", "first": "2026-01-02", "last": "2026-01-30"}, "No whole period"),
        ({"format": "dhis2", "first": "2024-01-01", "last": "2026-01-31"}, "That is 25 periods"),
        ({"format": "table", "first": "2026-02-01", "last": "2026-01-01"}, "ends before it begins"),
        ({"format": "table", "as_of": "2999-01-01"}, "not known yet"),
        ({"format": "table", "by": ["sex", "age", "district", "tie"]}, "at most 3"),
        ({"format": "poem"}, "poem"),
    ],
)
def test_what_cannot_be_asked_is_said(manager: User, sign_in: Any, question: dict[str, Any], words: str) -> None:
    page = sign_in(manager).get(PATH, question)
    assert page.status_code == 422
    assert words in page.content.decode()


def test_with_figures_that_are_really_counted_every_format_is_made(
    programme: Any, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from paivand.evidence.queries.shown import shown

    monkeypatch.setattr(gathering, "shown", shown)
    for format_ in Format:
        time = {"first": date(2026, 10, 1), "last": date(2026, 10, 31)} if ABOUT[format_].by_periods else {}
        found = taken(manager, format_, by=(Dimension.SEX,) if ABOUT[format_].parted else (), **time)
        assert found.content, format_
        assert not any(finding.severity == "error" for finding in found.findings), format_
