"""The tables of the forms, what pyxform makes of them, and what the program publishes at its start."""

from __future__ import annotations

import re
from typing import Any

import pytest

from paivand.collect.rules.entities import UPDATABLE
from paivand.collect.rules.shipped import SHIPPED, shipped_tables
from paivand.collect.rules.tables import LANGUAGES, BadTable, Tables, read_tables, spoken
from paivand.collect.rules.xforms import Converted, NotAForm, convert_form, java_present, validated

FOUR = {"tg", "ru", "en", "fa"}
MINE = ("family_registration", "home_visit", "remittances")
SETTINGS = "form_id,version,default_language,title::English (en)\ntry,1,English (en),Try\n"
SURVEY = "type,name,label::English (en),relevant\ntext,first,First,\n"

# Whole words and beginnings that ask about violence, in the languages of the forms.
VIOLENCE = re.compile(
    r"violen|abuse|beat(en|s)?\b|rape|хушунат|зӯровар|латукӯб|зад(а|анд) мешав|таҷовуз|насил|избив|изнасил|домогат|"
    r"خشونت|لت و کوب|تجاوز",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def made() -> dict[str, Converted]:
    """Every form of ours, converted once."""
    return {code: convert_form(shipped_tables(code)) for code in SHIPPED}


def _tables(**files: str) -> Tables:
    told = {"settings": SETTINGS, "survey": SURVEY} | files
    return read_tables("try", {name: text.encode() for name, text in told.items() if text})


def test_every_form_of_ours_becomes_an_xform_without_a_remark(made: dict[str, Converted]) -> None:
    assert {code: one.remarks for code, one in made.items() if one.remarks} == {}
    for code, one in made.items():
        assert (one.code, one.version) == (code, shipped_tables(code).version)
        assert one.files == ()


@pytest.mark.skipif(not java_present(), reason="ODK Validate needs Java, which is not here")
@pytest.mark.parametrize("code", MINE)
def test_odk_validate_has_nothing_to_say(code: str, made: dict[str, Converted]) -> None:
    assert validated(made[code].xml) == []


@pytest.mark.parametrize("code", SHIPPED)
def test_every_text_of_a_form_stands_in_all_its_languages(code: str) -> None:
    tables = shipped_tables(code)
    for sheet, rows in tables.sheets.items():
        for number, row in enumerate(rows, 2):
            for what in {heading.partition("::")[0] for heading in row if "::" in heading}:
                told = dict(spoken(row, what))
                assert set(told) == FOUR, f"{code}/{sheet}.csv, row {number}: {what}"
                assert len(set(told.values())) > 1 or len(told["en"]) < 4, f"{code}/{sheet}.csv, row {number}: {told}"


@pytest.mark.parametrize("code", SHIPPED)
def test_every_question_and_choice_has_a_text(code: str, made: dict[str, Converted]) -> None:
    silent = {"calculate", "start", "end", "today", "repeat", "group", "hidden", "xml-external", "csv-external"}
    for row in made[code].questions:
        if row["type"] not in silent:
            assert set(row["label"]) >= FOUR, row["path"]
        for value, labels in (row["choices"] or {}).items():
            assert set(labels) >= FOUR, (row["path"], value)


@pytest.mark.parametrize("code", SHIPPED)
def test_no_form_asks_about_violence_or_the_place_where_the_phone_is(code: str, made: dict[str, Converted]) -> None:
    # What a meeting was about is no question to anybody: prevention is among the topics of the campaigns.
    rows = [row for rows in shipped_tables(code).sheets.values() for row in rows if row.get("list_name") != "topic"]
    texts = " ".join(cell for row in rows for cell in row.values())
    assert not VIOLENCE.search(texts), VIOLENCE.search(texts)
    assert not {row["type"] for row in made[code].questions} & {
        "geopoint", "geotrace", "geoshape", "start-geopoint", "deviceid", "phonenumber", "audit", "background-audio",
    }  # fmt: skip


def _values(code: str, made: dict[str, Converted]) -> dict[str, set[str]]:
    return {row["path"]: set(row["choices"]) for row in made[code].questions if row["choices"]}


def test_registration_offers_exactly_what_the_screen_offers(made: dict[str, Converted]) -> None:
    from django.conf import settings

    from paivand.registry.rules import ConsentMethod, ConsentPurpose, GivenBy, Relation, Sex
    from paivand.registry.rules.countries import country_choices
    from paivand.registry.rules.families import Housing, LandTenure
    from paivand.registry.rules.migration import RETURNED, AbsenceStatus
    from paivand.registry.rules.people import MayCall

    found = _values("family_registration", made)
    assert found["place/housing"] == set(Housing)
    assert found["place/land"] == set(LandTenure)
    assert found["head/sex"] == found["members/sex"] == set(Sex)
    assert found["members/relation"] == set(Relation) - {Relation.HEAD}
    assert found["contact/may_call"] == set(MayCall)
    assert found["members/absence"] == set(AbsenceStatus) - RETURNED - {AbsenceStatus.DEPORTED}
    assert found["members/country"] == {code for code, _name in country_choices("tg")}
    assert found["consent/given_by"] == set(GivenBy)
    assert found["consent/method"] == set(ConsentMethod)
    assert found["consent/language"] == {code for code, _name in settings.LANGUAGES}
    assert found["consent/purposes"] == set(ConsentPurpose) - {ConsentPurpose.REGISTRATION}


def test_visits_and_money_offer_exactly_what_the_screens_offer(made: dict[str, Converted]) -> None:
    from paivand.cases.rules.records import VisitOutcome, Way
    from paivand.collect.rules.members import CARRIED, Lives
    from paivand.registry.rules.countries import country_choices
    from paivand.registry.rules.families import Housing, LandTenure
    from paivand.registry.rules.migration import ReturnKind
    from paivand.registry.rules.remittances import Channel, Currency

    visit, money = _values("home_visit", made), _values("remittances", made)
    assert visit["visit/way"] == visit["next/next_way"] == set(Way)
    assert visit["visit/outcome"] == set(VisitOutcome)
    assert (visit["changed/housing"], visit["changed/land"]) == (set(Housing), set(LandTenure))
    assert visit["changed/changes"] == {"village", "housing", "land", "people"}
    assert visit["somebody/lives"] == set(Lives)
    assert visit["somebody/absence"] == set(CARRIED)
    assert visit["somebody/return_kind"] == set(ReturnKind) - {ReturnKind.DIED_ABROAD}
    assert visit["somebody/country"] == {code for code, _name in country_choices("tg")}
    assert (money["months/currency"], money["months/channel"]) == (set(Currency), set(Channel))


def test_choices_are_called_on_the_phone_as_on_the_screen(made: dict[str, Converted]) -> None:
    from django.utils import translation

    from paivand.registry.rules import RELATION_NAMES
    from paivand.registry.rules.families import HOUSING_NAMES

    questions = {row["path"]: row for row in made["family_registration"].questions}
    for path, names in (("members/relation", RELATION_NAMES), ("place/housing", HOUSING_NAMES)):
        for value, labels in questions[path]["choices"].items():
            for language in LANGUAGES:
                with translation.override(language):
                    assert labels[language].casefold() == translation.gettext(names[value]).casefold()


def test_a_visit_changes_only_what_phones_may_change(made: dict[str, Converted]) -> None:
    saved = {
        code: {
            ("people" if row["repeat"] else "families", row["saveto"]) for row in made[code].questions if row["saveto"]
        }
        for code in MINE
    }
    assert saved["home_visit"] == {
        ("families", "village"), ("families", "housing"), ("families", "land"), ("people", "lives"),
        ("people", "absence"),
    }  # fmt: skip
    for dataset, names in UPDATABLE.items():
        assert {name for one, name in saved["home_visit"] if one == dataset} == names
    assert saved["remittances"] == set()
    assert {name for dataset, name in saved["family_registration"] if dataset == "people"} == {
        "family", "relation", "sex", "age", "is_child", "lives",
    }  # fmt: skip
    assert {code: set(made[code].entities) for code in MINE} == {
        "family_registration": {"families", "people"}, "home_visit": {"families", "people"}, "remittances": set(),
    }  # fmt: skip


# --- tables ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"survey": ""}, "survey.csv: This sheet is missing."),
        ({"question": "type\n"}, "question.csv: There is no such sheet."),
        ({"survey": "type,name,lable\ntext,a,b\n"}, "survey.csv, row 1, column lable: There is no such column."),
        ({"survey": "type,name,label::German (de)\n"}, "survey.csv, row 1, column label::German (de): There is no"),
        ({"survey": "type,name,name\n"}, "survey.csv, row 1, column name: The column stands there twice."),
        ({"survey": "type,label::English (en)\n"}, "survey.csv, row 1, column name: The column is missing."),
        ({"survey": SURVEY + "text,second\n"}, "survey.csv, row 3: 2 cells under 4 headings."),
        ({"survey": SURVEY + "text,,Second,\n"}, "survey.csv, row 3, column name: The cell is empty."),
        ({"settings": "form_id,version,title::English (en)\nother,1,Try\n"}, "settings.csv, row 2, column form_id"),
        ({"settings": "form_id,version,title::English (en)\ntry,,Try\n"}, "settings.csv, row 2, column version"),
        ({"settings": "form_id,version,title::English (en)\ntry,1,\n"}, "settings.csv, row 2, column title"),
        ({"settings": SETTINGS + "try,1,English (en),Try\n"}, "settings.csv: 2 rows of settings"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(files: dict[str, str], words: str) -> None:
    with pytest.raises(BadTable) as bad:
        _tables(**files)
    assert str(bad.value).startswith(words)


def test_a_table_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(BadTable, match="Not UTF-8"):
        read_tables(
            "try", {"settings": SETTINGS.encode(), "survey": "type,name\nnote,ҳ".encode("cp1251", "replace") + b"\xd2"}
        )


def test_each_change_of_a_cell_changes_the_version() -> None:
    one, other = _tables(), _tables(survey=SURVEY.replace("First", "Firsts"))
    assert one.version.startswith("1-")
    assert one.version != other.version
    assert _tables().version == one.version


def test_what_pyxform_refuses_is_told_by_row_and_column() -> None:
    with pytest.raises(NotAForm) as refused:
        convert_form(_tables(survey=SURVEY + "\ntext,second,Second,${nobody} = 'x'\n"))
    problem = refused.value.problems[0]
    assert (problem.sheet, problem.row, problem.column, problem.code) == ("survey", 4, "relevant", "PYREF_003")


def test_what_is_no_workbook_is_refused_in_plain_words() -> None:
    for content in (b"", b"PK\x03\x04 broken", b"<html/>" * 10):
        with pytest.raises(NotAForm):
            convert_form(content)
    with pytest.raises(NotAForm) as refused:
        convert_form(b"x" * (4 * 1024 * 1024 + 1))
    assert refused.value.problems[0].code == "large"


@pytest.mark.skipif(not java_present(), reason="ODK Validate needs Java, which is not here")
def test_what_validate_refuses_is_told() -> None:
    broken = convert_form(_tables()).xml.replace(b'nodeset="/data/first"', b'nodeset="/data/first" relevant="(("')
    with pytest.raises(NotAForm) as refused:
        validated(broken)
    assert refused.value.problems[0].code == "validate"


# --- publishing ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_form_of_ours_is_published_when_the_database_is_made_ready() -> None:
    from paivand.collect.models import FormVersion
    from tests.collect.on_phone import current

    for code in SHIPPED:
        version = current(code)
        assert version.name == shipped_tables(code).version
        assert version.form.titles == shipped_tables(code).titles
    assert FormVersion.objects.count() == 0  # nobody asks, nobody sees


@pytest.mark.django_db
def test_publishing_again_changes_and_converts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from paivand.collect.actions import forms

    def never(*_args: Any) -> Any:
        raise AssertionError("A form that stands already is converted again.")

    monkeypatch.setattr(forms, "convert_form", never)
    assert forms.publish_shipped_forms() == 0


@pytest.mark.django_db
def test_a_changed_form_is_a_new_version_and_the_old_one_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    from paivand.access.models.identity import for_purpose
    from paivand.collect.actions import forms
    from paivand.collect.models import Form, FormVersion
    from tests.collect.on_phone import current

    before = current("remittances")
    kept = shipped_tables("remittances")
    changed = Tables(kept.code, {**kept.sheets, "settings": [{**kept.settings, "version": "2"}]}, kept.headings)
    monkeypatch.setattr(
        forms, "shipped_tables", lambda code: changed if code == "remittances" else shipped_tables(code)
    )
    assert forms.publish_shipped_forms() == 1
    assert current("remittances").name == changed.version
    with for_purpose("upkeep"):
        assert set(FormVersion.objects.filter(form__code="remittances").values_list("name", "is_current")) == {
            (before.name, False), (changed.version, True),
        }  # fmt: skip

    monkeypatch.setattr(forms, "shipped_tables", shipped_tables)
    assert forms.publish_shipped_forms() == 1
    assert current("remittances") == before

    monkeypatch.setattr(forms, "SHIPPED", {code: one for code, one in SHIPPED.items() if code != "remittances"})
    forms.publish_shipped_forms()
    with for_purpose("upkeep"):
        assert Form.objects.get(code="remittances").state == "closing"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "receives", "does_not"),
    [
        ("zarina", {"family_registration", "home_visit", "remittances"}, {"attendance", "aesa"}),
        ("tahmina", {"attendance", "aesa"}, {"family_registration", "remittances"}),
        ("anvar", set(), set(SHIPPED)),
        ("outsider", set(), set(SHIPPED)),
    ],
)
def test_each_receives_the_forms_of_her_rights(request: Any, who: str, receives: set[str], does_not: set[str]) -> None:
    from paivand.access.models.identity import acting_as
    from paivand.collect.queries.forms import form_for, forms_for

    by = request.getfixturevalue(who)
    with acting_as(by):
        by.forget_rights()
        codes = [version.form.code for version in forms_for(by)]
        assert receives <= set(codes)
        assert not does_not & set(codes)
        assert [code for code in SHIPPED if code in codes] == codes
        for code in does_not & {"family_registration"}:
            assert form_for(by, code) is None
