"""Answers of a survey, field by field: in the table, in pictures, on the map and in files; and nobody else's."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from python_calamine import CalamineWorkbook

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.collect.actions import surveys as uploads
from paivand.collect.actions.survey_exports import Wanted, export_answers
from paivand.collect.models import EntityChange, SurveyAnswer
from paivand.collect.queries import survey_answers as queries
from paivand.collect.queries import survey_counts
from paivand.collect.queries.survey_counts import Asked, counts
from paivand.collect.rules.flattening import key_of
from paivand.collect.rules.survey_export import FileKind, Words
from paivand.collect.rules.survey_filters import AnswerFilter
from paivand.collect.rules.survey_tallies import Counted, Weeks, numbers, weeks
from paivand.collect.templatetags.surveys import chart
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.core.rules.pictures import Drawing
from paivand.registry.models import Family
from tests.cast import DUSTI, fresh
from tests.collect.surveys import HEADINGS, SURVEY, answered, counted_for, for_all_agencies, in_use, workbook
from tests.methods.photographs import jpeg

pytestmark = pytest.mark.django_db
REASON = "For the report on roofs, to the ministry"


@pytest.fixture(autouse=True)
def without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """ODK Validate takes a second for each form."""
    monkeypatch.setattr("paivand.collect.rules.xforms.java_present", lambda: False)


@pytest.fixture
def version(manija: Any) -> Any:
    return in_use(manija)


def rows(by: Any, version: Any, asked: AnswerFilter | None = None, **more: Any) -> list[SurveyAnswer]:
    with acting_as(by):
        return list(queries.answers(fresh(by), version.form, asked or AnswerFilter(), **more).rows)


def test_every_answer_stands_in_its_column(manija: Any, zarina: Any, version: Any):
    answered(zarina, version)
    [row] = rows(manija, version)
    assert row.values == {
        "today": "2026-11-20", "roof": "tin", "needs": "water light", "rooms": "3", "wish": "Пул аз болои дарё",
        "place": "37.912 69.785",
    }  # fmt: skip
    assert row.parts == {
        "children": [
            {"#": "1", "children/name": "Ойгул", "children/age": "9"},
            {"#": "2", "children/name": "Шодӣ", "children/age": "12"},
        ]
    }
    assert (row.answered_on, row.owner_id, row.n_edits) == (date(2026, 11, 20), zarina.pk, 0)


def test_a_survey_corrects_the_family_that_it_declares_with_the_right_of_the_worker(
    manija: Any, zarina: Any, tahmina: Any, family: Any
):
    asked = [
        *SURVEY, ["select_one_from_file families.csv", "family", "Family", "Оила"],
        ["text", "village", "Village", "Деҳа", "", "", "village"],
    ]  # fmt: skip
    declared = [["list_name", "entity_id", "create_if", "label"], ["families", "${family}"]]
    version = in_use(manija, workbook(survey=asked, entities=declared))
    with acting_as(zarina):
        before = Family.objects.get(pk=family.pk)
    entity = f'<entity dataset="families" id="{family.pk}" update="1" baseVersion="{before.version}"/>'
    told = {"family": family.pk, "village": "Сарчашма"}
    answered(zarina, version, told, entity=entity)
    with acting_as(zarina):
        after = Family.objects.get(pk=family.pk)
        [change] = EntityChange.objects.filter(family=family)
    assert (after.village, change.conflict) == ("Сарчашма", "")
    assert rows(manija, version)[0].values["village"] == "Сарчашма"
    # A trainer may fill the survey in, and may not change a family: it waits, and nothing is changed.
    answered(tahmina, version, told | {"village": "Ҷойи дигар"}, entity=entity, comes="mend")
    with acting_as(zarina):
        assert Family.objects.get(pk=family.pk).village == "Сарчашма"
    assert len(rows(manija, version)) == 1


def test_an_edit_takes_the_place_of_what_it_edits(manija: Any, zarina: Any, version: Any):
    first = answered(zarina, version)
    answered(zarina, version, {"rooms": "5"}, edits=first)
    [row] = rows(manija, version)
    assert (row.values["rooms"], row.n_edits) == ("5", 1)


def test_a_phone_with_a_wrong_clock_is_not_believed(manija: Any, zarina: Any, version: Any):
    answered(zarina, version, {"today": "2091-01-01"})
    [row] = rows(manija, version)
    assert row.answered_on.year < 2091


def test_answers_are_filtered_by_day_district_worker_version_and_choice(
    manija: Any, zarina: Any, farrukh: Any, version: Any
):
    for_all_agencies(manija, version)
    answered(zarina, version)
    answered(farrukh, version, {"today": "2026-11-25", "roof": "clay", "needs": "light"})
    assert len(rows(manija, version)) == 2

    def only(**asked: Any) -> str:
        [row] = rows(manija, version, AnswerFilter(**asked))
        return row.values["roof"]

    assert only(since=date(2026, 11, 21)) == "clay"
    assert only(until=date(2026, 11, 21)) == "tin"
    assert only(district=DUSTI) == "clay"
    assert only(worker=zarina.pk) == "tin"
    assert only(question="roof", answer="clay") == "clay"
    assert only(question="needs", answer="water") == "tin"
    assert len(rows(manija, version, AnswerFilter(question="needs", answer="light"))) == 2
    assert rows(manija, version, AnswerFilter(form_version=manija.pk)) == []


def test_pages_go_on_from_a_key(manija: Any, zarina: Any, version: Any):
    for n in range(5):
        answered(zarina, version, {"rooms": str(n)})
    with acting_as(manija):
        by = fresh(manija)
        first = queries.answers(by, version.form, AnswerFilter(), size=3)
        second = queries.answers(by, version.form, AnswerFilter(), size=3, after=first.after or "")
    assert [row.values["rooms"] for row in (*first.rows, *second.rows)] == ["4", "3", "2", "1", "0"]
    assert (first.more, second.more) == (True, False)


def test_answers_lie_within_the_reach_of_who_reads_them(
    zarina: Any, farrukh: Any, nasiba: Any, second_monitor: Any, version: Any, manija: Any
):
    answered(zarina, version)
    for stranger in (farrukh, nasiba):
        assert rows(stranger, version) == []
        with acting_as(stranger):
            assert not SurveyAnswer.objects.exists()
    with acting_as(second_monitor), pytest.raises(OutsideScopeError):
        export_answers(
            survey=version.form, wanted=Wanted(FileKind.CSV, AnswerFilter()), reason=REASON, into=io.BytesIO(),
            by=fresh(second_monitor),
        )  # fmt: skip
    with acting_as(zarina):
        assert SurveyAnswer.objects.count() == 1  # her own


def charts(by: Any, version: Any, *, totals: bool) -> dict[str, Drawing | None]:
    with acting_as(by), translation.override("en"):
        questions = queries.questions_of(version.form)
        tallies = counts(fresh(by), version.form, Asked(AnswerFilter(), tuple(map(key_of, questions))), questions).told
        return {key_of(one): chart(one, tallies[key_of(one)], "q", totals=totals) for one in questions}


def told(drawing: Drawing | None) -> list[tuple[str, Any]]:
    assert drawing is not None
    return [(row[0].told, row[1].raw) for row in drawing.table.rows]


def test_each_question_has_its_picture(manija: Any, zarina: Any, version: Any):
    answered(zarina, version)
    answered(zarina, version, {"roof": "clay", "needs": "light", "rooms": "5", "today": "2026-11-25"})
    found = charts(manija, version, totals=False)
    assert told(found["roof"]) == [("Tin", 1), ("Clay", 1)]
    assert told(found["needs"]) == [("Water", 1), ("Light", 2)]
    assert told(found["rooms"]) == [("3", 1), ("4", 0), ("5", 1)]
    assert told(found["children/age"])[0] == ("9", 2)
    assert ("дарё", 2) in told(found["wish"])
    assert [n for _week, n in told(found["today"])] == [1, 1]
    assert found["photo"] is None


def test_a_wrong_clock_hides_nobody_else(sign_in: Any, manija: Any, zarina: Any, version: Any):
    for today in ("2026-11-20", "2026-11-20", "2026-11-25", "2099-01-01", "1970-01-01"):
        answered(zarina, version, {"today": today})
    page = sign_in(manija).get(f"/surveys/{version.form_id}/charts/").content.decode()
    assert "5 answers. 2 of them lie outside of these weeks." in page
    assert "2098" not in page
    assert [n for _week, n in told(charts(manija, version, totals=False)["today"])] == [2, 1]


def test_the_year_with_most_answers_is_drawn_and_few_outside_of_it_are_not_counted_out():
    told_of = {"2026-11-16": 7, "2026-11-23": 9, "2028-01-03": 1, "2012-05-05": 1, "some day": 1, "2150-01-01": 1}
    found = weeks(told_of)
    assert found == Weeks(((date(2026, 11, 16), 7), (date(2026, 11, 23), 9)), outside=4)
    assert weeks({"2026-11-16": 1, "2028-01-03": 1}).drawn == ((date(2028, 1, 3), 1),)
    assert weeks({"some day": 2}) == Weeks((), 2)
    drawing = chart({"type": "date", "label": {}, "name": "day"}, Counted(20, told_of), "q", totals=True)
    assert told(drawing) == [("16 November 2026", ""), ("23 November 2026", 9)]  # one hides the few
    assert drawing is not None
    assert "A few of them lie outside" in drawing.words


def test_who_sees_totals_only_sees_no_small_count(manija: Any, everyone: Any, zarina: Any, version: Any):
    manager = everyone["manager"]
    for roof in ("tin", "tin", "tin", "tin", "tin", "tin", "clay"):
        answered(zarina, version, {"roof": roof, "rooms": "3", "wish": "water" if roof == "tin" else "secret"})
    assert rows(manager, version) == []
    found = charts(manager, version, totals=True)
    assert told(found["roof"]) == [("Tin", ""), ("Clay", "")]  # the one with the other from the whole
    assert found["rooms"] is None  # all of them have three: what one has is known of each
    assert found["wish"] is None  # a word may be a name


def test_who_sees_totals_only_sees_numbers_with_enough_others(manija: Any, everyone: Any, zarina: Any, version: Any):
    for rooms in (1, 1, 1, 2, 2, 4, 4, 4, 4, 4, 4, 7, 9, 9, 9, 9):
        answered(zarina, version, {"rooms": str(rooms)})
    drawing = charts(everyone["manager"], version, totals=True)["rooms"]
    assert told(drawing) == [("up to 2", 5), ("3–4", 6), ("5 and more", 5)]
    assert drawing is not None
    assert "From 1" not in drawing.words


def test_who_sees_totals_only_reads_nothing_that_the_form_does_not_declare(
    sign_in: Any, manija: Any, everyone: Any, zarina: Any, family: Any
):
    secret, house = "Ойгул, Кӯчаи 7", str(family.pk)
    survey = [
        [*HEADINGS, "calculation"],
        ["select_one roof", "roof", "Roof", "Бом"],
        ["select_multiple need", "needs", "Needs", "Ниёз"],
        ["calculate", "who", "", "", "", "", "", "concat('a', 'b')"],
        ["select_one_from_file families.csv", "family", "Family", "Оила"],
        ["text", "wish", "Wish", "Орзу"],
        ["acknowledge", "agreed", "Agreed", "Розӣ"],
    ]
    version = in_use(manija, workbook(survey=survey))
    free = {"who": secret, "family": house, "wish": secret, "agreed": secret}
    for roof, needs in (("tin", "water"), ("tin", "water"), ("tin", f"water {house}"), ("tin", "water"), (secret, "x")):
        answered(zarina, version, free | {"roof": roof, "needs": needs})
    for roof in ("tin", "tin"):
        answered(zarina, version, free | {"roof": roof, "needs": "water"})
    found = charts(everyone["manager"], version, totals=True)
    assert told(found["roof"]) == [("Tin", ""), ("Clay", 0), ("other answers", "")]
    assert told(found["needs"]) == [("Water", ""), ("Light", 0), ("other answers", "")]
    assert [found[path] for path in ("who", "family", "wish", "agreed")] == [None] * 4
    page = sign_in(everyone["manager"]).get(f"/surveys/{version.form_id}/charts/").content.decode()
    assert "other answers" in page
    assert not [one for one in (*secret.split(", "), "ойгул", house) if one in page]
    own = charts(manija, version, totals=False)
    assert (secret, 7) in told(own["who"])  # whoever reads single answers reads these


def exported(by: Any, version: Any, kind: FileKind, words: Words = Words.LABELS, **more: Any) -> bytes:
    into = io.BytesIO()
    with acting_as(by), translation.override("en"):
        wanted = Wanted(kind, more.pop("filters", AnswerFilter()), words, more.pop("language", "tg"))
        export_answers(survey=version.form, wanted=wanted, reason=REASON, into=into, by=fresh(by))
    return into.getvalue()


def test_a_workbook_holds_every_answer_and_each_repeated_part(manija: Any, zarina: Any, version: Any, dpo: Any):
    answered(zarina, version)
    book = CalamineWorkbook.from_object(io.BytesIO(exported(manija, version, FileKind.XLSX)))
    assert book.sheet_names == ["Answers", "1 Кӯдак", "About"]
    [heads, row] = book.get_sheet_by_index(0).to_python()
    stands = dict(zip(heads, row, strict=True))
    assert stands["Бом аз чӣ аст?"] == "Тунука"
    assert stands["Чӣ намерасад?"] == "Об; Барқ"
    assert stands["Чанд ҳуҷра?"] == 3.0
    assert stands["Хона дар куҷост?"] == "37.912 69.785"
    assert stands["Day"] == date(2026, 11, 20)
    children = book.get_sheet_by_index(1).to_python()
    assert [line[1:] for line in children[1:]] == [["1", "Ойгул", 9.0], ["2", "Шодӣ", 12.0]]
    assert all(line[0] == row[0] for line in children[1:])
    with acting_as(dpo):
        event = AuditEvent.objects.filter(event="survey.manage", actor_id=manija.pk).order_by("-id").first()
    assert event is not None
    assert (event.reason, event.detail["rows"], len(event.detail["sha256"])) == (REASON, 1, 64)
    assert "дарё" not in json.dumps(event.detail)


def test_numbers_that_are_none_stand_in_files_as_they_were_written(manija: Any, zarina: Any, version: Any):
    odd = ("1e400", "-1e999999", "NaN", "Infinity", "1e15", "1e-400", "12")
    for rooms in odd:
        answered(zarina, version, {"rooms": rooms})
    told = exported(manija, version, FileKind.GEOJSON, Words.CODES).decode()
    features = json.loads(told, parse_constant=pytest.fail)["features"]
    assert [one["properties"]["rooms"] for one in features][::-1] == [*odd[:5], 0.0, 12]
    book = CalamineWorkbook.from_object(io.BytesIO(exported(manija, version, FileKind.XLSX, Words.CODES)))
    [heads, *lines] = book.get_sheet_by_index(0).to_python()
    assert [line[heads.index("rooms")] for line in lines][::-1] == [*odd[:5], 0.0, 12.0]
    table = csv.DictReader(io.StringIO(exported(manija, version, FileKind.CSV, Words.CODES).decode("utf-8-sig")))
    assert [row["rooms"].lstrip("'") for row in table][::-1] == [*odd[:5], "1E-400", "12"]
    assert told_numbers(charts(manija, version, totals=False)["rooms"]) == 2


def told_numbers(drawing: Drawing | None) -> int:
    return sum(n for _label, n in told(drawing))


def test_photographs_go_out_without_what_is_told_beside_them(manija: Any, zarina: Any, version: Any):
    exif = b"\xff\xe1" + (8 + len(b"GPS here")).to_bytes(2, "big") + b"Exif\x00\x00" + b"GPS here"
    answered(zarina, version, {"photo": "../roof.jpg"}, files={"../roof.jpg": jpeg(exif)})
    with zipfile.ZipFile(io.BytesIO(exported(manija, version, FileKind.MEDIA))) as packed:
        [name] = packed.namelist()
        assert name.endswith("/1-roof.jpg")
        assert ".." not in name
        assert b"GPS here" not in packed.read(name)


def test_a_file_needs_a_reason_and_a_place_a_question(manija: Any, zarina: Any, version: Any):
    with acting_as(manija):
        for reason, kind, code in (("short", FileKind.CSV, "reason"), (REASON, FileKind.GEOJSON, "place")):
            survey = version.form
            if code == "place":
                rows = [row for row in SURVEY if row[0] != "geopoint"]
                survey = in_use(manija, workbook(survey=rows, settings=[["form_title", "form_id"], ["X", "x"]])).form
            with pytest.raises(Refused) as refused:
                export_answers(
                    survey=survey, wanted=Wanted(kind, AnswerFilter()), reason=reason, into=io.BytesIO(),
                    by=fresh(manija),
                )  # fmt: skip
            assert refused.value.code == code


def test_numbers_that_are_all_alike_make_one_bin():
    found = numbers({"7": 4})
    assert found is not None
    assert [n for *_ends, n in found.bins] == [4]


def test_pages_show_what_was_answered(sign_in: Any, manija: Any, zarina: Any, everyone: Any, version: Any):
    sent = answered(zarina, version, {"photo": "roof.jpg"}, files={"roof.jpg": jpeg()})
    browser, start = sign_in(manija), f"/surveys/{version.form_id}/"
    assert "Roofs" in browser.get("/surveys/").content.decode()
    table = browser.get(f"{start}answers/?choice=roof%3Dtin").content.decode()
    assert "Tin" in table
    assert "Zarina" in table or "Зарина" in table
    children = browser.get(f"{start}answers/?part=children").content.decode()
    assert "Ойгул" in children
    assert "Ойгул" not in browser.get(f"{start}answers/?part=children&since=2026-11-21").content.decode()
    with acting_as(manija):
        key = SurveyAnswer.objects.get(submission=sent).pk
    one = browser.get(f"{start}answers/{key}/").content.decode()
    assert "Пул аз болои дарё" in one
    assert "37.912345" not in one
    assert f"{key}/files/roof.jpg" in one
    photo = browser.get(f"{start}answers/{key}/files/roof.jpg")
    assert (photo.status_code, photo["Content-Type"]) == (200, "image/jpeg")
    assert "<svg" in browser.get(f"{start}charts/").content.decode()
    assert "37.912 69.785" in browser.get(f"{start}map/").content.decode()
    posted = {"kind": "csv", "words": "codes", "language": "tg", "reason": REASON}
    file = browser.post(f"{start}export/?choice=roof%3Dclay", posted)
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert len(b"".join(file.streaming_content).splitlines()) == 1  # the headings: no clay roof
    steered = sign_in(everyone["manager"])
    assert steered.get(f"{start}answers/").status_code == 403
    assert "37.912" not in steered.get(f"{start}map/").content.decode()


def test_a_photograph_inside_a_repeated_part_opens_from_the_page_of_the_answer(sign_in: Any, manija: Any, zarina: Any):
    asked = [*SURVEY[:-1], ["image", "face", "Portrait", "Сурат"], SURVEY[-1]]
    version = in_use(manija, workbook(survey=asked))
    children = [{"name": "Ойгул", "age": "9", "face": "1.jpg"}, {"name": "Шодӣ", "age": "12", "face": "2.jpg"}]
    sent = answered(zarina, version, {"children": children}, files={"1.jpg": jpeg()})
    with acting_as(manija):
        key = SurveyAnswer.objects.get(submission=sent).pk
    browser, address = sign_in(manija), f"/surveys/{version.form_id}/answers/{key}/"
    page = browser.get(address).content.decode()
    assert f'href="{address}files/1.jpg"' in page
    assert browser.get(f"{address}files/1.jpg")["Content-Type"] == "image/jpeg"
    # The other one was announced and is still on its way.
    assert f'href="{address}files/2.jpg"' not in page
    assert "the file has not arrived" in page


def test_no_answer_is_lost_from_sight_where_a_repeated_part_became_a_group(
    sign_in: Any, manija: Any, zarina: Any, monkeypatch: pytest.MonkeyPatch
):
    # Such versions are refused now; those that were kept before keep their answers.
    monkeypatch.setattr("paivand.collect.actions.surveys.regrouped", lambda *_versions: [])
    name = ["select_one roof", "cover", "Cover", "Пӯшиш"]
    part = [SURVEY[0], ["begin repeat", "rooms", "Room", "Ҳуҷра"], name, ["end repeat"]]
    first = in_use(manija, workbook(survey=part))
    two = {"rooms": [{"cover": "tin"}, {"cover": "clay"}], "children": []}
    answered(zarina, first, two)
    group = [SURVEY[0], ["begin group", "rooms", "Rooms", "Ҳуҷраҳо"], name, ["end group"]]
    with acting_as(manija):
        second = uploads.upload_version(
            survey=first.form, file_name="x.xlsx", content=workbook(survey=group), files={}, by=fresh(manija)
        )
        uploads.use_version(survey=first.form, form_version=second, by=fresh(manija))
    answered(zarina, second, {"rooms": [{"cover": "clay"}], "children": []})
    answered(zarina, first, two)  # one that was on its way meanwhile

    [only] = rows(manija, second, AnswerFilter(question="rooms/cover", answer="clay"))
    assert only.form_version_id == second.pk
    found = charts(manija, second, totals=False)
    drawn = {key: told(picture) for key, picture in found.items() if picture}
    assert drawn == {
        "rooms/cover": [("Tin", 0), ("Clay", 1)], "rooms/cover@rooms": [("Tin", 2), ("Clay", 2)],
    }  # fmt: skip
    book = CalamineWorkbook.from_object(io.BytesIO(exported(manija, second, FileKind.XLSX)))
    assert book.sheet_names == ["Answers", "1 Ҳуҷра", "About"]
    assert [line[1:] for line in book.get_sheet_by_index(1).to_python()[1:]] == [["1", "Тунука"], ["2", "Лой"]] * 2
    assert sorted(line[-1] for line in book.get_sheet_by_index(0).to_python()[1:]) == ["", "", "Лой"]
    browser, start = sign_in(manija), f"/surveys/{first.form_id}/"
    table = browser.get(f"{start}answers/?part=rooms").content.decode()
    assert (table.count(">Tin</bdi>"), table.count(">Clay</bdi>")) == (2, 2)
    assert "Room · Cover" in browser.get(f"{start}charts/").content.decode()


def test_a_workbook_with_mistakes_is_answered_with_their_rows(sign_in: Any, manija: Any):
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = workbook(survey=[*SURVEY, ["telepathy", "x", "A"]])
    answer = sign_in(manija).post("/surveys/upload/", {"file": SimpleUploadedFile("x.xlsx", content)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "telepathy" in page
    assert f"row {len(SURVEY) + 1}" in page


def test_filters_that_cannot_be_read_are_told_and_make_no_file(sign_in: Any, manija: Any, zarina: Any, version: Any):
    answered(zarina, version)
    browser, start = sign_in(manija), f"/surveys/{version.form_id}/"
    for page in ("answers/", "charts/", "map/", "export/"):
        wrong = browser.get(f"{start}{page}?since=31.13.2026&choice=roof%3Dgold&district=TJ-KT-02").content.decode()
        assert "Not all filters are in force" in wrong
        assert "From “31.13.2026”, Answer “roof=gold”" in wrong
        assert "Not all filters are in force" not in browser.get(f"{start}{page}?since=2026-11-01").content.decode()
    backwards = browser.get(f"{start}answers/?since=2026-11-25&until=2026-11-01").content.decode()
    assert "The last day lies before the first one." in backwards
    assert "/answers/" in backwards
    posted = {"kind": "csv", "words": "codes", "language": "tg", "reason": REASON}
    refused = browser.post(f"{start}export/?since=31.13.2026", posted)
    assert refused.status_code == 422
    assert "would hold more than you asked for" in refused.content.decode()
    with acting_as(manija):
        assert not AuditEvent.objects.filter(event="survey.manage", outcome="done", reason=REASON).exists()


def test_filters_go_along_from_page_to_page(sign_in: Any, manija: Any, zarina: Any, version: Any):
    answered(zarina, version)
    page = sign_in(manija).get(f"/surveys/{version.form_id}/answers/?since=2026-11-01&choice=roof%3Dtin")
    for other in ("charts", "map", "export"):
        assert f"{other}/?since=2026-11-01&amp;choice=roof%3Dtin" in page.content.decode()


def test_counts_of_a_long_survey_are_kept_and_their_age_is_told(
    sign_in: Any, manija: Any, zarina: Any, version: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(survey_counts, "AT_ONCE", 1)
    first = answered(zarina, version)
    answered(zarina, version)

    def now(**more: Any) -> survey_counts.Counts:
        return counted_for(manija, version, "roof", "children/age", **more)

    def tin(found: survey_counts.Counts) -> Any:
        return found.told["roof"].tally["tin"]

    counted = now()
    assert (tin(counted), counted.told["children/age"].tally, counted.is_old) == (2, {"9": 2, "12": 2}, False)
    assert now().at == counted.at  # nothing changed: it was not counted again
    answered(zarina, version, {"roof": "clay"}, edits=first)
    answered(zarina, version)
    assert (tin(now()), now().is_old) == (2, True)
    page = sign_in(manija).get(f"/surveys/{version.form_id}/charts/").content.decode()
    assert "Counted" not in page  # with these questions it was never counted: it is now
    answered(zarina, version)
    assert "they are being counted" in sign_in(manija).get(f"/surveys/{version.form_id}/charts/").content.decode()
    assert (tin(now(anew=True)), now().is_old) == (3, False)
    monkeypatch.setattr(survey_counts, "TRUSTED", timedelta(0))
    answered(zarina, version)
    assert (tin(now()), now().is_old) == (4, False)


def test_what_is_kept_of_counts_is_sealed_and_for_one_reader(
    manija: Any, second_monitor: Any, zarina: Any, version: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(survey_counts, "AT_ONCE", 0)
    answered(zarina, version)
    for by, n in ((manija, 1), (second_monitor, 0)):
        assert counted_for(by, version, "wish").told["wish"].n == n
    with connection.cursor() as cursor:
        cursor.execute("select value from paivand_cache where cache_key like '%survey%'")
        kept = "".join(value for (value,) in cursor.fetchall())
    assert "дарё" not in base64.b64decode(kept).decode("utf-8", "ignore")
