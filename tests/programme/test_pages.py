"""The pages of programmes: what they show, what they save, what they refuse, and who sees which button."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse

from paivand.access.models.identity import acting_as
from paivand.programme.actions.founding import joint_programme
from paivand.programme.models import Activity, Budget, BudgetShare, Milestone, Programme, ProgressNote, Spending
from paivand.programme.queries.money import budget_table
from tests.cases.files import photograph
from tests.programme.planning import agency, founded, spent

pytestmark = pytest.mark.django_db
P = "JP-2021"


def at(name: str, *parts: object) -> str:
    return reverse(f"programme:{name}", args=[P, *parts])


@pytest.fixture
def running(manager, admin):
    """The Joint Programme before it was closed."""
    declared = joint_programme()
    return founded(manager, admin, replace(declared, draft=replace(declared.draft, closed_on=None)))


def new_programme(**changes):
    return {
        "code": "next-1", "title_en": "Next programme", "starts_on": "2025-01-01", "months": "24",
        "started_on": "2025-01-15", "donor": "A donor", "budget": "107 000", "currency": "USD", "gender_marker": "2",
        "human_rights_marker": "1", "dac_gender": "1", "dac_disability": "0", "gcm_primary": "19, 7",
        "sdg_targets": "5.2 5.4", "sectors": "15180 60\n15190 40", "districts": ["TJ-KT-02"], **changes,
    }  # fmt: skip


def test_without_a_programme_the_list_says_what_to_do(manager, ministry, sign_in):
    page = sign_in(manager).get("/programmes/").content.decode()
    assert "No programme yet" in page
    assert reverse("programme:programme-begin") in page
    assert reverse("programme:programme-begin") not in sign_in(ministry).get("/programmes/").content.decode()


def test_a_programme_is_begun_by_its_form(manager, sign_in):
    answer = sign_in(manager).post(reverse("programme:programme-begin"), new_programme())
    assert answer.status_code == 302
    with acting_as(manager):
        row = Programme.objects.get(code="NEXT-1")
    assert (row.budget, row.gcm_primary, row.sdg_targets) == (Decimal(107_000), [19, 7], ["5.2", "5.4"])
    assert row.sector_shares == {"15180": 60, "15190": 40}
    assert row.state == "running"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "x"}, "capital Latin letters"),
        ({"sectors": "15180 60"}, "100 per cent together"),
        ({"sectors": "151 60"}, "a code of five digits"),
        ({"gcm_primary": "24"}, "objectives 1 to 23"),
        ({"sdg_targets": "18"}, "Write goals and targets"),
        ({"budget": "much"}, "with digits only"),
        ({"extended_to_on": "2027-06-30"}, "its last day and its reason"),
        ({"closed_on": "2024-01-01"}, "closed after it began"),
        ({"title_en": ""}, "This field is required"),
    ],
)
def test_a_programme_that_cannot_be_is_refused_on_its_form(manager, sign_in, changes, said):
    answer = sign_in(manager).post(reverse("programme:programme-begin"), new_programme(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_the_page_of_a_programme_shows_plan_progress_and_delivery(running, manager, ministry, sign_in):
    spent(manager, running, amount=Decimal("20000"))
    page = sign_in(ministry).get(at("programme-open")).content.decode()
    assert "2.2 Farmer field schools" in page
    assert "5.4" in page
    assert "5.3 %" in page  # 20,000 of the 373,831.78 of output 2.2
    assert at("programme-edit") not in page
    assert at("programme-edit") in sign_in(manager).get(at("programme-open")).content.decode()


def test_two_people_who_change_a_programme_at_once_compare(running, manager, sign_in):
    browser = sign_in(manager)
    values = {**new_programme(title_en="Another title"), "version": "0"}
    del values["code"]
    answer = browser.post(at("programme-edit"), values)
    assert answer.status_code == 422
    assert "Compare before you save" in answer.content.decode()


def test_an_activity_is_added_followed_and_finished(running, manager, sign_in):
    browser = sign_in(manager)
    with acting_as(manager):
        fao = agency("FAO").pk
    form = browser.get(at("activity-add", "2.2")).content.decode()
    assert 'value="2.2.4"' in form
    browser.post(
        at("activity-add", "2.2"),
        {"code": "2.2.4", "title_en": "Seed fund", "agency": str(fao), "starts_on": "2022-05-01",
         "ends_on": "2022-09-30", "services": ["livelihood.supported"]},
    )  # fmt: skip
    browser.post(at("progress-note", "2.2.4"), {"percent": "40", "noted_on": "2022-06-30", "note": "Half of them"})
    page = browser.get(at("activity-open", "2.2.4")).content.decode()
    assert "Half of them" in page
    assert "Seed fund" in page
    with acting_as(manager):
        row = Activity.objects.get(code="2.2.4")
        assert (row.state, row.percent, row.started_on) == ("running", 40, date(2022, 6, 30))
    browser.post(at("activity-turn", "2.2.4", "finished"), {"version": row.version, "on": "2022-09-30"})
    with acting_as(manager):
        assert Activity.objects.get(code="2.2.4").finished_on == date(2022, 9, 30)


def test_planned_days_change_with_a_reason_and_the_former_ones_stay(running, manager, sign_in):
    browser = sign_in(manager)
    with acting_as(manager):
        row = Activity.objects.get(code="2.2.2")
    values = {
        "version": row.version, "title_en": "Farmer field schools", "agency": str(row.agency_id),
        "starts_on": "2022-03-01", "ends_on": "2023-09-30", "services": row.services,
    }  # fmt: skip
    answer = browser.post(at("activity-edit", "2.2.2"), values)
    assert answer.status_code == 422
    assert "why the days change" in answer.content.decode()
    assert browser.post(at("activity-edit", "2.2.2"), {**values, "why": "A late spring"}).status_code == 302
    page = browser.get(at("activity-open", "2.2.2")).content.decode()
    assert "A late spring" in page
    assert "before: 1 Mar 2022 – 30 Jun 2023" in page


def test_a_milestone_is_added_reached_and_another_given_up(running, manager, sign_in):
    browser = sign_in(manager)
    for title in ("Harvest", "Fair"):
        browser.post(at("milestone-add", "2.2.2"), {"title_en": title, "due_on": "2023-06-01"})
    with acting_as(manager):
        harvest, fair = (Milestone.objects.get(titles__en=title) for title in ("Harvest", "Fair"))
    browser.post(
        at("milestone-edit", "2.2.2", harvest.pk),
        {"title_en": "Harvest", "due_on": "2023-06-01", "reached_on": "2023-06-05", "version": "1"},
    )
    browser.post(at("milestone-drop", "2.2.2", fair.pk), {"version": "1"})
    page = browser.get(at("activity-open", "2.2.2")).content.decode()
    assert "reached 5 Jun 2023" in page
    assert "Fair" not in page


def test_the_workplan_has_a_picture_with_words_a_table_and_both_as_files(running, ministry, sign_in):
    browser = sign_in(ministry)
    page = browser.get(at("workplan")).content.decode()
    assert 'role="img"' in page
    assert "The table below has the days." in page
    assert "style=" not in page[page.index("<figure") : page.index("</figure>")]
    svg = browser.get(at("workplan-svg"))
    assert svg["Content-Type"] == "image/svg+xml"
    drawn = ET.fromstring(svg.content)  # noqa: S314  # our own file
    assert len(drawn.findall(".//{http://www.w3.org/2000/svg}g")) == 4 + 11 + 22
    rows = list(csv.reader(io.StringIO(browser.get(at("workplan-csv")).content.decode("utf-8-sig"))))
    assert len(rows) == 23
    assert rows[1][:3] == ["1.1.1", "Register and select families", "UNICEF"]


def test_the_picture_is_mirrored_where_one_reads_from_right_to_left(running, ministry, sign_in):
    browser = sign_in(ministry)
    browser.cookies["django_language"] = "fa"
    browser.post("/language/", {"language": "fa"})
    svg = browser.get(at("workplan-svg")).content.decode()
    assert 'direction="rtl"' in svg
    assert 'x="996"' in svg


def test_the_budget_shows_agencies_by_categories_and_leaves_as_a_table(running, manager, ministry, sign_in):
    spent(manager, running, amount=Decimal("40000"))
    browser = sign_in(ministry)
    page = browser.get(at("budget-open")).content.decode()
    for told in ("2,200,000", "747,663.55", "52,336.45", "1. Staff and other personnel", "8. Indirect support costs"):
        assert told in page
    rows = list(csv.reader(io.StringIO(browser.get(at("budget-csv")).content.decode("utf-8-sig"))))
    assert sum(Decimal(row[3]) for row in rows[1:]) == Decimal(2_200_000)
    assert sum(Decimal(row[4]) for row in rows[1:]) == Decimal(40_000)
    assert browser.get(at("budget-open") + "?version=7").status_code == 404


def test_a_revision_is_written_in_the_grid_warned_about_and_adopted(running, manager, sign_in):
    browser = sign_in(manager)
    browser.post(at("budget-begin"), {"total": "2 200 000"})
    with acting_as(manager):
        fao = agency("FAO").pk
        share = BudgetShare.objects.get(agency=fao, budget__state="draft")
    grid = {"version": share.version, "staff_2_2": "100000", "supplies_2_2": "273831.78", "indirect": "26168.20"}
    answer = browser.post(at("share-edit", fao), grid)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "FAO: the indirect support costs are 26,168.20 and must be 26,168.22 USD; 0.02 are missing." in page
    assert 'name="anyway"' in page
    assert browser.post(at("share-edit", fao), {**grid, "anyway": "on"}).status_code == 302
    assert "0.02 are missing" in browser.get(at("budget-draft")).content.decode()
    with acting_as(manager):
        draft = Budget.objects.get(state="draft")
    adopt = {"version": draft.version, "on": "2023-01-01", "reason": "More seed"}
    refused = browser.post(at("budget-draft"), adopt)
    assert refused.status_code == 422
    browser.post(at("share-edit", fao), {**grid, "version": share.version + 1, "indirect": ""})
    assert browser.post(at("budget-draft"), adopt).status_code == 302
    page = browser.get(at("budget-open")).content.decode()
    assert "Revision 2" in page
    assert "More seed" in page
    with acting_as(manager):
        assert budget_table(manager, running).sum_of(agency=fao).budget == 400_000


def test_two_people_in_one_grid_do_not_overwrite_each_other(running, manager, sign_in):
    browser = sign_in(manager)
    browser.post(at("budget-begin"), {"total": "2200000"})
    with acting_as(manager):
        fao = agency("FAO").pk
    answer = browser.post(at("share-edit", fao), {"version": "0", "staff_2_2": "5"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Compare before you save" in page
    assert "82200" in page


def entered(**changes):
    return {
        "kind": "expenditure", "output": "2.2", "activity": "2.2.2", "category": "supplies", "spent_on": "2022-05-10",
        "amount": "1 500,50", "currency": "USD", "description": "Drip pipes", **changes,
    }  # fmt: skip


def test_spending_is_entered_with_evidence_and_taken_back(running, manager, ministry, sign_in):
    browser = sign_in(manager)
    with acting_as(manager):
        fao = str(agency("FAO").pk)
    file = io.BytesIO(photograph())
    file.name = "receipt.jpg"
    assert browser.post(at("spending-add"), {**entered(agency=fao), "file": file}).status_code == 302
    with acting_as(manager):
        row = Spending.objects.select_related("activity").get()
    assert (row.worth, row.media_type, row.activity.code) == (Decimal("1500.50"), "image/jpeg", "2.2.2")
    shown = browser.get(at("evidence-file", row.pk))
    assert shown["Content-Type"] == "image/jpeg"
    assert "attachment" in shown["Content-Disposition"]
    assert "may open it" in sign_in(ministry).get(at("spending-open", row.pk)).content.decode()
    assert sign_in(ministry).get(at("evidence-file", row.pk)).status_code == 403
    assert browser.post(at("spending-take-back", row.pk), {"why": "Entered twice"}).status_code == 302
    page = browser.get(at("spending-list")).content.decode()
    assert "taken back" in page
    assert "Entered twice" in page
    with acting_as(manager):
        assert budget_table(manager, running).total.expenditure == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"spent_on": "2030-01-01"}, "lies in the future"),
        ({"spent_on": "2021-07-31"}, "The programme runs from 2021-08-01 to 2023-11-30"),
        ({"category": "transfers"}, "no budget for this category"),
        ({"category": ""}, "Choose the category"),
        ({"amount": "0"}, "more than nothing"),
        ({"activity": "1.1.1"}, "does not belong to the output"),
        ({"output": "indirect"}, "category of their own"),
        ({"currency": "TJS", "rate": "0.09"}, "where the rate comes from"),
    ],
)
def test_spending_that_cannot_be_is_refused_on_its_form(running, manager, sign_in, changes, said):
    with acting_as(manager):
        fao = str(agency("FAO").pk)
    answer = sign_in(manager).post(at("spending-add"), entered(agency=fao, **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with acting_as(manager):
        assert not Spending.objects.exists()


def test_a_manager_of_one_agency_acts_for_it_and_for_no_other(running, fao_manager, manager, sign_in):
    browser = sign_in(fao_manager)
    with acting_as(manager):
        fao, iom = agency("FAO").pk, agency("IOM").pk
    page = browser.get(at("spending-add")).content.decode()
    assert str(fao) in page
    assert str(iom) not in page
    assert browser.get(at("progress-note", "2.2.2")).status_code == 200
    assert browser.get(at("progress-note", "1.1.1")).status_code == 403
    assert browser.get(at("programme-edit")).status_code == 403
    assert browser.get(at("budget-begin")).status_code == 403
    sign_in(manager).post(at("budget-begin"), {"total": "2200000"})
    assert browser.get(at("share-edit", fao)).status_code == 200
    assert browser.get(at("share-edit", iom)).status_code == 403
    assert browser.post(at("budget-draft"), {}).status_code == 403
    assert browser.post(at("spending-add"), entered(agency=str(iom))).status_code == 422
    assert browser.post(at("spending-add"), entered(agency=str(fao))).status_code == 302


def test_a_programme_that_does_not_exist_is_not_found(running, ministry, sign_in):
    assert sign_in(ministry).get(reverse("programme:programme-open", args=["NONE"])).status_code == 404
    assert sign_in(ministry).get(at("activity-open", "9.9.9")).status_code == 404


def test_an_organisation_joins_and_leaves(running, manager, sign_in):
    browser = sign_in(manager)
    with acting_as(manager):
        partner = agency("Умед").pk
        fao = agency("FAO").pk
    answer = browser.post(
        at("participation-add"), {"agency": str(partner), "roles": ["implementing"], "part_en": "Visits families"}
    )
    assert answer.status_code == 302
    assert "Visits families" in browser.get(at("agency-open", partner)).content.decode()
    assert browser.post(at("participation-end", partner), {"version": "1", "on": "2023-01-01"}).status_code == 302
    refused = browser.post(at("participation-end", fao), {"version": "1", "on": "2023-01-01"})
    assert "answers for outputs or activities" in refused.content.decode()


def test_notes_of_progress_are_kept_once_for_a_double_tap(running, manager, sign_in):
    browser = sign_in(manager)
    with acting_as(manager):
        row = Activity.objects.get(code="2.2.2")
    browser.post(at("activity-turn", "2.2.2", "running"), {"version": row.version, "on": "2023-09-01"})
    key = "019ab000-0000-7000-8000-000000000001"
    for _twice in range(2):
        answer = browser.post(
            at("progress-note", "2.2.2"), {"percent": "100", "noted_on": "2023-09-02", "form_id": key}
        )
        assert answer.status_code == 302
    with acting_as(manager):
        assert ProgressNote.objects.filter(pk=key).count() == 1
