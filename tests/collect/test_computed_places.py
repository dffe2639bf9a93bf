"""What a survey works out from a place tells nobody where a house stands: no table, picture or file holds it."""

from __future__ import annotations

import io
import json
import os
import re
import uuid
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from python_calamine import CalamineWorkbook

from paivand.access.models.identity import acting_as
from paivand.collect.models import SurveyAnswer
from paivand.collect.rules.computed_places import computed_from_places
from paivand.collect.rules.survey_drafts import drafted
from paivand.collect.rules.xforms import convert_form
from tests.collect.surveys import answered, in_use, workbook

HEADINGS = ["type", "name", "label", "calculation", "default", "trigger"]
PLACES: list[list[Any]] = [
    HEADINGS,
    ["geopoint", "gps", "Where is the house?"],
    ["geoshape", "plot", "Where is the plot?"],
    ["begin group", "house", "House"],
    ["text", "owner", "Whose is it?"],
    ["end group"],
]
TELLING = {
    "a text of the point": ["calculate", "x", "", "string(${gps})"],
    "a number of the point": ["calculate", "x", "", "selected-at(${gps}, 0)"],
    "how high it lies": ["calculate", "x", "", "selected-at(${gps}, 2)"],
    "a distance": ["calculate", "x", "", "round(distance(${gps}, '37.9 69.7 0 0'), 0)"],
    "the point kept once": ["calculate", "x", "", "once(${gps})"],
    "the point of the last form": ["calculate", "x", "", "${last-saved#gps}"],
    "a part of it asked of a list": ["calculate", "x", "", "pulldata('@geopoint-latitude', ${gps})"],
    "a text that begins with it": ["text", "x", "Note", "", "${gps}"],
    "a text written when it is taken": ["text", "x", "Note", "${gps}", "", "${gps}"],
    "a path of one's own": ["calculate", "x", "", "concat(/data/gps, '!')"],
    "a relative path": ["calculate", "x", "", "../gps"],
    "everything": ["calculate", "x", "", "concat(/data/*)"],
}
SILENT_ABOUT = {
    "the size of a plot": ["calculate", "x", "", "round(area(${plot}) div 10000, 2)"],
    "the length of its edge": ["calculate", "x", "", "distance(${plot})"],
    "how exact it is": ["calculate", "x", "", "selected-at(${gps}, 3)"],
    "whether it was taken": ["calculate", "x", "", "if(${gps} = '', 'none', 'taken')"],
    "another question": ["calculate", "x", "", "concat(${owner}, ' gps')"],
}


def computed(*rows: list[Any], survey: list[list[Any]] | None = None) -> frozenset[str]:
    made = convert_form(workbook(survey=[*(survey or PLACES), *rows]))
    return computed_from_places(made.xml)


@pytest.mark.parametrize("what", sorted(TELLING))
def test_what_tells_of_a_place_is_known(what: str):
    assert computed(TELLING[what]) == {"x"}


@pytest.mark.parametrize("what", sorted(SILENT_ABOUT))
def test_what_tells_nothing_of_where_it_lies_is_left_alone(what: str):
    assert computed(SILENT_ABOUT[what]) == frozenset()


def test_a_place_is_followed_through_other_questions_groups_and_repeats():
    rows = [
        HEADINGS,
        ["calculate", "last", "", "concat('at ', ${middle})"],
        ["calculate", "middle", "", "substr(${first}, 0, 9)"],
        ["calculate", "first", "", "string(${gps})"],
        ["begin repeat", "rooms", "Room"],
        ["begin group", "inner", "Inside"],
        ["geopoint", "gps", "Where?"],
        ["calculate", "here", "", "${gps}"],
        ["end group"],
        ["end repeat"],
        ["select_one ${gps}", "chosen", "Which one?"],
        ["calculate", "how_many", "", "count(${rooms})"],
        ["calculate", "second", "", "indexed-repeat(${gps}, ${rooms}, 2)"],
        ["calculate", "whole", "", "string(/data/rooms/inner)"],
    ]
    assert computed(survey=rows) == {
        "last", "middle", "first", "rooms/inner/here", "chosen", "second", "whole",
    }  # fmt: skip


SURVEY_WITH_TEXT = [
    [*HEADINGS, "label::Тоҷикӣ (tg)"],
    ["geopoint", "place", "Where is the house?"],
    ["calculate", "lat", "", "selected-at(${place}, 0)"],
    ["select_one roof", "roof", "What is the roof made of?"],
    ["begin repeat", "children", "Child"],
    ["text", "name", "Name"],
    ["calculate", "house", "", "concat(${lat}, ', ', ${name})"],
    ["end repeat"],
]
EXACT = "37.912345"
SENT: dict[str, Any] = {"lat": EXACT, "children": [{"name": "Ойгул", "house": f"{EXACT}, Ойгул"}]}


@pytest.fixture
def version(manija: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("paivand.collect.rules.xforms.java_present", lambda: False)
    return in_use(manija, workbook(survey=SURVEY_WITH_TEXT))


@pytest.mark.django_db
def test_nothing_worked_out_from_a_place_leaves_what_arrived(sign_in: Any, manija: Any, zarina: Any, version: Any):
    sent = answered(zarina, version, SENT)
    with acting_as(manija):
        row = SurveyAnswer.objects.get(submission=sent)
    assert (row.values["place"], row.parts["children"][0]["children/name"]) == ("37.912 69.785", "Ойгул")
    assert EXACT not in json.dumps([row.values, row.parts])
    browser, start = sign_in(manija), f"/surveys/{version.form_id}/"
    pages = ("answers/", "answers/?column=lat&column=roof", "answers/?part=children", f"answers/{row.pk}/", "charts/")
    for page in pages:
        told = browser.get(f"{start}{page}").content.decode()
        assert EXACT not in told
        assert not re.search(r">\s*lat\s*<", told)  # nor an empty column that nobody could explain
    for kind in ("xlsx", "csv", "geojson"):
        posted = {"kind": kind, "words": "codes", "language": "", "reason": "For the report on roofs, to the ministry"}
        file = b"".join(browser.post(f"{start}export/", posted).streaming_content)
        sheets = CalamineWorkbook.from_object(io.BytesIO(file)) if kind == "xlsx" else None
        said = (
            str([sheets.get_sheet_by_name(one).to_python() for one in sheets.sheet_names]) if sheets else file.decode()
        )
        assert EXACT not in said
        assert "37.912" in said


@pytest.mark.django_db
def test_who_uploads_such_a_survey_is_told(sign_in: Any, manija: Any, version: Any):
    address = f"/surveys/{version.form_id}/versions/{version.pk}/"
    assert "worked out from a place: stays sealed" in sign_in(manija).get(address).content.decode()
    draft = drafted("roofs.xlsx", workbook(survey=SURVEY_WITH_TEXT), {})
    found = [(one.row, one.column, one.hinders) for one in draft.findings if one.code == "place"]
    assert found == [(3, "D calculation", False), (7, "D calculation", False)]


@pytest.mark.parametrize("saving", [["geopoint", "x", "Where?"], ["calculate", "x", "", "string(${place})"]])
def test_no_place_is_saved_to_the_register(saving: list[Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("paivand.collect.rules.xforms.java_present", lambda: False)
    survey = [
        [*HEADINGS, "save_to"], ["geopoint", "place", "Where is the house?"],
        ["select_one_from_file families.csv", "family", "Which family?"],
        [*saving, *[""] * (6 - len(saving)), "village"],
    ]  # fmt: skip
    draft = drafted(
        "x.xlsx", workbook(survey=survey, entities=[["list_name", "entity_id"], ["families", "${family}"]]), {}
    )
    assert [(one.code, one.values["name"]) for one in draft.findings if one.hinders] == [("place_saved", "x")]


def test_surveys_that_were_here_before_lose_what_they_worked_out(django_db_setup: Any):
    version, survey, row = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    xml = convert_form(workbook(survey=SURVEY_WITH_TEXT)).xml.decode()
    values = {"lat": EXACT, "roof": "tin"}
    parts = {"children": [{"#": "1", "children/name": "Ойгул", "children/house": EXACT}, {"#": "2"}]}
    # The owner of the tables migrates, and these tables of his own stand before those of the program.
    with psycopg.connect(os.environ["DATABASE_URL"]) as owner:
        owner.execute("create temp table collect_form (id uuid, kind text)")
        owner.execute("create temp table collect_formversion (like public.collect_formversion including defaults)")
        owner.execute("create temp table collect_surveyanswer (like public.collect_surveyanswer)")
        owner.execute("create temp table collect_surveyfile (like public.collect_surveyfile)")
        for table, column in owner.execute(
            "select table_name, column_name from information_schema.columns "
            "where table_schema like 'pg_temp%' and is_nullable = 'NO'"
        ).fetchall():
            owner.execute(f'alter table pg_temp.{table} alter "{column}" drop not null')
        owner.execute("insert into collect_form values (%s, 'survey')", [survey])
        owner.execute(
            "insert into collect_formversion (id, form_id, version, xml, questions) values (%s, %s, 1, %s, %s)",
            [version, survey, xml, json.dumps([{"path": "lat"}, {"path": "roof"}, {"path": "children/house"}])],
        )
        owner.execute(
            'insert into collect_surveyanswer (id, form_version_id, version, "values", parts) '
            "values (%s, %s, 1, %s, %s)",
            [row, version, json.dumps(values), json.dumps(parts)],
        )
        owner.execute(
            "insert into collect_surveyfile (id, survey_id, version, state) values (%s, %s, 1, 'done')", [row, survey]
        )
        migration = import_module("paivand.collect.migrations.0012_what_is_worked_out_from_places")
        migration.seal(None, SimpleNamespace(connection=owner))
        [(told, lines)] = owner.execute('select "values", parts from collect_surveyanswer').fetchall()
        [(questions,)] = owner.execute("select questions from collect_formversion").fetchall()
        [(state,)] = owner.execute("select state from collect_surveyfile").fetchall()
    assert (told, lines) == ({"roof": "tin"}, {"children": [{"#": "1", "children/name": "Ойгул"}, {"#": "2"}]})
    assert {one["path"] for one in questions if one.get("place")} == {"lat", "children/house"}
    assert state == "failed"
