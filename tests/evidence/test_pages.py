"""The pages of results: what everybody reads, what few may open, and what stands in the files of pictures."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.evidence.actions.figures import enter_external, enter_goal
from paivand.evidence.models import Edition, Explanation, ExternalFigure, GoalEntry
from paivand.evidence.queries.codes import with_codes
from paivand.evidence.queries.records import records
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.entering import ExternalDraft, GoalDraft, GoalKind
from paivand.evidence.rules.reading import indicators
from paivand.registry.actions.journey import record_step, reverse_step
from paivand.registry.models import JourneyStep
from tests.cast import register

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LEGAL = "legal_services"
WHOLE = "protection_services"
FARMERS = indicators()["women_farmers"]


def page(code: str, name: str = "indicator-open", **more: str) -> str:
    return reverse(f"evidence:{name}", kwargs={"indicator_code": code, **more})


def helped(family, by, service="legal.advised", on=TODAY):
    return record_step(
        person=family.head, service=service, outcome="completed", happened_on=on, place=family.jamoat, by=by
    )


@pytest.fixture
def served(zarina):
    """Seven women of Kulob, all advised on the law, two of them supported socially too."""
    with acting_as(zarina):
        families = [register(zarina, given=f"Ҷамила{n}", surname=f"Каримова{n}", members=0) for n in range(7)]
        for n, family in enumerate(families):
            helped(family, zarina)
            if n < 2:
                helped(family, zarina, "social.supported")
    return families


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def big(response) -> str:
    found = re.search(r'id="figure-words">([^<]+)<', response.content.decode())
    assert found
    return found[1].strip()


@pytest.mark.parametrize("name", ["results-list", "places-open", "flow-open", "agencies-open", "aims-open",
                                  "changes-open", "edition-list"])  # fmt: skip
def test_a_programme_without_a_single_service_has_pages_that_say_so(name, ministry, sign_in):
    response = sign_in(ministry).get(reverse(f"evidence:{name}"))
    assert response.status_code == 200
    assert "Traceback" not in response.content.decode()


@pytest.mark.parametrize("code", sorted(indicators()))
def test_every_indicator_has_a_page_before_anything_was_counted(code, ministry, sign_in):
    assert sign_in(ministry).get(page(code)).status_code == 200


def test_a_new_service_is_counted_on_the_next_page(served, zarina, ministry, sign_in):
    browser = sign_in(ministry)
    assert big(browser.get(page(LEGAL))) == "7"
    with acting_as(zarina):
        helped(register(zarina, given="Нав", surname="Навова", members=0), zarina)
    assert big(browser.get(page(LEGAL))) == "8"


def test_a_page_that_asks_again_is_answered_only_when_a_figure_changed(served, zarina, ministry, sign_in):
    browser = sign_in(ministry)
    for address, key in ((reverse("evidence:results-list"), "figures"), (page(LEGAL), "figure")):
        first = browser.get(address)
        mark = re.search(r"mark=([0-9a-f]{16})", first.content.decode())
        assert mark
        assert browser.get(address, {"mark": mark[1]}).status_code == 204
        with acting_as(zarina):
            helped(register(zarina, given=f"Нав{key}", surname="Навова", members=0), zarina)
        again = browser.get(address, {"mark": mark[1]})
        assert again.status_code == 200
        assert f'id="{key}"' in again.content.decode()


def test_few_people_are_never_told_as_a_number(zarina, ministry, sign_in):
    with acting_as(zarina):
        helped(register(zarina, members=0), zarina)
    response = sign_in(ministry).get(page(LEGAL))
    assert big(response) in {"fewer than five people", "part of a figure that is left out"}
    files = sign_in(ministry).get(page(LEGAL, "indicator-picture", picture="district", kind="csv"))
    if files.status_code == 200:
        assert not re.search(r",\d+\r?$", files.content.decode(), re.MULTILINE)


def test_as_reported_on_a_day_leaves_out_what_was_written_down_later(served, manija, sign_in):
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    response = sign_in(manija).get(page(LEGAL), {"as_of": yesterday})
    assert big(response) in {"0", "fewer than five people"}
    assert "As reported on" in text_of(response)
    assert "hx-get" not in response.content.decode()  # the past does not change


def test_a_period_in_the_address_counts_only_its_services(served, manija, sign_in):
    before = (TODAY - timedelta(days=30)).isoformat()
    assert big(sign_in(manija).get(page(LEGAL), {"to": before})) == "0"
    assert big(sign_in(manija).get(page(LEGAL), {"from": before})) == "7"


def test_who_works_with_no_records_cannot_subtract_one_period_from_another(served, ministry, sign_in):
    before = (TODAY - timedelta(days=30)).isoformat()
    for asked in ({"to": before}, {"from": before}, {"as_of": before}):
        assert "see the published editions" in big(sign_in(ministry).get(page(LEGAL), asked))


def test_a_day_that_cannot_be_read_is_told_and_left_out(served, ministry, sign_in):
    response = sign_in(ministry).get(page(LEGAL), {"from": "last spring", "as_of": "2026-13-01"})
    assert big(response) == "7"
    assert "could not be read" in text_of(response)


def test_a_figure_opens_into_parts_and_says_who_stands_in_several(served, manija, sign_in):
    told = text_of(sign_in(manija).get(page(WHOLE)))
    assert "Its parts" in told
    assert "legal services" in told


def test_the_monitoring_officer_opens_the_records_she_may_see_and_the_query(served, manija, dpo, sign_in):
    browser = sign_in(manija)
    told = text_of(browser.get(page(LEGAL, "records-open")))
    assert "7 steps are counted; you may see 7 of them." in told
    for family in served:
        assert family.code in told
    assert "Ҷамила" not in told
    with acting_as(dpo):
        assert AuditEvent.objects.filter(event="results.open", subject_label=LEGAL).exists()
    assert "select" in browser.get(page(LEGAL)).content.decode()


def test_what_lies_outside_ones_reach_is_counted_and_not_listed(served, zarina, farrukh):
    with acting_as(farrukh):
        other = register(farrukh, jamoat="TJ-KT-20-01", given="Ойша", surname="Нурова", members=0)
        helped(other, farrukh)
    with acting_as(zarina):
        found = records(zarina, indicators()[LEGAL], Ask())
        codes = {code for _step, code in with_codes(zarina, found.rows)}
    assert (found.n_all, found.n_seen) == (8, 7)
    assert codes == {family.code for family in served}
    assert other.code not in codes


@pytest.mark.parametrize("who", ["ministry", "zarina", "manager", "tahmina"])
def test_whoever_does_not_check_results_opens_no_record(who, served, everyone, sign_in):
    browser = sign_in(everyone[who])
    assert browser.get(page(LEGAL, "records-open")).status_code == 403
    told = text_of(browser.get(page(LEGAL)))
    assert "You see figures only." in told
    assert "Open the records" not in told
    assert not any(family.code in told for family in served)


def test_nobody_reaches_a_survivors_file_from_a_figure(manija, gulnoz, sign_in):
    browser = sign_in(manija)
    told = text_of(browser.get(page("survivors_supported", "records-open")))
    assert "These records name nobody" in told
    assert "F-0" not in told
    told = text_of(browser.get(page("survivors_supported")))
    assert "no file can be reached from it" in told


def test_pages_of_the_ministry_name_no_family_and_no_person(served, ministry, sign_in):
    browser = sign_in(ministry)
    for name in ("results-list", "places-open", "flow-open", "agencies-open", "aims-open", "changes-open"):
        content = browser.get(reverse(f"evidence:{name}")).content.decode()
        assert not any(family.code in content or "Каримова" in content for family in served)


def test_the_map_shows_a_district_and_leads_to_its_jamoats(served, ministry, sign_in):
    browser = sign_in(ministry)
    country = browser.get(reverse("evidence:places-open"), {"indicator": LEGAL})
    assert 'aria-label="Kulob: 7"' in country.content.decode()
    district = text_of(browser.get(reverse("evidence:places-open"), {"indicator": LEGAL, "place": "TJ-KT-02"}))
    assert "by jamoat" in district
    jamoat = text_of(browser.get(reverse("evidence:places-open"), {"place": "TJ-KT-02-02"}))
    assert "of these: legal services 7" in jamoat.replace("Reached ", "")


def test_survivors_are_not_drawn_below_the_district(served, ministry, sign_in):
    browser = sign_in(ministry)
    asked = {"indicator": "survivors_supported", "place": "TJ-KT-02"}
    response = browser.get(reverse("evidence:places-open"), asked)
    assert "picture-jamoats" not in response.content.decode()
    assert "not counted below the district" in text_of(response)
    jamoat = text_of(browser.get(reverse("evidence:places-open"), {"place": "TJ-KT-02-02"}))
    assert "survivors" not in jamoat


def test_a_place_that_is_none_is_not_found(ministry, sign_in):
    browser = sign_in(ministry)
    assert browser.get(reverse("evidence:places-open"), {"place": "TJ-XX"}).status_code == 404


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("svg", b"<svg"), ("csv", b"\xef\xbb\xbf")])
def test_every_picture_leaves_as_a_file_and_its_taking_is_in_the_audit(kind, begins, served, ministry, dpo, sign_in):
    browser = sign_in(ministry)
    address = reverse("evidence:places-picture", kwargs={"place_picture": "map", "kind": kind})
    response = browser.get(address, {"indicator": LEGAL})
    assert response.status_code == 200
    assert response.content.startswith(begins)
    assert "attachment" in response["Content-Disposition"]
    with acting_as(dpo):
        event = AuditEvent.objects.filter(event="results.view").latest("at")
    assert event.detail == {"picture": "map", "kind": kind}


def test_the_file_of_cells_says_what_the_picture_says(served, ministry, sign_in):
    browser = sign_in(ministry)
    address = reverse("evidence:places-picture", kwargs={"place_picture": "map", "kind": "csv"})
    content = browser.get(address, {"indicator": LEGAL}).content.decode("utf-8-sig")
    assert ["Kulob", "7"] in list(csv.reader(io.StringIO(content)))


@pytest.mark.parametrize(("picture", "kind"), [("nothing", "png"), ("map", "exe")])
def test_a_picture_or_a_kind_that_is_none_is_not_found(picture, kind, served, ministry, sign_in):
    address = reverse("evidence:places-picture", kwargs={"place_picture": picture, "kind": kind})
    assert sign_in(ministry).get(address).status_code == 404


def test_the_way_of_families_counts_each_stage_by_itself(served, ministry, sign_in):
    told = text_of(sign_in(ministry).get(reverse("evidence:flow-open")))
    assert "Registered: 7. Selected: 0. Helped: 7. Completed a service: 7." in told
    assert "7 not selected" in told


def test_what_changed_is_told_to_those_who_work_with_the_records(served, manija, ministry, sign_in):
    told = text_of(sign_in(manija).get(reverse("evidence:changes-open")))
    assert "What changed" in told
    assert "+7" in told
    outside = text_of(sign_in(ministry).get(reverse("evidence:changes-open")))
    assert "+7" not in outside
    assert "by a few" not in outside
    assert "What was published stays to be read" in outside


EXTERNAL = {
    "source": "Созмон", "document": "Ҳисобот, саҳ. 3", "method": "рӯйхат", "value": "505", "as_of_on": "2024-03-04",
}  # fmt: skip


def test_a_figure_of_another_source_is_entered_once_and_stands_beside_ours(manija, ministry, sign_in):
    browser = sign_in(manija)
    address = page("women_farmers", "entered-add", entered="external")
    sent = EXTERNAL | {"form_id": str(new_id())}
    for _time in range(2):
        assert browser.post(address, sent).status_code == 302
    with acting_as(manija):
        assert ExternalFigure.objects.count() == 1
    assert "Созмон" in text_of(sign_in(ministry).get(page("women_farmers")))
    assert "Созмон says 505" in text_of(sign_in(ministry).get(reverse("evidence:results-list")))


def test_an_entry_is_put_right_and_taken_back_and_both_stay_to_be_read(manija, sign_in):
    browser = sign_in(manija)
    draft = ExternalDraft("Созмон", "Ҳисобот", "рӯйхат", Decimal(500), date(2024, 3, 4))
    with acting_as(manija):
        first = enter_external(indicator=indicators()["women_farmers"], draft=draft, by=manija)
    address = page("women_farmers", "entered-replace", entered="external", entry_id=str(first.pk))
    assert browser.post(address, EXTERNAL).status_code == 422  # it asks what was wrong
    assert browser.post(address, EXTERNAL | {"why": "хатои чопӣ"}).status_code == 302
    with acting_as(manija):
        second = ExternalFigure.objects.get(replaces=first)
    address = page("women_farmers", "entered-withdraw", entered="external", entry_id=str(second.pk))
    assert browser.post(address, {"why": "манбаъ нест"}).status_code == 302
    told = text_of(browser.get(page("women_farmers")))
    assert "No other source is written down for this figure." in told
    assert "хатои чопӣ" in told
    assert "манбаъ нест" in told


def test_a_goal_and_an_explanation_are_entered_on_the_screen(manija, sign_in):
    browser = sign_in(manija)
    goal = {
        "kind": "milestone",
        "value": "250",
        "on": (FARMERS.target.on - timedelta(days=1)).isoformat(),
        "note": "Шӯро, 3 март",
    }
    response = browser.post(page("women_farmers", "entered-add", entered="goal"), goal)
    assert response.status_code == 302, text_of(response)
    words = {"words": "Мавсим дер оғоз ёфт.", "language": "tg", "last_on": TODAY.isoformat()}
    assert browser.post(page("women_farmers", "entered-add", entered="explanation"), words).status_code == 302
    with acting_as(manija):
        assert GoalEntry.objects.get().value == 250
        assert Explanation.objects.get().language == "tg"
    told = text_of(browser.get(page("women_farmers")))
    assert "Мавсим дер оғоз ёфт." in told
    assert "Шӯро, 3 март" in told


def test_a_refusal_stands_at_its_field(manija, sign_in):
    late = EXTERNAL | {"as_of_on": (TODAY + timedelta(days=9)).isoformat()}
    response = sign_in(manija).post(page("women_farmers", "entered-add", entered="external"), late)
    assert response.status_code == 422
    assert "This day is still to come." in text_of(response)


def test_an_edition_keeps_the_figures_as_they_were_shown(served, zarina, manija, sign_in):
    browser = sign_in(manija)
    sent = {"title": "Ноябр", "form_id": str(new_id())}
    for _time in range(2):
        assert browser.post(reverse("evidence:edition-publish"), sent).status_code == 302
    with acting_as(manija):
        assert Edition.objects.count() == 1
    told = text_of(browser.get(page(LEGAL)))
    assert "Ноябр 7" in told


def test_a_milestone_that_was_reached_stands_under_what_changed(served, manija, sign_in):
    goal = GoalDraft(GoalKind.TARGET, TODAY + timedelta(days=400), Decimal(6), "Шӯро")
    with acting_as(manija):
        enter_goal(indicator=indicators()[LEGAL], draft=goal, by=manija)
    told = text_of(sign_in(manija).get(reverse("evidence:changes-open")))
    assert "Reached" in told
    assert "6, aimed at by" in told


@pytest.mark.parametrize("language", ["tg", "ru", "fa"])
def test_pages_speak_the_readers_language(language, served, ministry, sign_in):
    browser = sign_in(ministry)
    browser.post(reverse("access:language-choose"), {"language": language})
    response = browser.get(page(LEGAL))
    assert response.status_code == 200
    assert indicators()[LEGAL].title[language] in text_of(response)


def test_a_reversed_step_leaves_the_list_and_the_figure(served, zarina, manija, sign_in):
    with acting_as(zarina):
        step = JourneyStep.objects.filter(person=served[0].head, service="legal.advised").get()
        reverse_step(step=step, reason="навишта шуд, вале набуд", by=zarina)
    told = text_of(sign_in(manija).get(page(LEGAL, "records-open")))
    assert "6 steps are counted" in told
