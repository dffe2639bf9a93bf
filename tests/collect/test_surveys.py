"""Programme staff upload a survey of their own: every mistake is named by its row, and versions stay."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from paivand.access.actions.users import edit_user
from paivand.access.models import Agency, AuditEvent
from paivand.access.models.identity import acting_as
from paivand.collect.actions import surveys as actions
from paivand.collect.models import Form, FormFile, FormVersion
from paivand.collect.queries import surveys as queries
from paivand.collect.rules.submissions import FormState
from paivand.collect.rules.survey_changes import changes
from paivand.collect.rules.survey_checks import FINDINGS
from paivand.core.models.record import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from tests.cast import KULOB, fresh
from tests.collect.surveys import CHOICES, HEADINGS, SETTINGS, SURVEY, in_use, uploaded, workbook
from tests.methods.photographs import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """ODK Validate takes a second for each form; that it is asked, tests of the shipped forms show."""
    monkeypatch.setattr("paivand.collect.rules.xforms.java_present", lambda: False)


def last_event(dpo: Any, by: Any) -> AuditEvent:
    with acting_as(dpo):
        found = AuditEvent.objects.filter(event="survey.manage", outcome="done", actor_id=by.pk).order_by("-id").first()
    assert found is not None
    return found


def test_an_uploaded_survey_waits_until_it_is_put_to_use(manija: Any, dpo: Any):
    version = uploaded(manija)
    with acting_as(manija):
        survey = queries.survey_seen_by(fresh(manija), version.form_id)
    assert survey is not None
    assert (survey.code, survey.state, survey.titles) == ("roofs", FormState.CLOSED, {"en": "Roofs"})
    assert not version.is_current
    assert [one["path"] for one in version.questions if one["type"] == "geopoint"] == ["place"]
    with acting_as(manija):
        actions.use_version(survey=survey, form_version=version, by=fresh(manija))
        survey.refresh_from_db()
    assert survey.state == FormState.OPEN
    assert last_event(dpo, manija).detail["survey"] == "roofs"


def test_a_second_sending_of_the_same_form_makes_nothing_twice(manija: Any):
    key = new_id()
    with acting_as(manija):
        told = {"survey_id": key, "file_name": "x.xlsx", "content": workbook(), "files": {}, "by": fresh(manija)}
        assert actions.upload_survey(**told).pk == actions.upload_survey(**told).pk
        assert Form.objects.filter(code="roofs").count() == 1


def refusal(by: Any, content: bytes, files: Any = None) -> Refused:
    with pytest.raises(Refused) as refused:
        uploaded(by, content, files)
    with acting_as(by):
        assert not Form.objects.filter(code="roofs").exists()
    return refused.value


def found_in(refused: Refused) -> set[tuple[str, str, int | None]]:
    findings: Any = refused.detail["findings"]
    return {(one.code, one.sheet, one.row) for one in findings if one.hinders}


WRONG = {
    "no_type": ["", "x", "A"],
    "unknown_type": ["telepathy", "x", "A"],
    "no_name": ["text", "", "A"],
    "bad_name": ["text", "1 x", "A"],
    "reserved": ["text", "Meta", "A"],
    "file_folder": ["select_one_from_file ../../crops.csv", "x", "A"],
    "twice": ["text", "roof", "A"],
    "no_list": ["select_one", "x", "A"],
    "unknown_list": ["select_one nowhere", "x", "A"],
    "no_begin": ["end group", "", ""],
    "open": ["begin group", "x", "A"],
    "unknown_question": ["text", "x", "A", "", "", "${nobody} = 1"],
    "entity_none": ["text", "x", "A", "", "", "", "village"],
}


@pytest.mark.parametrize("code", sorted(WRONG))
def test_each_mistake_in_the_survey_is_named_by_its_row(manija: Any, code: str):
    refused = refusal(manija, workbook(survey=[*SURVEY, WRONG[code]]))
    assert refused.code == "unfit"
    assert (code, "survey", len(SURVEY) + 1) in found_in(refused)


def test_all_mistakes_are_named_at_once(manija: Any):
    refused = refusal(manija, workbook(survey=[*SURVEY, WRONG["bad_name"], WRONG["unknown_type"]]))
    assert {code for code, *_where in found_in(refused)} == {"bad_name", "unknown_type"}


def test_groups_that_cross_and_choices_that_repeat_are_named(manija: Any):
    crossed = [*SURVEY, ["begin group", "g", "G"], ["end repeat"]]
    assert ("other_end", "survey", len(crossed)) in found_in(refusal(manija, workbook(survey=crossed)))
    twice = [*CHOICES, ["need", "water", "Again"], ["need", "two words", "X"], ["need", "", "Y"], ["", "z", "Z"]]
    last = len(CHOICES)
    assert found_in(refusal(manija, workbook(choices=twice))) == {
        ("choice_twice", "choices", last + 1), ("choice_spaces", "choices", last + 2),
        ("choice_no_name", "choices", last + 3), ("choice_no_list", "choices", last + 4),
    }  # fmt: skip


def test_what_only_the_form_maker_or_validate_knows_is_told_in_its_words(manija: Any):
    wrong = [*SURVEY, ["calculate", "x", "", "", "", ""]]
    refused = refusal(manija, workbook(survey=wrong))
    assert ("pyxform", "", len(wrong)) in {(code, "", row) for code, _sheet, row in found_in(refused)}


def test_settings_and_sheets_that_are_missing_are_named(manija: Any):
    assert ("no_form_id", "settings", 2) in found_in(refusal(manija, workbook(settings=[["form_title"], ["X"]])))
    bad = workbook(settings=[["form_title", "form_id"], ["X", "1 roofs"]])
    assert ("bad_form_id", "settings", 2) in found_in(refusal(manija, bad))
    for version in ("1/files/2", "9" * 41):
        far = workbook(settings=[["form_title", "form_id", "version"], ["X", "roofs", version]])
        assert ("bad_version", "settings", 2) in found_in(refusal(manija, far))
    assert ("no_column", "survey", 1) in found_in(refusal(manija, workbook(survey=[["type", "label"], ["text", "A"]])))
    assert refusal(manija, b"type,name\ntext,a\n").code == "unreadable"
    assert refusal(manija, b"PK\x03\x04 broken").code == "unreadable"


def test_a_survey_never_takes_the_name_of_another_form(manija: Any, everyone: Any):
    uploaded(everyone["manager"])
    with pytest.raises(Refused) as refused:
        uploaded(manija)
    findings: Any = refused.value.detail["findings"]
    assert [one.code for one in findings] == ["clash"]


ENTITIES = [["list_name", "entity_id", "create_if", "label"]]
FAMILY = ["select_one_from_file families.csv", "family", "Family", "Оила"]


def test_a_survey_may_correct_the_village_of_a_family(manija: Any):
    saving = [*SURVEY, FAMILY, ["text", "village", "Village", "Деҳа", "", "", "village"]]
    version = uploaded(manija, workbook(survey=saving, entities=[*ENTITIES, ["families", "${family}"]]))
    assert [one["saveto"] for one in version.questions if one["saveto"]] == ["village"]
    assert version.lists == ["families"]


@pytest.mark.parametrize(
    ("entity", "saves", "code"),
    [
        (["survivors", "${family}"], "village", "entity_list"),
        (["people", "${family}"], "label", "entity_list"),
        (["families", "", "1"], "village", "entity_new"),
        (["families", "${family}", "", "New name"], "village", "entity_label"),
        (["families", "${family}"], "code", "entity_property"),
    ],
)
def test_a_survey_touches_nothing_else_in_the_register(manija: Any, entity: list[str], saves: str, code: str):
    saving = [*SURVEY, FAMILY, ["text", "x", "X", "X", "", "", saves]]
    refused = refusal(manija, workbook(survey=saving, entities=[*ENTITIES, entity]))
    where = ("survey", len(saving)) if code == "entity_property" else ("entities", 2)
    assert (code, *where) in found_in(refused)


def test_where_answers_are_sent_and_how_they_are_locked_is_not_the_surveys_affair(manija: Any):
    settings = [[*SETTINGS[0], "submission_url", "public_key"], [*SETTINGS[1], "https://example.org/x", "MIIB"]]
    version = uploaded(manija, workbook(settings=settings))
    assert "example.org" not in version.xml
    assert "MIIB" not in version.xml


def test_words_that_could_mean_violence_have_to_be_read_before_it_opens(manija: Any, dpo: Any):
    version = uploaded(manija, workbook(survey=[*SURVEY, ["text", "x", "Did anybody beat you?", "?"]]))
    assert [one.row for one in actions.sensitive_findings(version)] == [len(SURVEY) + 1]
    with acting_as(manija):
        with pytest.raises(Refused) as refused:
            actions.use_version(survey=version.form, form_version=version, by=fresh(manija))
        assert refused.value.code == "confirm"
        actions.use_version(survey=version.form, form_version=version, confirmed=True, by=fresh(manija))
    assert last_event(dpo, manija).detail["confirmed_rows"] == 1


def test_files_that_the_survey_shows_come_beside_it_and_are_used_again(manija: Any):
    shown = [[*HEADINGS, "media::image"], *SURVEY[1:], ["note", "look", "Look", "", "", "", "", "roof.jpg"]]
    shown += [["select_one_from_file crops.csv", "crop", "Crop", ""]]
    far = [*shown[:-2], ["note", "look", "Look", "", "", "", "", "pictures/roof.jpg"]]
    assert found_in(refusal(manija, workbook(survey=far))) == {("file_folder", "", None)}
    photo, crops = jpeg(), b"name,label\nwheat,Wheat\n"
    content = workbook(survey=shown)
    assert found_in(refusal(manija, content)) == {("file_missing", "", None)}
    assert ("file_csv", "", None) in found_in(refusal(manija, content, {"crops.csv": b"a;b", "roof.jpg": photo}))
    assert ("file_kind", "", None) in found_in(refusal(manija, content, {"crops.csv": crops, "roof.jpg": b"no"}))
    version = uploaded(manija, content, {"crops.csv": crops, "roof.jpg": photo, "other.png": b""})
    with acting_as(manija):
        assert queries.file_names(version) == ["crops.csv", "roof.jpg"]
        new = workbook(survey=[*shown, ["text", "more", "More", ""]])
        later = actions.upload_version(
            survey=version.form, file_name="x.xlsx", content=new, files={}, by=fresh(manija)
        )  # fmt: skip
        assert FormFile.objects.filter(form_version=later).count() == 2


def test_versions_are_kept_and_say_what_changed(manija: Any):
    first = in_use(manija)
    years = ["integer", "n_rooms", "How many rooms?", "Чанд ҳуҷра?"]
    rows = [years if row[1:2] == ["rooms"] else row for row in SURVEY if row[1:2] != ["wish"]]
    rows = [*[[*row[:5], "", *row[6:]] if row[1:2] == ["age"] else row for row in rows], ["text", "new", "New", "Нав"]]
    with acting_as(manija):
        survey = first.form
        second = actions.upload_version(
            survey=survey, file_name="x.xlsx", content=workbook(survey=rows), files={}, by=fresh(manija)
        )
        told = {(one.kind, one.path) for one in changes(first.questions, second.questions)}
        assert told == {("renamed", "n_rooms"), ("added", "new"), ("removed", "wish")}
        assert FormVersion.objects.get(form=survey, is_current=True).pk == first.pk
        actions.use_version(survey=survey, form_version=second, by=fresh(manija))
        assert FormVersion.objects.get(form=survey, is_current=True).pk == second.pk
        with pytest.raises(Refused, match="Nothing changed"):
            actions.upload_version(
                survey=survey, file_name="x.xlsx", content=workbook(survey=rows), files={}, by=fresh(manija)
            )
        other = workbook(settings=[SETTINGS[0], ["Roofs", "walls", "1"]])
        with pytest.raises(Refused, match="walls"):
            actions.upload_version(survey=survey, file_name="x.xlsx", content=other, files={}, by=fresh(manija))


def test_an_earlier_version_comes_back_when_its_workbook_is_uploaded_again(manija: Any):
    first = in_use(manija)
    told: dict[str, Any] = {"survey": first.form, "file_name": "x.xlsx", "files": {}, "by": fresh(manija)}
    rows = [row for row in SURVEY if row[1:2] != ["wish"]]
    with acting_as(manija):
        second = actions.upload_version(content=workbook(survey=rows), **told)
        actions.use_version(survey=first.form, form_version=second, by=fresh(manija))
        back = actions.upload_version(content=workbook(), **told)
        assert back.questions == first.questions
        assert len({one.name.partition("-")[0] for one in (first, back)}) == 2  # phones fetch it as another version
        assert back.name in back.xml
        actions.use_version(survey=first.form, form_version=back, by=fresh(manija))
        with pytest.raises(Refused, match="Nothing changed"):
            actions.upload_version(content=bytes(back.source), **told)
        actions.upload_version(content=workbook(survey=rows), **told)
        last = actions.upload_version(content=workbook(), **told)
        assert FormVersion.objects.filter(form=first.form).count() == 5
        assert last.name.startswith("1.3-")


def test_an_earlier_version_comes_back_as_one_that_phones_take(manija: Any, sign_in: Any):
    asked = [*SURVEY, ["select_one_from_file crops.csv", "crop", "Crop", "Зироат"]]
    content, crops = workbook(survey=asked), b"name,label\nwheat,Wheat\n"
    first = uploaded(manija, content, {"crops.csv": crops})
    survey = first.form
    with acting_as(manija):
        by = fresh(manija)
        actions.use_version(survey=survey, form_version=first, by=by)
        second = actions.upload_version(survey=survey, file_name="x.xlsx", content=workbook(), files={}, by=by)
        actions.use_version(survey=survey, form_version=second, by=by)
    browser, start = sign_in(manija), f"/surveys/{survey.pk}/"
    address = f"{start}versions/{first.pk}/"
    page = browser.get(address).content.decode()
    assert "Put it to use" in page
    assert f"What is other than in version <bdi>{second.name}</bdi>" in page
    assert browser.post(address).status_code == 302
    assert browser.post(address).status_code == 302  # pressed twice
    with acting_as(manija):
        assert FormVersion.objects.filter(form=survey).count() == 3
        again = FormVersion.objects.get(form=survey, is_current=True)
        assert (again.name, again.questions) == (f"{first.name}-2", first.questions)
        assert again.md5 == hashlib.md5(again.xml.encode(), usedforsecurity=False).hexdigest() != first.md5
        assert again.xml == first.xml.replace(f'version="{first.name}"', f'version="{again.name}"')
        assert [(name, file.content) for name, file in queries.files_of(again).items()] == [("crops.csv", crops)]
        assert FormVersion.objects.get(pk=second.pk).was_used  # what was filled in with it still counts
        with pytest.raises(Refused, match="Nothing changed"):
            actions.upload_version(survey=survey, file_name="x.xlsx", content=content, files={}, by=fresh(manija))
    assert "Put it to use" not in browser.get(address).content.decode()
    # And forth again.
    with acting_as(manija):
        forth = actions.use_version(survey=survey, form_version=second, by=fresh(manija))
    assert forth.name == f"{second.name}-2"


def test_a_repeated_part_never_becomes_a_group_of_the_same_name(manija: Any):
    version = uploaded(manija)
    turned = [[one[0].replace("repeat", "group"), *one[1:]] for one in SURVEY]
    settings = [SETTINGS[0], ["Roofs", "roofs", "2"]]
    with acting_as(manija), pytest.raises(Refused) as refused:
        actions.upload_version(
            survey=version.form, file_name="x.xlsx", content=workbook(survey=turned, settings=settings), files={},
            by=fresh(manija),
        )  # fmt: skip
    findings: Any = refused.value.detail["findings"]
    assert [(one.code, one.values) for one in findings] == [("regrouped", {"name": "children"})]


def test_title_places_and_days_are_changed_and_a_stale_page_is_told(manija: Any):
    survey = in_use(manija).form
    told = {"titles": {"tg": "Бомҳо", "ru": ""}, "districts": [KULOB], "opens_on": None, "closes_on": None}
    with acting_as(manija):
        by = fresh(manija)
        survey.refresh_from_db()
        changed = actions.edit_survey(survey=survey, version=survey.version, by=by, **told)
        assert (changed.titles, changed.districts) == ({"tg": "Бомҳо"}, [KULOB])
        with pytest.raises(Refused) as stale:
            actions.edit_survey(survey=survey, version=survey.version, by=by, **told)
        assert stale.value.code == "stale"
        with pytest.raises(Refused) as nameless:
            actions.edit_survey(survey=survey, version=changed.version, by=by, **{**told, "titles": {}})
        assert nameless.value.code == "title"


def test_a_survey_is_let_run_out_and_opened_again(manija: Any):
    survey = in_use(manija).form
    with acting_as(manija):
        survey.refresh_from_db()
        closing = actions.move_survey(
            survey=survey, version=survey.version, state=FormState.CLOSING, by=fresh(manija)
        )  # fmt: skip
        assert closing.state == FormState.CLOSING
        again = actions.move_survey(
            survey=survey, version=closing.version, state=FormState.OPEN, by=fresh(manija)
        )  # fmt: skip
        assert again.state == FormState.OPEN


def test_a_survey_that_nobody_looked_at_is_not_opened(manija: Any):
    survey = uploaded(manija).form
    with acting_as(manija), pytest.raises(Refused) as refused:
        actions.move_survey(survey=survey, version=survey.version, state=FormState.OPEN, by=fresh(manija))
    assert refused.value.code == "unused"


def test_another_agencys_survey_is_not_seen_and_not_touched(manija: Any, second_monitor: Any):
    version = in_use(manija)
    with acting_as(second_monitor):
        by = fresh(second_monitor)
        assert queries.survey_seen_by(by, version.form_id) is None
        assert version.form_id not in {row.pk for row in queries.surveys(by).rows}
        with pytest.raises(OutsideScopeError):
            actions.use_version(survey=version.form, form_version=version, by=by)


def test_whoever_belongs_to_no_agency_manages_no_survey_of_all_agencies(everyone: Any, manija: Any, admin: Any):
    ours = in_use(everyone["manager"])
    with acting_as(admin):
        edit_user(
            user=manija, version=manija.version, full_name=manija.full_name, email=manija.email, language="tg",
            agency=None, team=None, by=fresh(admin),
        )  # fmt: skip
    with acting_as(manija):
        assert queries.survey_seen_by(fresh(manija), ours.form_id) is None
        assert queries.surveys(fresh(manija)).rows == []
        with pytest.raises(OutsideScopeError):
            actions.use_version(survey=ours.form, form_version=ours, by=fresh(manija))
    with pytest.raises(Refused) as refused:
        uploaded(manija)
    assert refused.value.code == "agency"


def test_social_workers_upload_no_survey(zarina: Any):
    with pytest.raises(WithoutRightError):
        uploaded(zarina)


def test_every_finding_is_a_whole_sentence():
    assert all(words.endswith((".", "%(words)s", "_ . -")) for words in FINDINGS.values())


def test_phones_are_offered_a_survey_only_between_its_days(manija: Any, zarina: Any):
    from datetime import timedelta

    from django.utils import timezone

    from paivand.collect.queries.forms import forms_for

    def offered() -> bool:
        with acting_as(zarina):
            return "roofs" in {one.form.code for one in forms_for(fresh(zarina))}

    survey, day = in_use(manija).form, timedelta(days=1)
    today = timezone.localdate()
    assert offered()
    for opens, closes, expected in ((today + day, None, False), (None, today - day, False), (today, today, True)):
        with acting_as(manija):
            survey.refresh_from_db()
            actions.edit_survey(
                survey=survey, version=survey.version, titles={"tg": "Бомҳо"}, districts=[], opens_on=opens,
                closes_on=closes, by=fresh(manija),
            )  # fmt: skip
        assert offered() is expected


def test_a_survey_of_the_whole_programme_is_offered_to_workers_of_all_agencies(
    everyone: Any, manija: Any, zarina: Any, sign_in: Any
):
    from paivand.collect.queries.forms import forms_for

    def offered() -> set[str]:
        with acting_as(zarina):
            return {one.form.code for one in forms_for(fresh(zarina))}

    def given(by: Any, survey: Form, agency: str) -> Form:
        with acting_as(by):
            survey.refresh_from_db()
            return actions.edit_survey(
                survey=survey, version=survey.version, titles=survey.titles, districts=[], opens_on=None,
                closes_on=None, agency=agency, by=fresh(by),
            )  # fmt: skip

    manager = everyone["manager"]
    ours = in_use(manager).form
    theirs = in_use(manija, workbook(settings=[["form_title", "form_id"], ["Theirs", "theirs"]])).form
    assert (ours.agency_id, theirs.agency_id) == (None, manija.agency_id)
    assert "roofs" in offered()
    steered, narrow = sign_in(manager), sign_in(manija)
    assert "workers of all agencies" in steered.get(f"/surveys/{ours.pk}/").content.decode()
    assert "Whose workers are offered it" in steered.get(f"/surveys/{ours.pk}/edit/").content.decode()
    assert "Whose workers are offered it" not in narrow.get(f"/surveys/{theirs.pk}/edit/").content.decode()
    with pytest.raises(Refused) as refused:
        given(manija, theirs, "")
    assert refused.value.code == "agency"
    with acting_as(manager):
        elsewhere = Agency.objects.exclude(pk=fresh(zarina).agency_id).values_list("pk", flat=True)[0]
    given(manager, ours, str(elsewhere))
    given(manager, theirs, "")
    assert {"roofs", "theirs"} & offered() == {"theirs"}


def test_the_list_says_which_survey_no_phone_has_yet(manija: Any, sign_in: Any) -> None:
    version = uploaded(manija)
    browser = sign_in(manija)
    assert "not put to use yet" in browser.get("/surveys/").content.decode()
    with acting_as(manija):
        actions.use_version(survey=version.form, form_version=version, by=fresh(manija))
    listed = browser.get("/surveys/").content.decode()
    assert "not put to use yet" not in listed
    assert "open" in listed
