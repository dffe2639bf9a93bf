"""The school page: from an empty season to plots, observations, entries and what stayed; and a junior school."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.learning.actions.enrolments import Joining, enrol_participants
from paivand.learning.actions.groups import turn_group
from paivand.learning.models import FieldPhoto, GroupCheck, Observation, Plot, PlotEntry, SchoolMonth, SchoolSeason
from paivand.learning.rules.drafts import LearnerDraft
from paivand.learning.rules.states import GroupState
from paivand.registry.rules.participants import ParticipantKind
from tests.cases.files import photograph
from tests.cast import fresh
from tests.learning.schooling import BEGAN, opened, professional, running
from tests.learning.test_seasons import DRIP, entry, observation, plot, practice_of, season

DAY = "2022-06-01"


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def school(tahmina, zarina):
    return running(tahmina, zarina, course=DRIP)


@pytest.fixture
def junior(tahmina):
    """A junior field school with two pupils; guardian and child agreed."""
    group = opened(tahmina, course="junior_field_school", name="Боғи мактаб")
    agreed = {"guardian_name": "Модар", "guardian_agreed_on": BEGAN}
    pupils = [
        professional(tahmina, name, kind=ParticipantKind.PUPIL, post="", birth_year=2009, **agreed)
        for name in ("Фарҳод Каримзода", "Нигина Каримзода")
    ]
    with acting_as(tahmina):
        draft = LearnerDraft(child_agreed_on=BEGAN, **agreed)
        rows = enrol_participants(
            group=group, joining=[Joining(new_id(), one, draft) for one in pupils], by=fresh(tahmina), today=BEGAN
        )
        group.refresh_from_db()
        group = turn_group(
            group=group, version=group.version, state=GroupState.RUNNING, by=fresh(tahmina), on=BEGAN
        )  # fmt: skip
    return group, rows


def path(name, group, **more):
    return reverse(f"learning:{name}", kwargs={"school_code": group.code, **more})


def shown(browser, group):
    return browser.get(path("school-open", group)).content.decode()


def test_a_season_is_written_from_the_empty_page_to_the_margin(sign_in, tahmina, school):
    group, _women = school
    browser = sign_in(tahmina)
    assert "No season is written down yet" in shown(browser, group)
    typed = {"version": 0, "commodity": "tomato", "starts_on": "2022-03-14", "host": "замини назди канал"}
    assert browser.post(path("season-edit", group), typed).status_code == 302
    html = shown(browser, group)
    assert "Tomatoes" in html
    assert "There are no plots yet" in html
    for name, way, water in (("Q1", "improved", "drip"), ("Q2", "usual", "furrow")):
        typed = {"name": name, "way": way, "water_way": water, "area": "200", "form_id": new_id()}
        assert browser.post(path("plot-add", group), typed).status_code == 302
    with acting_as(tahmina):
        plots = {row.name: row.pk for row in Plot.objects.all()}
    for name, values in {"Q1": (1450, 1160, 4060), "Q2": (1190, 820, 2870)}.items():
        for kind, code, amount in zip(("cost", "harvest", "revenue"), ("seed", "", "sold"), values, strict=True):
            typed = {"on_day": DAY, "code": code, "amount": amount, "form_id": new_id()}
            assert browser.post(path("entry-add", group, plot_id=plots[name], kind=kind), typed).status_code == 302
    html = shown(browser, group)
    assert "13.05" in html
    assert "+4.65" in html
    assert html.count('class="bar bar-') == 6  # harvest, margin and cost of both; no water was measured
    assert "2,610 somoni" in " ".join(html.split())


def test_an_observation_with_a_photograph_is_made_on_the_phone(sign_in, tahmina, zarina, manija, school):
    group, _women = school
    season(tahmina, group)
    row = plot(tahmina, group)
    browser = sign_in(tahmina)
    assert browser.get(path("plot-observe", group, plot_id=row.pk)).status_code == 200
    typed = {
        "observed_on": DAY, "stage": "fruiting", "health": "good", "soil": "dry", "decided": "water",
        "seen.aphids": "12", "height_cm": "45,5", "form_id": str(new_id()), "caption": "барги поён",
        "photo": SimpleUploadedFile("x.exe", photograph(), "application/octet-stream"),
    }  # fmt: skip
    assert browser.post(path("plot-observe", group, plot_id=row.pk), typed).status_code == 302
    with acting_as(tahmina):
        seen, photo = Observation.objects.get(), FieldPhoto.objects.get()
    assert seen.seen == {"aphids": 12}
    html = shown(browser, group)
    file = path("photo-file", group, photo_id=photo.pk)
    assert file in html
    assert "Aphids 12" in html
    answer = browser.get(file)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert sign_in(zarina).get(file).status_code == 200
    assert sign_in(manija).get(file).status_code == 404
    assert file not in shown(sign_in(manija), group)
    assert sign_in(tahmina).post(path("photo-remove", group, photo_id=photo.pk)).status_code == 302
    assert sign_in(tahmina).get(file).status_code == 404


def test_what_is_missing_is_told_beside_its_field(sign_in, tahmina, school):
    group, _women = school
    season(tahmina, group)
    row = plot(tahmina, group)
    browser = sign_in(tahmina)
    typed = {"observed_on": DAY, "health": "good", "soil": "dry", "decided": "other", "stage": "growth"}
    answer = browser.post(path("plot-observe", group, plot_id=row.pk), typed)
    assert answer.status_code == 422
    assert "Write what the group decided" in answer.content.decode()
    answer = browser.post(path("entry-add", group, plot_id=row.pk, kind="cost"), {"on_day": DAY, "amount": "0"})
    assert answer.status_code == 422
    answer = browser.post(
        path("plot-add", group), {"name": "1", "way": "improved", "water_way": "drip", "area": "4"}
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Another plot of this season has this name" in answer.content.decode()
    assert browser.get(path("entry-add", group, plot_id=row.pk, kind="gold")).status_code == 404
    assert browser.get(path("plot-edit", group, plot_id=new_id())).status_code == 404


def test_a_file_too_large_says_so(sign_in, tahmina, school, monkeypatch):
    group, _women = school
    season(tahmina, group)
    row = plot(tahmina, group)
    monkeypatch.setattr("paivand.access.views.uploads.largest_bytes", lambda: 100)
    typed = {
        "observed_on": DAY, "stage": "growth", "health": "good", "soil": "dry", "decided": "water",
        "photo": SimpleUploadedFile("x.jpg", photograph(), "image/jpeg"),
    }  # fmt: skip
    answer = sign_in(tahmina).post(path("plot-observe", group, plot_id=row.pk), typed)
    assert answer.status_code == 422
    assert "The file is too large" in answer.content.decode()
    with acting_as(tahmina):
        assert not Observation.objects.exists()


def test_an_entry_is_struck_out_with_its_reason(sign_in, tahmina, school):
    group, _women = school
    season(tahmina, group)
    row = entry(tahmina, group, plot(tahmina, group), "harvest", 900)
    browser = sign_in(tahmina)
    assert browser.post(path("entry-strike", group, entry_id=row.pk), {"reason": ""}).status_code == 422
    assert browser.post(path("entry-strike", group, entry_id=row.pk), {"reason": "хато"}).status_code == 302
    html = browser.get(path("entry-list", group)).content.decode()
    assert "is-struck" in html
    assert "хато" in html
    with acting_as(tahmina):
        assert PlotEntry.objects.get().struck_why == "хато"


def test_long_lists_go_on_from_a_key(sign_in, tahmina, school):
    group, _women = school
    season(tahmina, group)
    row = plot(tahmina, group)
    for n in range(23):
        entry(tahmina, group, row, "harvest", n + 1)
        observation(tahmina, group, row, told=f"дидем {n}")
    browser = sign_in(tahmina)
    for name, sign in (("entry-list", "Strike out"), ("observation-list", "дидем")):
        first = browser.get(path(name, group)).content.decode()
        assert first.count(sign) == 20
        address = first.split('rel="next" href="')[1].split('"')[0]
        assert browser.get(path(name, group) + address).content.decode().count(sign) == 3
        assert browser.get(path(name, group), {"after": "x"}).status_code == 200


def test_field_days_practices_and_whether_the_group_goes_on(sign_in, tahmina, school):
    group, (one, other) = school
    season(tahmina, group, ends_on=BEGAN)
    browser = sign_in(tahmina)
    typed = {"held_on": DAY, "topic": "қатра", "n_women": 21, "n_men": 9, "n_girls": 0, "n_boys": 0}
    assert browser.post(path("field-day-add", group), typed).status_code == 302
    code = practice_of(group)
    typed = {"asked_on": DAY, f"{one.pk}.{code}": "yes", f"{other.pk}.{code}": "no"}
    assert browser.get(path("practices-ask", group, asked_when="end")).status_code == 200
    assert browser.post(path("practices-ask", group, asked_when="end"), typed).status_code == 302
    assert browser.get(path("practices-ask", group, asked_when="never")).status_code == 404
    typed = {"version": 0, "asked_on": DAY, "goes_on": "yes", "n_members": 18}
    assert browser.post(path("school-check", group, months=6), typed).status_code == 302
    assert browser.get(path("school-check", group, months=5)).status_code == 404
    html = shown(browser, group)
    for words in ("30 visitors", "50 %", "goes on", "18 work together"):
        assert words in html, words
    with acting_as(tahmina):
        assert GroupCheck.objects.get().goes_on


def test_a_junior_school_has_its_committee_consents_and_days_at_school(sign_in, tahmina, junior):
    group, (one, other) = junior
    browser = sign_in(tahmina)
    assert "Host farm" not in browser.get(path("season-edit", group)).content.decode()
    typed = {
        "version": 0, "commodity": "greens", "starts_on": "2022-03-14", "school": "Мактаби 12", "n_guardians": 7,
        "committee_on": "2022-04-01",
    }  # fmt: skip
    assert browser.post(path("season-edit", group), typed).status_code == 302
    html = shown(browser, group)
    for words in ("Мактаби 12", "7 members", "of 2 children 2 agreed themselves", "Days at school"):
        assert words in html, words
    month = f"{path('school-month', group)}?month=2024-05"
    assert browser.get(path("school-month", group)).status_code == 200
    typed = {"held": 22, str(one.pk): 20, str(other.pk): 11}
    assert browser.post(month, {**typed, str(other.pk): 23}).status_code == 422
    browser.post(path("school-month", group), typed)
    assert "70 %" in shown(browser, group)
    with acting_as(tahmina):
        assert {row.attended for row in SchoolMonth.objects.all()} == {20, 11}


def test_a_farmer_school_has_no_school_days_and_a_course_without_plots_no_school(sign_in, tahmina, zarina, school):
    group, _women = school
    browser = sign_in(tahmina)
    assert browser.get(path("school-month", group)).status_code == 404
    other, _women = running(tahmina, zarina, families=5, name="Дӯзандагон", room="9", anyway=True)
    assert browser.get(path("school-open", other)).status_code == 404


def test_who_does_not_teach_reads_and_does_not_write(sign_in, tahmina, zarina, manija, rustam, school):
    group, _women = school
    season(tahmina, group)
    row = plot(tahmina, group)
    for reader in (zarina, manija):
        html = shown(sign_in(reader), group)
        assert "Tomatoes" in html
        assert path("plot-observe", group, plot_id=row.pk) not in html
        assert sign_in(reader).get(path("season-edit", group)).status_code == 403
    assert "Practices taken up at home" not in shown(sign_in(manija), group)
    assert sign_in(rustam).get(path("school-open", group)).status_code == 403


def test_who_saves_an_older_season_compares_first(sign_in, tahmina, school):
    group, _women = school
    season(tahmina, group)
    typed = {"version": 0, "commodity": "onion", "starts_on": "2022-03-14", "host": "замин"}
    answer = sign_in(tahmina).post(path("season-edit", group), typed)
    assert answer.status_code == 422
    assert "Compare before you save" in answer.content.decode()
    with acting_as(tahmina):
        assert SchoolSeason.objects.get().commodity == "tomato"
