"""The pages of the directory and its poster, through the browser's eyes."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from paivand.access.models.identity import acting_as
from paivand.core import paper
from paivand.core.models import new_id
from paivand.referrals.actions.directory_reports import answer_report
from paivand.referrals.models import DirectoryService, ServiceReport
from paivand.referrals.queries.directory_poster import posters
from paivand.referrals.rules.directory import LANGUAGES, check_again_on, stale_after_days
from paivand.referrals.rules.directory_hours import Hours
from paivand.referrals.rules.directory_reports import ReportState
from paivand.referrals.templatetags.directory import hours_told
from paivand.referrals.views import directory_poster
from tests.cast import DUSTI, KULOB
from tests.referrals.entries import OFFICE, PHONE, entry

pytestmark = pytest.mark.django_db


def page(browser, name, query="", **keys):
    answer = browser.get(reverse(f"referrals:{name}", kwargs=keys) + query)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def typed(**changes):
    values = {
        "type": "legal", "name": "Бюрои ҳуқуқӣ", "provider_name": "Адолат", "cost": "free", "phone": "918 00 00 00",
        "days": ["mon", "fri"], "opens_at": "08:00", "closes_at": "17:00", "languages": ["tg"],
        "jamoat": "TJ-KT-02-02", "checked_on": timezone.localdate().isoformat(), "form_id": str(new_id()),
    }  # fmt: skip
    return {**values, **changes}


# --- the list and an entry -------------------------------------------------------------------------------------------


def test_a_worker_finds_and_calls_a_service(nasiba, zarina, sign_in):
    service = entry(nasiba, name="Маркази саломатӣ", type="health", women_only=True)
    html = page(sign_in(zarina), "service-list", "?words=salomati")
    assert f'href="tel:{PHONE}"' in html
    assert "Маркази саломатӣ" in html
    assert "Women and girls" in html
    opened = page(sign_in(zarina), "service-open", service_id=service.pk)
    for told in (f'href="tel:{PHONE}"', "Mon–Fri\xa008:00–17:00", "Аввал занг занед", "кӯчаи Сомонӣ 14", "Насиба"):
        assert told.replace("\xa0", " ") in opened.replace("\xa0", " ")


def test_a_list_without_what_is_asked_for_leads_to_all_districts(nasiba, gulnoz, zarina, sign_in):
    entry(gulnoz, district=DUSTI, type="disability", name="Комиссия")
    html = page(sign_in(zarina), "service-list", "?type=disability")
    assert "Look in all districts" in html
    assert "Комиссия" in page(sign_in(zarina), "service-list", "?type=disability&district=all")


def test_an_empty_directory_tells_what_to_do(nasiba, zarina, sign_in):
    assert "Ask your supervisor" not in page(sign_in(nasiba), "service-list", "?district=all")
    assert "Add the first service" in page(sign_in(nasiba), "service-list", "?district=all")
    assert "Ask your supervisor" in page(sign_in(zarina), "service-list", "?district=all")


def test_a_stale_and_a_paused_entry_are_marked_in_the_list_and_on_their_page(nasiba, zarina, sign_in):
    service = entry(nasiba, on=timezone.localdate() - timedelta(days=stale_after_days() + 1))
    sign_in(nasiba).post(
        reverse("referrals:service-pause", kwargs={"service_id": service.pk}),
        {"on": timezone.localdate().isoformat(), "why": "таъмир", "version": 1},
    )
    for html in (page(sign_in(zarina), "service-list"), page(sign_in(zarina), "service-open", service_id=service.pk)):
        assert "Not checked lately" in html
        assert "Paused" in html


def test_a_safe_place_shows_no_place_and_is_not_printed(nasiba, zarina, sign_in):
    service = entry(nasiba, type="safe_house")
    html = page(sign_in(zarina), "service-open", service_id=service.pk)
    assert "the address is told by telephone" in html
    assert "Only those who refer see this entry" in html
    assert html.count("keep-off-paper") == 2
    assert sign_in(zarina).get(reverse("referrals:service-open", kwargs={"service_id": new_id()})).status_code == 404


@pytest.mark.parametrize("who", ["anvar", "manija", "admin", "outsider"])
def test_a_safe_place_is_in_no_list_of_those_who_do_not_refer(everyone, nasiba, sign_in, who):
    service = entry(nasiba, type="safe_house")
    entry(nasiba, name="Шуъбаи САҲШ")
    browser = sign_in(everyone[who])
    html = page(browser, "service-list", "?district=all")
    assert "Шуъбаи САҲШ" in html
    assert "Хонаи ором" not in html
    for name in ("service-open", "service-report"):
        status = browser.get(reverse(f"referrals:{name}", kwargs={"service_id": service.pk})).status_code
        assert status == (403 if who == "outsider" and name == "service-report" else 404)


def test_a_service_leads_to_the_family_that_is_referred_there(nasiba, zarina, family, sign_in):
    service = entry(nasiba)
    browser = sign_in(zarina)
    way = reverse("referrals:service-refer", kwargs={"service_id": service.pk})
    assert way in page(browser, "service-open", service_id=service.pk)
    assert "Find the family first" in page(browser, "service-refer", service_id=service.pk)
    draft = reverse("referrals:referral-draft", kwargs={"code": family.code}) + f"?service={service.pk}"
    assert draft in page(browser, "service-refer", f"?q={family.code}", service_id=service.pk)
    browser.get(reverse("registry:family-open", kwargs={"code": family.code}))
    assert draft in page(browser, "service-refer", service_id=service.pk)
    assert browser.get(draft).status_code == 200


def test_a_search_for_a_family_to_refer_says_what_to_try(nasiba, zarina, dusti_family, sign_in):
    service, browser = entry(nasiba), sign_in(zarina)
    assert "That is too short" in page(browser, "service-refer", "?q=а", service_id=service.pk)
    assert "Nothing found" in page(browser, "service-refer", f"?q={dusti_family.code}", service_id=service.pk)


def test_nobody_is_referred_to_a_service_that_pauses_or_by_somebody_who_does_not_refer(nasiba, zarina, anvar, sign_in):
    service = entry(nasiba)
    way = reverse("referrals:service-refer", kwargs={"service_id": service.pk})
    assert way not in page(sign_in(anvar), "service-open", service_id=service.pk)
    assert sign_in(anvar).get(way).status_code == 403
    sign_in(nasiba).post(
        reverse("referrals:service-pause", kwargs={"service_id": service.pk}),
        {"on": timezone.localdate().isoformat(), "why": "таъмир", "version": 1},
    )
    assert way not in page(sign_in(zarina), "service-open", service_id=service.pk)
    assert sign_in(zarina).get(way).status_code == 404


def test_filters_in_force_can_be_taken_away_one_by_one(nasiba, zarina, sign_in):
    entry(nasiba)
    html = page(sign_in(zarina), "service-list", "?free=on&language=tg&words=сахш")
    assert "?language=tg&amp;words=" in html
    assert "?free=on&amp;words=" in html


# --- keeping it ------------------------------------------------------------------------------------------------------


def test_a_supervisor_adds_a_service_on_the_form(nasiba, sign_in):
    values = typed()
    answer = sign_in(nasiba).post(reverse("referrals:service-add"), values)
    assert answer.status_code == 302
    with acting_as(nasiba):
        row = DirectoryService.objects.get(pk=values["form_id"])
    assert (row.district_id, row.phone, row.days, row.verified_on) == (
        KULOB, "+992918000000", ["mon", "fri"], timezone.localdate()
    )  # fmt: skip
    again = sign_in(nasiba).post(reverse("referrals:service-add"), values)
    assert (again.status_code, again["Location"]) == (302, answer["Location"])


@pytest.mark.parametrize(("changes", "said"), [
    ({"name": ""}, "required"), ({"phone": "ba-bo"}, "no telephone number"),
    ({"type": "safe_house"}, "Leave address and jamoat empty"), ({"opens_at": "18:00"}, "hours do not fit"),
])  # fmt: skip
def test_a_form_says_what_is_to_be_mended(nasiba, sign_in, changes, said):
    answer = sign_in(nasiba).post(reverse("referrals:service-add"), typed(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_who_keeps_several_districts_chooses_one_first(everyone, gulnoz, sign_in):
    assert "In which district?" in page(sign_in(gulnoz), "service-add")
    assert "Gharavuti" in page(sign_in(gulnoz), "service-add", f"?district={DUSTI}")
    strange = sign_in(gulnoz).get(reverse("referrals:service-add") + "?district=TJ-SU-01")
    assert strange.status_code == 404
    assert sign_in(everyone["manager"]).get(reverse("referrals:service-add") + "?district=TJ-SU-01").status_code == 200


def test_the_form_of_a_change_holds_what_stands_there_and_saves_it(nasiba, sign_in):
    service = entry(nasiba, week=OFFICE, poster_words={"tg": "x"})
    path = reverse("referrals:service-edit", kwargs={"service_id": service.pk})
    html = sign_in(nasiba).get(path).content.decode()
    for stands in ('value="08:00"', 'value="Шуъбаи САҲШ"', "кӯчаи Сомонӣ 14", f'value="{PHONE}"'):
        assert stands in html
    answer = sign_in(nasiba).post(path, typed(type="registration", version=1, phone="103", checked_on=""))
    assert answer.status_code == 302
    with acting_as(nasiba):
        row = DirectoryService.objects.get(pk=service.pk)
    assert (row.phone, row.version) == ("103", 2)
    told = page(sign_in(nasiba), "service-open", service_id=service.pk)
    assert "Telephone: <bdi>+992 003 31 00 01</bdi> → <bdi>103</bdi>" in told


def test_two_who_edit_at_once_compare(nasiba, sign_in):
    service = entry(nasiba)
    path = reverse("referrals:service-edit", kwargs={"service_id": service.pk})
    sign_in(nasiba).post(path, typed(type="registration", version=1, phone="103"))
    answer = sign_in(nasiba).post(path, typed(type="registration", version=1, phone="102"))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Compare before you save" in html
    assert 'name="version" value="2"' in html


def test_a_check_takes_one_button(nasiba, sign_in):
    service = entry(nasiba, on=timezone.localdate() - timedelta(days=100))
    browser = sign_in(nasiba)
    assert "1 entry to check" in page(browser, "service-list")
    assert f"/directory/{service.pk}/verify/" in page(browser, "service-worklist")
    path = reverse("referrals:service-verify", kwargs={"service_id": service.pk})
    assert browser.post(path, {"on": timezone.localdate().isoformat(), "version": 1}).status_code == 302
    assert "Everything is checked" in page(browser, "service-worklist")


def test_closing_and_opening_again_go_by_their_pages(nasiba, sign_in):
    service, browser = entry(nasiba), sign_in(nasiba)
    today = timezone.localdate().isoformat()
    for act, values, state in (("close", {"why": "нест"}, "closed"), ("reopen", {"why": "ҳаст"}, "open")):
        with acting_as(nasiba):
            version = DirectoryService.objects.get(pk=service.pk).version
        path = reverse(f"referrals:service-{act}", kwargs={"service_id": service.pk})
        assert browser.post(path, {"on": today, "version": version, **values}).status_code == 302
        with acting_as(nasiba):
            assert DirectoryService.objects.get(pk=service.pk).state == state


def test_who_keeps_another_district_is_refused_the_forms(gulnoz, nasiba, sign_in):
    service = entry(gulnoz, district=DUSTI)
    for name in ("edit", "verify", "pause", "close", "reopen"):
        path = reverse(f"referrals:service-{name}", kwargs={"service_id": service.pk})
        assert sign_in(nasiba).get(path).status_code == 403


# --- reports ---------------------------------------------------------------------------------------------------------


def test_a_report_goes_from_the_reader_to_the_keeper_and_back(nasiba, anvar, sign_in):
    service = entry(nasiba)
    path = reverse("referrals:service-report", kwargs={"service_id": service.pk})
    values = {"wrong": "phone", "words": "рақам дигар шуд", "form_id": str(new_id())}
    assert [sign_in(anvar).post(path, values).status_code for _once in range(2)] == [302, 302]
    assert "Waits for an answer" in page(sign_in(anvar), "service-report-list")
    keeper = sign_in(nasiba)
    assert "1 report to answer" in page(keeper, "service-list")
    assert "рақам дигар шуд" in page(keeper, "service-worklist", "?show=reports")
    with acting_as(nasiba):
        row = ServiceReport.objects.get()
    path = reverse("referrals:service-report-answer", kwargs={"report_id": row.pk})
    assert keeper.post(path, {"state": "accepted", "answer": "раҳмат", "version": 1}).status_code == 302
    html = page(sign_in(anvar), "service-list")
    assert "What you reported is put right" in html
    assert "раҳмат" in html
    seen = reverse("referrals:service-report-seen", kwargs={"report_id": row.pk})
    assert sign_in(anvar).post(seen).status_code == 302
    assert "What you reported is put right" not in page(sign_in(anvar), "service-list")
    assert "раҳмат" in page(sign_in(anvar), "service-report-list")


def test_an_answered_report_is_shown_and_not_answered_again(nasiba, zarina, sign_in):
    service = entry(nasiba)
    path = reverse("referrals:service-report", kwargs={"service_id": service.pk})
    sign_in(zarina).post(path, {"wrong": "gone", "words": "нест", "form_id": str(new_id())})
    with acting_as(nasiba):
        row = ServiceReport.objects.get()
        answer_report(
            report=row, state=ReportState.DISMISSED, answer="ҳаст", version=1, now=timezone.now(), by=nasiba
        )  # fmt: skip
    html = page(sign_in(nasiba), "service-report-answer", report_id=row.pk)
    assert "ҳаст" in html
    assert 'name="answer"' not in html
    path = reverse("referrals:service-report-answer", kwargs={"report_id": row.pk})
    again = sign_in(nasiba).post(path, {"state": "accepted", "answer": "боз", "version": 2})
    assert again.status_code == 422
    assert "answered this report already" in again.content.decode()


# --- hours in words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "told"), [
    ("en", "Mon–Fri\xa008:00–17:00, break 12:00–13:00"),
    ("ru", "пн–пт\xa008:00–17:00"),
    ("tg", "дшб–ҷмъ\xa008:00–17:00"),
    ("fa", "دوشنبه–جمعه\xa0۰۸:۰۰–۱۷:۰۰"),
])  # fmt: skip
def test_hours_are_told_in_the_readers_language(language, told):
    with override(language):
        assert hours_told(OFFICE).startswith(told)


def test_hours_that_nobody_asked_about_are_told_as_nothing():
    with override("en"):
        assert hours_told(Hours()) == ""
        assert hours_told(Hours(around_the_clock=True)) == "day and night, every day"
        week = Hours((*OFFICE.days, "sat", "sun"), OFFICE.opens_at, OFFICE.closes_at)
        assert hours_told(week) == "every day\xa008:00–17:00"


# --- the poster ------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch):
    """What the poster's template was given."""
    given = []

    def set_it(template, data, language):
        given.append((template, data, language))
        return paper.typeset(template, data, language)

    monkeypatch.setattr(directory_poster, "typeset", set_it)
    return given


def poster(browser, language="tg", district=KULOB):
    answer = browser.get(reverse("referrals:poster", kwargs={"district_code": district, "language": language}))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return answer.content


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_poster_is_a_pdf_in_its_language(nasiba, zarina, sign_in, told, language):
    entry(nasiba, name_ru="Отдел ЗАГС", name_fa="دفتر ثبت احوال", name_en="Civil registry")
    pdf = pikepdf.open(io.BytesIO(poster(sign_in(zarina), language)))
    assert str(pdf.Root.Lang) == language
    assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()
    template, data, given = told[0]
    names = {"tg": "Шуъбаи САҲШ", "ru": "Отдел ЗАГС", "en": "Civil registry", "fa": "دفتر ثبت احوال"}
    line = data["parts"][0]["services"][0]
    assert (template, given, line["name"]) == ("poster", language, names[language])
    assert line["phone"] == "+992 003 31 00 01"
    assert [one["number"] for one in data["numbers"]] == ["112", "102", "103"]


def test_no_hidden_place_and_no_sensitive_name_is_on_a_poster(nasiba, zarina, sign_in, told):
    entry(nasiba, type="safe_house")
    words = {"tg": "Маслиҳат барои занон", "fa": "مشوره برای زنان"}
    entry(nasiba, type="psychosocial", name="Маркази бӯҳронӣ", provider_name="Умед", address="", jamoat="",
          address_hidden=True, is_sensitive=True, women_only=True, poster_words=words)  # fmt: skip
    entry(nasiba, type="health", name="Духтури занон", name_ru="", address="", jamoat="", address_hidden=True)
    for language in LANGUAGES:
        poster(sign_in(zarina), language)
    for _template, data, language in told:
        text = str(data)
        assert "Хонаи ором" not in text
        assert "бӯҳронӣ" not in text
        assert "Умед" not in text
        shown = [line for part in data["parts"] for line in part["services"]]
        assert [line["name"] for line in shown if not line["provider"]] == (
            [words[language]] if language in words else []
        )
        doctor = next(line for line in shown if line["name"] == "Духтури занон")
        assert doctor["place"]
        assert "Сомонӣ" not in text


def test_a_stale_paused_or_unreachable_service_is_left_off_and_named_to_who_prints(nasiba, zarina, sign_in):
    today = timezone.localdate()
    fresh = entry(nasiba, name="Нав", on=today - timedelta(days=30))
    entry(nasiba, name="Навтар", on=today)
    old = entry(nasiba, name="Кӯҳна", on=today - timedelta(days=stale_after_days() + 1))
    mute = entry(nasiba, name="Бе роҳ", phone="", address="")
    with acting_as(zarina):
        made = posters(zarina, KULOB, ["tg"], today)["tg"]
    assert [row.name for _need, rows in made.parts for row in rows] == ["Нав", "Навтар"]
    assert ([row.pk for row in made.stale], [row.pk for row in made.wordless]) == ([old.pk], [mute.pk])
    assert made.check_again_on == check_again_on(fresh.verified_on)
    html = page(sign_in(zarina), "poster-choose")
    assert "Кӯҳна" in html
    assert "2 services" in html


@pytest.mark.parametrize(("district", "language"), [("TJ-KT-02-02", "tg"), (KULOB, "de"), ("nowhere", "tg")])
def test_a_poster_of_no_district_or_language_does_not_exist(zarina, sign_in, district, language):
    path = reverse("referrals:poster", kwargs={"district_code": district, "language": language})
    assert sign_in(zarina).get(path).status_code == 404


def test_a_poster_without_services_still_says_whom_to_call_in_danger(zarina, sign_in, told):
    poster(sign_in(zarina), "en")
    assert told[0][1]["parts"] == []
    assert told[0][1]["numbers"][0]["number"] == "112"
